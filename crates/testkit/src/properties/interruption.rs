//! What holds when the store fails, its reply is lost, or nobody waits for it any more, in the middle of a commit
//! (R11, R12).

use std::future::{Future, pending, poll_fn};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::Poll;

use async_trait::async_trait;
use futures_lite::future::or;
use staffroom_core::store::{Mode, Store, StoreError, UnitOfWork};
use staffroom_core::{AccessError, CommitError, NetworkId, Plan, Session, WayIn};

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
    /// A commit succeeds, its reply is lost, and the store stays away.
    ReplyLostAndAway,
    /// Whoever waited for the answer goes away: the future is dropped.
    Dropped,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Away, Self::InTheWay, Self::ReplyLost, Self::ReplyLostAndAway, Self::Dropped];

    /// True for those that strike at a commit that succeeds.
    fn loses_the_reply(self) -> bool {
        matches!(self, Self::ReplyLost | Self::ReplyLostAndAway)
    }
}

/// When a fault strikes: at one call, counted over everything the store is asked.
#[derive(Debug)]
struct Plug {
    fault: Fault,
    calls_left: AtomicUsize,
    pulled: AtomicBool,
    /// Whether it kept a unit of work from beginning.
    kept_out: AtomicBool,
}

impl Plug {
    /// Before anything else is done about a call.
    async fn call(&self) -> Result<(), StoreError> {
        let stays_away = self.fault == Fault::ReplyLostAndAway && self.pulled.load(Ordering::SeqCst);
        if !stays_away && (self.fault.loses_the_reply() || !self.strikes()) {
            return Ok(());
        }
        match self.fault {
            Fault::InTheWay => Err(StoreError::Contended(None)),
            Fault::Away | Fault::ReplyLost | Fault::ReplyLostAndAway => Err(StoreError::Unavailable(why())),
            Fault::Dropped => pending().await,
        }
    }

    /// True exactly once, when the calls have run out.
    fn strikes(&self) -> bool {
        let left =
            self.calls_left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        let strikes = left == Ok(1);
        self.pulled.fetch_or(strikes, Ordering::SeqCst);
        strikes
    }

    /// The answer of `work`, unless somebody goes away before it comes.
    async fn unless_dropped<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let gone = poll_fn(|_| {
            let gone = self.fault == Fault::Dropped && self.pulled.load(Ordering::SeqCst);
            if gone { Poll::Ready(None) } else { Poll::Pending }
        });
        or(async { Some(work.await) }, gone).await
    }
}

fn why() -> Box<dyn std::error::Error + Send + Sync> {
    "a test pulled the plug".into()
}

/// A store with a plug to pull.
#[derive(Debug)]
struct Failing {
    inner: Arc<dyn Store>,
    plug: Arc<Plug>,
}

struct FailingUnit {
    inner: Box<dyn UnitOfWork>,
    plug: Arc<Plug>,
}

#[async_trait]
impl Store for Failing {
    async fn begin(&self, network: NetworkId, mode: Mode) -> Result<Box<dyn UnitOfWork>, StoreError> {
        self.plug.call().await.inspect_err(|_| self.plug.kept_out.store(true, Ordering::SeqCst))?;
        let inner = self.inner.begin(network, mode).await?;
        Ok(Relay::boxed(FailingUnit { inner, plug: Arc::clone(&self.plug) }))
    }
}

#[async_trait]
impl Behaviour for FailingUnit {
    fn network_id(&self) -> NetworkId {
        self.inner.network_id()
    }

    async fn answer(&mut self, call: Call) -> Result<Answer, StoreError> {
        self.plug.call().await?;
        pass(&mut *self.inner, call).await
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.plug.call().await?;
        self.inner.commit().await?;
        let lost = self.plug.fault.loses_the_reply() && self.plug.strikes();
        if lost { Err(StoreError::CommitUnknown(why())) } else { Ok(()) }
    }
}

/// A commit that is interrupted leaves everything or nothing; one whose reply is lost, that another change was in the
/// way of, or in whose middle the store went away for a moment, is carried out once all the same, and its passwords are
/// handed out; and committing again after any of it answers with the one report (R11, R12).
pub fn an_interrupted_commit_is_whole_or_nothing(
    bench: &Bench,
    case: &Case,
    fault: Fault,
    after_calls: usize,
) -> Verdict {
    bench.run(async {
        let fresh = bench.fresh().await;
        let store = fresh.store();
        let scene = Scene::set(&store, &case.world).await?;
        let network = case.session.network();
        let Ok(plan) = scene.staffroom.preview(&case.session, &case.request).await else { return Ok(()) };
        let before = scene.snapshot(network).await?;
        let calls_left = match fault {
            Fault::ReplyLost | Fault::ReplyLostAndAway => 1,
            Fault::Away | Fault::InTheWay | Fault::Dropped => after_calls.saturating_add(1),
        };
        let plug = Arc::new(Plug {
            fault,
            calls_left: AtomicUsize::new(calls_left),
            pulled: AtomicBool::new(false),
            kept_out: AtomicBool::new(false),
        });
        let failing: Arc<dyn Store> =
            Arc::new(Failing { inner: Arc::clone(&store), plug: Arc::clone(&plug) });
        let staffroom = fixture::staffroom(failing, 2);
        let outcome = plug.unless_dropped(commit(&staffroom, &case.session, &plan)).await;
        let after = scene.snapshot(network).await?;
        match &outcome {
            None => require!("R12", before == after, "a dropped commit left something"),
            Some(Err(CommitError::Access(AccessError::Store(error)))) if fault == Fault::ReplyLostAndAway => {
                require!("R11", matches!(error, StoreError::CommitUnknown(_)), "{error:?} hides what may be");
                require!("R12", before != after, "the commit that succeeded left nothing");
            }
            Some(Err(CommitError::Access(AccessError::Store(error)))) => {
                let kept_out = plug.kept_out.load(Ordering::SeqCst);
                require!("R11", fault == Fault::Away && kept_out, "{fault:?} was answered with {error:?}");
                require!("R12", before == after, "an interrupted commit left something");
            }
            Some(outcome) => commit_is_sound(&before, &after, &case.session, &plan, outcome)?,
        }
        if let Some(Ok(committed)) = &outcome {
            let lost = committed
                .hand_off_entries()
                .find(|entry| matches!(entry.way_in, WayIn::PasswordShownBefore { .. }));
            require!("R9", lost.is_none(), "nobody was ever shown the password of {lost:?}");
        }
        again_is_the_same(&scene, &case.session, &plan, outcome.and_then(Result::ok)).await
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
