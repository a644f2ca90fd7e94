//! The tables of a database: made, brought up to date, or looked at.

use super::{Database, DatabaseError, postgres, sqlite};

/// What became of the tables of a database.
#[derive(Debug)]
pub(crate) struct Migrated {
    /// The changes that were made.
    pub(crate) applied: Vec<Change>,
    /// How they were before that.
    pub(crate) found: Found,
    /// The last change of this release.
    pub(crate) needed: i64,
}

/// A change that was made.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) number: i64,
    pub(crate) about: &'static str,
}

/// The tables as they were found: the last change that was made, and what this release makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    Missing,
    TooOld(i64),
    UpToDate,
    TooNew(i64),
}

impl Database {
    /// The name of the schema, where tables stand in one.
    pub(crate) fn schema(&self) -> Option<&str> {
        match self {
            Self::Memory | Self::Sqlite(_) => None,
            Self::Postgres { settings, .. } => Some(settings.schema()),
        }
    }

    /// How the tables are; changes nothing.
    pub(crate) async fn look(&self) -> Result<Migrated, DatabaseError> {
        match self {
            Self::Memory => Err(DatabaseError::NothingToMigrate),
            Self::Sqlite(path) => sqlite::look(path).await,
            Self::Postgres { url, settings } => postgres::look(url, settings).await,
        }
    }

    /// Makes the tables or brings them up to date, and lets `role` use them.
    pub(crate) async fn migrate(&self, role: Option<&str>) -> Result<Migrated, DatabaseError> {
        match self {
            Self::Memory => Err(DatabaseError::NothingToMigrate),
            Self::Sqlite(_) if role.is_some() => Err(DatabaseError::NoRoles),
            Self::Sqlite(path) => sqlite::migrate(path).await,
            Self::Postgres { url, settings } => postgres::migrate(url, settings, role).await,
        }
    }

    /// Why tables that were found like this will not do; `None` if they will.
    pub(crate) fn fault(&self, found: Found) -> Option<DatabaseError> {
        match self {
            Self::Memory => None,
            Self::Sqlite(path) => sqlite::fault(found, path),
            Self::Postgres { settings, .. } => postgres::fault(found, settings.schema()),
        }
    }
}
