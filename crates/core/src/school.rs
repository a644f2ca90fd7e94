//! One school of a network.

use crate::{SchoolId, SchoolName, SisId};

/// A school of the network.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct School {
    id: SchoolId,
    sis_id: SisId,
    name: SchoolName,
}

impl School {
    /// A school that the SIS knows as `sis_id`.
    pub const fn new(id: SchoolId, sis_id: SisId, name: SchoolName) -> Self {
        Self { id, sis_id, name }
    }

    /// Its id.
    pub const fn id(&self) -> SchoolId {
        self.id
    }

    /// The id that the SIS uses; unique inside the network.
    pub const fn sis_id(&self) -> &SisId {
        &self.sis_id
    }

    /// What it is called.
    pub const fn name(&self) -> &SchoolName {
        &self.name
    }
}
