//! Which format the files have.

use crate::meter::Tally;
use crate::problem::Problems;
use crate::shown::shown;
use crate::source::Source;
use crate::{Format, ReadError};

/// The format, from the names of the files, the manifest, and the columns of `roles.csv`.
pub(crate) fn recognise(source: &mut Source, tally: &Tally<'_>) -> Result<Format, ReadError> {
    if let (Some(_), Some(_)) = (source.find("orgs.csv")?, source.find("users.csv")?) {
        if let Some(format) = check_manifest(source, tally)? {
            return Ok(format);
        }
        let Some(roles) = source.find("roles.csv")? else {
            return Ok(Format::OneRoster11);
        };
        let roles = source.table(roles, tally)?;
        // Only OneRoster gives a role an id, a type and a status of its own.
        let one_roster = ["sourcedid", "roletype", "status"];
        let found = one_roster.into_iter().map(|key| roles.column(key)).collect::<Result<Vec<_>, _>>()?;
        let is_one_roster = found.iter().any(Option::is_some);
        return Ok(if is_one_roster { Format::OneRoster12 } else { Format::SchoolDataSync21 });
    }
    let Some(only) = source.only() else {
        return Err(ReadError::NotRecognised { found: source.found() });
    };
    let table = source.table(only, tally)?;
    let of_a_set = ["sourcedid", "usersourcedid"].into_iter().map(|key| table.column(key));
    if of_a_set.collect::<Result<Vec<_>, _>>()?.iter().any(Option::is_some) {
        return Err(ReadError::PartOfRoster { file: table.file().to_owned() });
    }
    Ok(Format::PlainCsv)
}

/// Reads `manifest.csv`, if there is one: the version of OneRoster that it names, if it does.
///
/// # Errors
/// If the roster holds changes only, or has another version.
pub(crate) fn check_manifest(source: &mut Source, tally: &Tally<'_>) -> Result<Option<Format>, ReadError> {
    let Some(manifest) = source.find("manifest.csv")? else {
        return Ok(None);
    };
    let mut table = source.table(manifest, tally)?;
    let property = table.require("propertyName")?;
    let value = table.require("value")?;
    // What is wrong with a line of the manifest is wrong with nobody's record.
    let mut problems = Problems::new(0);
    let mut version = None;
    while table.advance(&mut problems)? {
        let (property, value) = (table.get(property), table.get(value));
        if property.eq_ignore_ascii_case("oneroster.version") {
            version = Some(match value {
                "1.1" => Format::OneRoster11,
                "1.2" | "1.2.1" => Format::OneRoster12,
                other => {
                    let file = table.file().to_owned();
                    return Err(ReadError::UnknownVersion { file, version: shown(other) });
                }
            });
        }
        let part = ["file.orgs", "file.users", "file.roles"]
            .into_iter()
            .find(|part| property.eq_ignore_ascii_case(part));
        if let Some(part) = part
            && value.eq_ignore_ascii_case("delta")
        {
            let part = format!("{}.csv", part.trim_start_matches("file."));
            return Err(ReadError::ChangesOnly { file: table.file().to_owned(), part });
        }
    }
    Ok(version)
}
