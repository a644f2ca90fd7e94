use async_trait::async_trait;
use staffroom_core::Timestamp;
use staffroom_core::store::{FailureKey, FailureRepository, Failures, StoreError};
use staffroom_store_sql::number;
use staffroom_store_sql::sign_in::{failures, failures_before};

use super::{column, moment, moment_if_any};
use crate::unit_of_work::SqliteUnitOfWork;

const ADD: &str = "\
    INSERT INTO failures (network_id, failure_key, count, first_at, last_at) VALUES (?1, ?2, 1, ?3, ?3) \
    ON CONFLICT (network_id, failure_key) DO UPDATE \
        SET count = failures.count + 1, previous_at = failures.last_at, last_at = excluded.last_at \
    RETURNING count, first_at, previous_at";
const FIND: &str = "SELECT count, first_at, last_at FROM failures WHERE network_id = ?1 AND failure_key = ?2";
const TAKE_BACK: &str = "UPDATE failures SET count = count - 1 WHERE network_id = ?1 AND failure_key = ?2 \
                         RETURNING count";
const CLEAR: &str = "DELETE FROM failures WHERE network_id = ?1 AND failure_key = ?2";
const FORGET: &str = "\
    DELETE FROM failures WHERE network_id = ?1 AND failure_key IN ( \
        SELECT failure_key FROM failures WHERE network_id = ?1 AND last_at < ?2 \
        ORDER BY last_at, failure_key LIMIT ?3)";

#[async_trait]
impl FailureRepository for SqliteUnitOfWork {
    async fn add(&mut self, key: &FailureKey, at: Timestamp) -> Result<Option<Failures>, StoreError> {
        self.check_writing_in_network().await?;
        let statement = sqlx::query(ADD)
            .bind(self.transaction.network_uuid())
            .bind(key.as_bytes().to_vec())
            .bind(at.unix_micros());
        let Some(row) = self.transaction.row(statement).await? else {
            return Ok(None);
        };
        Ok(failures_before(column(&row, 0)?, moment(&row, 1)?, moment_if_any(&row, 2)?))
    }

    async fn take_back(&mut self, key: &FailureKey) -> Result<(), StoreError> {
        self.check_writing_in_network().await?;
        let statement =
            sqlx::query(TAKE_BACK).bind(self.transaction.network_uuid()).bind(key.as_bytes().to_vec());
        let left = self.transaction.row(statement).await?;
        match left.map(|row| column::<i64>(&row, 0)).transpose()? {
            // Nobody else has seen it at none.
            Some(left) if left <= 0 => self.clear(key).await,
            _ => Ok(()),
        }
    }

    async fn find(&mut self, key: &FailureKey) -> Result<Option<Failures>, StoreError> {
        let statement = sqlx::query(FIND).bind(self.transaction.network_uuid()).bind(key.as_bytes().to_vec());
        let row = self.transaction.row(statement).await?;
        row.map(|row| Ok(failures(column(&row, 0)?, moment(&row, 1)?, moment(&row, 2)?))).transpose()
    }

    async fn clear(&mut self, key: &FailureKey) -> Result<(), StoreError> {
        self.check_writing_in_network().await?;
        let statement =
            sqlx::query(CLEAR).bind(self.transaction.network_uuid()).bind(key.as_bytes().to_vec());
        self.transaction.execute(statement).await.map(drop)
    }

    async fn forget(&mut self, before: Timestamp, limit: usize) -> Result<usize, StoreError> {
        self.check_writing_in_network().await?;
        let statement = sqlx::query(FORGET)
            .bind(self.transaction.network_uuid())
            .bind(before.unix_micros())
            .bind(number::rows(limit));
        self.transaction.execute_many(statement).await
    }
}
