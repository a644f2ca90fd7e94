//! `roles.csv`: who is staff, where, and whether still.

use chrono::NaiveDate;
use staffroom_core::SisId;

use crate::index::{IdHash, IdIndex, IdSet};
use crate::org::{Orgs, Place};
use crate::problem::{ProblemKind, Problems};
use crate::role::{RoleKind, role_kind};
use crate::shown::shown;
use crate::table::{Column, Table};
use crate::term::{Term, TermColumns};
use crate::{Format, ReadError};

/// What `roles.csv` says about everybody who is staff.
#[derive(Default)]
pub(crate) struct Roles {
    people: Vec<Person>,
    /// Everybody with the role of a student that is not over.
    students: IdSet,
    index: IdIndex,
    /// The place of the person of the line before: exports keep the lines of a person together, and people in the
    /// same order in every file, which spares most searches.
    last: usize,
    /// The schools of all of them: each links to the one before of the same person.
    links: Vec<Link>,
    /// For putting the schools of one person into order.
    order: Vec<u32>,
}

/// What it says about one person.
struct Person {
    sis_id: SisId,
    first_line: u64,
    lines: u32,
    last_link: Option<u32>,
    /// True if one of their staff roles is held now.
    current: bool,
    listing: Listing,
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
    Again,
    /// Staff.
    Staff(Member),
}

/// A staff member, found in the roles.
pub(crate) struct Member {
    place: usize,
    /// Their id, shared.
    pub(crate) sis_id: SisId,
    /// True if one of their staff roles is held now.
    pub(crate) current: bool,
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
                if term.read(table, today, None) != Term::Over {
                    roles.students.add(table.get(user));
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
                let message = match table.get(role) {
                    "" => "the role is empty".to_owned(),
                    word => format!("`{}` is not a role of {}", shown(word), format.title()),
                };
                (message, "write one of the roles of the format, like `teacher` or `aide`")
            }),
        }
    }
    Ok(roles)
}

/// The school that the current line names, if it is one.
fn school(table: &Table<'_>, org: Column, orgs: &Orgs, problems: &mut Problems) -> Option<u32> {
    match orgs.place(table.get(org)) {
        Some(Place::School(school)) => Some(school),
        Some(Place::Elsewhere) => None,
        None => {
            problems.add(table.at(Some(org)), ProblemKind::UnknownOrg, || unknown_org(table.get(org)));
            None
        }
    }
}

/// The words for a school that is not in `orgs.csv`.
pub(crate) fn unknown_org(id: &str) -> (String, &'static str) {
    let message = match id {
        "" => "the organisation is empty; the role is read without a school".to_owned(),
        id => {
            format!("there is no organisation `{}` in `orgs.csv`; the person is read without it", shown(id))
        }
    };
    (message, "write the id of an organisation in `orgs.csv`, or add it there")
}

impl Roles {
    /// The standing of the person with this id, who is on a line of `users.csv`.
    pub(crate) fn standing(&mut self, id: &str) -> Standing {
        let Some(place) = self.find(id) else {
            return Standing::NotStaff;
        };
        self.last = place;
        let Some(person) = self.people.get_mut(place) else {
            return Standing::NotStaff;
        };
        let taken = person.listing == Listing::Taken;
        if !taken {
            person.listing = Listing::Listed;
        }
        if self.students.contains(id) {
            return Standing::StudentAndStaff;
        }
        if taken {
            return Standing::Again;
        }
        Standing::Staff(Member { place, sis_id: person.sis_id.clone(), current: person.current })
    }

    /// The schools of a member's staff roles, each once, in the order of the file: of all of them, or of those held
    /// now. Whoever asks has taken the person: the next line with the same id is one too many.
    pub(crate) fn take_schools(&mut self, member: &Member, only_current: bool, orgs: &Orgs) -> Vec<SisId> {
        let Some(person) = self.people.get_mut(member.place) else {
            return Vec::new();
        };
        person.listing = Listing::Taken;
        self.order.clear();
        let mut next = person.last_link;
        while let Some(link) = next.and_then(|link| self.links.get(usize::try_from(link).ok()?)) {
            if link.current || !only_current {
                self.order.push(link.school);
            }
            next = link.before;
        }
        let mut schools: Vec<SisId> = Vec::with_capacity(self.order.len());
        for school in self.order.iter().rev().filter_map(|school| orgs.school_id(*school)) {
            if !schools.contains(&school) {
                schools.push(school);
            }
        }
        schools
    }

    /// Reports the staff roles of people who are not in `users.csv`.
    pub(crate) fn report_unlisted(self, file: &str, column: &str, problems: &mut Problems) {
        for person in self.people {
            if person.listing != Listing::NotYet {
                continue;
            }
            let at = crate::problem::At { file, line: person.first_line, column: Some(column) };
            problems.add(at, ProblemKind::UnknownUser, || {
                let more = match person.lines {
                    0 | 1 => String::new(),
                    lines => format!(" ({lines} lines name that id)"),
                };
                let message =
                    format!("there is nobody `{}` in `users.csv`{more}", shown(person.sis_id.as_str()));
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
        person.current |= current;
        if let (Some(school), Some(_)) = (school, link) {
            let before = person.last_link;
            person.last_link = link;
            self.links.push(Link { before, school, current });
        }
        true
    }

    /// The person with this id, new if need be; `None` if it is no id.
    fn person(&mut self, id: &str, table: &Table<'_>) -> Option<&mut Person> {
        if self.people.get(self.last).is_none_or(|person| person.sis_id.as_str() != id) {
            let hash = self.index.hash(id);
            self.last = match self.index.find(hash, id, |place| self.id_at(place)) {
                Some(place) => place,
                None => self.add_person(SisId::parse(id).ok()?, hash, table.line())?,
            };
        }
        self.people.get_mut(self.last)
    }

    fn add_person(&mut self, sis_id: SisId, hash: IdHash, first_line: u64) -> Option<usize> {
        let place = self.people.len();
        let listing = Listing::NotYet;
        self.people.push(Person { sis_id, first_line, lines: 0, last_link: None, current: false, listing });
        self.index.insert(hash, place).then_some(place)
    }

    /// The place of the person with this id; most often the one after the last.
    fn find(&self, id: &str) -> Option<usize> {
        let next = self.last.saturating_add(1);
        if self.id_at(next) == Some(id) {
            return Some(next);
        }
        self.index.find(self.index.hash(id), id, |place| self.id_at(place))
    }

    fn id_at(&self, place: usize) -> Option<&str> {
        self.people.get(place).map(|person| person.sis_id.as_str())
    }
}
