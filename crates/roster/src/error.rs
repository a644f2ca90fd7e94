//! Why a roster could not be read at all.

use std::io;
use std::path::PathBuf;

use staffroom_core::RosterError;

use crate::{Format, Limit, Problem};

/// Why nothing could be read. What is wrong with single lines is a [`Problem`] instead.
///
/// Every message names the file, says what is wrong with it and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// Nothing is at the path.
    #[error("there is no file or folder `{}`; check the path", path.display())]
    NotFound {
        /// The path given.
        path: PathBuf,
    },
    /// The operating system would not let us read.
    #[error("`{file}` cannot be read: {source}")]
    Unreadable {
        /// The file.
        file: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// The files are those of no format.
    #[error(
        "this is no roster that Staffroom knows: OneRoster 1.1 needs `orgs.csv` and `users.csv`, OneRoster 1.2 \
         and School Data Sync v2.1 need `roles.csv` besides, and a plain roster is one CSV file; found {found}"
    )]
    NotRecognised {
        /// The CSV files that are there, in words.
        found: String,
    },
    /// A folder holds more than one roster, and which one is meant is anybody's guess.
    #[error("`{}` holds more than one roster: {found}; name the one that is meant", folder.display())]
    SeveralRosters {
        /// The folder.
        folder: PathBuf,
        /// The files and folders that are there, in words.
        found: String,
    },
    /// One file of a OneRoster or School Data Sync roster was given alone.
    #[error(
        "`{file}` is one of the files of a OneRoster or School Data Sync roster; give the folder or the zip that \
         holds them all"
    )]
    PartOfRoster {
        /// The file.
        file: String,
    },
    /// The manifest names a version of OneRoster that is not read.
    #[error(
        "`{file}` says that this is OneRoster `{version}`; export the roster as OneRoster 1.1 or 1.2, or name the \
         format if the manifest is wrong"
    )]
    UnknownVersion {
        /// The manifest.
        file: String,
        /// The version it names.
        version: String,
    },
    /// The manifest declares a file to hold changes only. Whoever is not in a roster has left, so that reading
    /// it would take everybody's place away.
    #[error(
        "`{file}` says that `{part}` holds only what has changed (`delta`); export the whole roster (`bulk`), since \
         whoever is not in it counts as having left"
    )]
    ChangesOnly {
        /// The manifest.
        file: String,
        /// The file that is not whole.
        part: String,
    },
    /// The format needs a file that is not there.
    #[error("a roster in {} needs the file `{file}`, which is not there; export it as well", format.title())]
    FileMissing {
        /// The format.
        format: Format,
        /// The file.
        file: &'static str,
    },
    /// A file is there twice, and which one is meant is anybody's guess.
    #[error("there are two files `{file}`: `{first}` and `{second}`; leave only the one that is meant")]
    FileTwice {
        /// The name they share.
        file: String,
        /// One of them.
        first: String,
        /// The other.
        second: String,
    },
    /// A file lacks a column that it must have.
    #[error("`{file}` has no column for {column}; its header line has {found}")]
    ColumnMissing {
        /// The file.
        file: String,
        /// The column, with the spellings that are known.
        column: String,
        /// The header as it is.
        found: String,
    },
    /// Two columns of a file have the same name.
    #[error("`{file}` has two columns `{column}`; remove or rename one")]
    ColumnTwice {
        /// The file.
        file: String,
        /// The column.
        column: String,
    },
    /// A file is not UTF-8.
    #[error("`{file}` is not UTF-8 text (first seen on line {line}); save it again as `CSV UTF-8`")]
    NotUtf8 {
        /// The file.
        file: String,
        /// The line.
        line: u64,
    },
    /// A file has not even a header line.
    #[error("`{file}` is empty; export it again")]
    Empty {
        /// The file.
        file: String,
    },
    /// Not one staff member is left. A roster without staff would say that everybody has left.
    #[error(
        "`{file}` lists no staff member: {rows} lines read, {not_staff} of them of people who are not staff; check that \
         it is the right file{}", first(problem.as_deref())
    )]
    NoStaff {
        /// The file.
        file: String,
        /// Lines read.
        rows: u64,
        /// Lines of people who are not staff.
        not_staff: u64,
        /// The first problem, if there was one.
        problem: Option<Box<Problem>>,
    },
    /// A file is larger than the [`Limits`](crate::Limits) allow.
    #[error("`{file}`{} {}; {}, raise the limit `{}`", at(*line), limit.complaint(*allowed), limit.remedy(), limit.code())]
    TooLarge {
        /// The file.
        file: String,
        /// The line that is too long, if that is what is the matter.
        line: Option<u64>,
        /// Which limit.
        limit: Limit,
        /// How much it allows.
        allowed: u64,
    },
    /// A zip that is damaged, or made in a way that is not read.
    #[error("`{file}` cannot be unpacked: {reason}; make the zip again, or give the folder")]
    BadZip {
        /// The zip, or the file in it.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// A file in the zip is encrypted.
    #[error(
        "`{file}` in the zip is encrypted; unpack it and give the folder, or make a zip without a password"
    )]
    EncryptedZip {
        /// The file in the zip.
        file: String,
    },
    /// The parts that were read do not make a roster. Our own mistake: bad lines are reported before.
    #[error("the roster does not fit together, which is a mistake of Staffroom: {0}")]
    Inconsistent(#[from] RosterError),
}

fn at(line: Option<u64>) -> String {
    line.map(|line| format!(", line {line},")).unwrap_or_default()
}

fn first(problem: Option<&Problem>) -> String {
    problem.map(|problem| format!("; the first problem was: {problem}")).unwrap_or_default()
}
