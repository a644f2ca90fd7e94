//! "Forgot your password?": asking for a reset, and the errand that comes after the answer (R17).

use std::fmt;
use std::sync::Arc;

use super::count::{Counted, NewToken, count};
use super::{Attempts, PasswordCapability, Staffroom};
use crate::store::{FailureKey, Mode, Reset, ResetOrigin, RowLock, StoreError, UnitOfWork};
use crate::{
    AuditEvent, Email, Letter, Mail, MailError, Mailer, NetworkId, NetworkName, Pace, PersonName, Source,
    Timestamp, User, UserId, UserStatus,
};

/// Why a request for a reset was not taken. Says nothing about the address.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResetError {
    /// Too many were asked for from this source.
    #[error("too many requests; wait a while")]
    TooMany {
        /// When to try again.
        try_again_at: Timestamp,
    },
    /// This [`Staffroom`] was not given the capability.
    #[error("this host sends no mail")]
    NoMail,
    /// This [`Staffroom`] was not given the capability.
    #[error("this host has no passwords to reset")]
    NoPasswords,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why an errand was not done. For whoever runs the host to read, never for whoever asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrandError {
    /// The mail could not be sent. The reset was taken back, and can be asked for again at once.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is left to do after a request for a reset was answered: to find out whether anybody has the address, and to send
/// them the mail.
///
/// Answer first, then [`run`](Self::run) it in a task of its own: so neither what is answered nor when depends on the
/// address. Prints nothing of it.
#[must_use = "answer the request, then run the errand in a task of its own"]
pub struct ResetErrand {
    staffroom: Staffroom,
    network: NetworkId,
    /// `None` if what was typed is no address: then there is nothing to do.
    address: Option<Email>,
}

impl fmt::Debug for ResetErrand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResetErrand").field("network", &self.network).finish_non_exhaustive()
    }
}

/// A mail that is to be sent.
pub(super) struct ToSend {
    pub(super) user: User,
    pub(super) name: Option<PersonName>,
    pub(super) network: NetworkName,
}

impl Staffroom {
    /// Takes a request for a reset of the password of whoever holds `address`: "Forgot your password?", and the first sign-in of
    /// whoever has no password.
    ///
    /// Example: [signing in](crate::Staffroom#signing-in).
    ///
    /// Nobody is looked up before the answer: the request is counted for its source, and what else there is to do comes back
    /// as an errand, to be run after answering. The answer is the same, and takes the same time, for every address.
    ///
    /// Writes the count.
    ///
    /// # Errors
    /// [`ResetError`].
    pub async fn ask_for_reset(
        &self,
        network: NetworkId,
        address: &str,
        source: &Source,
    ) -> Result<ResetErrand, ResetError> {
        let capability = self.passwords.as_ref().ok_or(ResetError::NoPasswords)?;
        self.mailer.as_ref().ok_or(ResetError::NoMail)?;
        let key = capability.key(Counted::ResetsFor(source));
        let mut attempts = Attempts::new();
        loop {
            let tried = async {
                let mut uow = self.begin(network, Mode::Write, &mut attempts).await?;
                if uow.network().find().await?.is_none() {
                    return Ok(Pace::Go);
                }
                let pace = count(&mut *uow, &key, &self.sign_in.of_resets(), self.clock.now()).await?;
                if pace == Pace::Go {
                    uow.commit().await?;
                }
                Ok(pace)
            };
            match tried.await {
                Err(error) => attempts.again_after(error)?,
                Ok(Pace::Wait { until }) => return Err(ResetError::TooMany { try_again_at: until }),
                Ok(_) => break,
            }
        }
        Ok(ResetErrand { staffroom: self.clone(), network, address: Email::parse(address).ok() })
    }
}

impl ResetErrand {
    /// Issues a reset to whoever holds the address, in place of any before, and sends it there. Silent for an address that
    /// nobody holds, for a user who is disabled, and for one who was sent such a mail a moment ago: one a minute, and ever
    /// fewer if it goes on, down to one an hour. (A user who may enter no school yet is sent one, and signs in when they may.)
    ///
    /// Writes the reset, its audit record and the count of mails, in one transaction. If the mail cannot be sent, the reset
    /// and the count are taken back.
    ///
    /// # Errors
    /// [`ErrandError`].
    pub async fn run(self) -> Result<(), ErrandError> {
        let Some(email) = &self.address else { return Ok(()) };
        // Both were there when the errand was made.
        let (Some(capability), Some(mailer)) = (&self.staffroom.passwords, &self.staffroom.mailer) else {
            return Ok(());
        };
        let new = capability.new_token();
        let mut attempts = Attempts::new();
        let to_send = loop {
            match self.try_issue(capability, email, &new, &mut attempts).await {
                Err(error) => attempts.again_after(error)?,
                Ok(None) => return Ok(()),
                Ok(Some(to_send)) => break to_send,
            }
        };
        let counted = capability.key(Counted::MailsTo(to_send.user.id()));
        match self.staffroom.send_reset_mail(mailer, to_send, &new).await {
            Ok(()) => Ok(()),
            Err(error) => {
                self.staffroom.take_reset_back(self.network, &new, Some(counted)).await?;
                Err(error.into())
            }
        }
    }

    async fn try_issue(
        &self,
        capability: &PasswordCapability,
        email: &Email,
        new: &NewToken,
        attempts: &mut Attempts,
    ) -> Result<Option<ToSend>, StoreError> {
        let is_unsure = attempts.is_unsure();
        let mut uow = self.staffroom.begin(self.network, Mode::Write, attempts).await?;
        let Some(found) = uow.users().find_by_email(email).await? else { return Ok(None) };
        // Held, so that they are there and enabled when it is issued.
        let user = uow.users().find(found.id(), RowLock::Held).await?;
        let is_meant =
            |user: &User| user.status() == UserStatus::Enabled && user.email().is_same_address(email);
        let Some(user) = user.filter(is_meant) else { return Ok(None) };
        if is_unsure && uow.resets().find(&new.hash).await?.is_some() {
            return to_send(&mut *uow, user).await;
        }
        let at = self.staffroom.clock.now();
        self.staffroom.issue(&mut *uow, user.id(), new, at).await?;
        let event = AuditEvent::ResetSent { user: user.id() };
        uow.audit().append(&self.staffroom.record_of_own(&user, at, event)).await?;
        let to_send = to_send(&mut *uow, user).await?;
        let key = capability.key(Counted::MailsTo(found.id()));
        if count(&mut *uow, &key, &crate::Throttle::of_mails(), at).await? != Pace::Go {
            // What is counted may be a try of which nobody heard, that came to its end meanwhile: the next one finds it.
            return if is_unsure { Err(StoreError::Contended(None)) } else { Ok(None) };
        }
        uow.commit().await?;
        Ok(to_send)
    }
}

impl Staffroom {
    /// Keeps a reset to be sent by mail, in place of any before (R17).
    pub(super) async fn issue(
        &self,
        uow: &mut dyn UnitOfWork,
        user: UserId,
        new: &NewToken,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let expires_at = self.sign_in.reset_ends(at);
        let reset = Reset { user, token: new.hash, origin: ResetOrigin::Mail, issued_at: at, expires_at };
        uow.resets().put(&reset).await
    }

    /// Sends a token to the address on record.
    pub(super) async fn send_reset_mail(
        &self,
        mailer: &Arc<dyn Mailer>,
        to_send: ToSend,
        new: &NewToken,
    ) -> Result<(), MailError> {
        let valid_minutes = self.sign_in.reset_minutes();
        let letter = Letter::Reset { token: new.token.clone(), valid_minutes };
        mailer.send(&to_send.mail(letter)).await
    }

    /// Takes back a reset that could not be sent, unless there is a newer one; and what was counted for it.
    pub(super) async fn take_reset_back(
        &self,
        network: NetworkId,
        new: &NewToken,
        counted: Option<FailureKey>,
    ) -> Result<(), StoreError> {
        let mut attempts = Attempts::new();
        loop {
            let is_unsure = attempts.is_unsure();
            let tried = async {
                let mut uow = self.begin(network, Mode::Write, &mut attempts).await?;
                let taken = uow.resets().take(&new.hash).await?;
                // If it is gone, a try of which nobody heard has taken both back.
                if let (Some(key), true) = (&counted, taken.is_some() || !is_unsure) {
                    uow.failures().take_back(key).await?;
                }
                uow.commit().await
            };
            match tried.await {
                Err(error) => attempts.again_after(error)?,
                Ok(()) => return Ok(()),
            }
        }
    }
}

impl ToSend {
    pub(super) fn mail(self, letter: Letter) -> Mail {
        Mail::new(self.user.email().clone(), self.name, self.network, letter)
    }
}

/// What a mail to `user` needs; `None` in a network that does not exist.
pub(super) async fn to_send(uow: &mut dyn UnitOfWork, user: User) -> Result<Option<ToSend>, StoreError> {
    let Some(network) = uow.network().find().await? else { return Ok(None) };
    let name = match user.staff_member() {
        Some(member) => uow.staff().find(member).await?.map(|member| member.name().clone()),
        None => None,
    };
    Ok(Some(ToSend { user, name, network: network.name().clone() }))
}
