//! Sending a reset, because an administrator asks for it.

use super::act_on_user::{ToActOn, UserActError};
use super::count::NewToken;
use super::reset::{ToSend, to_send};
use super::unheard::Unheard;
use super::{Asked, Attempts, Staffroom};
use crate::access::AccessError;
use crate::store::{Mode, RowLock};
use crate::{Attempt, AuditEvent, Session, UserId, UserStatus};

impl Staffroom {
    /// Issues a reset to `user`, in the place of any before, and sends it to the address on record: the actor never sees it
    /// (R17). Their password and their sessions stay as they are until they use it. Takes `users.manage` in the current school
    /// and sight of the user, who may hold nothing that the actor lacks (R8).
    ///
    /// Example: [signing in](crate::Staffroom#signing-in).
    ///
    /// Writes the reset and its audit record, in one transaction. If the mail cannot be sent, the reset is taken back.
    ///
    /// # Errors
    /// [`UserActError`].
    pub async fn send_reset(&self, session: &Session, user: UserId) -> Result<(), UserActError> {
        let capability = self.passwords.as_ref().ok_or(UserActError::NoPasswords)?;
        let mailer = self.mailer.as_ref().ok_or(UserActError::NoMail)?;
        let new = capability.new_token();
        let (mut attempts, mut unheard) = (Attempts::new(), Unheard::none());
        let to_send = loop {
            match self.try_send_reset(session, user, &new, &mut attempts, &mut unheard).await {
                Err(UserActError::Access(AccessError::Store(error))) => attempts.again_after(error)?,
                Err(error) => return Err(attempts.instead_of(error)),
                Ok(to_send) => break to_send,
            }
        };
        match self.send_reset_mail(mailer, to_send, &new).await {
            Ok(()) => Ok(()),
            Err(error) => {
                self.take_reset_back(session.network(), &new, None).await?;
                Err(error.into())
            }
        }
    }

    async fn try_send_reset(
        &self,
        session: &Session,
        id: UserId,
        new: &NewToken,
        attempts: &mut Attempts,
        unheard: &mut Unheard<()>,
    ) -> Result<ToSend, UserActError> {
        let asked = Asked::to(Attempt::SendReset, session);
        let ToActOn { mut uow, .. } = self.to_act_on(session, &asked, id, Mode::Write, attempts).await?;
        // Held, so that they are there and enabled when it is issued.
        let user = uow.users().find(id, RowLock::Held).await?.ok_or(UserActError::UnknownUser(id))?;
        if user.status() == UserStatus::Disabled {
            return Err(UserActError::Disabled);
        }
        let to_send = to_send(&mut *uow, user).await?.ok_or(UserActError::UnknownUser(id))?;
        self.issue(&mut *uow, id, new, self.clock.now()).await?;
        // A commit of which nobody heard was waited for just now, if it was still at it.
        if unheard.if_written(&mut *uow).await?.is_none() {
            let event = AuditEvent::ResetSent { user: id };
            unheard.commit(uow, asked.done(self, session, event), ()).await?;
        }
        Ok(to_send)
    }
}
