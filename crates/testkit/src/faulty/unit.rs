//! The faulty store and its unit of work: where each call meets the fault.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use staffroom_core::store::{
    FailureKey, HashOfUser, Mode, OpenSession, Reset, Store, StoreError, UnitOfWork,
};
use staffroom_core::{
    Facts, GroupId, IdSet, NetworkId, PasswordHash, SchoolId, SharedPasswordId, SisId, StaffId, Timestamp,
    UserId,
};
use uuid::Uuid;

use super::fault::Fault;
use super::late::LateUnit;
use super::{counts, crossing, facts, hashes, lists, pages, records, tokens, transactions, users, written};
use crate::relay::{Answer, Behaviour, Call, Relay, pass};

/// How many calls a faulty store answers: many times what any check makes.
const CALLS: usize = 20_000;

#[derive(Debug)]
pub(super) struct FaultyStore(Arc<Shared>);

/// What all units of work of a faulty store have in common.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) store: Arc<dyn Store>,
    pub(super) fault: Fault,
    calls: AtomicUsize,
    memory: Mutex<Memory>,
}

/// What a fault remembers and a right store would not.
#[derive(Debug, Default)]
pub(super) struct Memory {
    pub(super) networks: BTreeSet<NetworkId>,
    pub(super) dropped: Vec<(NetworkId, Call)>,
    pub(super) facts: HashMap<(NetworkId, StaffId), Facts>,
    pub(super) hashes: HashMap<(NetworkId, UserId), PasswordHash>,
    pub(super) sets: HashMap<(NetworkId, UserId), (IdSet<SchoolId>, IdSet<GroupId>)>,
    pub(super) emails: HashSet<(NetworkId, String)>,
    pub(super) sis_ids: HashMap<(NetworkId, SisId), StaffId>,
    pub(super) removed: HashSet<(NetworkId, SharedPasswordId)>,
    pub(super) sessions: Vec<(NetworkId, OpenSession)>,
    pub(super) resets: Vec<(NetworkId, Reset)>,
    pub(super) keys: BTreeSet<(NetworkId, FailureKey)>,
    pub(super) invited: HashMap<(NetworkId, UserId), Timestamp>,
    pub(super) hashes_by_email: HashMap<(NetworkId, String), HashOfUser>,
}

impl Shared {
    pub(super) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self) -> Result<(), StoreError> {
        if self.calls.fetch_add(1, Ordering::Relaxed) < CALLS {
            Ok(())
        } else {
            Err(StoreError::Other("the faulty store has answered often enough".into()))
        }
    }
}

impl FaultyStore {
    pub(super) fn new(store: Arc<dyn Store>, fault: Fault) -> Self {
        Self(Arc::new(Shared { store, fault, calls: AtomicUsize::new(0), memory: Mutex::default() }))
    }
}

#[async_trait]
impl Store for FaultyStore {
    async fn begin(&self, network: NetworkId, mode: Mode) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let shared = &self.0;
        shared.count()?;
        shared.memory().networks.insert(network);
        let within = match shared.fault {
            Fault::IgnoresTheNetwork => shared.memory().networks.first().copied().unwrap_or(network),
            _ => network,
        };
        transactions::keep_what_was_dropped(shared).await?;
        if shared.fault == Fault::DecidesOnOldRecords && mode == Mode::Write {
            return Ok(Relay::boxed(LateUnit::begin(&shared.store, within).await?));
        }
        Ok(Relay::boxed(FaultyUnit {
            uow: Some(shared.store.begin(within, mode).await?),
            shared: Arc::clone(shared),
            network,
            within,
            mode,
            written: Vec::new(),
            refuses_to_commit: false,
        }))
    }
}

struct FaultyUnit {
    shared: Arc<Shared>,
    network: NetworkId,
    /// The network it really works in.
    within: NetworkId,
    mode: Mode,
    uow: Option<Box<dyn UnitOfWork>>,
    written: Vec<Call>,
    refuses_to_commit: bool,
}

/// A call on its way through a fault.
pub(super) struct Passage<'a> {
    pub(super) fault: Fault,
    pub(super) network: NetworkId,
    pub(super) mode: Mode,
    pub(super) uow: &'a mut dyn UnitOfWork,
    pub(super) shared: &'a Shared,
}

/// Where a call goes.
pub(super) enum Step {
    /// On.
    Pass(Call),
    /// No further: this is the answer.
    Answer(Answer),
}

/// Asks one fault after another; the first that answers has answered.
macro_rules! through {
    ($passage:ident, $call:ident: $($faults:ident),*) => {
        $(
            let $call = match $faults::before($passage, $call).await? {
                Step::Pass(call) => call,
                Step::Answer(answer) => return Ok((None, answer)),
            };
        )*
    };
}

/// Makes the call, and answers with what was really asked for as well.
async fn make(passage: &mut Passage<'_>, call: Call) -> Result<(Option<Call>, Answer), StoreError> {
    let call = written::altered(passage.fault, call);
    through!(passage, call: transactions, users, records, hashes, tokens, counts, lists, pages, crossing);
    let answer = match transactions::elsewhere(passage, &call).await? {
        Some(answer) => answer,
        None => pass(passage.uow, call.clone()).await?,
    };
    let answer = users::after(passage, &call, answer).await?;
    let answer = records::after(passage, &call, answer).await?;
    let answer = hashes::after(passage, &call, answer).await?;
    let answer = tokens::after(passage, &call, answer).await?;
    let answer = counts::after(passage, &call, answer).await?;
    let answer = facts::after(passage, &call, answer).await?;
    let answer = lists::after(passage, &call, answer);
    let answer = pages::after(passage.fault, &call, answer);
    let answer = crossing::after(passage, &call, answer).await?;
    Ok((Some(call), answer))
}

#[async_trait]
impl Behaviour for FaultyUnit {
    fn network_id(&self) -> NetworkId {
        match self.shared.fault {
            Fault::MisstatesItsNetwork => NetworkId::from_uuid(Uuid::max()),
            _ => self.network,
        }
    }

    async fn answer(&mut self, call: Call) -> Result<Answer, StoreError> {
        self.shared.count()?;
        let fault = self.shared.fault;
        let Some(uow) = &mut self.uow else {
            return Err(StoreError::Misuse("the unit of work is over"));
        };
        let mut passage =
            Passage { fault, network: self.within, mode: self.mode, uow: &mut **uow, shared: &self.shared };
        let (made, answer) = make(&mut passage, call).await?;
        let Some(call) = made else { return Ok(answer) };
        let Some(success) = call.plain_success() else { return Ok(answer) };
        if answer.is_conflict(&success) {
            match fault {
                Fault::FailsOnConflicts => return Err(StoreError::Other("duplicate key".into())),
                Fault::CannotCommitAfterConflicts => self.refuses_to_commit = true,
                _ => {}
            }
        }
        self.written.push(call);
        if fault == Fault::CommitsEveryWrite
            && let Some(uow) = self.uow.take()
        {
            uow.commit().await?;
            self.uow = Some(self.shared.store.begin(self.within, self.mode).await?);
        }
        Ok(answer)
    }

    async fn commit(mut self: Box<Self>) -> Result<(), StoreError> {
        self.shared.count()?;
        if self.refuses_to_commit {
            return Err(StoreError::Other("the transaction is aborted".into()));
        }
        let Some(uow) = self.uow.take() else { return Ok(()) };
        self.written.clear();
        match self.shared.fault {
            Fault::LosesCommits => Ok(()),
            Fault::CommitsAfterErrors => uow.commit().await.or(Ok(())),
            _ => uow.commit().await,
        }
    }
}

impl Drop for FaultyUnit {
    fn drop(&mut self) {
        let kept = self.written.drain(..).filter(|call| transactions::is_kept(self.shared.fault, call));
        let network = self.within;
        self.shared.memory().dropped.extend(kept.map(|call| (network, call)));
    }
}
