//! The schema: making it and checking it.
//!
//! Where a file is in the order of changes stands in its header (`user_version`), beside the mark by which it is known
//! as one of ours (`application_id`). Migrating is safe from many processes at once: they come one after the other, and
//! each finds what is left to do.

use std::path::Path;

use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection};

use crate::file::{self, OpenError};

/// The changes, in order. Each file opens with why; none is ever edited after a release.
const CHANGES: [(&str, &str); 12] = [
    ("networks schools groups", include_str!("../migrations/0001_networks_schools_groups.sql")),
    ("staff members", include_str!("../migrations/0002_staff_members.sql")),
    ("users", include_str!("../migrations/0003_users.sql")),
    ("staff links", include_str!("../migrations/0004_staff_links.sql")),
    ("batches", include_str!("../migrations/0005_batches.sql")),
    ("audit records", include_str!("../migrations/0006_audit_records.sql")),
    ("revoked passwords", include_str!("../migrations/0007_revoked_passwords.sql")),
    ("sessions", include_str!("../migrations/0008_sessions.sql")),
    ("resets", include_str!("../migrations/0009_resets.sql")),
    ("failures", include_str!("../migrations/0010_failures.sql")),
    ("invitations", include_str!("../migrations/0011_invitations.sql")),
    ("audit records without school", include_str!("../migrations/0012_audit_records_without_school.sql")),
];

/// The number of the last change of this release.
pub const NEWEST: i64 = 12;

/// The mark of our files in their header: `Staf`.
pub const APPLICATION_ID: i64 = 0x5374_6166;

/// A change of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Its place in the order, from 1.
    pub number: i64,
    /// What it is about.
    pub name: &'static str,
}

/// The changes of this release, in order.
pub fn changes() -> impl Iterator<Item = Change> {
    (1..).zip(CHANGES).map(|(number, (name, _))| Change { number, name })
}

/// What the header of a file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// There is nothing in the file yet.
    Nothing,
    /// It is ours, at this change.
    Change(i64),
    /// It is somebody else's.
    Foreign,
}

/// Makes the file if it is not there, and brings its schema up to date: all of it or nothing. Answers with the changes
/// that it made.
///
/// # Errors
/// [`OpenError`].
pub async fn run(path: impl AsRef<Path>) -> Result<Vec<Change>, OpenError> {
    let path = file::absolute(path.as_ref())?;
    file::create(&path)?;
    let mut connection = file::connect(&path).await?;
    let made = migrate(&path, &mut connection).await;
    file::close(connection).await;
    made
}

async fn migrate(path: &Path, connection: &mut SqliteConnection) -> Result<Vec<Change>, OpenError> {
    // Before anything is changed in what may be somebody else's file.
    let before = found(path, connection).await?;
    if number(path, before)? == NEWEST {
        return Ok(Vec::new());
    }
    file::write_ahead(path, connection).await?;
    let about = |error| OpenError::about(path, error);
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(about)?;
    // Others may have been here while we waited.
    let found = found(path, &mut transaction).await?;
    let before = number(path, found)?;
    for ((_, sql), change) in CHANGES.into_iter().zip(changes()) {
        if change.number > before {
            sqlx::raw_sql(sql).execute(&mut *transaction).await.map_err(about)?;
        }
    }
    let header = format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {NEWEST}");
    sqlx::raw_sql(AssertSqlSafe(header)).execute(&mut *transaction).await.map_err(about)?;
    transaction.commit().await.map_err(about)?;
    Ok(changes().filter(|change| change.number > before).collect())
}

/// Checks that the schema of the file at `path` is the one this release works with. Changes nothing.
///
/// # Errors
/// [`OpenError`] says what is wrong.
pub async fn check(path: impl AsRef<Path>) -> Result<(), OpenError> {
    let path = file::absolute(path.as_ref())?;
    file::check_is_there(&path)?;
    let mut connection = file::connect(&path).await?;
    let checked = check_open(&path, &mut connection).await;
    file::close(connection).await;
    checked
}

async fn check_open(path: &Path, connection: &mut SqliteConnection) -> Result<(), OpenError> {
    let found = found(path, connection).await?;
    match number(path, found)? {
        found if found < NEWEST => Err(OpenError::TooOld { path: path.to_owned(), found, needed: NEWEST }),
        // A backup that somebody put in place of the file may not have been told yet.
        _ => file::write_ahead(path, connection).await,
    }
}

/// The last change that was made in a file that we may work on.
fn number(path: &Path, found: Found) -> Result<i64, OpenError> {
    match found {
        Found::Nothing => Ok(0),
        Found::Change(found) if found > NEWEST => {
            Err(OpenError::TooNew { path: path.to_owned(), found, known: NEWEST })
        }
        Found::Change(found) => Ok(found),
        Found::Foreign => Err(OpenError::Foreign(path.to_owned())),
    }
}

async fn found(path: &Path, connection: &mut SqliteConnection) -> Result<Found, OpenError> {
    let asked = "SELECT (SELECT application_id FROM pragma_application_id), \
                 (SELECT user_version FROM pragma_user_version), \
                 EXISTS (SELECT 1 FROM sqlite_schema)";
    let found = sqlx::query_as::<_, (i64, i64, bool)>(asked).fetch_one(connection).await;
    let (application, change, has_tables) = found.map_err(|error| OpenError::about(path, error))?;
    Ok(match (application, change, has_tables) {
        (APPLICATION_ID, change, _) => Found::Change(change),
        (0, 0, false) => Found::Nothing,
        _ => Found::Foreign,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_change_is_the_last() {
        assert_eq!(changes().last().map(|change| change.number), Some(NEWEST));
    }
}
