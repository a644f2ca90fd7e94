//! Every repository method, turned into a call.

use async_trait::async_trait;
use staffroom_core::store::{
    AuditCursor, AuditRepository, BatchCursor, BatchInsert, BatchRepository, Count, Cursor, FactsSink,
    GroupRepository, GroupWrite, HashOfUser, NetworkInsert, NetworkRepository, PasswordRepository, RowLock,
    SchoolRepository, SchoolWrite, SharedPassword, SharedPasswordInsert, StaffFilter, StaffRepository,
    StaffWrite, StoreError, UserDelete, UserInsert, UserRepository, UserUpdate,
};
use staffroom_core::{
    AuditRecord, Batch, BatchHead, BatchId, Email, Facts, Group, GroupId, Network, NetworkName, PasswordHash,
    Revision, School, SchoolId, SharedPasswordId, SisId, StaffId, StaffMember, Timestamp, User, UserId,
};

use super::{Answer, Call, Relay};

/// Makes the call and takes what the answer of that kind holds.
macro_rules! ask {
    ($relay:ident, $call:expr => $kind:ident) => {
        match $relay.ask($call).await? {
            Answer::$kind(answer) => Ok(answer),
            _ => Err(StoreError::Misuse("the behaviour answered another question")),
        }
    };
}

mod sign_in;

#[async_trait]
impl NetworkRepository for Relay {
    async fn find(&mut self) -> Result<Option<Network>, StoreError> {
        ask!(self, Call::FindNetwork => Network)
    }

    async fn insert(&mut self, name: &NetworkName) -> Result<NetworkInsert, StoreError> {
        ask!(self, Call::InsertNetwork(name.clone()) => NetworkInsert)
    }

    async fn take_turn(&mut self) -> Result<(), StoreError> {
        self.ask(Call::TakeTurn).await.map(drop)
    }
}

#[async_trait]
impl SchoolRepository for Relay {
    async fn find(&mut self, id: SchoolId) -> Result<Option<School>, StoreError> {
        ask!(self, Call::FindSchool(id) => School)
    }

    async fn list(&mut self) -> Result<Vec<School>, StoreError> {
        ask!(self, Call::ListSchools => Schools)
    }

    async fn insert(&mut self, schools: &[School]) -> Result<Vec<SchoolWrite>, StoreError> {
        ask!(self, Call::InsertSchools(schools.to_vec()) => SchoolWrites)
    }

    async fn update(&mut self, schools: &[School]) -> Result<Vec<SchoolWrite>, StoreError> {
        ask!(self, Call::UpdateSchools(schools.to_vec()) => SchoolWrites)
    }
}

#[async_trait]
impl StaffRepository for Relay {
    async fn find(&mut self, id: StaffId) -> Result<Option<StaffMember>, StoreError> {
        ask!(self, Call::FindStaffMember(id) => StaffMember)
    }

    async fn find_ids(&mut self, sis_ids: &[SisId]) -> Result<Vec<Option<StaffId>>, StoreError> {
        ask!(self, Call::FindStaffIds(sis_ids.to_vec()) => StaffIds)
    }

    async fn visit_records(&mut self, sink: &mut (dyn FnMut(StaffMember) + Send)) -> Result<(), StoreError> {
        let staff: Result<Vec<StaffMember>, StoreError> = ask!(self, Call::VisitStaff => Staff);
        staff?.into_iter().for_each(sink);
        self.0.end_of_visit()
    }

    async fn insert(&mut self, members: &[StaffMember]) -> Result<Vec<StaffWrite>, StoreError> {
        ask!(self, Call::InsertStaff(members.to_vec()) => StaffWrites)
    }

    async fn update(&mut self, members: &[StaffMember]) -> Result<Vec<StaffWrite>, StoreError> {
        ask!(self, Call::UpdateStaff(members.to_vec()) => StaffWrites)
    }

    async fn facts(&mut self, ids: &[StaffId], lock: RowLock) -> Result<Vec<Option<Facts>>, StoreError> {
        ask!(self, Call::Facts(ids.to_vec(), lock) => FactsAbout)
    }

    async fn visit(&mut self, filter: &StaffFilter, sink: FactsSink<'_>) -> Result<(), StoreError> {
        let list: Result<Vec<Facts>, StoreError> = ask!(self, Call::VisitFacts(filter.clone()) => FactsList);
        list?.into_iter().for_each(sink);
        self.0.end_of_visit()
    }

    async fn page(
        &mut self,
        filter: &StaffFilter,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Vec<Facts>, StoreError> {
        ask!(self, Call::PageOfFacts(filter.clone(), after.cloned(), limit) => FactsList)
    }

    async fn count(&mut self, filter: &StaffFilter, cap: u64) -> Result<Count, StoreError> {
        ask!(self, Call::CountFacts(filter.clone(), cap) => Count)
    }
}

#[async_trait]
impl UserRepository for Relay {
    async fn find(&mut self, id: UserId, lock: RowLock) -> Result<Option<User>, StoreError> {
        ask!(self, Call::FindUser(id, lock) => User)
    }

    async fn find_by_email(&mut self, email: &Email) -> Result<Option<User>, StoreError> {
        ask!(self, Call::FindUserByEmail(email.clone()) => User)
    }

    async fn find_each(&mut self, ids: &[UserId]) -> Result<Vec<Option<User>>, StoreError> {
        ask!(self, Call::FindEachUser(ids.to_vec()) => EachUser)
    }

    async fn page(&mut self, from: &str, limit: usize) -> Result<Vec<User>, StoreError> {
        ask!(self, Call::PageOfUsers(from.to_owned(), limit) => Users)
    }

    async fn find_by_batch(&mut self, batch: BatchId, lock: RowLock) -> Result<Vec<User>, StoreError> {
        ask!(self, Call::FindUsersByBatch(batch, lock) => Users)
    }

    async fn visit(&mut self, sink: &mut (dyn FnMut(User) + Send)) -> Result<(), StoreError> {
        let users: Result<Vec<User>, StoreError> = ask!(self, Call::VisitUsers => Users);
        users?.into_iter().for_each(sink);
        self.0.end_of_visit()
    }

    async fn insert(&mut self, users: &[User]) -> Result<Vec<UserInsert>, StoreError> {
        ask!(self, Call::InsertUsers(users.to_vec()) => UserInserts)
    }

    async fn update(&mut self, expected: Revision, user: &User) -> Result<UserUpdate, StoreError> {
        ask!(self, Call::UpdateUser(expected, user.clone()) => UserUpdate)
    }

    async fn delete(&mut self, users: &[(UserId, Revision)]) -> Result<Vec<UserDelete>, StoreError> {
        ask!(self, Call::DeleteUsers(users.to_vec()) => UserDeletes)
    }
}

#[async_trait]
impl GroupRepository for Relay {
    async fn find(&mut self, id: GroupId, lock: RowLock) -> Result<Option<Group>, StoreError> {
        ask!(self, Call::FindGroup(id, lock) => Group)
    }

    async fn list(&mut self) -> Result<Vec<Group>, StoreError> {
        ask!(self, Call::ListGroups => Groups)
    }

    async fn insert(&mut self, group: &Group) -> Result<GroupWrite, StoreError> {
        ask!(self, Call::InsertGroup(group.clone()) => GroupWrite)
    }

    async fn update(&mut self, group: &Group) -> Result<GroupWrite, StoreError> {
        ask!(self, Call::UpdateGroup(group.clone()) => GroupWrite)
    }
}

#[async_trait]
impl PasswordRepository for Relay {
    async fn set(&mut self, hashes: &[(UserId, PasswordHash)]) -> Result<(), StoreError> {
        self.ask(Call::SetHashes(hashes.to_vec())).await.map(drop)
    }

    async fn find(&mut self, user: UserId) -> Result<Option<PasswordHash>, StoreError> {
        ask!(self, Call::FindHash(user) => Hash)
    }

    async fn find_by_email(&mut self, email: &Email) -> Result<Option<HashOfUser>, StoreError> {
        ask!(self, Call::FindHashByEmail(email.clone()) => HashOfUser)
    }

    async fn remove(&mut self, users: &[UserId]) -> Result<(), StoreError> {
        self.ask(Call::RemoveHashes(users.to_vec())).await.map(drop)
    }

    async fn revoke_shared(&mut self, id: SharedPasswordId, at: Timestamp) -> Result<bool, StoreError> {
        ask!(self, Call::RevokeShared(id, at) => Changed)
    }

    async fn insert_shared(&mut self, shared: &SharedPassword) -> Result<SharedPasswordInsert, StoreError> {
        ask!(self, Call::InsertShared(shared.clone()) => SharedInsert)
    }

    async fn find_shared(&mut self, id: SharedPasswordId) -> Result<Option<SharedPassword>, StoreError> {
        ask!(self, Call::FindShared(id) => Shared)
    }

    async fn remove_unused_shared(&mut self, id: SharedPasswordId) -> Result<(), StoreError> {
        self.ask(Call::RemoveShared(id)).await.map(drop)
    }
}

#[async_trait]
impl BatchRepository for Relay {
    async fn find(&mut self, id: BatchId) -> Result<Option<Batch>, StoreError> {
        ask!(self, Call::FindBatch(id) => Batch)
    }

    async fn page(
        &mut self,
        after: Option<&BatchCursor>,
        limit: usize,
    ) -> Result<Vec<BatchHead>, StoreError> {
        ask!(self, Call::PageOfBatches(after.copied(), limit) => Batches)
    }

    async fn insert(&mut self, batch: &Batch) -> Result<BatchInsert, StoreError> {
        ask!(self, Call::InsertBatch(batch.clone()) => BatchInsert)
    }
}

#[async_trait]
impl AuditRepository for Relay {
    async fn append(&mut self, record: &AuditRecord) -> Result<(), StoreError> {
        self.ask(Call::AppendAudit(record.clone())).await.map(drop)
    }

    async fn page(
        &mut self,
        after: Option<&AuditCursor>,
        limit: usize,
    ) -> Result<Vec<AuditRecord>, StoreError> {
        ask!(self, Call::PageOfAudit(after.copied(), limit) => Audit)
    }

    async fn visit(&mut self, sink: &mut (dyn FnMut(AuditRecord) + Send)) -> Result<(), StoreError> {
        let records: Result<Vec<AuditRecord>, StoreError> = ask!(self, Call::VisitAudit => Audit);
        records?.into_iter().for_each(sink);
        self.0.end_of_visit()
    }
}
