//! The benchmarks there are.

use std::path::Path;
use std::process::Command;

use crate::needs;
use crate::run::succeeds;

/// A benchmark.
pub(crate) struct Bench {
    /// The name of its target.
    pub(crate) name: &'static str,
    pub(crate) how: How,
    /// What it takes besides a Rust toolchain.
    pub(crate) needs: &'static [Need],
}

/// How it is run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// Of `benches/benches`.
    Criterion,
    /// Of `benches/src/bin`, with these arguments; `quick` is `None` for what cannot be.
    Program { quick: Option<&'static [&'static str]>, full: &'static [&'static str] },
}

/// Something that a peer takes and not every machine has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    Postgres,
    Python,
    ReferenceArgon2,
    SqliteShell,
}

/// Pure things first, then stores.
pub(crate) const ALL: &[Bench] = &[
    criterion("emails", &[]),
    criterion("facts", &[]),
    criterion("plan", &[]),
    criterion("report", &[]),
    criterion("rosters", &[]),
    criterion("passwords", &[]),
    criterion("pages", &[]),
    criterion("apply", &[Need::Postgres]),
    program("assess", Some(&["--staff", "100000", "--rounds", "3"]), &[], &[Need::Python]),
    program("hashing", Some(&["--hashes", "8", "--rounds", "3"]), &[], &[Need::ReferenceArgon2]),
    program("sqlite_bulk", Some(&["--staff", "10000"]), &[], &[Need::SqliteShell]),
    program(
        "postgres_bulk",
        Some(&["--staff", "10000", "--django", "thousand"]),
        &[],
        &[Need::Postgres, Need::Python],
    ),
    program("shared_password", None, &[], &[Need::Postgres]),
    program("postgres_pages", None, &[], &[Need::Postgres]),
];

const fn criterion(name: &'static str, needs: &'static [Need]) -> Bench {
    Bench { name, how: How::Criterion, needs }
}

const fn program(
    name: &'static str,
    quick: Option<&'static [&'static str]>,
    full: &'static [&'static str],
    needs: &'static [Need],
) -> Bench {
    Bench { name, how: How::Program { quick, full }, needs }
}

impl Need {
    pub(crate) fn is_met(self) -> bool {
        match self {
            Self::Postgres => needs::server().is_some(),
            Self::Python => runs("python3", &["-c", "import venv, ensurepip"]),
            Self::ReferenceArgon2 => {
                runs("cc", &["--version"]) && Path::new("/usr/include/argon2.h").is_file()
            }
            Self::SqliteShell => runs("sqlite3", &["--version"]),
        }
    }

    /// What is missing, and how to get it.
    pub(crate) const fn remedy(self) -> &'static str {
        match self {
            Self::Postgres => "it needs the PostgreSQL server (on Debian: `apt-get install postgresql`)",
            Self::Python => {
                "it needs Python with `venv` (on Debian: `apt-get install python3-venv`) and its package index"
            }
            Self::ReferenceArgon2 => {
                "it needs a C compiler and libargon2 (on Debian: `apt-get install gcc libargon2-dev`)"
            }
            Self::SqliteShell => "it needs the shell of SQLite (on Debian: `apt-get install sqlite3`)",
        }
    }
}

fn runs(program: &str, arguments: &[&str]) -> bool {
    succeeds(Command::new(program).args(arguments))
}
