//! To be replaced by one file for each repository.

use async_trait::async_trait;
use staffroom_core::store::{
    FailureKey, FailureRepository, Failures, InvitationRepository, OpenSession, Reset, ResetRepository,
    SessionRepository, StoreError,
};
use staffroom_core::{SchoolId, SessionId, Timestamp, TokenHash, UserId};

use crate::unit_of_work::PostgresUnitOfWork;

fn pending<T>() -> Result<T, StoreError> {
    Err(StoreError::Other("not kept by this store yet".into()))
}

#[async_trait]
impl SessionRepository for PostgresUnitOfWork {
    async fn insert(&mut self, _: &OpenSession) -> Result<(), StoreError> {
        pending()
    }

    async fn find(&mut self, _: &TokenHash) -> Result<Option<OpenSession>, StoreError> {
        pending()
    }

    async fn find_by_user(&mut self, _: UserId) -> Result<Vec<OpenSession>, StoreError> {
        pending()
    }

    async fn enter(&mut self, _: SessionId, _: SchoolId) -> Result<bool, StoreError> {
        pending()
    }

    async fn end(&mut self, _: SessionId) -> Result<bool, StoreError> {
        pending()
    }

    async fn end_by_user(&mut self, _: UserId) -> Result<usize, StoreError> {
        pending()
    }

    async fn forget_expired(&mut self, _: Timestamp, _: usize) -> Result<usize, StoreError> {
        pending()
    }
}

#[async_trait]
impl ResetRepository for PostgresUnitOfWork {
    async fn put(&mut self, _: &Reset) -> Result<(), StoreError> {
        pending()
    }

    async fn find(&mut self, _: &TokenHash) -> Result<Option<Reset>, StoreError> {
        pending()
    }

    async fn find_by_user(&mut self, _: UserId) -> Result<Option<Reset>, StoreError> {
        pending()
    }

    async fn take(&mut self, _: &TokenHash) -> Result<Option<Reset>, StoreError> {
        pending()
    }

    async fn remove_by_user(&mut self, _: UserId) -> Result<bool, StoreError> {
        pending()
    }

    async fn forget_expired(&mut self, _: Timestamp, _: usize) -> Result<usize, StoreError> {
        pending()
    }
}

#[async_trait]
impl FailureRepository for PostgresUnitOfWork {
    async fn add(&mut self, _: &FailureKey, _: Timestamp) -> Result<Option<Failures>, StoreError> {
        pending()
    }

    async fn find(&mut self, _: &FailureKey) -> Result<Option<Failures>, StoreError> {
        pending()
    }

    async fn clear(&mut self, _: &FailureKey) -> Result<(), StoreError> {
        pending()
    }

    async fn forget(&mut self, _: Timestamp, _: usize) -> Result<usize, StoreError> {
        pending()
    }
}

#[async_trait]
impl InvitationRepository for PostgresUnitOfWork {
    async fn claim(&mut self, _: &[UserId], _: Timestamp, _: Timestamp) -> Result<Vec<bool>, StoreError> {
        pending()
    }

    async fn release(&mut self, _: &[UserId], _: Timestamp) -> Result<(), StoreError> {
        pending()
    }
}
