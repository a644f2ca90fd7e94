//! `roles.csv`: who is staff, where, and whether still.

use std::collections::HashMap;

use chrono::NaiveDate;
use staffroom_core::SisId;

use crate::key::Key;
use crate::org::{Orgs, Place};
use crate::problem::{ProblemKind, Problems};
use crate::role::{RoleKind, role_kind};
use crate::shown::shown;
use crate::table::{Column, Table};
use crate::term::{Term, TermColumns};
use crate::{Format, ReadError};

/// What `roles.csv` says about everybody who is staff or a student.
#[derive(Default)]
pub(crate) struct Roles {
    people: HashMap<Key, Person>,
    /// The schools of all of them: each links to the one before of the same person.
    links: Vec<Link>,
}

/// What it says about one person.
struct Person {
    first_line: u64,
    lines: u32,
    last_link: Option<u32>,
    staff: StaffRole,
    student: bool,
    listing: Listing,
}

/// The best staff role of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum StaffRole {
    None,
    NotHeldNow,
    HeldNow,
}

/// Whether `users.csv` lists a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listing {
    NotYet,
    Listed,
    /// And a record was made of the line.
    Taken,
}

struct Link {
    before: Option<u32>,
    school: u32,
    current: bool,
}

/// What the roles make of a person in `users.csv`.
pub(crate) enum Standing {
    /// Nothing: no role of staff.
    NotStaff,
    /// Staff and a student at once.
    StudentAndStaff,
    /// Staff, and listed before.
    Again(SisId),
    /// Staff.
    Staff {
        /// Their id, shared.
        sis_id: SisId,
        /// True if one of their staff roles is held now.
        current: bool,
    },
}

/// Reads all of `roles.csv`.
pub(crate) fn read(
    table: &mut Table<'_>,
    format: Format,
    orgs: &Orgs,
    today: NaiveDate,
    problems: &mut Problems,
) -> Result<Roles, ReadError> {
    let user = table.require("userSourcedId")?;
    let org = table.require("orgSourcedId")?;
    let role = table.require("role")?;
    let term = match format {
        Format::SchoolDataSync21 => TermColumns::of_school_data_sync(table)?,
        _ => TermColumns::of_one_roster(table)?,
    };
    let mut roles = Roles::default();
    while table.advance(problems)? {
        match role_kind(table.get(role)) {
            Some(RoleKind::Neither) => {}
            Some(RoleKind::Student) => {
                if term.read(table, today, None) != Term::Over
                    && let Some(person) = roles.person(table.get(user), table)
                {
                    person.student = true;
                }
            }
            Some(RoleKind::Staff) => {
                let current = term.read(table, today, Some(problems)) == Term::Current;
                let school = school(table, org, orgs, problems);
                if !roles.add(table.get(user), table, current, school) {
                    problems.add(table.at(Some(user)), ProblemKind::BadId, || {
                        let error = SisId::parse(table.get(user)).err().map(|error| error.to_string());
                        (
                            format!("the id of the person {}", error.unwrap_or_default()),
                            "write the id that the person has in `users.csv`",
                        )
                    });
                }
            }
            None => problems.add(table.at(Some(role)), ProblemKind::UnknownRole, || {
                let message = match table.get(role).trim() {
                    "" => "the role is empty".to_owned(),
                    word => format!("`{}` is not a role of {}", shown(word), format.title()),
                };
                (
                    message,
                    "write one of the roles of the format, like `teacher` or `aide`",
                )
            }),
        }
    }
    Ok(roles)
}

/// The school that the current line names, if it is one.
fn school(table: &Table<'_>, org: Column, orgs: &Orgs, problems: &mut Problems) -> Option<u32> {
    match orgs.place(table.get(org).trim()) {
        Some(Place::School(school)) => Some(school),
        Some(Place::Elsewhere) => None,
        None => {
            problems.add(table.at(Some(org)), ProblemKind::UnknownOrg, || {
                unknown_org(table.get(org))
            });
            None
        }
    }
}

/// The words for a school that is not in `orgs.csv`.
pub(crate) fn unknown_org(id: &str) -> (String, &'static str) {
    let message = match id.trim() {
        "" => "the organisation is empty; the role is read without a school".to_owned(),
        id => format!(
            "there is no organisation `{}` in `orgs.csv`; the person is read without it",
            shown(id)
        ),
    };
    (
        message,
        "write the id of an organisation in `orgs.csv`, or add it there",
    )
}

impl Roles {
    /// The standing of the person with this id, who is on a line of `users.csv`.
    pub(crate) fn standing(&mut self, id: &str) -> Standing {
        let Some(person) = self.people.get_mut(id) else {
            return Standing::NotStaff;
        };
        let taken = person.listing == Listing::Taken;
        if !taken {
            person.listing = Listing::Listed;
        }
        if person.staff == StaffRole::None {
            return Standing::NotStaff;
        }
        if person.student {
            return Standing::StudentAndStaff;
        }
        let current = person.staff == StaffRole::HeldNow;
        let Some((Key(sis_id), _)) = self.people.get_key_value(id) else {
            return Standing::NotStaff;
        };
        let sis_id = sis_id.clone();
        if taken {
            Standing::Again(sis_id)
        } else {
            Standing::Staff { sis_id, current }
        }
    }

    /// The schools of this person's staff roles, each once, in the order of the file: of all of them, or of those
    /// held now. Whoever asks has taken the person: the next line with the same id is one too many.
    pub(crate) fn take_schools(&mut self, id: &SisId, only_current: bool, orgs: &Orgs) -> Vec<SisId> {
        let Some(person) = self.people.get_mut(id.as_str()) else {
            return Vec::new();
        };
        person.listing = Listing::Taken;
        let mut schools: Vec<u32> = Vec::new();
        let mut next = person.last_link;
        while let Some(link) = next.and_then(|link| self.links.get(usize::try_from(link).ok()?)) {
            if (link.current || !only_current) && !schools.contains(&link.school) {
                schools.push(link.school);
            }
            next = link.before;
        }
        schools
            .iter()
            .rev()
            .filter_map(|school| orgs.school_id(*school))
            .collect()
    }

    /// Reports the staff roles of people who are not in `users.csv`.
    pub(crate) fn report_unlisted(self, file: &str, column: &str, problems: &mut Problems) {
        let unlisted = self
            .people
            .into_iter()
            .filter(|(_, person)| person.staff != StaffRole::None && person.listing == Listing::NotYet);
        let mut unlisted: Vec<_> = unlisted.collect();
        unlisted.sort_unstable_by_key(|(_, person)| person.first_line);
        for (Key(sis_id), person) in unlisted {
            let at = crate::problem::At {
                file,
                line: person.first_line,
                column: Some(column),
            };
            problems.add(at, ProblemKind::UnknownUser, || {
                let more = match person.lines {
                    0 | 1 => String::new(),
                    lines => format!(" ({lines} lines name that id)"),
                };
                let message = format!(
                    "there is nobody `{}` in `users.csv`{more}",
                    shown(sis_id.as_str())
                );
                (message, "add the person to `users.csv`, or remove the role")
            });
        }
    }

    /// Adds a staff role; false if the id cannot be one.
    fn add(&mut self, id: &str, table: &Table<'_>, current: bool, school: Option<u32>) -> bool {
        let link = u32::try_from(self.links.len()).ok();
        let Some(person) = self.person(id, table) else {
            return false;
        };
        person.lines = person.lines.saturating_add(1);
        person.staff = person.staff.max(if current {
            StaffRole::HeldNow
        } else {
            StaffRole::NotHeldNow
        });
        if let (Some(school), Some(_)) = (school, link) {
            let before = person.last_link;
            person.last_link = link;
            self.links.push(Link {
                before,
                school,
                current,
            });
        }
        true
    }

    fn person(&mut self, id: &str, table: &Table<'_>) -> Option<&mut Person> {
        let id = id.trim();
        if !self.people.contains_key(id) {
            let person = Person {
                first_line: table.line(),
                lines: 0,
                last_link: None,
                staff: StaffRole::None,
                student: false,
                listing: Listing::NotYet,
            };
            self.people.insert(Key(SisId::parse(id).ok()?), person);
        }
        self.people.get_mut(id)
    }
}
