//! How often something failed lately: what the throttle of sign-ins looks at.

use async_trait::async_trait;

use super::StoreError;
use crate::Timestamp;

/// What failures are counted by: an account, or a source. A hash, so that any text will do and none is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FailureKey([u8; 32]);

impl FailureKey {
    /// The key with these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, for a store to keep and find it by.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The failures counted under one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Failures {
    /// How many.
    pub count: u32,
    /// When the first was.
    pub first_at: Timestamp,
    /// When the last was.
    pub last_at: Timestamp,
}

/// The failures of the network. A key belongs to no record: it is counted whether or not there is an account for it.
///
/// Example: [a unit of work](crate::store#an-example).
#[async_trait]
pub trait FailureRepository: Send {
    /// Counts one more under `key`, at `at`, and answers with what was there before: the first makes `first_at` and
    /// `last_at`, every other only `last_at`. The count stops at [`u32::MAX`], or a little before.
    ///
    /// None is lost: of units of work that overlap, each that commits has counted its own, and been told of those that
    /// were committed before it. The others wait, or are answered [`StoreError::Contended`], here or at their commit.
    async fn add(&mut self, key: &FailureKey, at: Timestamp) -> Result<Option<Failures>, StoreError>;

    /// Counts one less under `key`, and forgets it at none: what was counted beforehand was no failure. The times stay.
    /// Nothing happens if nothing is counted.
    async fn take_back(&mut self, key: &FailureKey) -> Result<(), StoreError>;

    /// What is counted under `key`.
    async fn find(&mut self, key: &FailureKey) -> Result<Option<Failures>, StoreError>;

    /// Forgets what is counted under `key`.
    async fn clear(&mut self, key: &FailureKey) -> Result<(), StoreError>;

    /// Forgets up to `limit` keys whose `last_at` is before `before`; answers how many. Fewer than `limit` means that
    /// there are no more.
    async fn forget(&mut self, before: Timestamp, limit: usize) -> Result<usize, StoreError>;
}
