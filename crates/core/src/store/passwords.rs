//! The hashes of passwords. Clear passwords never come here.

use async_trait::async_trait;

use super::StoreError;
use crate::{Email, PasswordHash, SharedPasswordId, Timestamp, UserId};

/// The one secret that the users of a batch share (R9): hashed once, kept once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedPassword {
    /// What users refer to it by.
    pub id: SharedPasswordId,
    /// Its hash.
    pub hash: PasswordHash,
    /// When it stops working.
    pub expires_at: Timestamp,
    /// When it was revoked, if it was: it has not worked since.
    pub revoked_at: Option<Timestamp>,
}

/// By which hash a user signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HashOfUser {
    /// The user.
    pub user: UserId,
    /// The hash.
    pub hash: PasswordHash,
    /// The shared password that it is the hash of; `None` if it is of the user's own.
    pub shared: Option<SharedPasswordId>,
}

/// What became of a shared password that was to be inserted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SharedPasswordInsert {
    /// It is there now.
    Inserted,
    /// There was one with its id already; it is unchanged.
    AlreadyThere,
}

/// The hashes of the network's passwords.
///
/// Example: [a unit of work](crate::store#an-example).
#[async_trait]
pub trait PasswordRepository: Send {
    /// Keeps the hash of each user's own password, in place of any before. The users must exist
    /// ([`StoreError::Misuse`] otherwise). Does not change their revision: it goes with an insert or an update that
    /// says so.
    async fn set(&mut self, hashes: &[(UserId, PasswordHash)]) -> Result<(), StoreError>;

    /// The hash of a user's own password.
    async fn find(&mut self, user: UserId) -> Result<Option<PasswordHash>, StoreError>;

    /// The hash by which the user who holds that email signs in: of the shared password they refer to, also if it is
    /// expired or revoked; else of their own. `None` if there is no such user, or they have neither.
    ///
    /// A stranger causes this call. However it ends, the store is asked one question and does about the same work.
    async fn find_by_email(&mut self, email: &Email) -> Result<Option<HashOfUser>, StoreError>;

    /// Forgets the hashes of the users' own passwords, where there are any. Does not change their revision: it goes with
    /// an update that says so.
    async fn remove(&mut self, users: &[UserId]) -> Result<(), StoreError>;

    /// Keeps a shared password.
    async fn insert_shared(&mut self, shared: &SharedPassword) -> Result<SharedPasswordInsert, StoreError>;

    /// The shared password with that id.
    async fn find_shared(&mut self, id: SharedPasswordId) -> Result<Option<SharedPassword>, StoreError>;

    /// Marks the shared password with that id as revoked at `at`. False, and nothing is changed, if it was revoked
    /// before or there is none.
    async fn revoke_shared(&mut self, id: SharedPasswordId, at: Timestamp) -> Result<bool, StoreError>;

    /// Forgets the shared password with that id, if no user refers to it.
    async fn remove_unused_shared(&mut self, id: SharedPasswordId) -> Result<(), StoreError>;
}
