//! The batches of the network.

use async_trait::async_trait;

use super::StoreError;
use crate::{Batch, BatchId};

/// What became of a batch that was to be inserted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchInsert {
    /// It is there now.
    Inserted,
    /// There was one with its id already; it is unchanged.
    AlreadyThere,
}

/// The bulk creates that were carried out. Never changed, never deleted: they are what makes a commit happen once
/// (R11).
#[async_trait]
pub trait BatchRepository: Send {
    /// The batch with that id, with its report.
    async fn find(&mut self, id: BatchId) -> Result<Option<Batch>, StoreError>;

    /// Keeps a batch.
    async fn insert(&mut self, batch: &Batch) -> Result<BatchInsert, StoreError>;
}
