use async_trait::async_trait;
use staffroom_core::store::{
    HashOfUser, PasswordRepository, SharedPassword, SharedPasswordInsert, StoreError,
};
use staffroom_core::{Email, PasswordHash, PasswordState, SharedPasswordId, Timestamp, UserId};

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

    async fn find_by_email(&mut self, email: &Email) -> Result<Option<HashOfUser>, StoreError> {
        let records = self.read();
        let holder = records.holder_of(email.canonical()).and_then(|id| records.users().get(&id));
        Ok(holder.and_then(|user| {
            let (hash, shared) = match user.password() {
                PasswordState::InitialShared { secret, .. } => {
                    (records.shared_passwords.get(&secret).map(|shared| &shared.hash), Some(secret))
                }
                _ => (records.hashes.get(&user.id()), None),
            };
            hash.map(|hash| HashOfUser { user: user.id(), hash: hash.clone(), shared })
        }))
    }

    async fn remove(&mut self, users: &[UserId]) -> Result<(), StoreError> {
        let hashes = &mut self.write_in_network()?.hashes;
        for user in users {
            hashes.remove(user);
        }
        Ok(())
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

    async fn revoke_shared(&mut self, id: SharedPasswordId, at: Timestamp) -> Result<bool, StoreError> {
        match self.write_in_network()?.shared_passwords.get_mut(&id) {
            Some(shared) if shared.revoked_at.is_none() => {
                shared.revoked_at = Some(at);
                Ok(true)
            }
            _ => Ok(false),
        }
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
