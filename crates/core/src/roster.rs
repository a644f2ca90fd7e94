//! A roster: what a SIS says about a network's schools and staff, read and checked, before it meets a store.

use std::collections::HashSet;

use crate::{NetworkName, PersonName, SchoolName, SisId, StaffEmail, StaffStatus};

/// A school as a roster lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterSchool {
    sis_id: SisId,
    name: SchoolName,
}

impl RosterSchool {
    /// A school that the SIS knows as `sis_id`.
    pub const fn new(sis_id: SisId, name: SchoolName) -> Self {
        Self { sis_id, name }
    }

    /// The id that the SIS uses.
    pub const fn sis_id(&self) -> &SisId {
        &self.sis_id
    }

    /// What it is called.
    pub const fn name(&self) -> &SchoolName {
        &self.name
    }
}

/// A person who works for the network, as a roster lists them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterRecord {
    sis_id: SisId,
    name: PersonName,
    status: StaffStatus,
    email: StaffEmail,
    schools: Vec<SisId>,
}

impl RosterRecord {
    /// A record, from checked parts. `schools` are SIS ids of schools in the same roster.
    pub const fn new(
        sis_id: SisId,
        name: PersonName,
        status: StaffStatus,
        email: StaffEmail,
        schools: Vec<SisId>,
    ) -> Self {
        Self { sis_id, name, status, email, schools }
    }

    /// The id that the SIS uses.
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

    /// The SIS ids of the schools they work in.
    pub fn schools(&self) -> &[SisId] {
        &self.schools
    }
}

/// Why schools and records do not make a roster. A reader of files reports these as bad lines before it gets
/// here; a host that builds rosters in code meets them here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RosterError {
    /// Two schools have one SIS id.
    #[error("the school `{0}` is listed twice")]
    SchoolTwice(SisId),
    /// Two records have one SIS id.
    #[error("the staff member `{0}` is listed twice")]
    StaffTwice(SisId),
    /// A record names a school that the roster does not list.
    #[error("the staff member `{staff}` works in the school `{school}`, which the roster does not list")]
    UnknownSchool {
        /// The record.
        staff: SisId,
        /// The school it names.
        school: SisId,
    },
}

/// A whole roster: every school and every staff member of one network. Who is not in it has left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    network: Option<NetworkName>,
    schools: Vec<RosterSchool>,
    staff: Vec<RosterRecord>,
}

impl Roster {
    /// A roster. `network` is what it calls the network, if it does.
    ///
    /// # Errors
    /// [`RosterError`] if a SIS id is listed twice or a school is not listed.
    pub fn new(
        network: Option<NetworkName>,
        schools: Vec<RosterSchool>,
        staff: Vec<RosterRecord>,
    ) -> Result<Self, RosterError> {
        let mut listed = HashSet::with_capacity(schools.len());
        for school in &schools {
            if !listed.insert(school.sis_id()) {
                return Err(RosterError::SchoolTwice(school.sis_id().clone()));
            }
        }
        let mut seen = HashSet::with_capacity(staff.len());
        for record in &staff {
            if !seen.insert(record.sis_id()) {
                return Err(RosterError::StaffTwice(record.sis_id().clone()));
            }
            if let Some(school) = record.schools().iter().find(|school| !listed.contains(school)) {
                return Err(RosterError::UnknownSchool {
                    staff: record.sis_id().clone(),
                    school: school.clone(),
                });
            }
        }
        drop((listed, seen));
        Ok(Self { network, schools, staff })
    }

    /// What the roster calls the network, if it does.
    pub const fn network(&self) -> Option<&NetworkName> {
        self.network.as_ref()
    }

    /// The schools, in the order of the file.
    pub fn schools(&self) -> &[RosterSchool] {
        &self.schools
    }

    /// The staff, in the order of the file.
    pub fn staff(&self) -> &[RosterRecord] {
        &self.staff
    }
}
