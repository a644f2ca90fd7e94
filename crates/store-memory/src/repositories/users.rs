use std::cmp::Ordering;

use async_trait::async_trait;
use staffroom_core::store::{RowLock, StoreError, UserDelete, UserInsert, UserRepository, UserUpdate};
use staffroom_core::{BatchId, Email, PasswordState, Revision, User, UserId};

use crate::records::Records;
use crate::unit_of_work::MemoryUnitOfWork;

#[async_trait]
impl UserRepository for MemoryUnitOfWork {
    async fn find(&mut self, id: UserId, lock: RowLock) -> Result<Option<User>, StoreError> {
        self.may_hold(lock)?;
        Ok(self.read().users().get(&id).cloned())
    }

    async fn find_by_email(&mut self, email: &Email) -> Result<Option<User>, StoreError> {
        let records = self.read();
        Ok(records.holder_of(email.canonical()).and_then(|id| records.users().get(&id)).cloned())
    }

    async fn find_by_batch(&mut self, batch: BatchId, lock: RowLock) -> Result<Vec<User>, StoreError> {
        self.may_hold(lock)?;
        Ok(self.read().users().values().filter(|user| user.batch() == Some(batch)).cloned().collect())
    }

    async fn find_each(&mut self, ids: &[UserId]) -> Result<Vec<Option<User>>, StoreError> {
        Ok(ids.iter().map(|id| self.read().users().get(id).cloned()).collect())
    }

    async fn page(&mut self, from: &str, limit: usize) -> Result<Vec<User>, StoreError> {
        let users = self.read().users().values();
        let mut users: Vec<&User> = users.filter(|user| user.email().canonical() >= from).collect();
        // Only as many as are wanted are put in order.
        if limit < users.len() {
            users.select_nth_unstable_by(limit, |one, other| by_email(one, other));
            users.truncate(limit);
        }
        users.sort_unstable_by(|one, other| by_email(one, other));
        Ok(users.into_iter().cloned().collect())
    }

    async fn visit(&mut self, sink: &mut (dyn FnMut(User) + Send)) -> Result<(), StoreError> {
        self.read().users().values().cloned().for_each(sink);
        Ok(())
    }

    async fn insert(&mut self, users: &[User]) -> Result<Vec<UserInsert>, StoreError> {
        self.check_references(users)?;
        let records = self.write_in_network()?;
        Ok(users.iter().map(|user| insert(records, user)).collect())
    }

    async fn update(&mut self, expected: Revision, user: &User) -> Result<UserUpdate, StoreError> {
        self.check_references(std::slice::from_ref(user))?;
        let records = self.write_in_network()?;
        Ok(update(records, expected, user))
    }

    async fn delete(&mut self, users: &[(UserId, Revision)]) -> Result<Vec<UserDelete>, StoreError> {
        let records = self.write_in_network()?;
        Ok(users.iter().map(|(id, revision)| delete(records, *id, *revision)).collect())
    }
}

impl MemoryUnitOfWork {
    fn check_references(&mut self, users: &[User]) -> Result<(), StoreError> {
        let records = self.read();
        let all_known = users.iter().all(|user| {
            let shared = match user.password() {
                PasswordState::InitialShared { secret, .. } => Some(secret),
                _ => None,
            };
            user.staff_member().is_none_or(|id| records.staff().contains_key(&id))
                && user.schools().iter().all(|id| records.schools().contains_key(&id))
                && user.groups().iter().all(|id| records.groups.contains_key(&id))
                && shared.is_none_or(|id| records.shared_passwords.contains_key(&id))
        });
        if all_known {
            Ok(())
        } else {
            Err(self.misuse("a user refers to something that the network does not have"))
        }
    }
}

fn by_email(one: &User, other: &User) -> Ordering {
    one.email().canonical().cmp(other.email().canonical())
}

fn insert(records: &mut Records, user: &User) -> UserInsert {
    if records.users().contains_key(&user.id()) {
        return UserInsert::IdTaken;
    }
    if records.holder_of(user.email().canonical()).is_some() {
        return UserInsert::EmailTaken;
    }
    if user.staff_member().and_then(|member| records.user_linked_to(member)).is_some() {
        return UserInsert::StaffMemberLinked;
    }
    records.put_user(user.clone());
    UserInsert::Inserted
}

fn update(records: &mut Records, expected: Revision, user: &User) -> UserUpdate {
    let Some(before) = records.users().get(&user.id()) else {
        return UserUpdate::Unknown;
    };
    if before.revision() != expected {
        return UserUpdate::Stale;
    }
    let is_another = |id: UserId| id != user.id();
    if records.holder_of(user.email().canonical()).is_some_and(is_another) {
        return UserUpdate::EmailTaken;
    }
    if user.staff_member().and_then(|member| records.user_linked_to(member)).is_some_and(is_another) {
        return UserUpdate::StaffMemberLinked;
    }
    records.put_user(user.clone());
    UserUpdate::Updated
}

fn delete(records: &mut Records, id: UserId, revision: Revision) -> UserDelete {
    match records.users().get(&id) {
        None => UserDelete::Unknown,
        Some(user) if user.revision() != revision => UserDelete::Stale,
        Some(_) => {
            records.remove_user(id);
            UserDelete::Deleted
        }
    }
}
