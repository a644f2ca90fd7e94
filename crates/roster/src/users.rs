//! `users.csv`: the people, of whom only staff are kept.

use std::collections::{HashMap, HashSet};

use staffroom_core::{PersonName, RosterRecord, SisId, StaffEmail, StaffStatus};

use crate::key::Key;
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
        match roles.standing(table.get(columns.id).trim()) {
            Standing::NotStaff if table.get(columns.id).trim().is_empty() => {
                id(table, columns.id, RoleKind::Staff, problems);
            }
            Standing::NotStaff => staff.not_staff = staff.not_staff.saturating_add(1),
            Standing::StudentAndStaff => student_and_staff(table, columns.id, problems),
            Standing::Again(sis_id) => duplicate(table, columns.id, &sis_id, problems),
            Standing::Staff { sis_id, current } => {
                let Some(name) = columns.name(table, problems) else {
                    continue;
                };
                let active = columns.is_active(table, problems) && current;
                let schools = roles.take_schools(&sis_id, active, orgs);
                staff
                    .records
                    .push(columns.record(table, sis_id, name, active, schools));
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
    let mut seen: HashMap<Key, RoleKind> = HashMap::new();
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
                    let message = match table.get(role).trim() {
                        "" => "the person has no role".to_owned(),
                        word => format!("`{}` is not a role of {}", shown(word), format.title()),
                    };
                    (
                        message,
                        "write one of the roles of the format, like `teacher` or `aide`",
                    )
                });
                continue;
            }
        };
        let Some(sis_id) = id(table, columns.id, kind, problems) else {
            staff.not_staff = staff
                .not_staff
                .saturating_add(u64::from(kind == RoleKind::Student));
            continue;
        };
        match (seen.get(sis_id.as_str()), kind) {
            (None, RoleKind::Student) => {
                staff.not_staff = staff.not_staff.saturating_add(1);
                // Whoever has left as a student may come back as staff.
                if is_active(table.get_if(columns.status)) != Some(false) {
                    seen.insert(Key(sis_id), kind);
                }
            }
            (None, _) => {
                let Some(name) = columns.name(table, problems) else {
                    continue;
                };
                let active = columns.is_active(table, problems);
                let schools = schools_on_line(table, places, orgs, problems);
                seen.insert(Key(sis_id.clone()), kind);
                staff
                    .records
                    .push(columns.record(table, sis_id, name, active, schools));
            }
            (Some(RoleKind::Student), RoleKind::Student) => {
                staff.not_staff = staff.not_staff.saturating_add(1);
            }
            (Some(before), after) if *before != after => {
                student_and_staff(table, columns.id, problems);
                withdrawn.insert(sis_id);
            }
            (Some(_), _) => duplicate(table, columns.id, &sis_id, problems),
        }
    }
    drop(seen);
    if !withdrawn.is_empty() {
        staff
            .records
            .retain(|record| !withdrawn.contains(record.sis_id()));
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
            email: if microsoft {
                table.column("email")?
            } else {
                Some(table.require("email")?)
            },
            user_name: if microsoft {
                Some(table.require("username")?)
            } else {
                None
            },
            status: table.column("status")?,
            enabled: table.column("enableduser")?,
        })
    }

    /// The name that the person goes by: each part as preferred, else as in the records.
    fn name(&self, table: &Table<'_>, problems: &mut Problems) -> Option<PersonName> {
        let part = |preferred: Option<Column>, official: Column| match table.get_if(preferred) {
            text if text.trim().is_empty() => table.get(official),
            text => text,
        };
        let given = part(self.preferred_given, self.given);
        let family = part(self.preferred_family, self.family);
        PersonName::parse(given, family)
            .map_err(|error| {
                problems.add(table.at(Some(self.family)), ProblemKind::BadName, || {
                    (
                        format!("the name of the person {error}"),
                        "correct the given and the family name",
                    )
                });
            })
            .ok()
    }

    /// True unless the line says otherwise. What cannot be read makes nobody active.
    fn is_active(&self, table: &Table<'_>, problems: &mut Problems) -> bool {
        let mut active = true;
        for (column, remedy) in [
            (self.status, "write `active` or `tobedeleted`"),
            (self.enabled, "write `true` or `false`"),
        ] {
            let word = table.get_if(column).trim();
            if word.is_empty() {
                continue;
            }
            active &= is_active(word).unwrap_or_else(|| {
                problems.add(table.at(column), ProblemKind::UnknownStatus, || {
                    (
                        format!("`{}` is not a status; the person counts as inactive", shown(word)),
                        remedy,
                    )
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
            (email, user_name) if email.trim().is_empty() && user_name.contains('@') => user_name,
            (email, _) => email,
        };
        let status = if active {
            StaffStatus::Active
        } else {
            StaffStatus::Inactive
        };
        RosterRecord::new(sis_id, name, status, StaffEmail::read(email), schools)
    }
}

/// The id on the current line. That a student has none is nobody's concern here.
fn id(table: &Table<'_>, column: Column, kind: RoleKind, problems: &mut Problems) -> Option<SisId> {
    match SisId::parse(table.get(column)) {
        Ok(sis_id) => Some(sis_id),
        Err(error) => {
            if kind == RoleKind::Staff {
                problems.add(table.at(Some(column)), ProblemKind::BadId, || {
                    (
                        format!("the id of the person {error}"),
                        "give every person an id of their own",
                    )
                });
            }
            None
        }
    }
}

/// The schools in a list of ids with commas between them, each once.
fn schools_on_line(table: &Table<'_>, column: Column, orgs: &Orgs, problems: &mut Problems) -> Vec<SisId> {
    let mut schools: Vec<SisId> = Vec::new();
    for id in table
        .get(column)
        .split(',')
        .map(str::trim)
        .filter(|id| !id.is_empty())
    {
        match orgs.place(id) {
            Some(Place::School(school)) => match orgs.school_id(school) {
                Some(school) if !schools.contains(&school) => schools.push(school),
                _ => {}
            },
            Some(Place::Elsewhere) => {}
            None => problems.add(table.at(Some(column)), ProblemKind::UnknownOrg, || {
                unknown_org(id)
            }),
        }
    }
    schools
}

fn duplicate(table: &Table<'_>, column: Column, sis_id: &SisId, problems: &mut Problems) {
    problems.add(table.at(Some(column)), ProblemKind::DuplicateId, || {
        let message = format!(
            "the person `{}` is on an earlier line; that one is used",
            shown(sis_id.as_str())
        );
        (
            message,
            "remove the line that is wrong, or give each person an id of their own",
        )
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
