//! The batches of the network.

use async_trait::async_trait;

use super::StoreError;
use crate::{Batch, BatchHead, BatchId, Timestamp};

/// What became of a batch that was to be inserted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchInsert {
    /// It is there now.
    Inserted,
    /// There was one with its id already; it is unchanged.
    AlreadyThere,
}

/// A place in the list of batches, which is ordered by time, then id, the newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct BatchCursor {
    at: Timestamp,
    id: BatchId,
}

impl BatchCursor {
    /// The place at that moment and id.
    pub const fn new(at: Timestamp, id: BatchId) -> Self {
        Self { at, id }
    }

    /// The place of `head`.
    pub const fn of(head: &BatchHead) -> Self {
        Self { at: head.at, id: head.id }
    }

    /// The time's part of the order.
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// The id's part of the order.
    pub const fn id(&self) -> BatchId {
        self.id
    }
}

/// The bulk creates that were carried out. Never changed, never deleted: they are what makes a commit happen once
/// (R11).
///
/// Example: [a unit of work](crate::store#an-example).
#[async_trait]
pub trait BatchRepository: Send {
    /// The batch with that id, with its report.
    async fn find(&mut self, id: BatchId) -> Result<Option<Batch>, StoreError>;

    /// The heads of the first `limit` batches in the list, or in what follows `after`: the newest first, by time, then
    /// id, both descending. Fewer than `limit` means that the list ends there.
    async fn page(&mut self, after: Option<&BatchCursor>, limit: usize)
    -> Result<Vec<BatchHead>, StoreError>;

    /// Keeps a batch.
    async fn insert(&mut self, batch: &Batch) -> Result<BatchInsert, StoreError>;
}
