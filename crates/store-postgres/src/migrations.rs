//! The schema: making it, checking it, and letting a role use it.
//!
//! The tables live in a schema of their own, `staffroom` unless said, beside whatever else a host keeps in the
//! database. Migrating is safe from many processes at once: they come one after the other, and each finds what is left
//! to do.

use std::borrow::Cow;

use sqlx::error::DatabaseError;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, PgConnection, PgPool, Row, SqlSafeStr};

use crate::settings::{SettingsError, checked_schema};

/// The schema in which the tables are unless a host says otherwise.
pub const DEFAULT_SCHEMA: &str = "staffroom";

/// The changes, in order. Each file opens with why; none is ever edited after a release.
const CHANGES: [(&str, &str); 15] = [
    ("networks schools groups", include_str!("../migrations/0001_networks_schools_groups.sql")),
    ("staff members", include_str!("../migrations/0002_staff_members.sql")),
    ("users", include_str!("../migrations/0003_users.sql")),
    ("staff links", include_str!("../migrations/0004_staff_links.sql")),
    ("batches", include_str!("../migrations/0005_batches.sql")),
    ("audit records", include_str!("../migrations/0006_audit_records.sql")),
    ("row security", include_str!("../migrations/0007_row_security.sql")),
    ("batches by time", include_str!("../migrations/0008_batches_by_time.sql")),
    ("revoked passwords", include_str!("../migrations/0009_revoked_passwords.sql")),
    ("sessions", include_str!("../migrations/0010_sessions.sql")),
    ("resets", include_str!("../migrations/0011_resets.sql")),
    ("failures", include_str!("../migrations/0012_failures.sql")),
    ("invitations", include_str!("../migrations/0013_invitations.sql")),
    ("audit records without school", include_str!("../migrations/0014_audit_records_without_school.sql")),
    ("users of shared passwords", include_str!("../migrations/0015_users_of_shared_passwords.sql")),
];

/// The number of the last change of this release.
pub const NEWEST: i64 = 15;

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

/// What a role that serves a host may do, and no more: nothing that records what happened can be changed, and nobody
/// but a user is ever deleted, with what belongs to them.
const GRANTS: [(&str, &str); 8] = [
    ("SELECT, INSERT, UPDATE", "networks, schools, groups, staff_members, staff_links"),
    ("SELECT, INSERT, DELETE", "staff_schools"),
    ("SELECT, INSERT, UPDATE, DELETE", "users, user_passwords, shared_passwords"),
    ("SELECT, INSERT, DELETE", "user_schools, user_groups"),
    ("SELECT, INSERT, UPDATE, DELETE", "sessions, resets, failures, invitations"),
    ("SELECT, INSERT", "batches, batch_reports"),
    ("SELECT, INSERT", "audit_records"),
    ("SELECT", "_sqlx_migrations"),
];

/// Why the schema was not migrated, or will not do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// The name of the schema or of a role will not do.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// There is nothing of ours in the database yet.
    #[error("the database has no schema `{0}` of Staffroom; migrate it first")]
    Missing(String),
    /// The schema is that of an older release.
    #[error("the schema is at change {found}, and this release needs {needed}; migrate it first")]
    TooOld {
        /// The last change that was made.
        found: i64,
        /// The last change of this release.
        needed: i64,
    },
    /// The schema is that of a newer release.
    #[error(
        "the schema is at change {found}, and this release knows {known}; use a newer release of Staffroom"
    )]
    TooNew {
        /// The last change that was made.
        found: i64,
        /// The last change of this release.
        known: i64,
    },
    /// The database does not keep its texts in UTF-8.
    #[error("the database has the encoding {0}; Staffroom needs one with UTF8")]
    Encoding(String),
    /// The role that migrates, or grants, does not own the schema, or may not make one.
    #[error(
        "the role may not make or change the schema `{0}`; use the role that owns it, or one that may create it"
    )]
    NotOwner(String),
    /// The role to be granted something does not exist.
    #[error("the server has no role `{0}`; create it first, with `CREATE ROLE`")]
    NoRole(String),
    /// A change failed, and none was made.
    #[error("the schema could not be migrated: {0}")]
    Migrate(#[from] MigrateError),
    /// The database cannot be asked.
    #[error("the database could not be asked about its schema: {0}")]
    Database(#[from] sqlx::Error),
}

fn migrator() -> Migrator {
    let migrations = (1_i64..).zip(CHANGES).map(|(version, (description, sql))| {
        Migration::new(version, Cow::Borrowed(description), MigrationType::Simple, sql.into_sql_str(), false)
    });
    let mut migrator = Migrator::with_migrations(migrations.collect());
    // Ours is taken for the transaction, and so lets go of by itself.
    migrator.set_locking(false);
    migrator
}

/// Makes the schema, or brings it up to date: all of it or nothing. Takes a role that may create schemas in the
/// database, or one that owns the schema already. Answers with the changes that it made.
///
/// # Errors
/// [`SchemaError`].
pub async fn run(pool: &PgPool, schema: &str) -> Result<Vec<Change>, SchemaError> {
    let schema = checked_schema(schema)?;
    try_run(pool, schema).await.map_err(|error| said_by_owner(error, schema))
}

async fn try_run(pool: &PgPool, schema: &str) -> Result<Vec<Change>, SchemaError> {
    let mut transaction = pool.begin().await?;
    check_encoding(&mut transaction).await?;
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended('staffroom migrations ' || $1, 0))")
        .bind(schema)
        .execute(&mut *transaction)
        .await?;
    let there: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)")
        .bind(schema)
        .fetch_one(&mut *transaction)
        .await?;
    if !there {
        execute(&mut transaction, format!("CREATE SCHEMA {schema}")).await?;
    }
    execute(&mut transaction, format!("SET LOCAL search_path = {schema}, pg_temp")).await?;
    let applied = applied(&mut transaction, schema).await?;
    if let Some(found) = applied.filter(|found| *found > NEWEST) {
        return Err(SchemaError::TooNew { found, known: NEWEST });
    }
    migrator().run_direct(None, &mut *transaction, false).await?;
    transaction.commit().await?;
    let before = applied.unwrap_or(0);
    Ok(changes().filter(|change| change.number > before).collect())
}

/// Checks that the schema is the one this release works with.
///
/// # Errors
/// [`SchemaError`] says what is wrong.
pub async fn check(pool: &PgPool, schema: &str) -> Result<(), SchemaError> {
    let schema = checked_schema(schema)?;
    let mut connection = pool.acquire().await?;
    check_encoding(&mut connection).await?;
    match applied(&mut connection, schema).await? {
        None | Some(0) => Err(SchemaError::Missing(schema.to_owned())),
        Some(found) if found < NEWEST => Err(SchemaError::TooOld { found, needed: NEWEST }),
        Some(found) if found > NEWEST => Err(SchemaError::TooNew { found, known: NEWEST }),
        Some(_) => Ok(()),
    }
}

/// Lets `role` serve a host: it may use the tables as the store does, and owns nothing. Run it again after migrating.
/// The name of the role is taken letter for letter.
///
/// # Errors
/// [`SchemaError`].
pub async fn grant(pool: &PgPool, schema: &str, role: &str) -> Result<(), SchemaError> {
    let schema = checked_schema(schema)?;
    check_role(pool, role).await?;
    try_grant(pool, schema, &quoted(role)).await.map_err(|error| said_by_owner(error, schema))
}

async fn try_grant(pool: &PgPool, schema: &str, role: &str) -> Result<(), SchemaError> {
    let mut transaction = pool.begin().await?;
    execute(&mut transaction, format!("SET LOCAL search_path = {schema}, pg_temp")).await?;
    execute(&mut transaction, format!("GRANT USAGE ON SCHEMA {schema} TO {role}")).await?;
    for (rights, tables) in GRANTS {
        execute(&mut transaction, format!("GRANT {rights} ON {tables} TO {role}")).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// Checks that the server knows `role`, to be granted something.
///
/// # Errors
/// [`SchemaError::NoRole`] if it does not; others if it cannot be asked.
pub async fn check_role(pool: &PgPool, role: &str) -> Result<(), SchemaError> {
    let there: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)")
        // No text of PostgreSQL has a zero byte.
        .bind(role.replace('\0', "\u{FFFD}"))
        .fetch_one(pool)
        .await?;
    if there { Ok(()) } else { Err(SchemaError::NoRole(role.to_owned())) }
}

/// `name` as an identifier.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// `error` in the words for whoever makes or changes the schema, if it is about what they may do.
fn said_by_owner(error: SchemaError, schema: &str) -> SchemaError {
    let code = match &error {
        SchemaError::Database(cause)
        | SchemaError::Migrate(MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _)) => {
            cause.as_database_error().and_then(DatabaseError::code)
        }
        _ => None,
    };
    if code.as_deref() == Some("42501") { SchemaError::NotOwner(schema.to_owned()) } else { error }
}

async fn check_encoding(connection: &mut PgConnection) -> Result<(), SchemaError> {
    let encoding: String = answer(connection, "SELECT current_setting('server_encoding')".to_owned()).await?;
    if encoding == "UTF8" { Ok(()) } else { Err(SchemaError::Encoding(encoding)) }
}

/// The last change that was made; `None` if the schema has none of ours.
async fn applied(connection: &mut PgConnection, schema: &str) -> Result<Option<i64>, SchemaError> {
    let there = format!(
        "SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname = '{schema}' AND c.relname = '_sqlx_migrations')::text"
    );
    if answer(connection, there).await? != "true" {
        return Ok(None);
    }
    let newest = format!("SELECT coalesce(max(version), 0)::text FROM {schema}._sqlx_migrations");
    let newest = answer(connection, newest).await?;
    Ok(Some(newest.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?))
}

/// The one text that a question is answered with. It goes in one message, and so through any pooler: a prepared
/// statement would have to outlive its transaction there.
async fn answer(connection: &mut PgConnection, sql: String) -> Result<String, sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(sql)).fetch_one(connection).await?.try_get(0)
}

async fn execute(connection: &mut PgConnection, sql: String) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_change_is_the_last() {
        assert_eq!(changes().last().map(|change| change.number), Some(NEWEST));
    }

    #[test]
    fn a_role_stands_in_a_statement_as_a_name_only() {
        assert_eq!(quoted("staff-room"), "\"staff-room\"");
        assert_eq!(quoted("a\"; DROP"), "\"a\"\"; DROP\"");
    }
}
