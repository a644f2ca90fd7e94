//! From a path to a roster: the one place where the steps are put together.

use std::path::Path;

use staffroom_core::Roster;

use crate::meter::Tally;
use crate::problem::Problems;
use crate::recognise::{check_manifest, recognise};
use crate::source::Source;
use crate::users::Staff;
use crate::{Format, ReadError, ReadOptions, RosterFile, org, plain, roles, users};

/// Reads the roster at `path`: a folder or a zip with the CSV files of a format, or one plain CSV file.
///
/// # Errors
/// [`ReadError`] if nothing can be read. What is wrong with single lines is in [`RosterFile::problems`].
pub fn read(path: &Path, options: &ReadOptions) -> Result<RosterFile, ReadError> {
    read_with_progress(path, options, &|_, _| ())
}

/// Like [`read`], and tells `progress` how many bytes of how many are done: first 0, last all of them. The total is
/// what the files, or the zip, say of themselves.
///
/// # Errors
/// As [`read`].
pub fn read_with_progress(
    path: &Path,
    options: &ReadOptions,
    progress: &dyn Fn(u64, u64),
) -> Result<RosterFile, ReadError> {
    let tally = Tally::new(options.limits, progress);
    let mut source = Source::open(path, &options.limits)?;
    let format = match options.format {
        Some(format) => format,
        None => recognise(&mut source, &tally)?,
    };
    match format {
        Format::PlainCsv => read_plain(&mut source, options, &tally),
        format => read_set(&mut source, format, options, &tally),
    }
}

/// Reads `orgs.csv`, `roles.csv` if the format has one, and `users.csv`.
fn read_set(
    source: &mut Source,
    format: Format,
    options: &ReadOptions,
    tally: &Tally<'_>,
) -> Result<RosterFile, ReadError> {
    if matches!(format, Format::OneRoster11 | Format::OneRoster12) && options.format.is_some() {
        check_manifest(source, tally)?;
    }
    let orgs_file = required(source, format, "orgs.csv")?;
    let users_file = required(source, format, "users.csv")?;
    let roles_file = match format {
        Format::OneRoster11 => None,
        _ => Some(required(source, format, "roles.csv")?),
    };
    let mut problems = Problems::new(options.limits.max_problems);
    let places: Vec<_> = [Some(orgs_file), roles_file, Some(users_file)].into_iter().flatten().collect();
    tally.expect(source.bytes(&places));

    let (orgs, network) = org::read(&mut source.table(orgs_file, tally)?, &mut problems)?;
    let mut found_roles = match roles_file {
        Some(file) => {
            let mut table = source.table(file, tally)?;
            Some((
                roles::read(&mut table, format, &orgs, options.today, &mut problems)?,
                table.file().to_owned(),
            ))
        }
        None => None,
    };
    let mut table = source.table(users_file, tally)?;
    let staff = match &mut found_roles {
        Some((roles, _)) => users::read_with_roles(&mut table, format, &orgs, roles, &mut problems)?,
        None => users::read_alone(&mut table, format, &orgs, &mut problems)?,
    };
    if let Some((roles, file)) = found_roles {
        roles.report_unlisted(&file, "userSourcedId", &mut problems);
    }
    let (file, rows) = (table.file().to_owned(), table.rows());
    drop(table);
    let parts = Parts { format, file, rows, problems, staff };
    parts.into_roster_file(|records| Roster::new(network, orgs.into_schools(), records), tally)
}

/// Reads the only CSV file there is.
fn read_plain(
    source: &mut Source,
    options: &ReadOptions,
    tally: &Tally<'_>,
) -> Result<RosterFile, ReadError> {
    let Some(only) = source.only() else {
        return Err(ReadError::NotRecognised { found: source.found() });
    };
    let mut problems = Problems::new(options.limits.max_problems);
    tally.expect(source.bytes(&[only]));
    let mut table = source.table(only, tally)?;
    let (schools, staff) = plain::read(&mut table, &mut problems)?;
    let (file, rows) = (table.file().to_owned(), table.rows());
    drop(table);
    let parts = Parts { format: Format::PlainCsv, file, rows, problems, staff };
    parts.into_roster_file(|records| Roster::new(None, schools, records), tally)
}

fn required(source: &Source, format: Format, file: &'static str) -> Result<usize, ReadError> {
    match (source.find(file)?, source.lone()) {
        (Some(place), _) => Ok(place),
        (None, Some(lone)) => Err(ReadError::PartOfRoster { file: lone }),
        (None, None) => Err(ReadError::FileMissing { format, file }),
    }
}

/// What has been read when the last line is.
struct Parts {
    format: Format,
    /// The file with the people.
    file: String,
    rows: u64,
    problems: Problems,
    staff: Staff,
}

impl Parts {
    fn into_roster_file(
        self,
        roster: impl FnOnce(Vec<staffroom_core::RosterRecord>) -> Result<Roster, staffroom_core::RosterError>,
        tally: &Tally<'_>,
    ) -> Result<RosterFile, ReadError> {
        let (problems, problems_not_kept) = self.problems.finish();
        let Staff { records, not_staff } = self.staff;
        if records.is_empty() {
            let problem = problems.into_iter().next().map(Box::new);
            return Err(ReadError::NoStaff { file: self.file, rows: self.rows, not_staff, problem });
        }
        let roster = roster(records)?;
        tally.complete();
        Ok(RosterFile {
            roster,
            format: self.format,
            problems,
            problems_not_kept,
            rows_read: self.rows,
            not_staff,
        })
    }
}
