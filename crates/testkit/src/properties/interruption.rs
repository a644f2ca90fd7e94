//! What holds when the store fails, or its reply is lost, in the middle of a commit (R11, R12).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use staffroom_core::store::{Mode, Store, StoreError, UnitOfWork};
use staffroom_core::{CommitError, NetworkId, Plan, Session, WayIn};

use super::bench::{Bench, Scene, commit};
use super::sound::commit_is_sound;
use super::violation::require;
use super::{Verdict, Violation};
use crate::fixture;
use crate::relay::{Answer, Behaviour, Call, Relay, pass};
use crate::strategies::Case;

/// What goes wrong, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The store goes away; the unit of work is lost.
    Away,
    /// Another change is in the way; the unit of work is lost, and another may succeed.
    InTheWay,
    /// A commit succeeds and its reply is lost.
    ReplyLost,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Away, Self::InTheWay, Self::ReplyLost];

    fn error(self) -> StoreError {
        let why = || Box::<dyn std::error::Error + Send + Sync>::from("a test pulled the plug");
        match self {
            Self::Away => StoreError::Unavailable(why()),
            Self::InTheWay => StoreError::Contended(None),
            Self::ReplyLost => StoreError::CommitUnknown(why()),
        }
    }
}

/// A store that fails at one call, counted over everything it is asked.
#[derive(Debug)]
struct Failing {
    inner: Arc<dyn Store>,
    fault: Fault,
    calls_left: Arc<AtomicUsize>,
}

struct FailingUnit {
    inner: Box<dyn UnitOfWork>,
    fault: Fault,
    calls_left: Arc<AtomicUsize>,
}

/// True exactly once, when the calls have run out.
fn strikes(calls_left: &AtomicUsize) -> bool {
    calls_left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)) == Ok(1)
}

#[async_trait]
impl Store for Failing {
    async fn begin(&self, network: NetworkId, mode: Mode) -> Result<Box<dyn UnitOfWork>, StoreError> {
        if self.fault != Fault::ReplyLost && strikes(&self.calls_left) {
            return Err(self.fault.error());
        }
        Ok(Relay::boxed(FailingUnit {
            inner: self.inner.begin(network, mode).await?,
            fault: self.fault,
            calls_left: Arc::clone(&self.calls_left),
        }))
    }
}

#[async_trait]
impl Behaviour for FailingUnit {
    fn network_id(&self) -> NetworkId {
        self.inner.network_id()
    }

    async fn answer(&mut self, call: Call) -> Result<Answer, StoreError> {
        if self.fault != Fault::ReplyLost && strikes(&self.calls_left) {
            return Err(self.fault.error());
        }
        pass(&mut *self.inner, call).await
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        let strikes = strikes(&self.calls_left);
        if strikes && self.fault != Fault::ReplyLost {
            return Err(self.fault.error());
        }
        self.inner.commit().await?;
        if strikes { Err(self.fault.error()) } else { Ok(()) }
    }
}

/// A commit that is interrupted leaves everything or nothing; one whose reply is lost, or that another change was in
/// the way of, is carried out once all the same, and its passwords are handed out; and committing again after any of
/// it answers with the one report (R11, R12).
pub fn an_interrupted_commit_is_whole_or_nothing(
    bench: &Bench,
    case: &Case,
    fault: Fault,
    after_calls: usize,
) -> Verdict {
    let store = bench.empty_store();
    bench.run(async {
        let scene = Scene::set(&store, &case.world).await?;
        let network = case.session.network();
        let Ok(plan) = scene.staffroom.preview(&case.session, &case.request).await else { return Ok(()) };
        let before = scene.snapshot(network).await?;
        let calls_left = match fault {
            Fault::ReplyLost => 1,
            Fault::Away | Fault::InTheWay => after_calls.saturating_add(1),
        };
        let failing: Arc<dyn Store> = Arc::new(Failing {
            inner: Arc::clone(&store),
            fault,
            calls_left: Arc::new(AtomicUsize::new(calls_left)),
        });
        let outcome = commit(&fixture::staffroom(failing, 2), &case.session, &plan).await;
        let after = scene.snapshot(network).await?;
        match &outcome {
            Err(CommitError::Access(staffroom_core::AccessError::Store(error))) => {
                require!("R12", fault == Fault::Away, "{fault:?} was answered with {error:?}");
                require!("R12", before == after, "an interrupted commit left something");
            }
            _ => commit_is_sound(&before, &after, &case.session, &plan, &outcome)?,
        }
        if let Ok(committed) = &outcome {
            let lost = committed
                .hand_off
                .entries
                .iter()
                .find(|entry| matches!(entry.way_in, WayIn::PasswordShownBefore { .. }));
            require!("R9", lost.is_none(), "nobody was ever shown the password of {lost:?}");
        }
        again_is_the_same(&scene, &case.session, &plan, outcome.ok()).await
    })
}

async fn again_is_the_same(
    scene: &Scene,
    session: &Session,
    plan: &Plan,
    first: Option<staffroom_core::Committed>,
) -> Verdict {
    let again = scene
        .commit(session, plan)
        .await
        .map_err(|error| Violation::of("R11", format!("committing again failed: {error:?}")))?;
    if let Some(first) = first {
        require!("R11", first.report == again.report, "{first:?} became {again:?}");
    }
    let users = scene.snapshot(session.network()).await?.users;
    let of_batch = users.iter().filter(|user| user.batch() == Some(plan.batch())).count();
    let created = again.report.counts().created;
    require!("R11", of_batch == created, "{of_batch} users were made for {created}");
    Ok(())
}
