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
///
/// Example: [a unit of work](crate::store#an-example).
#[async_trait]
pub trait NetworkRepository: Send {
    /// The record, unless the network does not exist yet.
    async fn find(&mut self) -> Result<Option<Network>, StoreError>;

    /// Writes the record of a network that does not exist yet. A network must exist before anything else is written
    /// in it ([`StoreError::Misuse`] otherwise).
    async fn insert(&mut self, name: &NetworkName) -> Result<NetworkInsert, StoreError>;

    /// Waits for this unit of work's turn, and keeps it until the unit of work ends: committed, dropped or failed.
    ///
    /// At most one unit of work of the network has the turn. Others that ask for it meanwhile wait, or are answered
    /// [`StoreError::Contended`], here or at their commit; those that do not ask are not held up. Whoever has got the
    /// turn reads, from then on, all that those who had it before have committed. Asking again for the turn that one
    /// has changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Misuse`] in a unit of work for reading, or if the network does not exist.
    async fn take_turn(&mut self) -> Result<(), StoreError>;
}
