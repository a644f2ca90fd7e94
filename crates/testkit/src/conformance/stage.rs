//! Short ways to open units of work, and a picture of all that a network holds.

use std::collections::BTreeSet;
use std::sync::Arc;

use staffroom_core::store::{
    Failures, HashOfUser, Mode, OpenSession, Reset, RowLock, SharedPassword, StaffFilter, Store, StoreError,
    UnitOfWork,
};
use staffroom_core::{
    AuditRecord, Batch, BatchId, Facts, Group, Network, NetworkId, PasswordHash, PasswordState, School,
    SharedPasswordId, StaffId, StaffMember, Staffroom, User, UserId,
};

use super::samples;
use crate::fixture::{self, NETWORK};
use crate::relay::{Call, pass};

/// A unit of work.
pub(super) type Uow = Box<dyn UnitOfWork>;

/// Begins to read [`NETWORK`].
pub(super) async fn read(store: &dyn Store) -> Result<Uow, StoreError> {
    store.begin(NETWORK, Mode::Read).await
}

/// Begins to write [`NETWORK`].
pub(super) async fn write(store: &dyn Store) -> Result<Uow, StoreError> {
    store.begin(NETWORK, Mode::Write).await
}

/// Sets [`NETWORK`] up with these staff members.
pub(super) async fn with_staff(store: &dyn Store, members: &[StaffMember]) -> Result<(), StoreError> {
    fixture::set_up(store).await?;
    fixture::add_staff(store, NETWORK, members).await
}

/// Makes these calls in one unit of work of `network` and commits it.
pub(super) async fn carry_out(
    store: &dyn Store,
    network: NetworkId,
    calls: Vec<Call>,
) -> Result<(), StoreError> {
    let mut uow = store.begin(network, Mode::Write).await?;
    for call in calls {
        pass(&mut *uow, call).await?;
    }
    uow.commit().await
}

/// The library over `store`.
pub(super) fn library(store: &Arc<dyn Store>) -> Staffroom {
    fixture::staffroom(Arc::clone(store), 1)
}

/// Everything that can be read of a network: two that are equal are the same to every caller.
#[derive(Debug, PartialEq)]
pub(super) struct Everything {
    pub(super) network: Option<Network>,
    pub(super) schools: Vec<School>,
    pub(super) groups: Vec<Group>,
    pub(super) staff: Vec<StaffMember>,
    pub(super) facts: Vec<Facts>,
    pub(super) users: Vec<User>,
    pub(super) hashes: Vec<(UserId, PasswordHash)>,
    pub(super) hashes_by_email: Vec<HashOfUser>,
    pub(super) shared: Vec<SharedPassword>,
    pub(super) sessions: Vec<OpenSession>,
    pub(super) resets: Vec<Reset>,
    pub(super) failures: Vec<Failures>,
    pub(super) batches: Vec<Batch>,
    pub(super) audit: Vec<AuditRecord>,
}

impl Everything {
    /// What a new unit of work of `network` reads.
    pub(super) async fn of(store: &dyn Store, network: NetworkId) -> Result<Self, StoreError> {
        Self::in_sight(&mut *store.begin(network, Mode::Read).await?).await
    }

    /// What `uow` reads. Passwords, batches and failures cannot be listed: those that users refer to and those of the
    /// [samples] are looked for.
    pub(super) async fn in_sight(uow: &mut dyn UnitOfWork) -> Result<Self, StoreError> {
        let mut staff = Vec::new();
        uow.staff().visit_records(&mut |member| staff.push(member)).await?;
        staff.sort_by_key(StaffMember::id);
        let mut facts = Vec::new();
        uow.staff().visit(&StaffFilter::everyone(), &mut |one| facts.push(one)).await?;
        let users = users(uow).await?;
        let ids: BTreeSet<UserId> = users.iter().map(User::id).chain(samples::USERS).collect();
        let mut hashes = Vec::new();
        let (mut sessions, mut resets) = (Vec::new(), Vec::new());
        for id in ids {
            hashes.extend(uow.passwords().find(id).await?.map(|hash| (id, hash)));
            sessions.extend(uow.sessions().find_by_user(id).await?);
            resets.extend(uow.resets().find_by_user(id).await?);
        }
        let mut hashes_by_email = Vec::new();
        for user in &users {
            hashes_by_email.extend(uow.passwords().find_by_email(user.email()).await?);
        }
        let mut failures = Vec::new();
        for key in &samples::FAILURE_KEYS {
            failures.extend(uow.failures().find(key).await?);
        }
        let ids = users.iter().filter_map(|user| match user.password() {
            PasswordState::InitialShared { secret, .. } => Some(secret),
            _ => None,
        });
        let ids: BTreeSet<SharedPasswordId> = ids.chain(samples::SHARED_PASSWORDS).collect();
        let mut shared = Vec::new();
        for id in ids {
            shared.extend(uow.passwords().find_shared(id).await?);
        }
        let ids: BTreeSet<BatchId> = users.iter().filter_map(User::batch).chain(samples::BATCHES).collect();
        let mut batches = Vec::new();
        for id in ids {
            batches.extend(uow.batches().find(id).await?);
        }
        Ok(Self {
            network: uow.network().find().await?,
            schools: uow.schools().list().await?,
            groups: uow.groups().list().await?,
            staff,
            facts,
            users,
            hashes,
            hashes_by_email,
            shared,
            sessions,
            resets,
            failures,
            batches,
            audit: audit(uow).await?,
        })
    }
}

/// Every user, by id.
pub(super) async fn users(uow: &mut dyn UnitOfWork) -> Result<Vec<User>, StoreError> {
    let mut users = Vec::new();
    uow.users().visit(&mut |user| users.push(user)).await?;
    users.sort_by_key(User::id);
    Ok(users)
}

/// The audit log.
pub(super) async fn audit(uow: &mut dyn UnitOfWork) -> Result<Vec<AuditRecord>, StoreError> {
    let mut records = Vec::new();
    uow.audit().visit(&mut |record| records.push(record)).await?;
    Ok(records)
}

/// The facts about one staff member.
pub(super) async fn facts_about(uow: &mut dyn UnitOfWork, id: StaffId) -> Result<Option<Facts>, StoreError> {
    let facts = uow.staff().facts(&[id], RowLock::None).await?;
    Ok(facts.into_iter().next().flatten())
}

/// The list, as a visit shows it.
pub(super) async fn visited(
    uow: &mut dyn UnitOfWork,
    filter: &StaffFilter,
) -> Result<Vec<Facts>, StoreError> {
    let mut list = Vec::new();
    uow.staff().visit(filter, &mut |facts| list.push(facts)).await?;
    Ok(list)
}

/// The ids of the people in a list.
pub(super) fn ids(list: &[Facts]) -> Vec<StaffId> {
    list.iter().map(|facts| facts.staff_member.id()).collect()
}
