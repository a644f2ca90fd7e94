//! A database in one file.

use std::path::Path;

use super::{DatabaseError, Migrated, Opened};

/// Opens the file; `None` if it is not there.
pub(super) async fn open_existing(_: &Path) -> Result<Option<Opened>, DatabaseError> {
    Err(DatabaseError::Kind("sqlite".to_owned()))
}

/// Opens the file, and makes it if it is not there.
pub(super) async fn create(_: &Path) -> Result<Opened, DatabaseError> {
    Err(DatabaseError::Kind("sqlite".to_owned()))
}

/// How the tables of the file are; changes nothing.
pub(super) async fn look(_: &Path) -> Result<Migrated, DatabaseError> {
    Err(DatabaseError::Kind("sqlite".to_owned()))
}

/// Brings the tables of the file up to date.
pub(super) async fn migrate(_: &Path) -> Result<Migrated, DatabaseError> {
    Err(DatabaseError::Kind("sqlite".to_owned()))
}
