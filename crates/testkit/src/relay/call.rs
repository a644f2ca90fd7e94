//! Calls and answers as values.

use staffroom_core::store::{
    AuditCursor, BatchCursor, BatchInsert, Count, Cursor, FailureKey, Failures, GroupWrite, HashOfUser,
    NetworkInsert, OpenSession, Reset, RowLock, SchoolWrite, SharedPassword, SharedPasswordInsert,
    StaffFilter, StaffWrite, StoreError, UnitOfWork, UserDelete, UserInsert, UserUpdate,
};
use staffroom_core::{
    AuditRecord, Batch, BatchHead, BatchId, Email, Facts, Group, GroupId, Network, NetworkName, PasswordHash,
    Revision, School, SchoolId, SessionId, SharedPasswordId, SisId, StaffId, StaffMember, Timestamp,
    TokenHash, User, UserId,
};

/// A call to a repository, with its arguments.
#[derive(Debug, Clone)]
pub(crate) enum Call {
    FindNetwork,
    InsertNetwork(NetworkName),
    TakeTurn,
    FindSchool(SchoolId),
    ListSchools,
    InsertSchools(Vec<School>),
    UpdateSchools(Vec<School>),
    FindStaffMember(StaffId),
    FindStaffIds(Vec<SisId>),
    VisitStaff,
    InsertStaff(Vec<StaffMember>),
    UpdateStaff(Vec<StaffMember>),
    Facts(Vec<StaffId>, RowLock),
    VisitFacts(StaffFilter),
    PageOfFacts(StaffFilter, Option<Cursor>, usize),
    CountFacts(StaffFilter, u64),
    FindUser(UserId, RowLock),
    FindUserByEmail(Email),
    FindEachUser(Vec<UserId>),
    PageOfUsers(String, usize),
    FindUsersByBatch(BatchId, RowLock),
    VisitUsers,
    InsertUsers(Vec<User>),
    UpdateUser(Revision, User),
    DeleteUsers(Vec<(UserId, Revision)>),
    FindGroup(GroupId, RowLock),
    ListGroups,
    InsertGroup(Group),
    UpdateGroup(Group),
    SetHashes(Vec<(UserId, PasswordHash)>),
    FindHash(UserId),
    InsertShared(SharedPassword),
    FindShared(SharedPasswordId),
    RemoveShared(SharedPasswordId),
    FindHashByEmail(Email),
    RemoveHashes(Vec<UserId>),
    RevokeShared(SharedPasswordId, Timestamp),
    InsertSession(OpenSession),
    FindSession(TokenHash),
    FindSessionsOfUser(UserId),
    EnterSchool(SessionId, SchoolId),
    EndSession(SessionId),
    EndSessionsOfUser(UserId),
    ForgetSessions(Timestamp, usize),
    PutReset(Reset),
    FindReset(TokenHash),
    FindResetOfUser(UserId),
    TakeReset(TokenHash),
    RemoveResetOfUser(UserId),
    ForgetResets(Timestamp, usize),
    AddFailure(FailureKey, Timestamp),
    TakeFailureBack(FailureKey),
    FindFailures(FailureKey),
    ClearFailures(FailureKey),
    ForgetFailures(Timestamp, usize),
    ClaimInvitations(Vec<UserId>, Timestamp, Timestamp),
    ReleaseInvitations(Vec<UserId>, Timestamp),
    FindBatch(BatchId),
    PageOfBatches(Option<BatchCursor>, usize),
    InsertBatch(Batch),
    AppendAudit(AuditRecord),
    PageOfAudit(Option<AuditCursor>, usize),
    VisitAudit,
}

/// What a repository answered.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    Done,
    Network(Option<Network>),
    NetworkInsert(NetworkInsert),
    School(Option<School>),
    Schools(Vec<School>),
    SchoolWrites(Vec<SchoolWrite>),
    StaffMember(Option<StaffMember>),
    StaffIds(Vec<Option<StaffId>>),
    Staff(Vec<StaffMember>),
    StaffWrites(Vec<StaffWrite>),
    /// To questions.
    FactsAbout(Vec<Option<Facts>>),
    /// A list, or a part of one.
    FactsList(Vec<Facts>),
    Count(Count),
    User(Option<User>),
    Users(Vec<User>),
    /// To questions.
    EachUser(Vec<Option<User>>),
    UserInserts(Vec<UserInsert>),
    UserUpdate(UserUpdate),
    UserDeletes(Vec<UserDelete>),
    Group(Option<Group>),
    Groups(Vec<Group>),
    GroupWrite(GroupWrite),
    Hash(Option<PasswordHash>),
    Shared(Option<SharedPassword>),
    SharedInsert(SharedPasswordInsert),
    HashOfUser(Option<HashOfUser>),
    /// Whether there was something to change.
    Changed(bool),
    /// How many there were.
    Number(usize),
    Session(Option<OpenSession>),
    Sessions(Vec<OpenSession>),
    Reset(Option<Reset>),
    Failures(Option<Failures>),
    /// To claims.
    Noted(Vec<bool>),
    Batch(Option<Batch>),
    Batches(Vec<BatchHead>),
    BatchInsert(BatchInsert),
    Audit(Vec<AuditRecord>),
}

impl Call {
    /// True if it changes something.
    pub(crate) fn writes(&self) -> bool {
        self.plain_success().is_some()
    }

    /// What a write answers if all goes well; `None` for a call that reads.
    pub(crate) fn plain_success(&self) -> Option<Answer> {
        Some(match self {
            Self::InsertNetwork(_) => Answer::NetworkInsert(NetworkInsert::Inserted),
            Self::InsertSchools(rows) | Self::UpdateSchools(rows) => {
                Answer::SchoolWrites(vec![SchoolWrite::Written; rows.len()])
            }
            Self::InsertStaff(rows) | Self::UpdateStaff(rows) => {
                Answer::StaffWrites(vec![StaffWrite::Written; rows.len()])
            }
            Self::InsertUsers(rows) => Answer::UserInserts(vec![UserInsert::Inserted; rows.len()]),
            Self::UpdateUser(..) => Answer::UserUpdate(UserUpdate::Updated),
            Self::DeleteUsers(rows) => Answer::UserDeletes(vec![UserDelete::Deleted; rows.len()]),
            Self::InsertGroup(_) | Self::UpdateGroup(_) => Answer::GroupWrite(GroupWrite::Written),
            Self::InsertShared(_) => Answer::SharedInsert(SharedPasswordInsert::Inserted),
            Self::InsertBatch(_) => Answer::BatchInsert(BatchInsert::Inserted),
            Self::RevokeShared(..)
            | Self::EnterSchool(..)
            | Self::EndSession(_)
            | Self::RemoveResetOfUser(_) => Answer::Changed(true),
            Self::EndSessionsOfUser(_)
            | Self::ForgetSessions(..)
            | Self::ForgetResets(..)
            | Self::ForgetFailures(..) => Answer::Number(1),
            Self::TakeReset(_) => Answer::Reset(None),
            Self::AddFailure(..) => Answer::Failures(None),
            Self::ClaimInvitations(users, ..) => Answer::Noted(vec![true; users.len()]),
            Self::SetHashes(_)
            | Self::RemoveHashes(_)
            | Self::RemoveShared(_)
            | Self::InsertSession(_)
            | Self::PutReset(_)
            | Self::TakeFailureBack(_)
            | Self::ClearFailures(_)
            | Self::ReleaseInvitations(..)
            | Self::AppendAudit(_) => Answer::Done,
            _ => return None,
        })
    }
}

impl Answer {
    /// True if a write that would have answered `success` was refused. What says what there was is none.
    pub(crate) fn is_conflict(&self, success: &Self) -> bool {
        !matches!(
            self,
            Self::Changed(_) | Self::Number(_) | Self::Reset(_) | Self::Failures(_) | Self::Noted(_)
        ) && self != success
    }
}

/// Makes the call to `uow`.
pub(crate) async fn pass(uow: &mut dyn UnitOfWork, call: Call) -> Result<Answer, StoreError> {
    Ok(match call {
        Call::FindNetwork => Answer::Network(uow.network().find().await?),
        Call::InsertNetwork(name) => Answer::NetworkInsert(uow.network().insert(&name).await?),
        Call::TakeTurn => {
            uow.network().take_turn().await?;
            Answer::Done
        }
        Call::FindSchool(id) => Answer::School(uow.schools().find(id).await?),
        Call::ListSchools => Answer::Schools(uow.schools().list().await?),
        Call::InsertSchools(schools) => Answer::SchoolWrites(uow.schools().insert(&schools).await?),
        Call::UpdateSchools(schools) => Answer::SchoolWrites(uow.schools().update(&schools).await?),
        Call::FindStaffMember(id) => Answer::StaffMember(uow.staff().find(id).await?),
        Call::FindStaffIds(sis_ids) => Answer::StaffIds(uow.staff().find_ids(&sis_ids).await?),
        Call::VisitStaff => {
            let mut staff = Vec::new();
            uow.staff().visit_records(&mut |member| staff.push(member)).await?;
            Answer::Staff(staff)
        }
        Call::InsertStaff(members) => Answer::StaffWrites(uow.staff().insert(&members).await?),
        Call::UpdateStaff(members) => Answer::StaffWrites(uow.staff().update(&members).await?),
        Call::Facts(ids, lock) => Answer::FactsAbout(uow.staff().facts(&ids, lock).await?),
        Call::VisitFacts(filter) => {
            let mut list = Vec::new();
            uow.staff().visit(&filter, &mut |facts| list.push(facts)).await?;
            Answer::FactsList(list)
        }
        Call::PageOfFacts(filter, after, limit) => {
            Answer::FactsList(uow.staff().page(&filter, after.as_ref(), limit).await?)
        }
        Call::CountFacts(filter, cap) => Answer::Count(uow.staff().count(&filter, cap).await?),
        Call::FindUser(id, lock) => Answer::User(uow.users().find(id, lock).await?),
        Call::FindUserByEmail(email) => Answer::User(uow.users().find_by_email(&email).await?),
        Call::FindEachUser(ids) => Answer::EachUser(uow.users().find_each(&ids).await?),
        Call::PageOfUsers(from, limit) => Answer::Users(uow.users().page(&from, limit).await?),
        Call::FindUsersByBatch(batch, lock) => Answer::Users(uow.users().find_by_batch(batch, lock).await?),
        Call::VisitUsers => {
            let mut users = Vec::new();
            uow.users().visit(&mut |user| users.push(user)).await?;
            Answer::Users(users)
        }
        Call::InsertUsers(users) => Answer::UserInserts(uow.users().insert(&users).await?),
        Call::UpdateUser(expected, user) => Answer::UserUpdate(uow.users().update(expected, &user).await?),
        Call::DeleteUsers(users) => Answer::UserDeletes(uow.users().delete(&users).await?),
        Call::FindGroup(id, lock) => Answer::Group(uow.groups().find(id, lock).await?),
        Call::ListGroups => Answer::Groups(uow.groups().list().await?),
        Call::InsertGroup(group) => Answer::GroupWrite(uow.groups().insert(&group).await?),
        Call::UpdateGroup(group) => Answer::GroupWrite(uow.groups().update(&group).await?),
        Call::SetHashes(hashes) => {
            uow.passwords().set(&hashes).await?;
            Answer::Done
        }
        Call::FindHash(user) => Answer::Hash(uow.passwords().find(user).await?),
        Call::InsertShared(shared) => Answer::SharedInsert(uow.passwords().insert_shared(&shared).await?),
        Call::FindShared(id) => Answer::Shared(uow.passwords().find_shared(id).await?),
        Call::RemoveShared(id) => {
            uow.passwords().remove_unused_shared(id).await?;
            Answer::Done
        }
        Call::FindHashByEmail(email) => Answer::HashOfUser(uow.passwords().find_by_email(&email).await?),
        Call::RemoveHashes(users) => {
            uow.passwords().remove(&users).await?;
            Answer::Done
        }
        Call::RevokeShared(id, at) => Answer::Changed(uow.passwords().revoke_shared(id, at).await?),
        Call::InsertSession(session) => {
            uow.sessions().insert(&session).await?;
            Answer::Done
        }
        Call::FindSession(token) => Answer::Session(uow.sessions().find(&token).await?),
        Call::FindSessionsOfUser(user) => Answer::Sessions(uow.sessions().find_by_user(user).await?),
        Call::EnterSchool(id, school) => Answer::Changed(uow.sessions().enter(id, school).await?),
        Call::EndSession(id) => Answer::Changed(uow.sessions().end(id).await?),
        Call::EndSessionsOfUser(user) => Answer::Number(uow.sessions().end_by_user(user).await?),
        Call::ForgetSessions(at, limit) => Answer::Number(uow.sessions().forget_expired(at, limit).await?),
        Call::PutReset(reset) => {
            uow.resets().put(&reset).await?;
            Answer::Done
        }
        Call::FindReset(token) => Answer::Reset(uow.resets().find(&token).await?),
        Call::FindResetOfUser(user) => Answer::Reset(uow.resets().find_by_user(user).await?),
        Call::TakeReset(token) => Answer::Reset(uow.resets().take(&token).await?),
        Call::RemoveResetOfUser(user) => Answer::Changed(uow.resets().remove_by_user(user).await?),
        Call::ForgetResets(at, limit) => Answer::Number(uow.resets().forget_expired(at, limit).await?),
        Call::AddFailure(key, at) => Answer::Failures(uow.failures().add(&key, at).await?),
        Call::TakeFailureBack(key) => {
            uow.failures().take_back(&key).await?;
            Answer::Done
        }
        Call::FindFailures(key) => Answer::Failures(uow.failures().find(&key).await?),
        Call::ClearFailures(key) => {
            uow.failures().clear(&key).await?;
            Answer::Done
        }
        Call::ForgetFailures(before, limit) => Answer::Number(uow.failures().forget(before, limit).await?),
        Call::ClaimInvitations(users, at, since) => {
            Answer::Noted(uow.invitations().claim(&users, at, since).await?)
        }
        Call::ReleaseInvitations(users, at) => {
            uow.invitations().release(&users, at).await?;
            Answer::Done
        }
        Call::FindBatch(id) => Answer::Batch(uow.batches().find(id).await?),
        Call::PageOfBatches(after, limit) => {
            Answer::Batches(uow.batches().page(after.as_ref(), limit).await?)
        }
        Call::InsertBatch(batch) => Answer::BatchInsert(uow.batches().insert(&batch).await?),
        Call::AppendAudit(record) => {
            uow.audit().append(&record).await?;
            Answer::Done
        }
        Call::PageOfAudit(after, limit) => Answer::Audit(uow.audit().page(after.as_ref(), limit).await?),
        Call::VisitAudit => {
            let mut records = Vec::new();
            uow.audit().visit(&mut |record| records.push(record)).await?;
            Answer::Audit(records)
        }
    })
}
