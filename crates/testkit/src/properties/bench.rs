//! Where properties get their stores, and what they see in them.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use staffroom_core::store::{Mode, StaffFilter, Store};
use staffroom_core::{
    AuditRecord, CommitError, Committed, Facts, Group, Network, NetworkId, PasswordHash, Plan,
    PlannedPassword, School, Secret, Session, SharedPasswordId, Staffroom, User, UserId,
};

use super::{Verdict, Violation};
use crate::conformance::UnderTest;
use crate::fixture;
use crate::strategies::World;

/// A property at work.
pub type Work<'a> = Pin<Box<dyn Future<Output = Verdict> + 'a>>;

/// A store in the making.
pub type Making = Pin<Box<dyn Future<Output = Fresh>>>;

/// A store in which nothing is yet, and whatever must live as long as it.
pub struct Fresh {
    store: Arc<dyn Store>,
    /// Dropped after the store, inside the runtime.
    _under_test: Box<dyn Any>,
}

impl Fresh {
    /// The store of `under_test`.
    pub fn of(under_test: impl UnderTest + 'static) -> Self {
        Self { store: under_test.store(), _under_test: Box::new(under_test) }
    }

    /// The store.
    pub fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store)
    }
}

/// A kind of store to hold to the properties: how to get a fresh one, and how to run futures over it.
#[derive(Clone, Copy)]
pub struct Bench {
    fresh: fn() -> Making,
    run_with: for<'a> fn(Work<'a>) -> Verdict,
    one_case_in: u32,
}

impl Bench {
    /// `fresh` makes a store without any network; `run_with` runs a future to its end.
    pub const fn new(fresh: fn() -> Making, run_with: for<'a> fn(Work<'a>) -> Verdict) -> Self {
        Self { fresh, run_with, one_case_in: 1 }
    }

    /// For a store that is slow to set up: a plain run tries one case in `one_case_in` of those it would try.
    #[must_use]
    pub const fn trying_one_case_in(mut self, one_case_in: u32) -> Self {
        self.one_case_in = one_case_in;
        self
    }

    /// How many cases a plain run tries, of `cases`.
    pub(crate) fn cases(&self, cases: u32) -> u32 {
        cases.checked_div(self.one_case_in).unwrap_or(cases).max(1)
    }

    /// A store without any network.
    pub async fn fresh(&self) -> Fresh {
        (self.fresh)().await
    }

    /// Runs `work` to its end.
    ///
    /// # Errors
    /// Whatever the property found.
    pub fn run<'a>(&self, work: impl Future<Output = Verdict> + 'a) -> Verdict {
        (self.run_with)(Box::pin(work))
    }
}

impl fmt::Debug for Fresh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fresh").field("store", &self.store).finish_non_exhaustive()
    }
}

impl fmt::Debug for Bench {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bench").finish_non_exhaustive()
    }
}

/// The shared password that commits hand in when a plan asks for one.
pub(crate) const SHARED_PASSWORD: &str = "pangolin pangolin pangolin";

/// A store with a world in it, and the library over it.
pub(crate) struct Scene {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) staffroom: Staffroom,
}

impl Scene {
    pub(crate) async fn set(store: &Arc<dyn Store>, world: &World) -> Result<Self, Violation> {
        world.write_to(&**store).await?;
        Ok(Self { store: Arc::clone(store), staffroom: fixture::staffroom(Arc::clone(store), 1) })
    }

    pub(crate) async fn snapshot(&self, network: NetworkId) -> Result<Snapshot, Violation> {
        Snapshot::take(&*self.store, network).await
    }

    pub(crate) async fn commit(&self, session: &Session, plan: &Plan) -> Result<Committed, CommitError> {
        commit(&self.staffroom, session, plan).await
    }
}

/// Commits `plan`, with [`SHARED_PASSWORD`] if it asks for one.
pub(crate) async fn commit(
    staffroom: &Staffroom,
    session: &Session,
    plan: &Plan,
) -> Result<Committed, CommitError> {
    match plan.password() {
        PlannedPassword::Shared { .. } => {
            let password = Secret::new(SHARED_PASSWORD.to_owned());
            staffroom.commit_with_shared_password(session, plan, password).await
        }
        _ => staffroom.commit(session, plan).await,
    }
}

/// Everything one network shows, except what takes a batch's id to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Its own record.
    pub network: Option<Network>,
    /// Its schools, ascending by id.
    pub schools: Vec<School>,
    /// Its groups, ascending by id.
    pub groups: Vec<Group>,
    /// The facts about its staff, ascending by id.
    pub staff: Vec<Facts>,
    /// Its users, ascending by id.
    pub users: Vec<User>,
    /// Their own hashes.
    pub hashes: Vec<(UserId, PasswordHash)>,
    /// The shared passwords that users refer to, and whether they are there.
    pub shared_passwords: Vec<(SharedPasswordId, bool)>,
    /// Its audit log.
    pub audit: Vec<AuditRecord>,
}

impl Snapshot {
    /// Reads everything in `network`.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn take(store: &dyn Store, network: NetworkId) -> Result<Self, Violation> {
        let mut uow = store.begin(network, Mode::Read).await?;
        let mut schools = uow.schools().list().await?;
        schools.sort_by_key(School::id);
        let mut groups = uow.groups().list().await?;
        groups.sort_by_key(Group::id);
        let mut staff = Vec::new();
        uow.staff().visit(&StaffFilter::everyone().in_any_order(), &mut |facts| staff.push(facts)).await?;
        staff.sort_by_key(|facts| facts.staff_member.id());
        let mut users = Vec::new();
        uow.users().visit(&mut |user| users.push(user)).await?;
        users.sort_by_key(User::id);
        let (mut hashes, mut shared_passwords) = (Vec::new(), Vec::new());
        for user in &users {
            hashes.extend(uow.passwords().find(user.id()).await?.map(|hash| (user.id(), hash)));
            if let staffroom_core::PasswordState::InitialShared { secret, .. } = user.password() {
                shared_passwords.push((secret, uow.passwords().find_shared(secret).await?.is_some()));
            }
        }
        shared_passwords.dedup();
        let mut audit = Vec::new();
        uow.audit().visit(&mut |record| audit.push(record)).await?;
        let network = uow.network().find().await?;
        Ok(Self { network, schools, groups, staff, users, hashes, shared_passwords, audit })
    }

    /// The same with an empty audit log: what there is, not what happened.
    #[must_use]
    pub fn without_audit(mut self) -> Self {
        self.audit.clear();
        self
    }

    /// The user with that id.
    pub fn user(&self, id: UserId) -> Option<&User> {
        self.users.iter().find(|user| user.id() == id)
    }

    /// The facts about the staff member with that id.
    pub fn facts(&self, id: staffroom_core::StaffId) -> Option<&Facts> {
        self.staff.iter().find(|facts| facts.staff_member.id() == id)
    }

    /// The group with that id.
    pub fn group(&self, id: staffroom_core::GroupId) -> Option<&Group> {
        self.groups.iter().find(|group| group.id() == id)
    }

    /// The users that `before` had not, and that this has.
    pub fn new_users<'a>(&'a self, before: &'a Self) -> impl Iterator<Item = &'a User> {
        self.users.iter().filter(|user| before.user(user.id()).is_none())
    }
}
