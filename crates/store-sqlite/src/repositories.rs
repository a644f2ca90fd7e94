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

use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use staffroom_core::Timestamp;
use staffroom_core::store::StoreError;

use crate::error::{corrupt, store_error};

pub(crate) use network::networks;

/// The column at `index`.
pub(crate) fn column<'r, T>(row: &'r SqliteRow, index: usize) -> Result<T, StoreError>
where
    T: sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
{
    row.try_get(index).map_err(store_error)
}

/// A number of microseconds that is no moment of ours.
#[derive(Debug, thiserror::Error)]
#[error("it is not in the years 1 to 9999")]
struct NoMoment;

/// The moment in the column at `index`, unless it is null.
fn moment_if_any(row: &SqliteRow, index: usize) -> Result<Option<Timestamp>, StoreError> {
    column::<Option<i64>>(row, index)?
        .map(|micros| Timestamp::from_unix_micros(micros).ok_or_else(|| corrupt("a moment", NoMoment)))
        .transpose()
}

/// The moment in the column at `index`.
fn moment(row: &SqliteRow, index: usize) -> Result<Timestamp, StoreError> {
    moment_if_any(row, index)?.ok_or_else(|| corrupt("no moment", NoMoment))
}
