//! A store that gives up in the middle of a list: whoever was handed some of it is not handed them again.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use futures_lite::future::block_on;
use staffroom_core::store::{Mode, Store, StoreError, UnitOfWork};
use staffroom_core::{AccessError, ListQuery, NetworkId, Staffroom, UserQuery};
use staffroom_store_memory::MemoryStore;
use uuid::Uuid;

use super::{Answer, Behaviour, Call, Relay, pass};
use crate::fixture::{self, NETWORK, add_staff, add_users, operator, set_up, staff_member, user};

/// The memory store. Each list ends with a failure once its rows were handed out; one that is asked for by pages, at its first
/// page, or at its second.
#[derive(Debug, Default)]
struct Interrupted {
    store: MemoryStore,
    /// How many pages and ends of lists are still to come before the failure; none does if this is nothing.
    until: Arc<AtomicUsize>,
}

struct InterruptedUnit {
    inner: Box<dyn UnitOfWork>,
    until: Arc<AtomicUsize>,
}

#[async_trait]
impl Store for Interrupted {
    async fn begin(&self, network: NetworkId, mode: Mode) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let (inner, until) = (self.store.begin(network, mode).await?, Arc::clone(&self.until));
        Ok(Relay::boxed(InterruptedUnit { inner, until }))
    }
}

#[async_trait]
impl Behaviour for InterruptedUnit {
    fn network_id(&self) -> NetworkId {
        self.inner.network_id()
    }

    async fn answer(&mut self, call: Call) -> Result<Answer, StoreError> {
        if matches!(call, Call::PageOfFacts(..) | Call::PageOfUsers(..)) {
            self.end_of_visit()?;
        }
        pass(&mut *self.inner, call).await
    }

    fn end_of_visit(&mut self) -> Result<(), StoreError> {
        match self.until.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |until| until.checked_sub(1)) {
            Ok(1) => Err(StoreError::Contended(None)),
            _ => Ok(()),
        }
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.inner.commit().await
    }
}

/// What of everybody is asked for, and who was handed out, by their ids.
async fn asked(staffroom: &Staffroom, which: &str) -> (Result<(), AccessError>, Vec<Uuid>) {
    let (by, mut handed) = (operator(), Vec::new());
    let (everyone, all) = (ListQuery::default(), UserQuery::default());
    let answer = match which {
        "list" => {
            staffroom
                .list_all(&by, &everyone, &mut |one| handed.push(one.facts.staff_member.id().as_uuid()))
                .await
        }
        "explain" => {
            staffroom
                .explain_all(&by, &everyone, &mut |one| handed.push(one.staff_member.id().as_uuid()))
                .await
        }
        "users" => staffroom.all_users(&by, &all, &mut |one| handed.push(one.user.id().as_uuid())).await,
        _ => staffroom.follow_up(&by, &mut |one| handed.push(one.user.user.id().as_uuid())).await,
    };
    (answer, handed)
}

/// More than are asked for at once.
const MANY: u32 = 5_100;

async fn with_many() -> (Arc<Interrupted>, Staffroom) {
    let store = Arc::new(Interrupted::default());
    set_up(&*store).await.unwrap();
    let staff: Vec<_> = (1..=MANY).map(staff_member).collect();
    let users: Vec<_> = (MANY + 1..=2 * MANY).map(user).collect();
    add_staff(&*store, NETWORK, &staff).await.unwrap();
    add_users(&*store, NETWORK, &users).await.unwrap();
    let staffroom = fixture::staffroom(Arc::<Interrupted>::clone(&store), 7);
    (store, staffroom)
}

#[test]
fn nobody_is_handed_out_twice_when_a_list_is_interrupted() {
    block_on(async {
        for (which, failure) in [("list", 1), ("explain", 2), ("users", 2), ("follow-up", 2)] {
            let (store, staffroom) = with_many().await;
            let (calm, all) = asked(&staffroom, which).await;
            assert!(calm.is_ok() && all.len() >= MANY as usize, "{which}: {}", all.len());
            store.until.store(failure, Ordering::SeqCst);
            let (answer, handed) = asked(&staffroom, which).await;
            let failed = matches!(answer, Err(AccessError::Store(StoreError::Contended(_))));
            let once: HashSet<&Uuid> = handed.iter().collect();
            assert!(failed && !handed.is_empty(), "{which}: {answer:?}");
            assert_eq!(once.len(), handed.len(), "{which}");
        }
    });
}

#[test]
fn a_list_of_which_nobody_was_handed_out_is_begun_again() {
    block_on(async {
        for which in ["explain", "users", "follow-up"] {
            let (store, staffroom) = with_many().await;
            let (_, all) = asked(&staffroom, which).await;
            store.until.store(1, Ordering::SeqCst);
            let (answer, handed) = asked(&staffroom, which).await;
            assert!(answer.is_ok() && handed == all, "{which}: {answer:?}");
            assert_eq!(store.until.load(Ordering::SeqCst), 0, "{which}");
        }
    });
}

#[test]
fn a_list_of_nobody_is_begun_again() {
    block_on(async {
        let store = Arc::new(Interrupted::default());
        set_up(&*store).await.unwrap();
        let staffroom = fixture::staffroom(Arc::<Interrupted>::clone(&store), 7);
        store.until.store(1, Ordering::SeqCst);
        let (answer, handed) = asked(&staffroom, "list").await;
        assert!(answer.is_ok() && handed.is_empty(), "{answer:?}");
        assert_eq!(store.until.load(Ordering::SeqCst), 0);
    });
}
