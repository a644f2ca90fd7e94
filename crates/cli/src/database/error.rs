//! Why a database cannot be used, or went away in the middle.

use staffroom_core::store::StoreError;
use staffroom_store_postgres::migrations::SchemaError;
use staffroom_store_postgres::{ConnectError, SettingsError};
use staffroom_store_sqlite::OpenError;

use crate::error::Exit;

/// Why a database cannot be used. No message repeats a URL: it may hold a password.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DatabaseError {
    #[error("what `--database` says is no URL; {ACCEPTED}")]
    NoUrl,
    /// It looks like a path, which holds no password.
    #[error("`{0}` is no URL; for a database in this file, write `sqlite:{0}`")]
    OnlyPath(String),
    #[error("`{0}:` is no kind of database that Staffroom knows; {ACCEPTED}")]
    Kind(String),
    #[error("there is no file named after `sqlite:`; write `sqlite:staffroom.db`")]
    NoPath,
    #[error("there is nothing to migrate in memory; name a database with `--database`")]
    NothingToMigrate,
    #[error("a file has no roles to grant anything to; whoever may read and write the file may use it")]
    NoRoles,
    #[error("there is nothing to copy in memory; name a file with `--database`")]
    NothingToCopy,
    #[error("a PostgreSQL database is not copied by this command; use `pg_dump`")]
    CopiedByServer,
    #[error(transparent)]
    File(#[from] OpenError),
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Connect(ConnectError),
}

const ACCEPTED: &str = "write `sqlite:PATH`, `postgres://user:password@host:5432/database`, or `memory:` for a \
                        database that is gone at the end";

impl From<ConnectError> for DatabaseError {
    fn from(error: ConnectError) -> Self {
        Self::Connect(error)
    }
}

impl From<SchemaError> for DatabaseError {
    fn from(error: SchemaError) -> Self {
        Self::Connect(error.into())
    }
}

impl DatabaseError {
    pub(crate) const fn exit(&self) -> Exit {
        match self {
            Self::NoUrl
            | Self::OnlyPath(_)
            | Self::Kind(_)
            | Self::NoPath
            | Self::NothingToMigrate
            | Self::NoRoles
            | Self::NothingToCopy
            | Self::CopiedByServer
            | Self::Settings(_)
            | Self::Connect(
                ConnectError::Url
                | ConnectError::Refused
                | ConnectError::NoDatabase
                | ConnectError::NoPrivileges
                | ConnectError::Schema(
                    SchemaError::Settings(_) | SchemaError::NotOwner(_) | SchemaError::NoRole(_),
                ),
            ) => Exit::WrongCall,
            Self::Connect(ConnectError::Schema(
                SchemaError::Missing(_)
                | SchemaError::TooOld { .. }
                | SchemaError::TooNew { .. }
                | SchemaError::Encoding(_),
            )) => Exit::BadInput,
            Self::File(error) => exit_of(error),
            Self::Connect(_) => Exit::Failed,
        }
    }

    /// What to do, where the message does not say it.
    pub(crate) const fn advice(&self) -> Option<&'static str> {
        match self {
            Self::Connect(ConnectError::Schema(SchemaError::Missing(_) | SchemaError::TooOld { .. })) => {
                Some("`staffroom migrate` does it, as the role that owns the schema")
            }
            Self::File(OpenError::TooOld { .. }) => {
                Some("make a copy with `staffroom backup PATH`, then run `staffroom migrate`")
            }
            Self::File(OpenError::NoPermission(_)) => Some(BESIDE_IT),
            Self::File(OpenError::NotThere(_)) => Some("`staffroom import` or `staffroom init` makes it"),
            Self::Connect(ConnectError::NoPrivileges) => Some(GRANT_IT),
            Self::Connect(ConnectError::Refused) => {
                Some("give both in the URL, or the password in `PGPASSWORD` or `~/.pgpass`")
            }
            _ => None,
        }
    }
}

/// How the command ends if a file cannot be opened.
pub(crate) const fn exit_of(error: &OpenError) -> Exit {
    match error {
        OpenError::NotThere(_)
        | OpenError::NotAFile(_)
        | OpenError::Foreign(_)
        | OpenError::Damaged(_)
        | OpenError::TooOld { .. }
        | OpenError::TooNew { .. } => Exit::BadInput,
        OpenError::NoFolder(_) | OpenError::Path(_) | OpenError::NoPermission(_) => Exit::WrongCall,
        _ => Exit::Failed,
    }
}

const BESIDE_IT: &str = "while it is open, the file has two more beside it, `-wal` and `-shm`: the folder must be yours to write to \
                         as well; or copy the file to a folder of your own, and name that with `--database`";
const READ_ONLY: &str = "the file, or the disk that it is on, can only be read; have its owner let you write, or copy the file elsewhere \
                         and name that with `--database`";
const GRANT_IT: &str = "`staffroom migrate --grant ROLE` does it";

/// True if the role of the database, or the user of the machine, may not do what was needed.
pub(crate) fn lacks_privileges(error: &StoreError) -> bool {
    staffroom_store_postgres::lacks_privileges(error) || staffroom_store_sqlite::is_read_only(error)
}

/// What to do about an error of the store in the middle of the work.
pub(crate) fn advice_for(error: &StoreError) -> Option<&'static str> {
    match error {
        error if staffroom_store_sqlite::is_read_only(error) => Some(READ_ONLY),
        error if lacks_privileges(error) => Some(
            "the role may not do this; have the owner of the tables grant it: `staffroom migrate --grant ROLE`",
        ),
        StoreError::Unavailable(_) => {
            Some("no account was created; run the command again when the database answers")
        }
        StoreError::CommitUnknown(_) => Some(
            "either everything is done or nothing; run the command again: whoever has an account by then is passed over",
        ),
        StoreError::Contended(_) => Some("somebody else works on the same people; run the command again"),
        _ => None,
    }
}
