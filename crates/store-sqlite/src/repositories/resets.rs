use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use staffroom_core::store::{Reset, ResetRepository, StoreError};
use staffroom_core::{Timestamp, TokenHash, UserId};
use staffroom_store_sql::number;
use staffroom_store_sql::sign_in::{digest, origin, origin_column};

use super::{column, moment};
use crate::error::corrupt;
use crate::unit_of_work::SqliteUnitOfWork;

const PUT: &str = "\
    INSERT INTO resets (network_id, user_id, token_hash, origin, issued_at, expires_at) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
    ON CONFLICT (network_id, user_id) DO UPDATE SET token_hash = excluded.token_hash, origin = excluded.origin, \
        issued_at = excluded.issued_at, expires_at = excluded.expires_at";
const FIND: &str = "SELECT user_id, token_hash, origin, issued_at, expires_at FROM resets \
                    WHERE network_id = ?1 AND token_hash = ?2";
const BY_USER: &str = "SELECT user_id, token_hash, origin, issued_at, expires_at FROM resets \
                       WHERE network_id = ?1 AND user_id = ?2";
const TAKE: &str = "DELETE FROM resets WHERE network_id = ?1 AND token_hash = ?2 \
                    RETURNING user_id, token_hash, origin, issued_at, expires_at";
const REMOVE: &str = "DELETE FROM resets WHERE network_id = ?1 AND user_id = ?2";
const FORGET_EXPIRED: &str = "\
    DELETE FROM resets WHERE network_id = ?1 AND user_id IN ( \
        SELECT user_id FROM resets WHERE network_id = ?1 AND expires_at <= ?2 \
        ORDER BY expires_at, user_id LIMIT ?3)";

#[async_trait]
impl ResetRepository for SqliteUnitOfWork {
    async fn put(&mut self, reset: &Reset) -> Result<(), StoreError> {
        self.check_writing_in_network().await?;
        let statement = sqlx::query(PUT)
            .bind(self.transaction.network_uuid())
            .bind(reset.user.as_uuid())
            .bind(reset.token.as_bytes().to_vec())
            .bind(origin_column(reset.origin))
            .bind(reset.issued_at.unix_micros())
            .bind(reset.expires_at.unix_micros());
        self.transaction.execute_unless_taken(statement, "a reset has the token of another").await.map(drop)
    }

    async fn find(&mut self, token: &TokenHash) -> Result<Option<Reset>, StoreError> {
        let statement =
            sqlx::query(FIND).bind(self.transaction.network_uuid()).bind(token.as_bytes().to_vec());
        self.transaction.row(statement).await?.as_ref().map(reset).transpose()
    }

    async fn find_by_user(&mut self, user: UserId) -> Result<Option<Reset>, StoreError> {
        let statement = sqlx::query(BY_USER).bind(self.transaction.network_uuid()).bind(user.as_uuid());
        self.transaction.row(statement).await?.as_ref().map(reset).transpose()
    }

    async fn take(&mut self, token: &TokenHash) -> Result<Option<Reset>, StoreError> {
        self.check_writing_in_network().await?;
        let statement =
            sqlx::query(TAKE).bind(self.transaction.network_uuid()).bind(token.as_bytes().to_vec());
        self.transaction.row(statement).await?.as_ref().map(reset).transpose()
    }

    async fn remove_by_user(&mut self, user: UserId) -> Result<bool, StoreError> {
        self.check_writing_in_network().await?;
        let statement = sqlx::query(REMOVE).bind(self.transaction.network_uuid()).bind(user.as_uuid());
        Ok(self.transaction.execute(statement).await? == 1)
    }

    async fn forget_expired(&mut self, at: Timestamp, limit: usize) -> Result<usize, StoreError> {
        self.check_writing_in_network().await?;
        let statement = sqlx::query(FORGET_EXPIRED)
            .bind(self.transaction.network_uuid())
            .bind(at.unix_micros())
            .bind(number::rows(limit));
        self.transaction.execute_many(statement).await
    }
}

fn reset(row: &SqliteRow) -> Result<Reset, StoreError> {
    let user = UserId::from_uuid(column(row, 0)?);
    let what = || format!("the reset of user {user}");
    let token = digest(column(row, 1)?).map_err(|error| corrupt(what(), error))?;
    let origin = origin(column(row, 2)?).map_err(|error| corrupt(what(), error))?;
    let (issued_at, expires_at) = (moment(row, 3)?, moment(row, 4)?);
    Ok(Reset { user, token: TokenHash::from_bytes(token), origin, issued_at, expires_at })
}
