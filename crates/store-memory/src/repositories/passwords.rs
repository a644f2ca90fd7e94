use async_trait::async_trait;
use staffroom_core::store::{PasswordRepository, SharedPassword, SharedPasswordInsert, StoreError};
use staffroom_core::{PasswordHash, PasswordState, SharedPasswordId, UserId};

use crate::unit_of_work::MemoryUnitOfWork;

#[async_trait]
impl PasswordRepository for MemoryUnitOfWork {
    async fn set(&mut self, hashes: &[(UserId, PasswordHash)]) -> Result<(), StoreError> {
        if !hashes.iter().all(|(user, _)| self.read().users().contains_key(user)) {
            return Err(self.misuse("a password was set for a user that the network does not have"));
        }
        self.write_in_network()?.hashes.extend(hashes.iter().cloned());
        Ok(())
    }

    async fn find(&mut self, user: UserId) -> Result<Option<PasswordHash>, StoreError> {
        Ok(self.read().hashes.get(&user).cloned())
    }

    async fn insert_shared(&mut self, shared: &SharedPassword) -> Result<SharedPasswordInsert, StoreError> {
        let passwords = &mut self.write_in_network()?.shared_passwords;
        if passwords.contains_key(&shared.id) {
            return Ok(SharedPasswordInsert::AlreadyThere);
        }
        passwords.insert(shared.id, shared.clone());
        Ok(SharedPasswordInsert::Inserted)
    }

    async fn find_shared(&mut self, id: SharedPasswordId) -> Result<Option<SharedPassword>, StoreError> {
        Ok(self.read().shared_passwords.get(&id).cloned())
    }

    async fn remove_unused_shared(&mut self, id: SharedPasswordId) -> Result<(), StoreError> {
        let records = self.write_in_network()?;
        let refers =
            |password| matches!(password, PasswordState::InitialShared { secret, .. } if secret == id);
        if !records.users().values().any(|user| refers(user.password())) {
            records.shared_passwords.remove(&id);
        }
        Ok(())
    }
}
