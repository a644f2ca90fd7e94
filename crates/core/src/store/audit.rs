//! The audit log of the network.

use async_trait::async_trait;

use super::StoreError;
use crate::AuditRecord;

/// The audit log: append-only (R16). There is no method that changes or removes a record.
#[async_trait]
pub trait AuditRepository: Send {
    /// Adds a record. Its id must be new ([`StoreError::Misuse`] otherwise).
    async fn append(&mut self, record: &AuditRecord) -> Result<(), StoreError>;

    /// Hands every record to `sink`, by time, then id.
    async fn visit(&mut self, sink: &mut (dyn FnMut(AuditRecord) + Send)) -> Result<(), StoreError>;
}
