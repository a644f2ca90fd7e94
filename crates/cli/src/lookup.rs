//! Finding a school or a group by what was typed, and naming the likely ones if there is none.

use std::fmt;

use staffroom_core::{Group, GroupStatus, School, fold};

/// How many names a message lists before it only counts.
const LISTED: usize = 12;

/// How alike two folded names must be (Jaro-Winkler, 0 to 1) for one to be the other misspelt.
const ALIKE: f64 = 0.8;

/// What was typed names nothing, or several things. The message lists what there is.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LookupError {
    #[error("the network `{network}` has no school `{typed}`{known}")]
    UnknownSchool { network: String, typed: String, known: Known },
    #[error("the network has {} schools called `{typed}`; name the one you mean by its SIS id: {}", .sis_ids.len(), quoted(.sis_ids))]
    AmbiguousSchool { typed: String, sis_ids: Vec<String> },
    #[error("the network has several schools; name one with `--school`{0}")]
    WhichSchool(Known),
    #[error("the network `{network}` has no group `{typed}`{known}")]
    UnknownGroup { network: String, typed: String, known: Known },
}

impl LookupError {
    /// No school was named, and there are several.
    pub(crate) fn which_school(schools: &[School]) -> Self {
        Self::WhichSchool(Known::of("schools", schools.iter().map(|school| school.name().as_str()), ""))
    }
}

/// The school called `typed`: by its exact name, else by its name without regard to case and accents, else by its
/// SIS id.
///
/// # Errors
/// [`LookupError`] if there is none, or several share the name.
pub(crate) fn school<'a>(
    network: &str,
    schools: &'a [School],
    typed: &str,
) -> Result<&'a School, LookupError> {
    let folded = fold(typed);
    let by_id = || schools.iter().find(|school| school.sis_id().as_str() == typed.trim());
    let exactly: Vec<&School> = named(schools, |school| school.name().as_str() == typed.trim());
    let found =
        if exactly.is_empty() { named(schools, |school| school.name().folded() == folded) } else { exactly };
    match (found.as_slice(), by_id()) {
        ([one], _) => Ok(one),
        (_, Some(school)) => Ok(school),
        ([], None) => Err(LookupError::UnknownSchool {
            network: network.to_owned(),
            typed: typed.to_owned(),
            known: Known::of("schools", schools.iter().map(|school| school.name().as_str()), &folded),
        }),
        (several, None) => Err(LookupError::AmbiguousSchool {
            typed: typed.to_owned(),
            sis_ids: several.iter().map(|school| school.sis_id().as_str().to_owned()).collect(),
        }),
    }
}

/// The group called `typed`, without regard to case and accents: folded names are unique.
///
/// # Errors
/// [`LookupError`] if there is none; it lists those that people can be put into.
pub(crate) fn group<'a>(network: &str, groups: &'a [Group], typed: &str) -> Result<&'a Group, LookupError> {
    let folded = fold(typed);
    groups.iter().find(|group| group.name().folded() == folded).ok_or_else(|| {
        let active = groups.iter().filter(|group| group.status() == GroupStatus::Active);
        LookupError::UnknownGroup {
            network: network.to_owned(),
            typed: typed.to_owned(),
            known: Known::of("groups", active.map(|group| group.name().as_str()), &folded),
        }
    })
}

fn named(schools: &[School], is: impl Fn(&School) -> bool) -> Vec<&School> {
    schools.iter().filter(|school| is(school)).collect()
}

/// The names there are, for a message: the nearest one as a question, then the list.
#[derive(Debug)]
pub(crate) struct Known {
    what: &'static str,
    nearest: Option<String>,
    names: Vec<String>,
}

impl Known {
    /// `names`, of which the one that is most like `folded` may be meant.
    pub(crate) fn of<'a>(what: &'static str, names: impl Iterator<Item = &'a str>, folded: &str) -> Self {
        let names: Vec<String> = names.map(str::to_owned).collect();
        let nearest = names
            .iter()
            .map(|name| (likeness(&fold(name), folded), name))
            .filter(|(likeness, _)| *likeness >= ALIKE)
            .max_by(|(one, _), (other, _)| one.total_cmp(other));
        Self { what, nearest: nearest.map(|(_, name)| name.clone()), names }
    }
}

/// From 0 to 1; a name that holds the whole of what was typed is always alike.
fn likeness(name: &str, typed: &str) -> f64 {
    let alike = strsim::jaro_winkler(name, typed);
    if typed.chars().nth(2).is_some() && name.contains(typed) { alike.max(ALIKE) } else { alike }
}

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(nearest) = &self.nearest {
            write!(f, "; did you mean `{nearest}`?")?;
        }
        if self.names.is_empty() {
            return write!(f, "\n  it has no {}", self.what);
        }
        write!(f, "\n  its {} are: {}", self.what, quoted(&self.names))
    }
}

/// The names, as far as a message holds them.
fn quoted(names: &[String]) -> String {
    let listed: Vec<String> = names.iter().take(LISTED).map(|name| format!("`{name}`")).collect();
    match names.len().saturating_sub(LISTED) {
        0 => listed.join(", "),
        more => format!("{} and {more} more", listed.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use staffroom_core::{IdSource, SchoolId, SchoolName, SisId};
    use staffroom_system::TimeOrderedIds;

    fn schools(rows: &[(&str, &str)]) -> Vec<School> {
        let ids = TimeOrderedIds::new();
        let school = |(sis_id, name): &(&str, &str)| {
            let id = SchoolId::from_uuid(ids.next_id());
            School::new(id, SisId::parse(sis_id).unwrap(), SchoolName::parse(name).unwrap())
        };
        rows.iter().map(school).collect()
    }

    fn found(rows: &[(&str, &str)], typed: &str) -> Result<String, String> {
        let schools = schools(rows);
        school("Lakeside", &schools, typed)
            .map(|school| school.sis_id().to_string())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_school_is_found_by_name_then_loosely_then_by_id() {
        let rows = [("N", "North High"), ("S", "École du Sud"), ("X", "N")];
        assert_eq!(found(&rows, "North High"), Ok("N".to_owned()));
        assert_eq!(found(&rows, " north  HIGH "), Ok("N".to_owned()));
        assert_eq!(found(&rows, "ecole du sud"), Ok("S".to_owned()));
        assert_eq!(found(&rows, "S"), Ok("S".to_owned()));
        assert_eq!(found(&rows, "N"), Ok("X".to_owned()));
    }

    #[test]
    fn schools_of_one_name_are_told_apart_by_id() {
        let rows = [("N1", "North"), ("N2", "North"), ("N3", "NORTH")];
        assert_eq!(found(&rows, "N2"), Ok("N2".to_owned()));
        assert_eq!(found(&rows, "NORTH"), Ok("N3".to_owned()));
        let error = found(&rows, "North").unwrap_err();
        assert!(error.contains("2 schools called `North`") && error.contains("`N1`, `N2`"), "{error}");
    }

    #[test]
    fn an_unknown_school_names_the_nearest_and_the_others() {
        let rows = [("N", "North High"), ("S", "South High")];
        let error = found(&rows, "Nroth Hihg").unwrap_err();
        assert!(error.contains("did you mean `North High`?"), "{error}");
        assert!(error.contains("`North High`, `South High`"), "{error}");
        assert!(!found(&rows, "qqqq").unwrap_err().contains("did you mean"));
    }

    #[test]
    fn a_long_list_is_cut() {
        let names: Vec<String> = (0..50).map(|number| format!("School {number}")).collect();
        assert!(quoted(&names).ends_with("`School 11` and 38 more"));
    }
}
