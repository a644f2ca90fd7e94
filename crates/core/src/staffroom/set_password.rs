//! Setting a password, with the token of a reset (R17).

use super::about::about_user;
use super::count::{Address, Counted};
use super::reset::to_send;
use super::sign_in::{is_revoked, update};
use super::{Attempts, PasswordCapability, Staffroom};
use crate::store::{Mode, Reset, ResetOrigin, RowLock, StoreError, UnitOfWork};
use crate::{
    AuditEvent, HashingError, Letter, MailError, NetworkId, PasswordHash, PasswordState, Secret, Strength,
    Timestamp, User, UserId, UserStatus, Verified, WeakPassword,
};

/// Why a password was not set. Nothing was written, and the token works as long as before.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetPasswordError {
    /// The token does not work: it is unknown, used, expired, or a newer one was issued; or it came from an initial password
    /// that was revoked since, or its user is disabled. The answer is the same.
    #[error("this link does not work any more; use \"Forgot your password?\"")]
    UnknownToken,
    /// The password will not do.
    #[error("this password will not do: {0}")]
    WeakPassword(#[from] WeakPassword),
    /// This [`Staffroom`] was not given the capability.
    #[error("this host has no passwords to set")]
    NoPasswords,
    /// Hashing failed.
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// The store failed. After [`StoreError::CommitUnknown`] the password may have been set: signing in with it tells.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A password was set.
#[derive(Debug)]
#[non_exhaustive]
pub struct PasswordSet {
    /// Whose.
    pub user: UserId,
    /// Whether they were told so by mail.
    pub confirmation: Confirmation,
}

/// Whether somebody was told by mail that their password was set. If it was not them who did it, it is how they learn of it.
#[derive(Debug)]
pub enum Confirmation {
    /// They were.
    Sent,
    /// This [`Staffroom`] sends no mail.
    NoMail,
    /// They could not be. The password is set all the same.
    Failed(MailError),
}

/// Whose password is to be set, and what it must not be built from.
struct Found {
    user: User,
    about: Vec<String>,
    /// The hash of the initial password that they are to be rid of.
    initial: Option<PasswordHash>,
}

impl Staffroom {
    /// Sets the password of whoever the token was issued to: sent by mail, or given to whoever signed in with an initial
    /// password. The token is used up by it, and only by it: a password that will not do may be followed by another one.
    ///
    /// Example: [signing in](crate::Staffroom#signing-in).
    ///
    /// Writes, in one transaction: the hash; the end of all sessions of the user (R17) and of their reset; the audit record;
    /// and the failures of the account are forgotten, with a lock. Then the user is told by mail.
    ///
    /// Of two that use one token at once, one is told that it does not work any more. If the reply to a commit is lost, the
    /// store is asked whether the hash is ours.
    ///
    /// # Errors
    /// [`SetPasswordError`].
    pub async fn set_password(
        &self,
        network: NetworkId,
        token: &Secret,
        new: Secret,
    ) -> Result<PasswordSet, SetPasswordError> {
        let capability = self.passwords.as_ref().ok_or(SetPasswordError::NoPasswords)?;
        let token = capability.passwords.token_hash(token);
        let found = self.whose_reset(network, &token).await?;
        let about: Vec<&str> = found.about.iter().map(String::as_str).collect();
        capability.passwords.check(&new, &about)?;
        if let Some(initial) = &found.initial
            && capability.passwords.verify(&new, Some(initial)).await? != Verified::No
        {
            let advice = "choose another one than the initial password".to_owned();
            return Err(WeakPassword { advice }.into());
        }
        let hash = self.hash_own(capability, new).await?;
        let at = self.clock.now();
        let mut attempts = Attempts::new();
        let user = loop {
            let tried = self.try_set(capability, network, &token, found.user.id(), &hash, at, &mut attempts);
            match tried.await {
                Err(SetPasswordError::Store(error)) => attempts.again_after(error)?,
                Err(error) => return Err(attempts.instead_of(error)),
                Ok(user) => break user,
            }
        };
        let confirmation = self.confirm(network, user.clone(), at).await;
        Ok(PasswordSet { user: user.id(), confirmation })
    }

    /// Before a password is judged and hashed, which is dear: does the token work?
    async fn whose_reset(
        &self,
        network: NetworkId,
        token: &crate::TokenHash,
    ) -> Result<Found, SetPasswordError> {
        let mut attempts = Attempts::new();
        loop {
            let tried = async {
                let mut uow = self.begin(network, Mode::Read, &mut attempts).await?;
                let reset = uow.resets().find(token).await?.ok_or(SetPasswordError::UnknownToken)?;
                let user = uow.users().find(reset.user, RowLock::None).await?;
                let user = user.ok_or(SetPasswordError::UnknownToken)?;
                check_reset(&mut *uow, &reset, &user, self.clock.now()).await?;
                let about = about_user(&mut *uow, &user).await?;
                let initial = match user.password().initial_is_shared() {
                    Some(_) => uow.passwords().find_by_email(user.email()).await?.map(|held| held.hash),
                    None => None,
                };
                Ok(Found { user, about, initial })
            };
            match tried.await {
                Err(SetPasswordError::Store(error)) => attempts.again_after(error)?,
                done => return done,
            }
        }
    }

    pub(super) async fn hash_own(
        &self,
        capability: &PasswordCapability,
        secret: Secret,
    ) -> Result<PasswordHash, HashingError> {
        let hashes = capability.passwords.hash(&[secret], Strength::Own, &crate::NoProgress).await?;
        hashes.into_iter().next().ok_or_else(|| HashingError("the password was not hashed".into()))
    }

    #[expect(clippy::too_many_arguments, reason = "what one try needs; a struct would be used once")]
    async fn try_set(
        &self,
        capability: &PasswordCapability,
        network: NetworkId,
        token: &crate::TokenHash,
        user: UserId,
        hash: &PasswordHash,
        at: Timestamp,
        attempts: &mut Attempts,
    ) -> Result<User, SetPasswordError> {
        let is_unsure = attempts.is_unsure();
        let mut uow = self.begin(network, Mode::Write, attempts).await?;
        let before = uow.users().find(user, RowLock::None).await?;
        let before = before.ok_or(SetPasswordError::UnknownToken)?;
        // Nobody else makes this hash: its salt is new.
        if is_unsure && uow.passwords().find(user).await?.as_ref() == Some(hash) {
            return Ok(before);
        }
        let reset = uow.resets().find(token).await?;
        let reset = reset.filter(|reset| reset.user == user).ok_or(SetPasswordError::UnknownToken)?;
        check_reset(&mut *uow, &reset, &before, at).await?;
        let after = before.chose_password(at);
        update(&mut *uow, &before, &after).await?;
        // Somebody else may have taken it since it was found.
        uow.resets().take(token).await?.ok_or(SetPasswordError::UnknownToken)?;
        self.replace_password(capability, &mut *uow, &after, hash).await?;
        let event = AuditEvent::PasswordReset { user };
        uow.audit().append(&self.record_of_own(&after, at, event)).await?;
        uow.commit().await?;
        Ok(after)
    }

    /// Keeps a new hash for a user, who is updated already; ends their sessions and their reset, and forgets their failures:
    /// whoever knew the old password has no use for it any more.
    pub(super) async fn replace_password(
        &self,
        capability: &PasswordCapability,
        uow: &mut dyn UnitOfWork,
        user: &User,
        hash: &PasswordHash,
    ) -> Result<(), StoreError> {
        let id = user.id();
        uow.passwords().set(&[(id, hash.clone())]).await?;
        uow.sessions().end_by_user(id).await?;
        uow.resets().remove_by_user(id).await?;
        let account = Address::Email(user.email().clone());
        for counted in [Counted::Account(&account), Counted::MailsTo(id)] {
            uow.failures().clear(&capability.key(counted)).await?;
        }
        Ok(())
    }

    async fn confirm(&self, network: NetworkId, user: User, at: Timestamp) -> Confirmation {
        let Some(mailer) = &self.mailer else { return Confirmation::NoMail };
        let mut attempts = Attempts::new();
        let to_send = loop {
            let tried = async {
                let mut uow = self.begin(network, Mode::Read, &mut attempts).await?;
                to_send(&mut *uow, user.clone()).await
            };
            match tried.await {
                Ok(Some(to_send)) => break to_send,
                Ok(None) => return Confirmation::NoMail,
                Err(error) => {
                    if let Err(error) = attempts.again_after(error) {
                        return Confirmation::Failed(MailError(error.into()));
                    }
                }
            }
        };
        match mailer.send(&to_send.mail(Letter::PasswordSet { at })).await {
            Ok(()) => Confirmation::Sent,
            Err(error) => Confirmation::Failed(error),
        }
    }
}

/// `Ok` if `reset` lets whoever holds its token set the password of `user` at `at`.
async fn check_reset(
    uow: &mut dyn UnitOfWork,
    reset: &Reset,
    user: &User,
    at: Timestamp,
) -> Result<(), SetPasswordError> {
    let stands = match (reset.origin, user.password()) {
        (ResetOrigin::Mail, _) | (ResetOrigin::InitialPassword, PasswordState::InitialGenerated { .. }) => {
            true
        }
        (ResetOrigin::InitialPassword, PasswordState::InitialShared { secret, .. }) => {
            !is_revoked(uow, secret).await?
        }
        // The initial password that it came from was revoked, or is no more.
        (ResetOrigin::InitialPassword, PasswordState::Unset | PasswordState::Chosen { .. }) => false,
    };
    if stands && reset.expires_at > at && user.status() == UserStatus::Enabled {
        Ok(())
    } else {
        Err(SetPasswordError::UnknownToken)
    }
}
