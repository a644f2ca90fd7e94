//! A store that is watched, and that fails in the ways in which stores do when a test says so.
#![allow(dead_code, reason = "each test that shares it uses a part of it")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "what cannot be set up fails the test")]

pub(crate) mod scene;

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use staffroom_core::store::{
    AuditRepository, BatchRepository, FailureRepository, GroupRepository, InvitationRepository, Mode,
    NetworkRepository, PasswordRepository, ResetRepository, SchoolRepository, SessionRepository,
    StaffRepository, Store, StoreError, UnitOfWork, UserRepository,
};
use staffroom_core::{NetworkId, PasswordHash, Secret, UserId};
use staffroom_store_memory::MemoryStore;
use staffroom_testkit::fixture::NETWORK;

/// What somebody else does.
pub(crate) type Deed = Box<dyn FnOnce(Arc<dyn Store>) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

/// Over the memory store.
#[derive(Default)]
pub(crate) struct Watched {
    store: Arc<MemoryStore>,
    calls: Arc<Mutex<Vec<&'static str>>>,
    troubles: Arc<Mutex<Troubles>>,
    rival: Mutex<Option<Deed>>,
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched").finish_non_exhaustive()
    }
}

/// How a commit goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// It succeeds, and whoever asked for it never hears of it.
    ReplyLost,
    /// It fails, and whoever asked for it never hears of it.
    CommitLost,
    /// Somebody else was quicker.
    Contended,
    /// The store went away.
    Unavailable,
}

/// Which commits go wrong: from the one after `calm` more, so many as `left`.
#[derive(Debug, Default)]
struct Troubles {
    kind: Option<Trouble>,
    calm: usize,
    left: usize,
    /// How many commits there were.
    commits: usize,
    /// Whether one went wrong.
    happened: bool,
}

impl Troubles {
    fn next(&mut self) -> Option<Trouble> {
        self.commits += 1;
        if self.calm > 0 {
            self.calm -= 1;
            return None;
        }
        self.left = self.left.checked_sub(1)?;
        self.happened = true;
        self.kind
    }
}

impl Watched {
    /// After `calm` more commits, so many as `times` go wrong.
    pub(crate) fn trouble(&self, kind: Trouble, calm: usize, times: usize) {
        *self.troubles.lock().unwrap() =
            Troubles { kind: Some(kind), calm, left: times, ..Troubles::default() };
    }

    /// Once a commit has gone wrong, and before the next unit of work, somebody else does this.
    pub(crate) fn then(&self, deed: Deed) {
        *self.rival.lock().unwrap() = Some(deed);
    }

    /// How many commits there were since the trouble was announced, those that went wrong among them; from now on, none does.
    pub(crate) fn commits(&self) -> usize {
        std::mem::take(&mut *self.troubles.lock().unwrap()).commits
    }

    /// The reply to the `number`th commit from now on is lost.
    pub(crate) fn lose(&self, number: usize) {
        self.trouble(Trouble::ReplyLost, number - 1, 1);
    }

    /// The same, and before the next unit of work somebody else sets the password of `user`.
    pub(crate) fn lose_and_then_set(&self, number: usize, user: UserId, hash: PasswordHash) {
        self.lose(number);
        self.then(Box::new(move |store| {
            Box::pin(async move {
                let mut uow = store.begin(NETWORK, Mode::Write).await.unwrap();
                uow.passwords().set(&[(user, hash)]).await.unwrap();
                uow.commit().await.unwrap();
            })
        }));
    }

    /// True if the reply was lost by now.
    pub(crate) fn has_lost(&self) -> bool {
        self.troubles.lock().unwrap().happened
    }

    /// What it was asked since this was last called: one word for each call.
    pub(crate) fn calls(&self) -> Vec<&'static str> {
        std::mem::take(&mut *self.calls.lock().unwrap())
    }
}

struct WatchedUnit {
    inner: Box<dyn UnitOfWork>,
    calls: Arc<Mutex<Vec<&'static str>>>,
    troubles: Arc<Mutex<Troubles>>,
}

impl WatchedUnit {
    fn note(&self, call: &'static str) {
        self.calls.lock().unwrap().push(call);
    }
}

#[async_trait]
impl Store for Watched {
    async fn begin(&self, network: NetworkId, mode: Mode) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let deed = if self.has_lost() { self.rival.lock().unwrap().take() } else { None };
        if let Some(deed) = deed {
            deed(Arc::<MemoryStore>::clone(&self.store)).await;
        }
        let inner = self.store.begin(network, mode).await?;
        let call = match mode {
            Mode::Write => "write",
            Mode::Read => "read",
        };
        let (calls, troubles) = (Arc::clone(&self.calls), Arc::clone(&self.troubles));
        let unit = WatchedUnit { inner, calls, troubles };
        unit.note(call);
        Ok(Box::new(unit))
    }
}

#[async_trait]
impl UnitOfWork for WatchedUnit {
    fn network_id(&self) -> NetworkId {
        self.inner.network_id()
    }

    fn network(&mut self) -> &mut dyn NetworkRepository {
        self.note("network");
        self.inner.network()
    }

    fn schools(&mut self) -> &mut dyn SchoolRepository {
        self.note("schools");
        self.inner.schools()
    }

    fn staff(&mut self) -> &mut dyn StaffRepository {
        self.note("staff");
        self.inner.staff()
    }

    fn users(&mut self) -> &mut dyn UserRepository {
        self.note("users");
        self.inner.users()
    }

    fn groups(&mut self) -> &mut dyn GroupRepository {
        self.note("groups");
        self.inner.groups()
    }

    fn passwords(&mut self) -> &mut dyn PasswordRepository {
        self.note("passwords");
        self.inner.passwords()
    }

    fn sessions(&mut self) -> &mut dyn SessionRepository {
        self.note("sessions");
        self.inner.sessions()
    }

    fn resets(&mut self) -> &mut dyn ResetRepository {
        self.note("resets");
        self.inner.resets()
    }

    fn failures(&mut self) -> &mut dyn FailureRepository {
        self.note("failures");
        self.inner.failures()
    }

    fn invitations(&mut self) -> &mut dyn InvitationRepository {
        self.note("invitations");
        self.inner.invitations()
    }

    fn batches(&mut self) -> &mut dyn BatchRepository {
        self.note("batches");
        self.inner.batches()
    }

    fn audit(&mut self) -> &mut dyn AuditRepository {
        self.note("audit");
        self.inner.audit()
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.note("commit");
        let unknown = || Err(StoreError::CommitUnknown("the reply was lost".into()));
        let trouble = self.troubles.lock().unwrap().next();
        match trouble {
            None => self.inner.commit().await,
            Some(Trouble::ReplyLost) => self.inner.commit().await.and_then(|()| unknown()),
            Some(Trouble::CommitLost) => unknown(),
            Some(Trouble::Contended) => Err(StoreError::Contended(None)),
            Some(Trouble::Unavailable) => Err(StoreError::Unavailable("it went away".into())),
        }
    }
}

/// The secret `text`.
pub(crate) fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}
