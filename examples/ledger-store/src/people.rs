//! Staff members and users.

use async_trait::async_trait;
use staffroom_core::store::{
    Count, Cursor, FactsSink, RowLock, StaffFilter, StaffRepository, StaffScope, StaffWrite, StoreError,
    UserDelete, UserInsert, UserRepository, UserUpdate,
};
use staffroom_core::{
    BatchId, Email, Facts, Revision, SisId, StaffId, StaffMember, StaffStatus, User, UserId,
};

use crate::tables::{Entry, secret_of};
use crate::unit::LedgerUnit;

#[async_trait]
impl StaffRepository for LedgerUnit {
    async fn find(&mut self, id: StaffId) -> Result<Option<StaffMember>, StoreError> {
        Ok(self.tables.staff_member(id).cloned())
    }

    async fn find_ids(&mut self, sis_ids: &[SisId]) -> Result<Vec<Option<StaffId>>, StoreError> {
        let staff = &self.tables.staff;
        let find = |sis_id| staff.iter().find(|member| member.sis_id() == sis_id).map(StaffMember::id);
        Ok(sis_ids.iter().map(find).collect())
    }

    async fn visit_records(&mut self, sink: &mut (dyn FnMut(StaffMember) + Send)) -> Result<(), StoreError> {
        self.tables.staff.iter().cloned().for_each(sink);
        Ok(())
    }

    async fn insert(&mut self, members: &[StaffMember]) -> Result<Vec<StaffWrite>, StoreError> {
        self.may_write_staff(members)?;
        let mut outcomes = Vec::new();
        for member in members {
            let is_taken =
                |other: &StaffMember| other.id() == member.id() || other.sis_id() == member.sis_id();
            outcomes.push(if self.tables.staff.iter().any(is_taken) {
                StaffWrite::Taken
            } else {
                self.note(Entry::StaffMember(member.clone()));
                StaffWrite::Written
            });
        }
        Ok(outcomes)
    }

    async fn update(&mut self, members: &[StaffMember]) -> Result<Vec<StaffWrite>, StoreError> {
        self.may_write_staff(members)?;
        let mut outcomes = Vec::new();
        for member in members {
            let is_taken =
                |other: &StaffMember| other.id() != member.id() && other.sis_id() == member.sis_id();
            outcomes.push(if self.tables.staff_member(member.id()).is_none() {
                StaffWrite::Unknown
            } else if self.tables.staff.iter().any(is_taken) {
                StaffWrite::Taken
            } else {
                self.note(Entry::StaffMember(member.clone()));
                StaffWrite::Written
            });
        }
        Ok(outcomes)
    }

    async fn facts(&mut self, ids: &[StaffId], lock: RowLock) -> Result<Vec<Option<Facts>>, StoreError> {
        self.may_hold(lock)?;
        let facts = |id: &StaffId| Some(self.tables.facts(self.tables.staff_member(*id)?));
        Ok(ids.iter().map(facts).collect())
    }

    async fn visit(&mut self, filter: &StaffFilter, sink: FactsSink<'_>) -> Result<(), StoreError> {
        self.list(filter).into_iter().for_each(sink);
        Ok(())
    }

    async fn page(
        &mut self,
        filter: &StaffFilter,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Vec<Facts>, StoreError> {
        let follows = |facts: &Facts| after.is_none_or(|after| Cursor::at(&facts.staff_member) > *after);
        Ok(self.list(filter).into_iter().filter(follows).take(limit).collect())
    }

    async fn count(&mut self, filter: &StaffFilter, cap: u64) -> Result<Count, StoreError> {
        let count = self.list(filter).len() as u64;
        Ok(if count > cap { Count::MoreThan(cap) } else { Count::Exactly(count) })
    }
}

impl LedgerUnit {
    /// Everybody in the list, in its order. Shows a few too many: of candidates it knows only that they are active and
    /// not linked. Core drops the others.
    fn list(&self, filter: &StaffFilter) -> Vec<Facts> {
        let may_be_candidate =
            |facts: &Facts| facts.staff_member.status() == StaffStatus::Active && facts.linked_user.is_none();
        let is_in_scope = |facts: &Facts| filter.scope == StaffScope::Everyone || may_be_candidate(facts);
        let mut list: Vec<Facts> = self.tables.staff.iter().map(|member| self.tables.facts(member)).collect();
        list.retain(|facts| is_in_scope(facts) && filter.includes(facts, true));
        list.sort_by_cached_key(|facts| Cursor::at(&facts.staff_member));
        list
    }

    fn may_write_staff(&mut self, members: &[StaffMember]) -> Result<(), StoreError> {
        self.may_write_in_network()?;
        let is_known = |id| self.tables.schools.iter().any(|school| school.id() == id);
        if members.iter().all(|member| member.schools().iter().all(is_known)) {
            return Ok(());
        }
        self.misuse("a staff member works in a school that the network does not have")
    }
}

#[async_trait]
impl UserRepository for LedgerUnit {
    async fn find(&mut self, id: UserId, lock: RowLock) -> Result<Option<User>, StoreError> {
        self.may_hold(lock)?;
        Ok(self.tables.user(id).cloned())
    }

    async fn find_by_email(&mut self, email: &Email) -> Result<Option<User>, StoreError> {
        Ok(self.tables.holder_of(email).cloned())
    }

    async fn find_by_batch(&mut self, batch: BatchId, lock: RowLock) -> Result<Vec<User>, StoreError> {
        self.may_hold(lock)?;
        let mut users = self.tables.users.clone();
        users.retain(|user| user.batch() == Some(batch));
        users.sort_by_key(User::id);
        Ok(users)
    }

    async fn find_each(&mut self, ids: &[UserId]) -> Result<Vec<Option<User>>, StoreError> {
        Ok(ids.iter().map(|id| self.tables.user(*id).cloned()).collect())
    }

    async fn page(&mut self, from: &str, limit: usize) -> Result<Vec<User>, StoreError> {
        let mut users = self.tables.users.clone();
        users.retain(|user| user.email().canonical() >= from);
        users.sort_by(|one, other| one.email().canonical().cmp(other.email().canonical()));
        users.truncate(limit);
        Ok(users)
    }

    async fn visit(&mut self, sink: &mut (dyn FnMut(User) + Send)) -> Result<(), StoreError> {
        self.tables.users.iter().cloned().for_each(sink);
        Ok(())
    }

    async fn insert(&mut self, users: &[User]) -> Result<Vec<UserInsert>, StoreError> {
        self.may_write_users(users)?;
        let mut outcomes = Vec::new();
        for user in users {
            let linked = user.staff_member().and_then(|member| self.tables.user_linked_to(member));
            outcomes.push(if self.tables.user(user.id()).is_some() {
                UserInsert::IdTaken
            } else if self.tables.holder_of(user.email()).is_some() {
                UserInsert::EmailTaken
            } else if linked.is_some() {
                UserInsert::StaffMemberLinked
            } else {
                self.note(Entry::User(user.clone()));
                UserInsert::Inserted
            });
        }
        Ok(outcomes)
    }

    async fn update(&mut self, expected: Revision, user: &User) -> Result<UserUpdate, StoreError> {
        self.may_write_users(std::slice::from_ref(user))?;
        let is_another = |other: &User| other.id() != user.id();
        let linked = user.staff_member().and_then(|member| self.tables.user_linked_to(member));
        Ok(match self.tables.user(user.id()).map(User::revision) {
            None => UserUpdate::Unknown,
            Some(revision) if revision != expected => UserUpdate::Stale,
            Some(_) if self.tables.holder_of(user.email()).is_some_and(is_another) => UserUpdate::EmailTaken,
            Some(_) if linked.is_some_and(is_another) => UserUpdate::StaffMemberLinked,
            Some(_) => {
                self.note(Entry::User(user.clone()));
                UserUpdate::Updated
            }
        })
    }

    async fn delete(&mut self, users: &[(UserId, Revision)]) -> Result<Vec<UserDelete>, StoreError> {
        self.may_write_in_network()?;
        let mut outcomes = Vec::new();
        for (id, expected) in users {
            outcomes.push(match self.tables.user(*id).map(User::revision) {
                None => UserDelete::Unknown,
                Some(revision) if revision != *expected => UserDelete::Stale,
                Some(_) => {
                    self.note(Entry::UserDeleted(*id));
                    UserDelete::Deleted
                }
            });
        }
        Ok(outcomes)
    }
}

impl LedgerUnit {
    fn may_write_users(&mut self, users: &[User]) -> Result<(), StoreError> {
        self.may_write_in_network()?;
        let tables = &self.tables;
        let is_sound = |user: &User| {
            user.staff_member().is_none_or(|id| tables.staff_member(id).is_some())
                && user.schools().iter().all(|id| tables.schools.iter().any(|school| school.id() == id))
                && user.groups().iter().all(|id| tables.groups.iter().any(|group| group.id() == id))
                && secret_of(user).is_none_or(|id| tables.shared.iter().any(|shared| shared.id == id))
        };
        if users.iter().all(is_sound) {
            return Ok(());
        }
        self.misuse("a user refers to something that the network does not have")
    }
}
