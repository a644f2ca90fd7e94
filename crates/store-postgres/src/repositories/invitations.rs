use std::collections::HashSet;

use async_trait::async_trait;
use staffroom_core::store::{InvitationRepository, StoreError};
use staffroom_core::{Timestamp, UserId};
use uuid::Uuid;

use super::column;
use crate::unit_of_work::PostgresUnitOfWork;

/// Those who are there, each held against being deleted; in one order for everybody. Of two who claim the same user,
/// the second waits, and sees the note of the first.
const CLAIM: &str = "\
    INSERT INTO invitations (network_id, user_id, invited_at) \
    SELECT $1, there.user_id, $3 FROM ( \
        SELECT user_id FROM users WHERE network_id = $1 AND user_id = ANY($2) ORDER BY user_id FOR KEY SHARE \
    ) AS there \
    ON CONFLICT (network_id, user_id) DO UPDATE SET invited_at = excluded.invited_at \
        WHERE invitations.invited_at < $4 \
    RETURNING user_id";
const RELEASE: &str = "\
    DELETE FROM invitations WHERE network_id = $1 AND user_id = ANY(ARRAY( \
        SELECT user_id FROM invitations WHERE network_id = $1 AND user_id = ANY($2) AND invited_at = $3 \
        ORDER BY user_id FOR UPDATE))";

#[async_trait]
impl InvitationRepository for PostgresUnitOfWork {
    async fn claim(
        &mut self,
        users: &[UserId],
        at: Timestamp,
        since: Timestamp,
    ) -> Result<Vec<bool>, StoreError> {
        self.check_writing_in_network().await?;
        let statement = sqlx::query(CLAIM)
            .bind(self.transaction.network_uuid())
            .bind(ids(users))
            .bind(at.as_datetime())
            .bind(since.as_datetime());
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
            .bind(ids(users))
            .bind(at.as_datetime());
        self.transaction.execute(statement).await.map(drop)
    }
}

fn ids(users: &[UserId]) -> Vec<Uuid> {
    users.iter().map(|user| user.as_uuid()).collect()
}
