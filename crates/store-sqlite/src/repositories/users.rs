mod rows;
mod write;

use std::collections::HashMap;

use async_trait::async_trait;
use staffroom_core::store::{RowLock, StoreError, UserDelete, UserInsert, UserRepository, UserUpdate};
use staffroom_core::{BatchId, Email, Revision, User, UserId};
use staffroom_store_sql::number;

use crate::statement;
use crate::unit_of_work::SqliteUnitOfWork;

use rows::{BY_BATCH, BY_EMAIL, BY_ID, BY_IDS, EVERYBODY, PAGE, user};

#[async_trait]
impl UserRepository for SqliteUnitOfWork {
    async fn find(&mut self, id: UserId, lock: RowLock) -> Result<Option<User>, StoreError> {
        self.transaction.check_lock(lock)?;
        let statement = sqlx::query(BY_ID).bind(self.transaction.network_uuid()).bind(id.as_uuid());
        self.transaction.row(statement).await?.as_ref().map(user).transpose()
    }

    async fn find_by_email(&mut self, email: &Email) -> Result<Option<User>, StoreError> {
        let canonical = email.canonical().to_owned();
        let statement = sqlx::query(BY_EMAIL).bind(self.transaction.network_uuid()).bind(canonical);
        self.transaction.row(statement).await?.as_ref().map(user).transpose()
    }

    async fn find_by_batch(&mut self, batch: BatchId, lock: RowLock) -> Result<Vec<User>, StoreError> {
        self.transaction.check_lock(lock)?;
        let statement = sqlx::query(BY_BATCH).bind(self.transaction.network_uuid()).bind(batch.as_uuid());
        let mut users = Vec::new();
        self.transaction
            .each_row(statement, |row| {
                users.push(user(&row)?);
                Ok(())
            })
            .await?;
        Ok(users)
    }

    async fn find_each(&mut self, ids: &[UserId]) -> Result<Vec<Option<User>>, StoreError> {
        let wanted = statement::ids(ids.iter().map(|id| id.as_uuid()));
        let statement = sqlx::query(BY_IDS).bind(self.transaction.network_uuid()).bind(wanted);
        let mut found = HashMap::new();
        self.transaction
            .each_row(statement, |row| {
                let user = user(&row)?;
                found.insert(user.id(), user);
                Ok(())
            })
            .await?;
        Ok(ids.iter().map(|id| found.get(id).cloned()).collect())
    }

    async fn page(&mut self, from: &str, limit: usize) -> Result<Vec<User>, StoreError> {
        let limit = number::rows(limit);
        let statement =
            sqlx::query(PAGE).bind(self.transaction.network_uuid()).bind(from.to_owned()).bind(limit);
        self.transaction.rows(statement).await?.iter().map(user).collect()
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
