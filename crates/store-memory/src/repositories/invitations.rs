use std::collections::BTreeSet;

use async_trait::async_trait;
use staffroom_core::store::{InvitationRepository, StoreError};
use staffroom_core::{Timestamp, UserId};

use crate::unit_of_work::MemoryUnitOfWork;

#[async_trait]
impl InvitationRepository for MemoryUnitOfWork {
    async fn claim(
        &mut self,
        users: &[UserId],
        at: Timestamp,
        since: Timestamp,
    ) -> Result<Vec<bool>, StoreError> {
        let there: Vec<bool> = users.iter().map(|user| self.read().users().contains_key(user)).collect();
        let invited_at = &mut self.write_in_network()?.invited_at;
        let mut noted = Vec::with_capacity(users.len());
        let mut named = BTreeSet::new();
        for (user, is_there) in users.iter().zip(there) {
            let is_due =
                is_there && named.insert(*user) && invited_at.get(user).is_none_or(|last| *last < since);
            if is_due {
                invited_at.insert(*user, at);
            }
            noted.push(is_due);
        }
        Ok(noted)
    }

    async fn release(&mut self, users: &[UserId], at: Timestamp) -> Result<(), StoreError> {
        let invited_at = &mut self.write_in_network()?.invited_at;
        for user in users {
            if invited_at.get(user) == Some(&at) {
                invited_at.remove(user);
            }
        }
        Ok(())
    }
}
