//! Everything that can stop the command, in words, and the exit code that goes with it.

mod advice;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use staffroom_core::store::StoreError;
use staffroom_core::{
    AccessError, BatchId, CommitError, ErrandError, GroupError, ImportError, PermissionError, ResetError,
    SessionError, SetPasswordError, SignInError, TextError, UndoError, UserActError, UserEditError,
    WeakPassword,
};
use staffroom_roster::{ReadError, StrictError};
use staffroom_store_sqlite::BackupError;

use crate::database::{self, DatabaseError};
use crate::lookup::{Known, LookupError};
use crate::mail::MailSetupError;
use crate::secret::SecretError;
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
    #[error("it is not said which network; name it with `--network`")]
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
    #[error("{0} is for the operator of the machine only")]
    OperatorOnly(&'static str),
    #[error("the database does not list its networks: row security shows this role one at a time")]
    NetworksUnlisted,
    #[error("the database `memory:` keeps nothing")]
    NothingLasts,
    #[error("the network has no user `{0}`, or none that you may see")]
    UnknownUser(String),
    #[error("the network has no staff member with the SIS id `{0}`")]
    UnknownStaffMember(String),
    #[error("`{0}` is no id of a batch")]
    NoBatchId(String),
    #[error("there is no batch {0}, or none that you may see")]
    NoSuchBatch(BatchId),
    #[error("there are no batches yet")]
    NoBatches,
    #[error("`{text}` cannot be the name of a group: it {why}")]
    GroupName { text: String, why: TextError },
    #[error(transparent)]
    Permission(#[from] PermissionError),
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
    #[error("`{path}` is no name of a sheet", path = .0.display())]
    HandOffKind(PathBuf),
    #[error("there is no folder `{path}`; make it first", path = .0.display())]
    HandOffFolder(PathBuf),
    #[error("`{path}` cannot be written: {source}", path = .path.display())]
    HandOff { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error("the password will not do: {0}")]
    WeakPassword(#[from] WeakPassword),
    #[error("{0} goes with {1} only")]
    FlagAlone(&'static str, &'static str),
    #[error("the accounts are created, but `{path}` with their passwords cannot be written: {source}", path = .path.display())]
    PasswordsLost { path: PathBuf, source: io::Error },
    #[error("generated passwords are shown once, in a sheet: say where it is to be with `--hand-off`")]
    NoSheetForPasswords,
    #[error("standard input cannot give both the ids and the password")]
    StdinTwice,
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
    Undo(#[from] UndoError),
    #[error(transparent)]
    UserEdit(#[from] UserEditError),
    #[error(transparent)]
    Group(#[from] GroupError),
    #[error(transparent)]
    UserAct(#[from] UserActError),
    #[error(transparent)]
    SignIn(#[from] SignInError),
    #[error(transparent)]
    OpenSession(#[from] SessionError),
    #[error(transparent)]
    Reset(#[from] ResetError),
    #[error(transparent)]
    Errand(#[from] ErrandError),
    #[error(transparent)]
    SetPassword(#[from] SetPasswordError),
    #[error(transparent)]
    MailSetup(#[from] MailSetupError),
    #[error("`{0}` is no id of a session")]
    NoSessionId(String),
    #[error(transparent)]
    Backup(#[from] BackupError),
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
            Self::Backup(BackupError::Open(error)) => database::exit_of(error),
            error if error.store().is_some_and(database::lacks_privileges) => Exit::WrongCall,
            error if error.store().is_some() => Exit::Failed,
            Self::Roster(_)
            | Self::Strict(_)
            | Self::NoSchools
            | Self::StaffFileLine { .. }
            | Self::StaffFileEmpty { .. }
            | Self::StaffFile { .. }
            | Self::NoDatabase(_)
            | Self::NoNetworks
            | Self::NoSchoolThere
            | Self::NoBatches
            | Self::Import(ImportError::NobodyListed | ImportError::TooManyDepartures { .. }) => {
                Exit::BadInput
            }
            Self::Lookup(_)
            | Self::NoRoster
            | Self::NoNetworkNamed
            | Self::NoSuchNetwork { .. }
            | Self::WhichNetwork(_)
            | Self::NetworksUnlisted
            | Self::NothingLasts
            | Self::Email { .. }
            | Self::UnknownActor(_)
            | Self::OperatorOnly(_)
            | Self::NetworkName { .. }
            | Self::GroupName { .. }
            | Self::Permission(_)
            | Self::StaffId { .. }
            | Self::UnknownUser(_)
            | Self::UnknownStaffMember(_)
            | Self::NoBatchId(_)
            | Self::NoSuchBatch(_)
            | Self::HandOffExists(_)
            | Self::HandOffKind(_)
            | Self::HandOffFolder(_)
            | Self::Secret(_)
            | Self::WeakPassword(_)
            | Self::FlagAlone(..)
            | Self::NoSheetForPasswords
            | Self::StdinTwice
            | Self::NoCsv(_)
            | Self::EmptySearch(_)
            | Self::NoSuchPage(_)
            | Self::Access(_)
            | Self::Undo(_)
            | Self::UserEdit(_)
            | Self::Group(_)
            | Self::UserAct(
                UserActError::UnknownUser(_)
                | UserActError::UnknownBatch(_)
                | UserActError::Disabled
                | UserActError::WeakPassword(_)
                | UserActError::Access(_),
            )
            | Self::Reset(ResetError::TooMany { .. })
            | Self::SetPassword(SetPasswordError::UnknownToken | SetPasswordError::WeakPassword(_))
            | Self::MailSetup(_)
            | Self::NoSessionId(_)
            | Self::Commit(CommitError::Access(_) | CommitError::WeakPassword(_))
            | Self::Backup(BackupError::AlreadyThere(_) | BackupError::NoFolder(_)) => Exit::WrongCall,
            Self::HandOff { .. }
            | Self::PasswordsLost { .. }
            | Self::Import(_)
            | Self::Commit(_)
            | Self::UserAct(_)
            | Self::SignIn(_)
            | Self::OpenSession(_)
            | Self::Reset(_)
            | Self::Errand(_)
            | Self::SetPassword(_)
            | Self::Store(_)
            | Self::Backup(_)
            | Self::Runtime(_)
            | Self::Answer(_)
            | Self::Output(_) => Exit::Failed,
        }
    }

    /// What stood in the way of an operation, if it was about authority, a group or the store.
    const fn access(&self) -> Option<&AccessError> {
        match self {
            Self::Access(error)
            | Self::Commit(CommitError::Access(error))
            | Self::Undo(UndoError::Access(error))
            | Self::UserEdit(UserEditError::Access(error))
            | Self::UserAct(UserActError::Access(error))
            | Self::Group(GroupError::Access(error)) => Some(error),
            _ => None,
        }
    }

    /// What the store said, if it was the store.
    const fn store(&self) -> Option<&StoreError> {
        match (self, self.access()) {
            (
                Self::Store(error)
                | Self::Import(ImportError::Store(error))
                | Self::SignIn(SignInError::Store(error))
                | Self::OpenSession(SessionError::Store(error))
                | Self::Reset(ResetError::Store(error))
                | Self::Errand(ErrandError::Store(error))
                | Self::SetPassword(SetPasswordError::Store(error)),
                _,
            )
            | (_, Some(AccessError::Store(error))) => Some(error),
            _ => None,
        }
    }
}
