//! The peer that is one SQL statement, written by hand: it does the same writes, and reports nothing.

#![expect(clippy::disallowed_methods, reason = "a benchmark measures time")]

use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Row};
use staffroom_testkit::postgres::Database;
use uuid::Uuid;

use crate::Failure;
use crate::network::{GROUP, NETWORK, SCHOOL};
use crate::server::{SERVICE, pool};

const STATEMENT: &str = include_str!("../peers/statement.sql");

/// Runs it over `database`; answers how long it took, and how many users it created.
///
/// # Errors
/// If the database refuses.
pub async fn bulk_create(database: &Database) -> Result<(Duration, u64), Failure> {
    // As the role that a service has, the library's too: row security binds it.
    let service = pool(database.options_as(SERVICE), 1).await?;
    let mut connection = service.acquire().await?;
    sqlx::raw_sql("SET search_path = staffroom").execute(&mut *connection).await?;
    let batch = Uuid::from_u128(0x77);
    let began = Instant::now();
    let mut transaction = sqlx::Connection::begin(&mut *connection).await?;
    let network = format!("SET LOCAL staffroom.network_id = '{}'", NETWORK.as_uuid());
    sqlx::raw_sql(AssertSqlSafe(network)).execute(&mut *transaction).await?;
    let row = sqlx::query(STATEMENT)
        .bind(NETWORK.as_uuid())
        .bind(SCHOOL.as_uuid())
        .bind(GROUP.as_uuid())
        .bind(batch)
        .fetch_one(&mut *transaction)
        .await?;
    let created: i64 = row.try_get(0)?;
    sqlx::query(
        "INSERT INTO batches (network_id, batch_id, plan, school_id, group_id, at, requested, created) \
         VALUES ($1, $2, $3, $4, $5, now(), $6, $6)",
    )
    .bind(NETWORK.as_uuid())
    .bind(batch)
    .bind(vec![0_u8; 16])
    .bind(SCHOOL.as_uuid())
    .bind(GROUP.as_uuid())
    .bind(created)
    .execute(&mut *transaction)
    .await?;
    sqlx::query(
        "INSERT INTO audit_records (network_id, audit_id, at, school_id, group_id, batch_id, event) \
         VALUES ($1, gen_random_uuid(), now(), $2, $3, $4, '{}')",
    )
    .bind(NETWORK.as_uuid())
    .bind(SCHOOL.as_uuid())
    .bind(GROUP.as_uuid())
    .bind(batch)
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok((began.elapsed(), u64::try_from(created)?))
}
