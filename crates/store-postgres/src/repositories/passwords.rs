use async_trait::async_trait;
use staffroom_core::store::{
    HashOfUser, PasswordRepository, SharedPassword, SharedPasswordInsert, StoreError,
};
use staffroom_core::{Email, PasswordHash, SharedPasswordId, Timestamp, UserId};
use uuid::Uuid;

use super::{column, moment};
use crate::unit_of_work::PostgresUnitOfWork;

const SET: &str = "INSERT INTO user_passwords (network_id, user_id, hash) \
                   SELECT $1, * FROM unnest($2::uuid[], $3::text[]) \
                   ON CONFLICT (network_id, user_id) DO UPDATE SET hash = excluded.hash";
const FIND: &str = "SELECT hash FROM user_passwords WHERE network_id = $1 AND user_id = $2";
const INSERT_SHARED: &str = "INSERT INTO shared_passwords (network_id, shared_password_id, hash, expires_at) \
                             VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
const FIND_SHARED: &str =
    "SELECT hash, expires_at FROM shared_passwords WHERE network_id = $1 AND shared_password_id = $2";
/// The row is locked first: whoever comes to refer to it meanwhile has to wait, and is seen.
const HOLD_SHARED: &str =
    "SELECT FROM shared_passwords WHERE network_id = $1 AND shared_password_id = $2 FOR UPDATE";
const REMOVE_UNUSED_SHARED: &str = "DELETE FROM shared_passwords WHERE network_id = $1 AND shared_password_id = $2 \
                                    AND NOT EXISTS (SELECT FROM users \
                                    WHERE network_id = $1 AND shared_password_id = $2)";

#[async_trait]
impl PasswordRepository for PostgresUnitOfWork {
    async fn set(&mut self, hashes: &[(UserId, PasswordHash)]) -> Result<(), StoreError> {
        self.check_writing_in_network().await?;
        // Of several for one user, the last one counts.
        let mut latest: Vec<(Uuid, &str)> = Vec::with_capacity(hashes.len());
        latest.extend(hashes.iter().map(|(user, hash)| (user.as_uuid(), hash.as_phc())));
        latest.reverse();
        latest.sort_by_key(|(user, _)| *user);
        latest.dedup_by_key(|(user, _)| *user);
        let (users, hashes): (Vec<Uuid>, Vec<&str>) = latest.into_iter().unzip();
        let statement = sqlx::query(SET).bind(self.transaction.network_uuid()).bind(users).bind(hashes);
        self.transaction.execute(statement).await.map(drop)
    }

    async fn find(&mut self, user: UserId) -> Result<Option<PasswordHash>, StoreError> {
        let statement = sqlx::query(FIND).bind(self.transaction.network_uuid()).bind(user.as_uuid());
        let row = self.transaction.row(statement).await?;
        row.map(|row| Ok(PasswordHash::from_phc(column(&row, 0)?))).transpose()
    }

    async fn find_by_email(&mut self, _: &Email) -> Result<Option<HashOfUser>, StoreError> {
        Err(StoreError::Other("not kept by this store yet".into()))
    }

    async fn remove(&mut self, _: &[UserId]) -> Result<(), StoreError> {
        Err(StoreError::Other("not kept by this store yet".into()))
    }

    async fn revoke_shared(&mut self, _: SharedPasswordId, _: Timestamp) -> Result<bool, StoreError> {
        Err(StoreError::Other("not kept by this store yet".into()))
    }

    async fn insert_shared(&mut self, shared: &SharedPassword) -> Result<SharedPasswordInsert, StoreError> {
        self.check_writing_in_network().await?;
        let statement = sqlx::query(INSERT_SHARED)
            .bind(self.transaction.network_uuid())
            .bind(shared.id.as_uuid())
            .bind(shared.hash.as_phc())
            .bind(shared.expires_at.as_datetime());
        let inserted = self.transaction.execute(statement).await?;
        Ok(if inserted == 1 { SharedPasswordInsert::Inserted } else { SharedPasswordInsert::AlreadyThere })
    }

    async fn find_shared(&mut self, id: SharedPasswordId) -> Result<Option<SharedPassword>, StoreError> {
        let statement = sqlx::query(FIND_SHARED).bind(self.transaction.network_uuid()).bind(id.as_uuid());
        let row = self.transaction.row(statement).await?;
        row.map(|row| {
            let hash = PasswordHash::from_phc(column(&row, 0)?);
            Ok(SharedPassword { id, hash, expires_at: moment(&row, 1)?, revoked_at: None })
        })
        .transpose()
    }

    async fn remove_unused_shared(&mut self, id: SharedPasswordId) -> Result<(), StoreError> {
        self.check_writing_in_network().await?;
        for sql in [HOLD_SHARED, REMOVE_UNUSED_SHARED] {
            let statement = sqlx::query(sql).bind(self.transaction.network_uuid()).bind(id.as_uuid());
            self.transaction.execute(statement).await?;
        }
        Ok(())
    }
}
