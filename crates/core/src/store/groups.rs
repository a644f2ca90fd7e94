//! The permission groups of the network.

use async_trait::async_trait;

use super::{RowLock, StoreError};
use crate::{Group, GroupId};

/// What became of a group that was to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupWrite {
    /// It is written.
    Written,
    /// Another group has its folded name; or, for an insert, its id.
    Taken,
    /// For an update: there is no group with its id.
    Unknown,
}

/// The groups of the network, active or not.
///
/// Example: [a unit of work](crate::store#an-example).
#[async_trait]
pub trait GroupRepository: Send {
    /// The group with that id.
    async fn find(&mut self, id: GroupId, lock: RowLock) -> Result<Option<Group>, StoreError>;

    /// All groups, by folded name.
    async fn list(&mut self) -> Result<Vec<Group>, StoreError>;

    /// Writes a new group.
    async fn insert(&mut self, group: &Group) -> Result<GroupWrite, StoreError>;

    /// Overwrites the group with that id.
    async fn update(&mut self, group: &Group) -> Result<GroupWrite, StoreError>;
}
