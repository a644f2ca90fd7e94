use std::collections::HashSet;

use async_trait::async_trait;
use staffroom_core::store::{InvitationRepository, StoreError};
use staffroom_core::{Timestamp, UserId};

use super::column;
use crate::statement::ids;
use crate::unit_of_work::SqliteUnitOfWork;

/// Of those who are there. (`WHERE` tells the conflict clause from a join.)
const CLAIM: &str = "\
    INSERT INTO invitations (network_id, user_id, invited_at) \
    SELECT ?1, user_id, ?3 FROM users \
    WHERE network_id = ?1 AND user_id IN (SELECT unhex(value) FROM json_each(?2)) \
    ON CONFLICT (network_id, user_id) DO UPDATE SET invited_at = excluded.invited_at \
        WHERE invitations.invited_at < ?4 \
    RETURNING user_id";
const RELEASE: &str = "\
    DELETE FROM invitations WHERE network_id = ?1 \
        AND user_id IN (SELECT unhex(value) FROM json_each(?2)) AND invited_at = ?3";

#[async_trait]
impl InvitationRepository for SqliteUnitOfWork {
    async fn claim(
        &mut self,
        users: &[UserId],
        at: Timestamp,
        since: Timestamp,
    ) -> Result<Vec<bool>, StoreError> {
        self.check_writing_in_network().await?;
        let statement = sqlx::query(CLAIM)
            .bind(self.transaction.network_uuid())
            .bind(ids(users.iter().map(|user| user.as_uuid())))
            .bind(at.unix_micros())
            .bind(since.unix_micros());
        let mut noted = HashSet::new();
        for row in self.transaction.rows(statement).await? {
            noted.insert(UserId::from_uuid(column(&row, 0)?));
        }
        // Who is named twice is noted once.
        Ok(users.iter().map(|user| noted.remove(user)).collect())
    }

    async fn release(&mut self, users: &[UserId], at: Timestamp) -> Result<(), StoreError> {
        self.check_writing_in_network().await?;
        let statement = sqlx::query(RELEASE)
            .bind(self.transaction.network_uuid())
            .bind(ids(users.iter().map(|user| user.as_uuid())))
            .bind(at.unix_micros());
        self.transaction.execute(statement).await.map(drop)
    }
}
