mod insert;
mod rows;
mod write;

use std::collections::HashMap;

use async_trait::async_trait;
use staffroom_core::store::{RowLock, StoreError, UserDelete, UserInsert, UserRepository, UserUpdate};
use staffroom_core::{BatchId, Email, Revision, User, UserId};
use staffroom_store_sql::number;
use uuid::Uuid;

use crate::transaction::Statement;
use crate::unit_of_work::PostgresUnitOfWork;

use rows::{BY_BATCH, BY_BATCH_HELD, BY_EMAIL, BY_ID, BY_IDS, EVERYBODY, HOLD_ONE, PAGE, user};

#[async_trait]
impl UserRepository for PostgresUnitOfWork {
    async fn find(&mut self, id: UserId, lock: RowLock) -> Result<Option<User>, StoreError> {
        self.transaction.check_lock(lock)?;
        let network = self.transaction.network_uuid();
        if lock == RowLock::Held {
            // A statement of its own: what it waited for is seen by the next one, also in the schools and groups, which
            // are not in the row that is held.
            self.transaction.row(sqlx::query(HOLD_ONE).bind(network).bind(id.as_uuid())).await?;
        }
        let statement = sqlx::query(BY_ID).bind(network).bind(id.as_uuid());
        self.transaction.row(statement).await?.as_ref().map(user).transpose()
    }

    async fn find_by_email(&mut self, email: &Email) -> Result<Option<User>, StoreError> {
        let statement = sqlx::query(BY_EMAIL).bind(self.transaction.network_uuid()).bind(email.canonical());
        self.transaction.row(statement).await?.as_ref().map(user).transpose()
    }

    async fn find_by_batch(&mut self, batch: BatchId, lock: RowLock) -> Result<Vec<User>, StoreError> {
        let sql = match lock {
            RowLock::None => BY_BATCH,
            RowLock::Held => BY_BATCH_HELD,
        };
        self.transaction.check_lock(lock)?;
        let statement = sqlx::query(sql).bind(self.transaction.network_uuid()).bind(batch.as_uuid());
        self.users(statement).await
    }

    async fn find_each(&mut self, ids: &[UserId]) -> Result<Vec<Option<User>>, StoreError> {
        let wanted: Vec<Uuid> = ids.iter().map(|id| id.as_uuid()).collect();
        let statement = sqlx::query(BY_IDS).bind(self.transaction.network_uuid()).bind(wanted);
        let found = self.users(statement).await?;
        let found: HashMap<UserId, User> = found.into_iter().map(|user| (user.id(), user)).collect();
        Ok(ids.iter().map(|id| found.get(id).cloned()).collect())
    }

    async fn page(&mut self, from: &str, limit: usize) -> Result<Vec<User>, StoreError> {
        // No text of PostgreSQL has a zero byte. The one that is nearest to it sorts in the same place among emails, which
        // have no control characters.
        let from = from.replace('\0', "\u{1}");
        let limit = number::rows(limit);
        let statement = sqlx::query(PAGE).bind(self.transaction.network_uuid()).bind(from).bind(limit);
        self.users(statement).await
    }

    async fn visit(&mut self, sink: &mut (dyn FnMut(User) + Send)) -> Result<(), StoreError> {
        let statement = sqlx::query(EVERYBODY).bind(self.transaction.network_uuid());
        self.transaction.each_row(statement, |row| user(&row).map(&mut *sink)).await
    }

    async fn insert(&mut self, users: &[User]) -> Result<Vec<UserInsert>, StoreError> {
        self.check_writing_in_network().await?;
        self.check_references(users).await?;
        self.insert_users(users).await
    }

    async fn update(&mut self, expected: Revision, user: &User) -> Result<UserUpdate, StoreError> {
        self.check_writing_in_network().await?;
        self.check_references(std::slice::from_ref(user)).await?;
        self.update_user(expected, user).await
    }

    async fn delete(&mut self, users: &[(UserId, Revision)]) -> Result<Vec<UserDelete>, StoreError> {
        self.check_writing_in_network().await?;
        self.delete_users(users).await
    }
}

impl PostgresUnitOfWork {
    /// The users whom `statement` selects, in its order.
    async fn users(&mut self, statement: Statement<'_>) -> Result<Vec<User>, StoreError> {
        let mut users = Vec::new();
        self.transaction
            .each_row(statement, |row| {
                users.push(user(&row)?);
                Ok(())
            })
            .await?;
        Ok(users)
    }
}
