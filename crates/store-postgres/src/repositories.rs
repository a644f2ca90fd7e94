//! The repositories, one file each, named like the traits in core.

mod audit;
mod batches;
mod failures;
mod groups;
mod invitations;
mod network;
mod passwords;
mod resets;
mod schools;
mod sessions;
mod staff;
mod users;

use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::postgres::PgRow;
use staffroom_core::Timestamp;
use staffroom_core::store::StoreError;

use crate::error::store_error;

/// The column at `index`.
fn column<'r, T>(row: &'r PgRow, index: usize) -> Result<T, StoreError>
where
    T: sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    row.try_get(index).map_err(store_error)
}

/// The moment in the column at `index`.
fn moment(row: &PgRow, index: usize) -> Result<Timestamp, StoreError> {
    column::<DateTime<Utc>>(row, index).map(Timestamp::new)
}

/// The moment in the column at `index`, unless it is null.
fn moment_if_any(row: &PgRow, index: usize) -> Result<Option<Timestamp>, StoreError> {
    Ok(column::<Option<DateTime<Utc>>>(row, index)?.map(Timestamp::new))
}
