//! A network: the tenant. Schools under one administration.

use crate::{NetworkId, NetworkName};

/// A network. Every other record belongs to exactly one, and nothing crosses (R18).
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Network {
    id: NetworkId,
    name: NetworkName,
}

impl Network {
    /// A network called `name`.
    pub const fn new(id: NetworkId, name: NetworkName) -> Self {
        Self { id, name }
    }

    /// Its id.
    pub const fn id(&self) -> NetworkId {
        self.id
    }

    /// What it is called.
    pub const fn name(&self) -> &NetworkName {
        &self.name
    }
}
