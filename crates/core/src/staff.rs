//! A staff member: the record of a person who works for the network, mirrored from the SIS. Not a login.

use std::collections::HashMap;
use std::hash::BuildHasher;

use crate::{IdSet, PersonName, RosterRecord, SchoolId, SisId, StaffEmail, StaffId};

/// Whether a person works for the network now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum StaffStatus {
    /// They do.
    Active,
    /// They do not, or the roster no longer lists them.
    Inactive,
}

/// A staff member of the network.
///
/// Whether they are linked to a user is not written here: the link lives in one place, on the
/// [`User`](crate::User), and reaches the rules as a `Facts`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct StaffMember {
    id: StaffId,
    sis_id: SisId,
    name: PersonName,
    status: StaffStatus,
    email: StaffEmail,
    schools: IdSet<SchoolId>,
}

impl StaffMember {
    /// A staff member, from checked parts.
    pub const fn new(
        id: StaffId,
        sis_id: SisId,
        name: PersonName,
        status: StaffStatus,
        email: StaffEmail,
        schools: IdSet<SchoolId>,
    ) -> Self {
        Self { id, sis_id, name, status, email, schools }
    }

    /// The staff member that `record` describes: the one step from roster to model (L1). Schools that
    /// `schools` does not know are left out.
    pub fn from_record<S: BuildHasher>(
        id: StaffId,
        record: &RosterRecord,
        schools: &HashMap<SisId, SchoolId, S>,
    ) -> Self {
        let schools = record.schools().iter().filter_map(|sis_id| schools.get(sis_id).copied());
        Self {
            id,
            sis_id: record.sis_id().clone(),
            name: record.name().clone(),
            status: record.status(),
            email: record.email().clone(),
            schools: schools.collect(),
        }
    }

    /// Their id.
    pub const fn id(&self) -> StaffId {
        self.id
    }

    /// The id that the SIS uses; unique inside the network.
    pub const fn sis_id(&self) -> &SisId {
        &self.sis_id
    }

    /// Their name.
    pub const fn name(&self) -> &PersonName {
        &self.name
    }

    /// Whether they work for the network now.
    pub const fn status(&self) -> StaffStatus {
        self.status
    }

    /// The email on their record.
    pub const fn email(&self) -> &StaffEmail {
        &self.email
    }

    /// The schools they work in; may be none.
    pub const fn schools(&self) -> &IdSet<SchoolId> {
        &self.schools
    }

    /// This record with another status.
    #[must_use]
    pub fn with_status(mut self, status: StaffStatus) -> Self {
        self.status = status;
        self
    }

    /// This record with other schools.
    #[must_use]
    pub fn with_schools(mut self, schools: IdSet<SchoolId>) -> Self {
        self.schools = schools;
        self
    }

    /// This record with another email.
    #[must_use]
    pub fn with_email(mut self, email: StaffEmail) -> Self {
        self.email = email;
        self
    }
}
