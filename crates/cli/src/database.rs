//! Where accounts are kept: from `--database` to an open store. The one place that knows which stores there are; another
//! kind is a variant of [`Database`], a scheme in [`Database::of`] and an arm in each method.

use std::fmt;
use std::sync::Arc;

use staffroom_core::store::{Store, StoreError};
use staffroom_store_memory::MemoryStore;
use staffroom_store_postgres::migrations::{self, Change, SchemaError};
use staffroom_store_postgres::{ConnectError, PostgresStore, Settings, SettingsError, connect};

use crate::args::DatabaseArgs;
use crate::error::Exit;

/// Where accounts are kept.
#[derive(Debug)]
pub(crate) enum Database {
    /// In memory, and so until the command ends.
    Memory,
    /// In PostgreSQL.
    Postgres { url: Url, settings: Settings },
}

/// A URL, which may hold a password, and so is not printed.
pub(crate) struct Url(String);

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Url(..)")
    }
}

/// What became of the schema of a database.
#[derive(Debug)]
pub(crate) struct Migrated {
    /// The changes that were made.
    pub(crate) applied: Vec<Change>,
    /// The last change before that, and what this release makes of it.
    pub(crate) found: Found,
}

/// The schema as it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    Missing,
    TooOld(i64),
    UpToDate,
    TooNew(i64),
}

impl Database {
    /// The database that was named; memory if none was.
    pub(crate) fn of(args: &DatabaseArgs) -> Result<Self, DatabaseError> {
        let Some(url) = args.database.as_deref().map(str::trim) else {
            return Ok(Self::Memory);
        };
        let Some((scheme, _)) = url.split_once(':') else {
            return Err(DatabaseError::NoUrl);
        };
        match scheme.to_ascii_lowercase().as_str() {
            "memory" if url.len() == "memory:".len() => Ok(Self::Memory),
            // A pooler may stand between: what is prepared lives no longer than its transaction.
            "postgres" | "postgresql" => Ok(Self::Postgres {
                url: Url(url.to_owned()),
                settings: Settings::default().in_schema(&args.schema)?.through_pooler(true),
            }),
            _ => Err(DatabaseError::Kind(scheme.to_owned())),
        }
    }

    /// Whether what is written is there when the command has ended.
    pub(crate) const fn is_lasting(&self) -> bool {
        match self {
            Self::Memory => false,
            Self::Postgres { .. } => true,
        }
    }

    /// Opens the store, whose schema must be the one of this release.
    pub(crate) async fn open(&self) -> Result<Arc<dyn Store>, DatabaseError> {
        match self {
            Self::Memory => Ok(Arc::new(MemoryStore::new())),
            Self::Postgres { url, settings } => {
                Ok(Arc::new(PostgresStore::connect(&url.0, settings.clone()).await?))
            }
        }
    }

    /// The name of the schema, where there is one to migrate.
    pub(crate) fn schema(&self) -> Result<&str, DatabaseError> {
        match self {
            Self::Memory => Err(DatabaseError::NothingToMigrate),
            Self::Postgres { settings, .. } => Ok(settings.schema()),
        }
    }

    /// How the schema is; changes nothing.
    pub(crate) async fn look(&self) -> Result<Found, DatabaseError> {
        match self {
            Self::Memory => Err(DatabaseError::NothingToMigrate),
            Self::Postgres { url, settings } => {
                let pool = connect(&url.0).await?;
                found(migrations::check(&pool, settings.schema()).await)
            }
        }
    }

    /// Brings the schema up to date, and lets `role` use it.
    pub(crate) async fn migrate(&self, role: Option<&str>) -> Result<Migrated, DatabaseError> {
        match self {
            Self::Memory => Err(DatabaseError::NothingToMigrate),
            Self::Postgres { url, settings } => {
                let pool = connect(&url.0).await?;
                if let Some(role) = role {
                    migrations::check_role(&pool, role).await?;
                }
                let applied = migrations::run(&pool, settings.schema()).await?;
                if let Some(role) = role {
                    migrations::grant(&pool, settings.schema(), role).await?;
                }
                let found = match applied.first() {
                    None => Found::UpToDate,
                    Some(first) if first.number == 1 => Found::Missing,
                    Some(first) => Found::TooOld(first.number.saturating_sub(1)),
                };
                Ok(Migrated { applied, found })
            }
        }
    }
}

fn found(checked: Result<(), SchemaError>) -> Result<Found, DatabaseError> {
    match checked {
        Ok(()) => Ok(Found::UpToDate),
        Err(SchemaError::Missing(_)) => Ok(Found::Missing),
        Err(SchemaError::TooOld { found, .. }) => Ok(Found::TooOld(found)),
        Err(SchemaError::TooNew { found, .. }) => Ok(Found::TooNew(found)),
        Err(error) => Err(error.into()),
    }
}

impl Found {
    /// Why a schema that was found like this will not do; `None` if it will.
    pub(crate) fn fault(self, schema: &str) -> Option<DatabaseError> {
        let needed = migrations::NEWEST;
        let fault = match self {
            Self::UpToDate => return None,
            Self::Missing => SchemaError::Missing(schema.to_owned()),
            Self::TooOld(found) => SchemaError::TooOld { found, needed },
            Self::TooNew(found) => SchemaError::TooNew { found, known: needed },
        };
        Some(fault.into())
    }
}

/// Why a database cannot be used. No message repeats a URL: it may hold a password.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DatabaseError {
    #[error("what `--database` says is no URL; {ACCEPTED}")]
    NoUrl,
    #[error("`{0}:` is no kind of database that Staffroom knows; {ACCEPTED}")]
    Kind(String),
    #[error("there is nothing to migrate in memory; name a database with `--database`")]
    NothingToMigrate,
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Connect(ConnectError),
}

const ACCEPTED: &str = "write `postgres://user:password@host:5432/database`, or `memory:` for a database that is gone at the end";

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
            | Self::Kind(_)
            | Self::NothingToMigrate
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
            Self::Connect(_) => Exit::Failed,
        }
    }

    /// What to do, where the message does not say it.
    pub(crate) const fn advice(&self) -> Option<&'static str> {
        match self {
            Self::Connect(ConnectError::Schema(SchemaError::Missing(_) | SchemaError::TooOld { .. })) => {
                Some("`staffroom migrate` does it, as the role that owns the schema")
            }
            Self::Connect(ConnectError::NoPrivileges) => Some(GRANT_IT),
            Self::Connect(ConnectError::Refused) => {
                Some("give both in the URL, or the password in `PGPASSWORD` or `~/.pgpass`")
            }
            _ => None,
        }
    }
}

const GRANT_IT: &str = "`staffroom migrate --grant ROLE` does it";

/// What to do about an error of the store in the middle of the work.
pub(crate) fn advice_for(error: &StoreError) -> Option<&'static str> {
    match error {
        error if staffroom_store_postgres::lacks_privileges(error) => Some(
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
