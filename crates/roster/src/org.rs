//! `orgs.csv`: which organisations are schools, and what the network is called.

use std::collections::HashMap;

use foldhash::quality::RandomState;
use staffroom_core::{NetworkName, RosterSchool, SchoolName, SisId};

use crate::ReadError;
use crate::key::Key;
use crate::problem::{ProblemKind, Problems};
use crate::shown::shown;
use crate::status::is_active;
use crate::table::{Table, normalised};

/// The organisations of a roster.
#[derive(Default)]
pub(crate) struct Orgs {
    schools: Vec<RosterSchool>,
    places: HashMap<Key, Place, RandomState>,
}

/// What an organisation is to the people who work there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A school: the place in [`Orgs::schools`].
    School(u32),
    /// A district or another organisation that is no school, or a school that is gone.
    Elsewhere,
}

/// Reads all of `orgs.csv`: the organisations, and the name of the network if there is one answer.
pub(crate) fn read(
    table: &mut Table<'_>,
    problems: &mut Problems,
) -> Result<(Orgs, Option<NetworkName>), ReadError> {
    let id = table.require("sourcedId")?;
    let name = table.require("name")?;
    let kind = table.require("type")?;
    let status = table.column("status")?;
    let (mut orgs, mut districts, mut others) = (Orgs::default(), Sole::None, Sole::None);
    while table.advance(problems)? {
        let sis_id = match SisId::parse(table.get(id)) {
            Ok(sis_id) => sis_id,
            Err(error) => {
                problems.add(table.at(Some(id)), ProblemKind::BadId, || {
                    (
                        format!("the id of the organisation {error}"),
                        "give every organisation an id of its own",
                    )
                });
                continue;
            }
        };
        if orgs.places.contains_key(sis_id.as_str()) {
            problems.add(table.at(Some(id)), ProblemKind::DuplicateId, || {
                let shown = shown(sis_id.as_str());
                (format!("the organisation `{shown}` is on an earlier line"), "remove the line that is wrong")
            });
            continue;
        }
        let there = match table.get_if(status) {
            "" => true,
            word => is_active(word).unwrap_or_else(|| {
                problems.add(table.at(status), ProblemKind::UnknownStatus, || {
                    let message =
                        format!("`{}` is not a status; the organisation counts as gone", shown(word));
                    (message, "write `active` or `tobedeleted`")
                });
                false
            }),
        };
        let label = table.get(name);
        let place = match org_kind(table.get(kind)) {
            Some(OrgKind::School) if there => match SchoolName::parse(label) {
                Ok(name) => orgs.add_school(sis_id.clone(), name),
                Err(error) => {
                    problems.add(table.at(Some(name)), ProblemKind::BadName, || {
                        let message = format!(
                            "the name of the school {error}; its people are read without this school"
                        );
                        (message, "correct the name")
                    });
                    Place::Elsewhere
                }
            },
            Some(OrgKind::District) if there => {
                districts.add(label);
                Place::Elsewhere
            }
            Some(OrgKind::Authority) if there => {
                others.add(label);
                Place::Elsewhere
            }
            Some(_) => Place::Elsewhere,
            None => {
                problems.add(table.at(Some(kind)), ProblemKind::UnknownOrgType, || {
                    let message = format!(
                        "`{}` is not a type of organisation; it does not count as a school",
                        shown(table.get(kind))
                    );
                    (
                        message,
                        "write `school` if people work there, else `district` or another type of the format",
                    )
                });
                Place::Elsewhere
            }
        };
        orgs.places.insert(Key(sis_id), place);
    }
    let network = if districts == Sole::None { others } else { districts };
    Ok((orgs, network.name()))
}

impl Orgs {
    /// What the organisation with this id is; `None` if it is not in the roster.
    pub(crate) fn place(&self, id: &str) -> Option<Place> {
        self.places.get(id).copied()
    }

    /// The id of a school, shared.
    pub(crate) fn school_id(&self, school: u32) -> Option<SisId> {
        let school = self.schools.get(usize::try_from(school).ok()?)?;
        Some(school.sis_id().clone())
    }

    /// The schools, in the order of the file.
    pub(crate) fn into_schools(self) -> Vec<RosterSchool> {
        self.schools
    }

    fn add_school(&mut self, sis_id: SisId, name: SchoolName) -> Place {
        let Ok(place) = u32::try_from(self.schools.len()) else {
            return Place::Elsewhere;
        };
        self.schools.push(RosterSchool::new(sis_id, name));
        Place::School(place)
    }
}

enum OrgKind {
    School,
    District,
    Authority,
    Part,
}

/// The types of OneRoster (`OrgType`) and the default values of School Data Sync. Where people work and pupils
/// learn is a school.
fn org_kind(word: &str) -> Option<OrgKind> {
    match normalised(word).as_str() {
        "school" | "campus" | "college" | "university" | "adulteducation" => Some(OrgKind::School),
        "district" => Some(OrgKind::District),
        "local"
        | "state"
        | "national"
        | "departmentofeducation"
        | "ministryofeducation"
        | "municipality"
        | "academictrust"
        | "localauthority"
        | "region"
        | "division"
        | "province" => Some(OrgKind::Authority),
        // Parts of something: the network is never called after them.
        "department" | "researchcenter" | "program" => Some(OrgKind::Part),
        _ => None,
    }
}

/// The name that is the only one, or none.
#[derive(Debug, PartialEq, Eq)]
enum Sole {
    None,
    One(String),
    Many,
}

impl Sole {
    fn add(&mut self, name: &str) {
        *self = match self {
            Self::None => Self::One(name.to_owned()),
            Self::One(_) | Self::Many => Self::Many,
        };
    }

    fn name(self) -> Option<NetworkName> {
        match self {
            Self::One(name) => NetworkName::parse(&name).ok(),
            Self::None | Self::Many => None,
        }
    }
}
