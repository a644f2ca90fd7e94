//! A PostgreSQL database: its schema.

use staffroom_store_postgres::migrations::{self, SchemaError};
use staffroom_store_postgres::{Settings, connect};

use super::schema::Change;
use super::{DatabaseError, Found, Migrated, Url};

/// How the schema is; changes nothing.
pub(super) async fn look(url: &Url, settings: &Settings) -> Result<Migrated, DatabaseError> {
    let pool = connect(&url.0).await?;
    let found = match migrations::check(&pool, settings.schema()).await {
        Ok(()) => Found::UpToDate,
        Err(SchemaError::Missing(_)) => Found::Missing,
        Err(SchemaError::TooOld { found, .. }) => Found::TooOld(found),
        Err(SchemaError::TooNew { found, .. }) => Found::TooNew(found),
        Err(error) => return Err(error.into()),
    };
    Ok(Migrated { applied: Vec::new(), found, needed: migrations::NEWEST })
}

/// Brings the schema up to date, and lets `role` use it.
pub(super) async fn migrate(
    url: &Url,
    settings: &Settings,
    role: Option<&str>,
) -> Result<Migrated, DatabaseError> {
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
    let applied =
        applied.into_iter().map(|change| Change { number: change.number, about: change.name }).collect();
    Ok(Migrated { applied, found, needed: migrations::NEWEST })
}

/// Why a schema that was found like this will not do; `None` if it will.
pub(super) fn fault(found: Found, schema: &str) -> Option<DatabaseError> {
    let needed = migrations::NEWEST;
    let fault = match found {
        Found::UpToDate => return None,
        Found::Missing => SchemaError::Missing(schema.to_owned()),
        Found::TooOld(found) => SchemaError::TooOld { found, needed },
        Found::TooNew(found) => SchemaError::TooNew { found, known: needed },
    };
    Some(fault.into())
}
