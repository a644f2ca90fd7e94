//! Where accounts are kept: from `--database` to an open store. The one place that knows which stores there are; another
//! kind is a variant of [`Database`], a scheme in [`Database::of`] and an arm in each method.

mod error;
mod postgres;
mod schema;
mod sqlite;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use staffroom_core::store::Store;
use staffroom_core::{Network, fold};
use staffroom_store_memory::MemoryStore;
use staffroom_store_postgres::{PostgresStore, Settings};
use staffroom_store_sqlite::SqliteStore;

use crate::error::Error;

pub(crate) use error::{DatabaseError, advice_for, exit_of, lacks_privileges};
pub(crate) use schema::{Found, Migrated};

/// Where accounts are kept.
#[derive(Debug)]
pub(crate) enum Database {
    /// In memory, and so until the command ends.
    Memory,
    /// In one file.
    Sqlite(PathBuf),
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

/// Where it is, without who connects and how.
impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("memory:"),
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres { url, .. } => {
                write!(f, "postgres://{}", staffroom_store_postgres::address(&url.0).unwrap_or_default())
            }
        }
    }
}

/// An open database.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) store: Arc<dyn Store>,
    listing: Listing,
}

/// What can tell which networks there are.
#[derive(Debug)]
enum Listing {
    Nothing,
    Sqlite(SqliteStore),
    Postgres(PostgresStore),
}

impl Opened {
    /// A store that lasts as long as the command.
    pub(crate) fn in_memory() -> Self {
        Self { store: Arc::new(MemoryStore::new()), listing: Listing::Nothing }
    }

    /// The file that is open, if it is one.
    pub(crate) const fn file(&self) -> Option<&SqliteStore> {
        match &self.listing {
            Listing::Sqlite(store) => Some(store),
            Listing::Nothing | Listing::Postgres(_) => None,
        }
    }

    /// Whether what is written is there when the command has ended.
    pub(crate) const fn is_lasting(&self) -> bool {
        !matches!(self.listing, Listing::Nothing)
    }

    /// The networks of the database, by name; `None` if it does not say: row security shows the role of a service one
    /// network at a time.
    pub(crate) async fn networks(&self) -> Result<Option<Vec<Network>>, Error> {
        match &self.listing {
            Listing::Nothing => Ok(None),
            Listing::Sqlite(store) => {
                let mut networks = store.networks().await?;
                networks.sort_by_cached_key(|network| (fold(network.name().as_str()), network.id()));
                Ok(Some(networks))
            }
            Listing::Postgres(store) => {
                let networks = store.networks().await.map_err(DatabaseError::from)?;
                Ok(if networks.is_empty() { None } else { Some(networks) })
            }
        }
    }
}

/// True for a text without scheme that is called as such files are: only then it may be repeated in a message, because it
/// is no password.
fn looks_like_a_path(text: &str) -> bool {
    let end = Path::new(text).extension().and_then(|end| end.to_str()).unwrap_or_default();
    ["db", "sqlite", "sqlite3"].contains(&end.to_ascii_lowercase().as_str())
}

impl Database {
    /// The database at `url`.
    pub(crate) fn of(url: &str, schema: &str) -> Result<Self, DatabaseError> {
        let url = url.trim();
        let Some((kind, rest)) = url.split_once(':') else {
            return Err(if looks_like_a_path(url) {
                DatabaseError::OnlyPath(url.to_owned())
            } else {
                DatabaseError::NoUrl
            });
        };
        match kind.to_ascii_lowercase().as_str() {
            "memory" if rest.is_empty() => Ok(Self::Memory),
            "sqlite" => {
                let path = rest.strip_prefix("//").unwrap_or(rest);
                if path.is_empty() || path == ":memory:" {
                    return Err(DatabaseError::NoPath);
                }
                Ok(Self::Sqlite(PathBuf::from(path)))
            }
            // A pooler may stand between: what is prepared lives no longer than its transaction.
            "postgres" | "postgresql" => Ok(Self::Postgres {
                url: Url(url.to_owned()),
                settings: Settings::default().in_schema(schema)?.through_pooler(true),
            }),
            _ => Err(DatabaseError::Kind(kind.to_owned())),
        }
    }

    /// Whether what is written is there when the command has ended.
    pub(crate) const fn is_lasting(&self) -> bool {
        !matches!(self, Self::Memory)
    }

    /// Opens the store, whose schema must be the one of this release; `None` if it is a file that is not there.
    pub(crate) async fn open_existing(&self) -> Result<Option<Opened>, DatabaseError> {
        match self {
            Self::Memory => Ok(Some(Opened::in_memory())),
            Self::Sqlite(path) => sqlite::open_existing(path).await,
            Self::Postgres { url, settings } => {
                let store = PostgresStore::connect(&url.0, settings.clone()).await?;
                Ok(Some(Opened { store: Arc::new(store.clone()), listing: Listing::Postgres(store) }))
            }
        }
    }

    /// Opens the store, and makes the file if it is one that is not there.
    pub(crate) async fn create(&self) -> Result<Opened, DatabaseError> {
        match self {
            Self::Sqlite(path) => sqlite::create(path).await,
            // They are not made by opening them.
            Self::Memory | Self::Postgres { .. } => {
                self.open_existing().await?.ok_or(DatabaseError::NothingToMigrate)
            }
        }
    }

    /// Copies the file to `path`, as it is at one moment; answers with how many bytes the copy has.
    pub(crate) async fn backup(&self, path: &Path) -> Result<u64, Error> {
        match self {
            Self::Sqlite(from) => sqlite::backup(from, path).await,
            Self::Memory => Err(DatabaseError::NothingToCopy.into()),
            Self::Postgres { .. } => Err(DatabaseError::CopiedByServer.into()),
        }
    }
}
