//! A roster: what a SIS says about a network's schools and staff, read and checked, before it meets a store.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

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
        if let Some(twice) = repeated(schools.iter().map(RosterSchool::sis_id)) {
            return Err(RosterError::SchoolTwice(twice.clone()));
        }
        if let Some(twice) = repeated(staff.iter().map(RosterRecord::sis_id)) {
            return Err(RosterError::StaffTwice(twice.clone()));
        }
        let listed: HashSet<&SisId> = schools.iter().map(RosterSchool::sis_id).collect();
        for record in &staff {
            if let Some(school) = record.schools().iter().find(|school| !listed.contains(school)) {
                return Err(RosterError::UnknownSchool {
                    staff: record.sis_id().clone(),
                    school: school.clone(),
                });
            }
        }
        drop(listed);
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

/// The first id that is the same as one before it.
fn repeated<'a>(ids: impl Iterator<Item = &'a SisId> + Clone) -> Option<&'a SisId> {
    // Exports are in order, most of them, and numbers without leading zeros grow in length: then all are different.
    let follows = |before: &&SisId, id: &&SisId| (before.as_str().len(), before) < (id.as_str().len(), id);
    if ids.clone().is_sorted_by(follows) {
        return None;
    }
    // To sort hashes is cheaper than to search a table that is larger than the caches.
    let keyed = RandomState::new();
    let mut hashes: Vec<u64> = ids.clone().map(|id| keyed.hash_one(id)).collect();
    hashes.sort_unstable();
    if hashes.is_sorted_by(|before, hash| before < hash) {
        return None;
    }
    let mut seen = HashSet::new();
    ids.into_iter().find(|id| !seen.insert(*id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(texts: &[&str], expected: Option<&str>) {
        let ids: Vec<SisId> = texts.iter().map(|text| SisId::parse(text).unwrap()).collect();
        assert_eq!(repeated(ids.iter()).map(SisId::as_str), expected, "{texts:?}");
    }

    #[test]
    fn an_id_that_comes_again_is_found_in_any_order() {
        check(&["S-1", "S-2", "S-10"], None);
        check(&["S-10", "S-2", "S-1"], None);
        check(&["S-1", "S-1", "S-2"], Some("S-1"));
        check(&["S-2", "S-1", "S-3", "S-1", "S-2"], Some("S-1"));
        check(&["9", "10", "9"], Some("9"));
        check(&["9", "9"], Some("9"));
        check(&[], None);
    }

    #[test]
    fn a_roster_keeps_what_it_calls_the_network() {
        let name = NetworkName::parse("Lakeside").unwrap();
        let roster = Roster::new(Some(name.clone()), Vec::new(), Vec::new()).unwrap();
        assert_eq!(roster.network(), Some(&name));
        assert_eq!(Roster::new(None, Vec::new(), Vec::new()).unwrap().network(), None);
    }

    proptest! {
        #[test]
        fn the_first_that_comes_again_is_that_of_a_search(texts in prop::collection::vec("[ab]{1,3}", 0..9)) {
            let ids: Vec<SisId> = texts.iter().map(|text| SisId::parse(text).unwrap()).collect();
            let again = |place: usize| ids[..place].contains(&ids[place]);
            let expected = (0..ids.len()).find(|place| again(*place)).map(|place| &ids[place]);
            prop_assert_eq!(repeated(ids.iter()), expected);
        }
    }
}
