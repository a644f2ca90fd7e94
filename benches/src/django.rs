//! The peer that is a Django program, in a Python environment of its own.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ValueEnum;
use staffroom_testkit::postgres::Database;

use crate::{Failure, python};

const PACKAGES: [&str; 2] = ["django>=5.2,<5.3", "psycopg[binary]>=3.2,<4"];

/// A Python that has Django, from its package index: made once, in `target`.
///
/// # Errors
/// If there is no Python, or the packages are not to be had.
pub fn python() -> Result<PathBuf, Failure> {
    python::environment("django", &PACKAGES)
}

/// What the program makes, and how many rows it puts into a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Program {
    /// Accounts of `django.contrib.auth`, all in one: it says nothing about it
    Default,
    /// Accounts of `django.contrib.auth`, a thousand in a statement
    Thousand,
    /// Accounts of `django.contrib.auth`, as many in a statement as measured best
    Tuned,
    /// Rows of a bare model that nobody can sign in with, as many in a statement as measured best
    Bare,
}

/// How a run of the program ended.
#[derive(Debug, Clone, Copy)]
pub enum Ended {
    /// It created so many users.
    Created(u64),
    /// A statement took longer than anybody waits.
    Stopped,
}

/// Runs the program over a database, and stops it at a statement that takes longer than `patience`; answers how it ended,
/// and how long that took.
///
/// # Errors
/// If it fails.
pub fn bulk_create(
    python: &Path,
    database: &Database,
    which: Program,
    patience: Duration,
) -> Result<(Duration, Ended), Failure> {
    let options = database.options();
    let socket = options.get_socket().ok_or("the server has no socket")?;
    let said = python::run(
        python::program(python, "django_bulk.py")
            .arg(socket)
            .arg(options.get_port().to_string())
            .arg(database.name())
            .args(which.arguments())
            .arg(patience.as_secs().to_string()),
    )?;
    let (created, seconds) = said.trim().split_once(' ').ok_or("the program said something else")?;
    let ended = if created == "stopped" { Ended::Stopped } else { Ended::Created(created.parse()?) };
    Ok((Duration::from_secs_f64(seconds.parse()?), ended))
}

impl Program {
    /// What a table calls it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Default => "Django, accounts: no batch_size",
            Self::Thousand => "Django, accounts: batch_size=1000",
            Self::Tuned => "Django, accounts: batch_size=5000, and 500 to update",
            Self::Bare => "Django, bare rows: batch_size=5000, and 500 to update",
        }
    }

    const fn arguments(self) -> [&'static str; 2] {
        match self {
            Self::Default => ["accounts", "default"],
            Self::Thousand => ["accounts", "1000"],
            Self::Tuned => ["accounts", "tuned"],
            Self::Bare => ["rows", "tuned"],
        }
    }
}
