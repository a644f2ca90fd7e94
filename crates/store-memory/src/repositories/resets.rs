use async_trait::async_trait;
use staffroom_core::store::{Reset, ResetRepository, StoreError};
use staffroom_core::{Timestamp, TokenHash, UserId};

use super::first;
use crate::unit_of_work::MemoryUnitOfWork;

#[async_trait]
impl ResetRepository for MemoryUnitOfWork {
    async fn put(&mut self, reset: &Reset) -> Result<(), StoreError> {
        let records = self.read();
        if !records.users().contains_key(&reset.user) {
            return Err(self.misuse("a reset was issued for a user that the network does not have"));
        }
        if records.resets.values().any(|other| other.token == reset.token && other.user != reset.user) {
            return Err(self.misuse("two resets have one token"));
        }
        self.write_in_network()?.resets.insert(reset.user, reset.clone());
        Ok(())
    }

    async fn find(&mut self, token: &TokenHash) -> Result<Option<Reset>, StoreError> {
        Ok(self.read().resets.values().find(|reset| reset.token == *token).cloned())
    }

    async fn find_by_user(&mut self, user: UserId) -> Result<Option<Reset>, StoreError> {
        Ok(self.read().resets.get(&user).cloned())
    }

    async fn take(&mut self, token: &TokenHash) -> Result<Option<Reset>, StoreError> {
        let resets = &mut self.write_in_network()?.resets;
        let user = resets.values().find(|reset| reset.token == *token).map(|reset| reset.user);
        Ok(user.and_then(|user| resets.remove(&user)))
    }

    async fn remove_by_user(&mut self, user: UserId) -> Result<bool, StoreError> {
        Ok(self.write_in_network()?.resets.remove(&user).is_some())
    }

    async fn forget_expired(&mut self, at: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let resets = &mut self.write_in_network()?.resets;
        let expired = first(limit, resets, |reset| reset.expires_at <= at);
        for user in &expired {
            resets.remove(user);
        }
        Ok(expired.len())
    }
}
