//! The users of the network.

use async_trait::async_trait;

use super::{RowLock, StoreError};
use crate::{BatchId, Email, Revision, User, UserId};

/// What became of a user that was to be inserted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserInsert {
    /// It is there now.
    Inserted,
    /// Another user holds its email.
    EmailTaken,
    /// Another user is linked to its staff member.
    StaffMemberLinked,
    /// There is a user with its id.
    IdTaken,
}

/// What became of a user that was to be updated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserUpdate {
    /// It is written.
    Updated,
    /// Somebody else has edited it since; it is as they left it.
    Stale,
    /// There is no user with its id.
    Unknown,
    /// Another user holds its email.
    EmailTaken,
    /// Another user is linked to its staff member.
    StaffMemberLinked,
}

/// What became of a user that was to be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserDelete {
    /// It is gone, with its link, access, memberships, password hash, sessions, reset and note of an invitation. Its email and its staff member are free.
    Deleted,
    /// Somebody has edited it since; it is as they left it.
    Stale,
    /// There is no user with its id.
    Unknown,
}

/// The users of the network.
///
/// Example: [a unit of work](crate::store#an-example).
///
/// # Contract
/// See the [module](super). No two users hold the same canonical email, and no two are linked to the same staff
/// member, however units of work overlap. Staff members, schools and groups that a user refers to must be in the
/// network, and a shared password must have been inserted ([`StoreError::Misuse`] otherwise). If several conflicts
/// apply to a row, any one of them is the outcome.
#[async_trait]
pub trait UserRepository: Send {
    /// The user with that id.
    async fn find(&mut self, id: UserId, lock: RowLock) -> Result<Option<User>, StoreError>;

    /// The user who holds that email.
    async fn find_by_email(&mut self, email: &Email) -> Result<Option<User>, StoreError>;

    /// The users that a batch made and that are still there, ascending by id.
    async fn find_by_batch(&mut self, batch: BatchId, lock: RowLock) -> Result<Vec<User>, StoreError>;

    /// The users with these ids; `None` for those whom the network does not have.
    async fn find_each(&mut self, ids: &[UserId]) -> Result<Vec<Option<User>>, StoreError>;

    /// The first `limit` users by canonical email, compared as bytes, of those whose canonical email is `from` or greater:
    /// with the empty text, of all. Fewer than `limit` means that there are no more.
    async fn page(&mut self, from: &str, limit: usize) -> Result<Vec<User>, StoreError>;

    /// Hands every user to `sink`, in any order.
    async fn visit(&mut self, sink: &mut (dyn FnMut(User) + Send)) -> Result<(), StoreError>;

    /// Writes new users.
    async fn insert(&mut self, users: &[User]) -> Result<Vec<UserInsert>, StoreError>;

    /// Overwrites the user with the id of `user` if it is at the revision `expected`.
    async fn update(&mut self, expected: Revision, user: &User) -> Result<UserUpdate, StoreError>;

    /// Deletes each user if it is at that revision. A user who is named twice is `Deleted`, then `Unknown`.
    async fn delete(&mut self, users: &[(UserId, Revision)]) -> Result<Vec<UserDelete>, StoreError>;
}
