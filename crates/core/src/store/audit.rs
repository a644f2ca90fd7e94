//! The audit log of the network.

use async_trait::async_trait;

use super::StoreError;
use crate::{AuditId, AuditRecord, Timestamp};

/// A place in the audit log read backwards: by time, then id, the newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AuditCursor {
    at: Timestamp,
    id: AuditId,
}

impl AuditCursor {
    /// The place at that moment and id.
    pub const fn new(at: Timestamp, id: AuditId) -> Self {
        Self { at, id }
    }

    /// The place of `record`.
    pub const fn of(record: &AuditRecord) -> Self {
        Self { at: record.at, id: record.id }
    }

    /// The time's part of the order.
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// The id's part of the order.
    pub const fn id(&self) -> AuditId {
        self.id
    }
}

/// The audit log: append-only (R16). There is no method that changes or removes a record.
///
/// Example: [a unit of work](crate::store#an-example).
#[async_trait]
pub trait AuditRepository: Send {
    /// Adds a record. Its id must be new ([`StoreError::Misuse`] otherwise).
    async fn append(&mut self, record: &AuditRecord) -> Result<(), StoreError>;

    /// The newest `limit` records, or the newest of those before `after`: by time, then id, both descending. Fewer than
    /// `limit` means that the log begins there.
    async fn page(
        &mut self,
        after: Option<&AuditCursor>,
        limit: usize,
    ) -> Result<Vec<AuditRecord>, StoreError>;

    /// Hands every record to `sink`, by time, then id.
    async fn visit(&mut self, sink: &mut (dyn FnMut(AuditRecord) + Send)) -> Result<(), StoreError>;
}
