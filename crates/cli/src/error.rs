//! Everything that can stop the command, in words, and the exit code that goes with it.

use std::error::Error as _;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use staffroom_core::store::StoreError;
use staffroom_core::{AccessError, CommitError, ImportError, TextError};
use staffroom_roster::{ReadError, StrictError};

use crate::database::{self, DatabaseError};
use crate::lookup::{Known, LookupError};
use crate::output::screen::Screen;
use crate::settings::SettingsError;

/// How the command ended. `docs/command.md` lists the codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything that was asked for is done.
    Done,
    /// The machine let us down: a disk, a database.
    Failed,
    /// The command was called wrongly. (clap ends with the same code for what it finds out itself.)
    WrongCall,
    /// It is done, and somebody was refused.
    SomeRefused,
    /// Nothing is done, because the input cannot be used.
    BadInput,
    /// Somebody pressed Ctrl-C.
    Stopped,
}

impl Exit {
    /// Every way to end: the code, and what it means. The help and `docs/command.md` say the same.
    pub(crate) const TABLE: [(Self, u8, &'static str); 6] = [
        (Self::Done, 0, "everything asked for is done"),
        (Self::Failed, 1, "the machine let us down: a disk is full, a database does not answer"),
        (Self::WrongCall, 2, "the command was called wrongly; nothing is done"),
        (Self::SomeRefused, 3, "done, but somebody was refused; the report says who and why"),
        (Self::BadInput, 4, "the roster, the database or another input cannot be used; nothing is done"),
        (Self::Stopped, 130, "Ctrl-C: nothing is half done, and the last line says what is done"),
    ];

    pub(crate) fn code(self) -> u8 {
        let row = Self::TABLE.iter().find(|(exit, _, _)| *exit == self);
        row.map_or(1, |(_, code, _)| *code)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Why the command stopped. The message says what is wrong; [`Error::advice`] what to do, where the message does not.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Roster(#[from] ReadError),
    #[error(transparent)]
    Strict(#[from] StrictError),
    #[error("the roster names no school at all")]
    NoSchools,
    #[error("there is no roster; name it with `--from`")]
    NoRoster,
    #[error("it is not said which network; name it with `--network`, or give its roster with `--from`")]
    NoNetworkNamed,
    #[error("the database has no network `{typed}`{}", .known.as_ref().map(ToString::to_string).unwrap_or_default())]
    NoSuchNetwork { typed: String, known: Option<Known> },
    #[error("the database has several networks; name one with `--network`{0}")]
    WhichNetwork(Known),
    #[error("the database has no network yet")]
    NoNetworks,
    #[error("there is no database at `{0}` yet")]
    NoDatabase(String),
    #[error("the network has no school yet")]
    NoSchoolThere,
    #[error("`{text}` is not an email: {why}")]
    Email { text: String, why: String },
    #[error("the network has no user with the email `{0}` to act as")]
    UnknownActor(String),
    #[error("{0} is about the whole database, and for the operator of the machine only")]
    OperatorOnly(&'static str),
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error("the command cannot run: {0}")]
    Runtime(#[source] io::Error),
    #[error(transparent)]
    Lookup(#[from] LookupError),
    #[error("`{text}` cannot be the name of the network: it {why}")]
    NetworkName { text: String, why: TextError },
    #[error("`{text}` cannot be a SIS id: it {why}")]
    StaffId { text: String, why: TextError },
    #[error("{file}, line {line}: `{text}` cannot be a SIS id: it {why}")]
    StaffFileLine { file: String, line: usize, text: String, why: TextError },
    #[error("{file} names nobody")]
    StaffFileEmpty { file: String },
    #[error("{file} cannot be read: {source}")]
    StaffFile { file: String, source: io::Error },
    #[error("`{0}` is there already, and is not overwritten")]
    HandOffExists(PathBuf),
    #[error("`{path}` cannot be written: {source}", path = .path.display())]
    HandOff { path: PathBuf, source: io::Error },
    #[error("{0} has no rows to print as CSV")]
    NoCsv(&'static str),
    #[error("`{0}` finds nothing to search for")]
    EmptySearch(String),
    #[error("there is no command `{0}` to print a page about")]
    NoSuchPage(String),
    #[error(transparent)]
    Import(#[from] ImportError),
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error(transparent)]
    Commit(#[from] CommitError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the answer cannot be read: {0}")]
    Answer(#[source] io::Error),
    #[error("the output cannot be written: {0}")]
    Output(#[source] io::Error),
}

impl Error {
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Database(error) => error.exit(),
            Self::Settings(error) => error.exit(),
            error if error.store().is_some_and(database::lacks_privileges) => Exit::WrongCall,
            Self::Roster(_)
            | Self::Strict(_)
            | Self::NoSchools
            | Self::StaffFileLine { .. }
            | Self::StaffFileEmpty { .. }
            | Self::StaffFile { .. }
            | Self::NoDatabase(_)
            | Self::NoNetworks
            | Self::NoSchoolThere
            | Self::Import(ImportError::NobodyListed | ImportError::TooManyDepartures { .. }) => {
                Exit::BadInput
            }
            Self::Lookup(_)
            | Self::NoRoster
            | Self::NoNetworkNamed
            | Self::NoSuchNetwork { .. }
            | Self::WhichNetwork(_)
            | Self::Email { .. }
            | Self::UnknownActor(_)
            | Self::OperatorOnly(_)
            | Self::NetworkName { .. }
            | Self::StaffId { .. }
            | Self::HandOffExists(_)
            | Self::NoCsv(_)
            | Self::EmptySearch(_)
            | Self::NoSuchPage(_)
            | Self::Access(AccessError::InactiveGroup(_) | AccessError::Denied(_))
            | Self::Commit(CommitError::Access(AccessError::Denied(_))) => Exit::WrongCall,
            Self::HandOff { .. }
            | Self::Import(_)
            | Self::Access(_)
            | Self::Commit(_)
            | Self::Store(_)
            | Self::Runtime(_)
            | Self::Answer(_)
            | Self::Output(_) => Exit::Failed,
        }
    }

    /// What to do, where the message does not say it.
    fn advice(&self) -> Option<&'static str> {
        match self {
            Self::Strict(_) => Some("mend these lines, or leave out `--strict` to go on with the good ones"),
            Self::NoSchools => Some(
                "people are given access to a school, so the roster must name it: give a plain CSV file a column \
                 `School`, and a OneRoster export its schools in `orgs.csv`",
            ),
            Self::NoRoster => {
                Some("or name a database that has it already with `--database` and `--network`")
            }
            Self::NoNetworks | Self::NoDatabase(_) => Some(
                "import a roster with `staffroom import PATH`, or begin with an empty network: `staffroom init --network NAME`",
            ),
            Self::NoSchoolThere => Some("import its roster: `staffroom import PATH`"),
            Self::Import(ImportError::TooManyDepartures { .. }) => Some(
                "is this the whole roster, and of this network? `--dry-run` shows what would change; \
                 `--allow-departures` imports it all the same",
            ),
            Self::UnknownActor(_) => Some("`staffroom users list` lists the users"),
            Self::OperatorOnly(_) => Some("leave out `--as`"),
            Self::NoSuchNetwork { .. } => Some(
                "import its roster with `--from`, or check the name: case, accents and spaces make no difference, \
                 spelling does",
            ),
            Self::Database(error) => error.advice(),
            Self::NetworkName { .. } => Some("give another name with `--network`"),
            Self::StaffId { .. } | Self::StaffFileLine { .. } => {
                Some("give the ids as the roster has them: `staffroom candidates` lists them")
            }
            Self::StaffFileEmpty { .. } => Some("write one SIS id on each line"),
            Self::StaffFile { .. } => Some("check the path; `-` reads the ids from standard input"),
            Self::HandOffExists(_) => Some("move the old sheet away, or give another path"),
            Self::HandOff { .. } => Some("check the folder, its permissions and the space on the disk"),
            Self::EmptySearch(_) => Some("give the start of a name, an email or a SIS id"),
            Self::NoCsv(_) => Some("use `--format json`"),
            Self::NoSuchPage(_) => Some("`staffroom --help` lists the commands"),
            Self::Access(AccessError::InactiveGroup(_)) => Some("name another group"),
            error => error.store().and_then(database::advice_for),
        }
    }

    /// What the store said, if it was the store.
    const fn store(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error)
            | Self::Import(ImportError::Store(error))
            | Self::Access(AccessError::Store(error))
            | Self::Commit(CommitError::Access(AccessError::Store(error))) => Some(error),
            _ => None,
        }
    }

    /// Writes the message, its causes and the advice to stderr. A stderr that is gone is nobody's concern.
    pub(crate) fn print(&self, screen: Screen) {
        let mut text = format!("{} {self}", screen.alarm("error:"));
        for cause in std::iter::successors(self.hidden_cause(), |error| (*error).source()) {
            let cause = cause.to_string();
            // Some messages end with those of their causes.
            if !text.ends_with(&cause) {
                text = format!("{text}: {cause}");
            }
        }
        if let Some(advice) = self.advice() {
            text = format!("{text}\n  {advice}");
        }
        drop(writeln!(io::stderr().lock(), "{text}"));
    }

    /// The cause, where the message does not name it already.
    fn hidden_cause(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Import(_) | Self::Access(_) | Self::Commit(_) | Self::Store(_) => self.source(),
            _ => None,
        }
    }
}
