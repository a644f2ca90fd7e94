//! A plain CSV file with one line for each staff member.

mod columns;

use std::collections::HashSet;

use foldhash::quality::RandomState;
use staffroom_core::{PersonName, RosterRecord, RosterSchool, SchoolName, SisId, StaffEmail, StaffStatus};

use crate::ReadError;
use crate::index::IdIndex;
use crate::key::Key;
use crate::problem::{ProblemKind, Problems};
use crate::role::{RoleKind, role_kind};
use crate::shown::shown;
use crate::status::is_active;
use crate::table::Table;
use crate::users::Staff;
use columns::{Columns, NameColumns};

/// Reads the whole file: the schools it names, and the staff.
pub(crate) fn read(
    table: &mut Table<'_>,
    problems: &mut Problems,
) -> Result<(Vec<RosterSchool>, Staff), ReadError> {
    let columns = Columns::of(table)?;
    let mut schools = Schools::default();
    let mut staff = Staff::default();
    let mut index = IdIndex::default();
    while table.advance(problems)? {
        match columns.standing(table) {
            Standing::Staff => {}
            Standing::NotStaff => {
                staff.not_staff = staff.not_staff.saturating_add(1);
                continue;
            }
            Standing::StudentAndStaff => {
                problems.add(table.at(columns.role), ProblemKind::StudentAndStaff, || {
                    (
                        "the person is a student and staff at once, and is not read as staff".to_owned(),
                        "remove the role that is wrong",
                    )
                });
                continue;
            }
        }
        let Some(sis_id) = columns.sis_id(table, problems) else {
            continue;
        };
        let Some(name) = columns.name(table, problems) else {
            continue;
        };
        let status = columns.status(table, problems);
        let email = StaffEmail::read(table.get(columns.email));
        let places = columns.schools(table, &mut schools, problems);
        let hash = index.hash(sis_id.as_str());
        let before = index.find(hash, sis_id.as_str(), |place| staff.id_at(place));
        let record = RosterRecord::new(sis_id, name, status, email, places);
        match before.and_then(|place| staff.records.get_mut(place)) {
            None => {
                index.insert(hash, staff.records.len());
                staff.records.push(record);
            }
            Some(before) if same_person(before, &record) => *before = merged(before, &record),
            Some(_) => problems.add(table.at(Some(columns.id)), ProblemKind::DuplicateId, || {
                let message = format!(
                    "the person `{}` is on an earlier line with another name, email or status; that one is used",
                    shown(record.sis_id().as_str())
                );
                (message, "give each person an id of their own, or make the lines agree in all but the school")
            }),
        }
    }
    Ok((schools.listed, staff))
}

/// True if two lines agree in all but the schools: the second says that the person works there as well.
fn same_person(before: &RosterRecord, record: &RosterRecord) -> bool {
    let same_email = match (before.email(), record.email()) {
        (StaffEmail::Valid(before), StaffEmail::Valid(email)) => before.is_same_address(email),
        (before, email) => before == email,
    };
    same_email && before.name() == record.name() && before.status() == record.status()
}

/// The first of two lines, with the schools of both.
fn merged(before: &RosterRecord, record: &RosterRecord) -> RosterRecord {
    let mut schools = before.schools().to_vec();
    schools.extend(record.schools().iter().filter(|school| !before.schools().contains(school)).cloned());
    RosterRecord::new(
        before.sis_id().clone(),
        before.name().clone(),
        before.status(),
        before.email().clone(),
        schools,
    )
}

/// The schools that lines have named so far. A plain file has no ids of schools: the name is the id.
#[derive(Default)]
struct Schools {
    listed: Vec<RosterSchool>,
    known: HashSet<Key, RandomState>,
}

impl Schools {
    /// The id of the school called `name`, made when it is first named.
    fn id(&mut self, name: &str) -> Result<SisId, staffroom_core::TextError> {
        if let Some(Key(sis_id)) = self.known.get(name) {
            return Ok(sis_id.clone());
        }
        let label = SchoolName::parse(name)?;
        if let Some(Key(sis_id)) = self.known.get(label.as_str()) {
            return Ok(sis_id.clone());
        }
        let sis_id = SisId::parse(label.as_str())?;
        self.listed.push(RosterSchool::new(sis_id.clone(), label));
        self.known.insert(Key(sis_id.clone()));
        Ok(sis_id)
    }
}

enum Standing {
    Staff,
    NotStaff,
    StudentAndStaff,
}

impl Columns {
    /// A line is of a staff member unless its role says otherwise; a word that is no known role is a job title.
    fn standing(&self, table: &Table<'_>) -> Standing {
        let (mut staff, mut student, mut neither) = (false, false, false);
        for word in table.get_if(self.role).split([',', ';', '|']).filter(|word| !word.trim().is_empty()) {
            match role_kind(word) {
                Some(RoleKind::Student) => student = true,
                Some(RoleKind::Neither) if !word.trim().eq_ignore_ascii_case("other") => neither = true,
                Some(_) | None => staff = true,
            }
        }
        match (staff, student, neither) {
            (true, true, _) => Standing::StudentAndStaff,
            (true, false, _) | (false, false, false) => Standing::Staff,
            (false, _, _) => Standing::NotStaff,
        }
    }

    fn sis_id(&self, table: &Table<'_>, problems: &mut Problems) -> Option<SisId> {
        SisId::parse(table.get(self.id))
            .map_err(|error| {
                problems.add(table.at(Some(self.id)), ProblemKind::BadId, || {
                    (format!("the id of the person {error}"), "give every person an id of their own")
                });
            })
            .ok()
    }

    fn name(&self, table: &Table<'_>, problems: &mut Problems) -> Option<PersonName> {
        let (column, given, family) = match self.name {
            NameColumns::Parts { given, family } => (family, table.get(given), table.get(family)),
            NameColumns::Full(full) => {
                let (given, family) = split_name(table.get(full));
                (full, given, family)
            }
        };
        PersonName::parse(given, family)
            .map_err(|error| {
                problems.add(table.at(Some(column)), ProblemKind::BadName, || {
                    (format!("the name of the person {error}"), "correct the name")
                });
            })
            .ok()
    }

    fn status(&self, table: &Table<'_>, problems: &mut Problems) -> StaffStatus {
        let Some(column) = self.active else {
            return StaffStatus::Active;
        };
        let word = table.get(column);
        match is_active(word) {
            Some(true) => StaffStatus::Active,
            Some(false) => StaffStatus::Inactive,
            None => {
                problems.add(table.at(Some(column)), ProblemKind::UnknownStatus, || {
                    let message = match word {
                        "" => "the status is empty; the person counts as inactive".to_owned(),
                        word => format!("`{}` is not a status; the person counts as inactive", shown(word)),
                    };
                    (message, "write `active` or `inactive`")
                });
                StaffStatus::Inactive
            }
        }
    }

    fn schools(&self, table: &Table<'_>, schools: &mut Schools, problems: &mut Problems) -> Vec<SisId> {
        let mut places: Vec<SisId> = Vec::new();
        for name in table.get_if(self.school).split([';', '|']).map(str::trim).filter(|name| !name.is_empty())
        {
            match schools.id(name) {
                Ok(sis_id) if places.contains(&sis_id) => {}
                Ok(sis_id) => places.push(sis_id),
                Err(error) => problems.add(table.at(self.school), ProblemKind::BadSchool, || {
                    (
                        format!("the name of a school {error}; the person is read without it"),
                        "correct the name",
                    )
                }),
            }
        }
        places
    }
}

/// The given and the family name: `Family, Given`, or `Given Family` with the last word as the family name.
fn split_name(full: &str) -> (&str, &str) {
    if let Some((family, given)) = full.split_once(',') {
        return (given, family);
    }
    full.rsplit_once(char::is_whitespace).unwrap_or(("", full))
}
