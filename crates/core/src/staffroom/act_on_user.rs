//! What the acts of an administrator on a user's way in have in common.

use super::{Asked, Attempts, Staffroom};
use crate::access::{AccessError, Standing};
use crate::sight::Sight;
use crate::store::{Mode, RowLock, StoreError, UnitOfWork};
use crate::{BatchId, HashingError, MailError, Session, User, UserId, WeakPassword};

/// Why an act on a user's password, sessions or mail was not done. Nothing was written, but for the record of a denial, and
/// what an act on many had come to before; only after [`StoreError::CommitUnknown`] it may have been done, and doing it again is
/// harmless.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UserActError {
    /// The network has no such user, or the actor may not see them: the answer is the same.
    #[error("there is no user with the id {0}, or none whom you may see")]
    UnknownUser(UserId),
    /// The network has no such batch.
    #[error("the network has no batch with the id {0}")]
    UnknownBatch(BatchId),
    /// The user is disabled.
    #[error("this user is disabled; enable them first")]
    Disabled,
    /// The password does not meet the policy.
    #[error("this password will not do: {0}")]
    WeakPassword(#[from] WeakPassword),
    /// This [`Staffroom`] was not given the capability.
    #[error("this host has no passwords to sign in with")]
    NoPasswords,
    /// This [`Staffroom`] was not given the capability.
    #[error("this host sends no mail")]
    NoMail,
    /// The mail could not be sent. What it was about was taken back.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// Hashing failed.
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// The actor may not, or the store failed.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StoreError> for UserActError {
    fn from(error: StoreError) -> Self {
        Self::Access(AccessError::Store(error))
    }
}

/// A user whom the actor may act on, in the unit of work in which that was found.
pub(super) struct ToActOn {
    pub(super) uow: Box<dyn UnitOfWork>,
    pub(super) sight: Sight,
    pub(super) user: User,
}

impl Staffroom {
    /// The user `id`, if the actor may do what is `asked`, may see them, and lacks nothing that they hold (R8). In a unit of
    /// work for writing, what that rests on stays as it is: the actor, and the groups of both. The user does not: whoever
    /// writes to them says at which revision.
    pub(super) async fn to_act_on(
        &self,
        session: &Session,
        asked: &Asked,
        id: UserId,
        mode: Mode,
        attempts: &mut Attempts,
    ) -> Result<ToActOn, UserActError> {
        let asked = &Asked { user: Some(id), ..*asked };
        let ((mut uow, Standing { authority, sight, .. }), lock) = match mode {
            Mode::Read => (self.reading(session, asked, attempts).await?, RowLock::None),
            Mode::Write => (self.writing(session, asked, attempts).await?, RowLock::Held),
        };
        let found = uow.users().find(id, RowLock::None).await?;
        let found = found.filter(|user| sight.sees(user));
        let user = found.ok_or(UserActError::UnknownUser(id))?;
        let (uow, _) = self.bounded_by(uow, session, asked, &authority, user.groups(), lock).await?;
        Ok(ToActOn { uow, sight, user })
    }
}
