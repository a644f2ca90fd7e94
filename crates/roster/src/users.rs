//! `users.csv`: the people, of whom only staff are kept.

use std::collections::HashSet;

use staffroom_core::{PersonName, RosterRecord, SisId, StaffEmail, StaffStatus};

use crate::index::{IdIndex, IdSet};
use crate::org::{Orgs, Place};
use crate::problem::{ProblemKind, Problems};
use crate::role::{RoleKind, role_kind};
use crate::roles::{Roles, Standing, unknown_org};
use crate::shown::shown;
use crate::status::is_active;
use crate::table::{Column, Table};
use crate::{Format, ReadError};

/// The staff of a roster, and how many lines were of other people.
#[derive(Default)]
pub(crate) struct Staff {
    pub(crate) records: Vec<RosterRecord>,
    pub(crate) not_staff: u64,
}

impl Staff {
    /// The id of the record at a place.
    pub(crate) fn id_at(&self, place: usize) -> Option<&str> {
        self.records.get(place).map(|record| record.sis_id().as_str())
    }
}

/// Reads `users.csv` of a roster whose roles are in `roles.csv`.
pub(crate) fn read_with_roles(
    table: &mut Table<'_>,
    format: Format,
    orgs: &Orgs,
    roles: &mut Roles,
    problems: &mut Problems,
) -> Result<Staff, ReadError> {
    let columns = PersonColumns::of(table, format)?;
    let mut staff = Staff::default();
    while table.advance(problems)? {
        match roles.standing(table.get(columns.id)) {
            Standing::NotStaff if table.get(columns.id).is_empty() => {
                sis_id(table, columns.id, problems);
            }
            Standing::NotStaff => staff.not_staff = staff.not_staff.saturating_add(1),
            Standing::StudentAndStaff => student_and_staff(table, columns.id, problems),
            Standing::Again => duplicate(table, columns.id, problems),
            Standing::Staff(member) => {
                let Some(name) = columns.name(table, problems) else {
                    continue;
                };
                let active = columns.is_active(table, problems) && member.current;
                let schools = roles.take_schools(&member, active, orgs);
                staff.records.push(columns.record(table, member.sis_id, name, active, schools));
            }
        }
    }
    Ok(staff)
}

/// Reads `users.csv` of OneRoster 1.1, where the role and the schools are on the same line.
pub(crate) fn read_alone(
    table: &mut Table<'_>,
    format: Format,
    orgs: &Orgs,
    problems: &mut Problems,
) -> Result<Staff, ReadError> {
    let columns = PersonColumns::of(table, format)?;
    let role = table.require("role")?;
    let places = table.require("orgSourcedIds")?;
    let mut staff = Staff::default();
    let (mut index, mut students) = (IdIndex::default(), IdSet::default());
    let mut withdrawn: HashSet<SisId> = HashSet::new();
    while table.advance(problems)? {
        let kind = match role_kind(table.get(role)) {
            Some(RoleKind::Neither) => {
                staff.not_staff = staff.not_staff.saturating_add(1);
                continue;
            }
            Some(kind) => kind,
            None => {
                problems.add(table.at(Some(role)), ProblemKind::UnknownRole, || {
                    let message = match table.get(role) {
                        "" => "the person has no role".to_owned(),
                        word => format!("`{}` is not a role of {}", shown(word), format.title()),
                    };
                    (message, "write one of the roles of the format, like `teacher` or `aide`")
                });
                continue;
            }
        };
        if kind == RoleKind::Student {
            staff.not_staff = staff.not_staff.saturating_add(1);
            // Whoever has left as a student may come back as staff.
            if is_active(table.get_if(columns.status)) == Some(false) {
                continue;
            }
            students.add(table.get(columns.id));
        }
        let id = table.get(columns.id);
        let hash = index.hash(id);
        let is_listed = index.find(hash, id, |place| staff.id_at(place)).is_some();
        match kind {
            RoleKind::Student if is_listed => {
                student_and_staff(table, columns.id, problems);
                withdrawn.extend(SisId::parse(id));
            }
            RoleKind::Student => {}
            _ if students.contains(id) => student_and_staff(table, columns.id, problems),
            _ if is_listed => duplicate(table, columns.id, problems),
            _ => {
                let Some(sis_id) = sis_id(table, columns.id, problems) else { continue };
                let Some(name) = columns.name(table, problems) else { continue };
                let active = columns.is_active(table, problems);
                let schools = schools_on_line(table, places, orgs, problems);
                index.insert(hash, staff.records.len());
                staff.records.push(columns.record(table, sis_id, name, active, schools));
            }
        }
    }
    drop((index, students));
    if !withdrawn.is_empty() {
        staff.records.retain(|record| !withdrawn.contains(record.sis_id()));
    }
    Ok(staff)
}

/// The columns of a person.
struct PersonColumns {
    id: Column,
    given: Column,
    family: Column,
    preferred_given: Option<Column>,
    preferred_family: Option<Column>,
    email: Option<Column>,
    /// Where a work address may stand if `email` is empty.
    user_name: Option<Column>,
    status: Option<Column>,
    enabled: Option<Column>,
}

impl PersonColumns {
    fn of(table: &Table<'_>, format: Format) -> Result<Self, ReadError> {
        let microsoft = format == Format::SchoolDataSync21;
        Ok(Self {
            id: table.require("sourcedId")?,
            given: table.require("givenName")?,
            family: table.require("familyName")?,
            preferred_given: table.column("preferredgivenname")?,
            preferred_family: table.column("preferredfamilyname")?,
            email: if microsoft { table.column("email")? } else { Some(table.require("email")?) },
            user_name: if microsoft { Some(table.require("username")?) } else { None },
            status: table.column("status")?,
            enabled: table.column("enableduser")?,
        })
    }

    /// The name that the person goes by: each part as preferred, else as in the records.
    fn name(&self, table: &Table<'_>, problems: &mut Problems) -> Option<PersonName> {
        let part = |preferred: Option<Column>, official: Column| match table.get_if(preferred) {
            "" => table.get(official),
            text => text,
        };
        let given = part(self.preferred_given, self.given);
        let family = part(self.preferred_family, self.family);
        PersonName::parse(given, family)
            .map_err(|error| {
                problems.add(table.at(Some(self.family)), ProblemKind::BadName, || {
                    (format!("the name of the person {error}"), "correct the given and the family name")
                });
            })
            .ok()
    }

    /// True unless the line says otherwise. What cannot be read makes nobody active.
    fn is_active(&self, table: &Table<'_>, problems: &mut Problems) -> bool {
        let mut active = true;
        for (column, remedy) in
            [(self.status, "write `active` or `tobedeleted`"), (self.enabled, "write `true` or `false`")]
        {
            let word = table.get_if(column);
            if word.is_empty() {
                continue;
            }
            active &= is_active(word).unwrap_or_else(|| {
                problems.add(table.at(column), ProblemKind::UnknownStatus, || {
                    (format!("`{}` is not a status; the person counts as inactive", shown(word)), remedy)
                });
                false
            });
        }
        active
    }

    fn record(
        &self,
        table: &Table<'_>,
        sis_id: SisId,
        name: PersonName,
        active: bool,
        schools: Vec<SisId>,
    ) -> RosterRecord {
        let email = match (table.get_if(self.email), table.get_if(self.user_name)) {
            ("", user_name) if user_name.contains('@') => user_name,
            (email, _) => email,
        };
        let status = if active { StaffStatus::Active } else { StaffStatus::Inactive };
        RosterRecord::new(sis_id, name, status, StaffEmail::read(email), schools)
    }
}

/// The id on the current line.
fn sis_id(table: &Table<'_>, column: Column, problems: &mut Problems) -> Option<SisId> {
    SisId::parse(table.get(column))
        .map_err(|error| {
            problems.add(table.at(Some(column)), ProblemKind::BadId, || {
                (format!("the id of the person {error}"), "give every person an id of their own")
            });
        })
        .ok()
}

/// The schools in a list of ids with commas between them, each once.
fn schools_on_line(table: &Table<'_>, column: Column, orgs: &Orgs, problems: &mut Problems) -> Vec<SisId> {
    let mut schools: Vec<SisId> = Vec::new();
    for id in table.get(column).split(',').map(str::trim).filter(|id| !id.is_empty()) {
        match orgs.place(id) {
            Some(Place::School(school)) => match orgs.school_id(school) {
                Some(school) if !schools.contains(&school) => schools.push(school),
                _ => {}
            },
            Some(Place::Elsewhere) => {}
            None => problems.add(table.at(Some(column)), ProblemKind::UnknownOrg, || unknown_org(id)),
        }
    }
    schools
}

fn duplicate(table: &Table<'_>, column: Column, problems: &mut Problems) {
    problems.add(table.at(Some(column)), ProblemKind::DuplicateId, || {
        let message =
            format!("the person `{}` is on an earlier line; that one is used", shown(table.get(column)));
        (message, "remove the line that is wrong, or give each person an id of their own")
    });
}

fn student_and_staff(table: &Table<'_>, column: Column, problems: &mut Problems) {
    problems.add(table.at(Some(column)), ProblemKind::StudentAndStaff, || {
        let message = format!(
            "the person `{}` is a student and staff at once, and is not read as staff",
            shown(table.get(column))
        );
        (message, "end or remove the role that is wrong")
    });
}
