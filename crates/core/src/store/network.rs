//! The network's own record.

use async_trait::async_trait;

use super::StoreError;
use crate::{Network, NetworkName};

/// What became of a network that was to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetworkInsert {
    /// It is there now.
    Inserted,
    /// It was there already, and is unchanged.
    AlreadyThere,
}

/// The record of the unit of work's own network.
#[async_trait]
pub trait NetworkRepository: Send {
    /// The record, unless the network does not exist yet.
    async fn find(&mut self) -> Result<Option<Network>, StoreError>;

    /// Writes the record of a network that does not exist yet. A network must exist before anything else is written
    /// in it ([`StoreError::Misuse`] otherwise).
    async fn insert(&mut self, name: &NetworkName) -> Result<NetworkInsert, StoreError>;
}
