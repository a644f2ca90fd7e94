//! The schema: making it, checking it, and letting a role use it.
//!
//! The tables live in a schema of their own, `staffroom` unless said, beside whatever else a host keeps in the
//! database. Migrating is safe from many processes at once: they come one after the other, and each finds what is left
//! to do.

use std::borrow::Cow;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, PgConnection, PgPool, Row, SqlSafeStr};

use crate::settings::{SettingsError, checked_schema};

/// The schema in which the tables are unless a host says otherwise.
pub const DEFAULT_SCHEMA: &str = "staffroom";

/// The changes, in order. Each file opens with why; none is ever edited after a release.
const CHANGES: [(&str, &str); 7] = [
    ("networks schools groups", include_str!("../migrations/0001_networks_schools_groups.sql")),
    ("staff members", include_str!("../migrations/0002_staff_members.sql")),
    ("users", include_str!("../migrations/0003_users.sql")),
    ("staff links", include_str!("../migrations/0004_staff_links.sql")),
    ("batches", include_str!("../migrations/0005_batches.sql")),
    ("audit records", include_str!("../migrations/0006_audit_records.sql")),
    ("row security", include_str!("../migrations/0007_row_security.sql")),
];

/// What a role that serves a host may do, and no more: nothing that records what happened can be changed, and nobody
/// but a user is ever deleted.
const GRANTS: [(&str, &str); 7] = [
    ("SELECT, INSERT, UPDATE", "networks, schools, groups, staff_members, staff_links"),
    ("SELECT, INSERT, DELETE", "staff_schools"),
    ("SELECT, INSERT, UPDATE, DELETE", "users, user_passwords, shared_passwords"),
    ("SELECT, INSERT, DELETE", "user_schools, user_groups"),
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
    /// A change failed, and none was made.
    #[error("the schema could not be migrated: {0}")]
    Migrate(#[from] MigrateError),
    /// The database cannot be asked.
    #[error("the database could not be asked about its schema: {0}")]
    Database(#[from] sqlx::Error),
}

/// The last change of this release.
fn newest() -> i64 {
    i64::try_from(CHANGES.len()).unwrap_or(i64::MAX)
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
/// database, or one that owns the schema already.
///
/// # Errors
/// [`SchemaError`].
pub async fn run(pool: &PgPool, schema: &str) -> Result<(), SchemaError> {
    let schema = checked_schema(schema)?;
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
    if let Some(found) = applied.filter(|found| *found > newest()) {
        return Err(SchemaError::TooNew { found, known: newest() });
    }
    migrator().run_direct(None, &mut *transaction, false).await?;
    transaction.commit().await?;
    Ok(())
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
        Some(found) if found < newest() => Err(SchemaError::TooOld { found, needed: newest() }),
        Some(found) if found > newest() => Err(SchemaError::TooNew { found, known: newest() }),
        Some(_) => Ok(()),
    }
}

/// Lets `role` serve a host: it may use the tables as the store does, and owns nothing. Run it again after migrating.
///
/// # Errors
/// [`SchemaError`]; the name of a role is held to the same rule as that of a schema.
pub async fn grant(pool: &PgPool, schema: &str, role: &str) -> Result<(), SchemaError> {
    let (schema, role) = (checked_schema(schema)?, checked_schema(role)?);
    let mut transaction = pool.begin().await?;
    execute(&mut transaction, format!("SET LOCAL search_path = {schema}, pg_temp")).await?;
    execute(&mut transaction, format!("GRANT USAGE ON SCHEMA {schema} TO {role}")).await?;
    for (rights, tables) in GRANTS {
        execute(&mut transaction, format!("GRANT {rights} ON {tables} TO {role}")).await?;
    }
    transaction.commit().await?;
    Ok(())
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
