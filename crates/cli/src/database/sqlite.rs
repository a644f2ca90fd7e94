//! A database in one file.

use std::path::Path;
use std::sync::Arc;

use staffroom_store_sqlite::migrations::{self, NEWEST};
use staffroom_store_sqlite::{OpenError, Settings, SqliteStore};

use super::schema::Change;
use super::{DatabaseError, Found, Listing, Migrated, Opened};

/// Opens the file; `None` if it is not there.
pub(super) async fn open_existing(path: &Path) -> Result<Option<Opened>, DatabaseError> {
    match SqliteStore::open(path, Settings::default()).await {
        Ok(store) => Ok(Some(opened(store))),
        // A file without a table is one that somebody was stopped from making.
        Err(OpenError::NotThere(_) | OpenError::TooOld { found: 0, .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Opens the file, and makes it if it is not there.
pub(super) async fn create(path: &Path) -> Result<Opened, DatabaseError> {
    Ok(opened(SqliteStore::open_or_create(path, Settings::default()).await?))
}

fn opened(store: SqliteStore) -> Opened {
    Opened { store: Arc::new(store.clone()), listing: Listing::Sqlite(store) }
}

/// How the tables of the file are; changes nothing.
pub(super) async fn look(path: &Path) -> Result<Migrated, DatabaseError> {
    let found = match migrations::check(path).await {
        Ok(()) => Found::UpToDate,
        Err(OpenError::NotThere(_)) => Found::Missing,
        Err(OpenError::TooOld { found, .. }) => Found::TooOld(found),
        Err(OpenError::TooNew { found, .. }) => Found::TooNew(found),
        Err(error) => return Err(error.into()),
    };
    Ok(Migrated { applied: Vec::new(), found, needed: NEWEST })
}

/// Brings the tables of the file up to date; makes it, if it is not there.
pub(super) async fn migrate(path: &Path) -> Result<Migrated, DatabaseError> {
    let applied = migrations::run(path).await?;
    let found = match applied.first() {
        None => Found::UpToDate,
        Some(first) if first.number == 1 => Found::Missing,
        Some(first) => Found::TooOld(first.number.saturating_sub(1)),
    };
    let applied =
        applied.into_iter().map(|change| Change { number: change.number, about: change.name }).collect();
    Ok(Migrated { applied, found, needed: NEWEST })
}

/// Copies the file to `to`, before it is migrated as well; answers with how many bytes the copy has.
pub(super) async fn backup(path: &Path, to: &Path) -> Result<u64, crate::error::Error> {
    match migrations::check(path).await {
        Ok(()) | Err(OpenError::TooOld { .. }) => {}
        Err(error) => return Err(DatabaseError::from(error).into()),
    }
    staffroom_store_sqlite::backup(path, to).await?;
    Ok(std::fs::metadata(to).map_or(0, |copy| copy.len()))
}

/// Why tables that were found like this will not do; `None` if they will.
pub(super) fn fault(found: Found, path: &Path) -> Option<DatabaseError> {
    let path = path.to_owned();
    let fault = match found {
        Found::UpToDate => return None,
        Found::Missing => OpenError::NotThere(path),
        Found::TooOld(found) => OpenError::TooOld { path, found, needed: NEWEST },
        Found::TooNew(found) => OpenError::TooNew { path, found, known: NEWEST },
    };
    Some(fault.into())
}
