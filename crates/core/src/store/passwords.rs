//! The hashes of passwords. Clear passwords never come here.

use async_trait::async_trait;

use super::StoreError;
use crate::{PasswordHash, SharedPasswordId, Timestamp, UserId};

/// The one secret that the users of a batch share (R9): hashed once, kept once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedPassword {
    /// What users refer to it by.
    pub id: SharedPasswordId,
    /// Its hash.
    pub hash: PasswordHash,
    /// When it stops working.
    pub expires_at: Timestamp,
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
#[async_trait]
pub trait PasswordRepository: Send {
    /// Keeps the hash of each user's own password, in place of any before. The users must exist
    /// ([`StoreError::Misuse`] otherwise). Does not change their revision: it goes with an insert or an update that
    /// says so.
    async fn set(&mut self, hashes: &[(UserId, PasswordHash)]) -> Result<(), StoreError>;

    /// The hash of a user's own password.
    async fn find(&mut self, user: UserId) -> Result<Option<PasswordHash>, StoreError>;

    /// Keeps a shared password.
    async fn insert_shared(&mut self, shared: &SharedPassword) -> Result<SharedPasswordInsert, StoreError>;

    /// The shared password with that id.
    async fn find_shared(&mut self, id: SharedPasswordId) -> Result<Option<SharedPassword>, StoreError>;

    /// Forgets the shared password with that id, if no user refers to it.
    async fn remove_unused_shared(&mut self, id: SharedPasswordId) -> Result<(), StoreError>;
}
