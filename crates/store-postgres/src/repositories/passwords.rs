use async_trait::async_trait;
use staffroom_core::store::{
    HashOfUser, PasswordRepository, SharedPassword, SharedPasswordInsert, StoreError,
};
use staffroom_core::{Email, PasswordHash, SharedPasswordId, Timestamp, UserId};
use uuid::Uuid;

use super::{column, moment, moment_if_any};
use crate::unit_of_work::PostgresUnitOfWork;

const SET: &str = "INSERT INTO user_passwords (network_id, user_id, hash) \
                   SELECT $1, * FROM unnest($2::uuid[], $3::text[]) \
                   ON CONFLICT (network_id, user_id) DO UPDATE SET hash = excluded.hash";
const FIND: &str = "SELECT hash FROM user_passwords WHERE network_id = $1 AND user_id = $2";
/// Both hashes are looked up, whichever it is.
const FIND_BY_EMAIL: &str = "\
    SELECT u.user_id, u.shared_password_id, \
        CASE WHEN u.shared_password_id IS NULL THEN own.hash ELSE shared.hash END \
    FROM users u \
    LEFT JOIN user_passwords own ON own.network_id = u.network_id AND own.user_id = u.user_id \
    LEFT JOIN shared_passwords shared \
        ON shared.network_id = u.network_id AND shared.shared_password_id = u.shared_password_id \
    WHERE u.network_id = $1 AND u.email_key = $2";
/// In one order for everybody.
const REMOVE: &str = "\
    DELETE FROM user_passwords WHERE network_id = $1 AND user_id = ANY(ARRAY( \
        SELECT user_id FROM user_passwords WHERE network_id = $1 AND user_id = ANY($2) \
        ORDER BY user_id FOR UPDATE))";
const INSERT_SHARED: &str = "\
    INSERT INTO shared_passwords (network_id, shared_password_id, hash, expires_at, revoked_at) \
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
const FIND_SHARED: &str = "SELECT hash, expires_at, revoked_at FROM shared_passwords \
                           WHERE network_id = $1 AND shared_password_id = $2";
const REVOKE_SHARED: &str = "UPDATE shared_passwords SET revoked_at = $3 \
                             WHERE network_id = $1 AND shared_password_id = $2 AND revoked_at IS NULL";
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

    async fn find_by_email(&mut self, email: &Email) -> Result<Option<HashOfUser>, StoreError> {
        let statement =
            sqlx::query(FIND_BY_EMAIL).bind(self.transaction.network_uuid()).bind(email.canonical());
        let Some(row) = self.transaction.row(statement).await? else {
            return Ok(None);
        };
        let user = UserId::from_uuid(column(&row, 0)?);
        let shared = column::<Option<Uuid>>(&row, 1)?.map(SharedPasswordId::from_uuid);
        let hash = column::<Option<String>>(&row, 2)?.map(PasswordHash::from_phc);
        Ok(hash.map(|hash| HashOfUser { user, hash, shared }))
    }

    async fn remove(&mut self, users: &[UserId]) -> Result<(), StoreError> {
        self.check_writing_in_network().await?;
        let users: Vec<Uuid> = users.iter().map(|user| user.as_uuid()).collect();
        let statement = sqlx::query(REMOVE).bind(self.transaction.network_uuid()).bind(users);
        self.transaction.execute(statement).await.map(drop)
    }

    async fn insert_shared(&mut self, shared: &SharedPassword) -> Result<SharedPasswordInsert, StoreError> {
        self.check_writing_in_network().await?;
        let statement = sqlx::query(INSERT_SHARED)
            .bind(self.transaction.network_uuid())
            .bind(shared.id.as_uuid())
            .bind(shared.hash.as_phc())
            .bind(shared.expires_at.as_datetime())
            .bind(shared.revoked_at.map(Timestamp::as_datetime));
        let inserted = self.transaction.execute(statement).await?;
        Ok(if inserted == 1 { SharedPasswordInsert::Inserted } else { SharedPasswordInsert::AlreadyThere })
    }

    async fn find_shared(&mut self, id: SharedPasswordId) -> Result<Option<SharedPassword>, StoreError> {
        let statement = sqlx::query(FIND_SHARED).bind(self.transaction.network_uuid()).bind(id.as_uuid());
        let row = self.transaction.row(statement).await?;
        row.map(|row| {
            let hash = PasswordHash::from_phc(column(&row, 0)?);
            let (expires_at, revoked_at) = (moment(&row, 1)?, moment_if_any(&row, 2)?);
            Ok(SharedPassword { id, hash, expires_at, revoked_at })
        })
        .transpose()
    }

    async fn revoke_shared(&mut self, id: SharedPasswordId, at: Timestamp) -> Result<bool, StoreError> {
        self.check_writing_in_network().await?;
        let statement = sqlx::query(REVOKE_SHARED)
            .bind(self.transaction.network_uuid())
            .bind(id.as_uuid())
            .bind(at.as_datetime());
        Ok(self.transaction.execute(statement).await? == 1)
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
