//! The hashing pool of `staffroom-credentials` under random schedules: its own sources, over locks, threads and atomics at
//! which chance decides who goes on, and with an engine that hashes nothing. Small here; `cargo xtask schedules` runs the
//! full size.

#![allow(clippy::unwrap_used, reason = "a schedule that goes wrong fails the test")]

mod support;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use futures_lite::future::poll_once;
use shuttle::future::{block_on, spawn};
use shuttle::rand::Rng as _;
use staffroom_schedules::explore;

use pool::Pool;
use sources::{batch, fault, pool};
use support::{engine, sync};

pub(crate) use engine::Implementation;
pub(crate) use fault::HashingFault;

#[path = "../../credentials/src"]
mod sources {
    pub(crate) mod batch;
    pub(crate) mod fault;
    pub(crate) mod pool;
}

/// A batch, a sign-in, and a batch that is given up, each at any moment of the others: whoever waits is answered, in the right
/// order, whoever has gone is not waited for, and the threads end when the pool is dropped. A wake-up that
/// is lost would be a schedule that does not end.
fn hash_at_once() {
    let threads = shuttle::rand::thread_rng().gen_range(1..=3);
    let threads = NonZeroUsize::new(threads).unwrap();
    // How long they keep their memory is for the schedule to say.
    let pool = Arc::new(Pool::start(threads, Implementation::Counting, Duration::ZERO).unwrap());
    let waiting: Vec<_> = [4, 1].map(|count| spawn(hash(Arc::clone(&pool), count))).into();
    let given_up = spawn(give_up(Arc::clone(&pool)));
    block_on(async {
        for waiting in waiting {
            waiting.await.unwrap();
        }
        given_up.await.unwrap();
    });
    drop(pool);
}

async fn hash(pool: Arc<Pool>, count: usize) {
    let told = std::sync::Mutex::new(Vec::new());
    let work = |index, engine: &mut dyn engine::Engine| {
        engine.compute();
        Ok(index)
    };
    let done = batch::compute(&pool, count, work, |done| told.lock().unwrap().push(done)).await.unwrap();
    assert_eq!(done, (0..count).collect::<Vec<_>>());
    let told = told.into_inner().unwrap();
    assert!(told.is_sorted_by(|one, other| one < other), "{told:?}");
    assert_eq!(told.last(), Some(&count));
}

async fn give_up(pool: Arc<Pool>) {
    let work = |_, engine: &mut dyn engine::Engine| {
        engine.compute();
        Ok(())
    };
    let mut hashing = std::pin::pin!(batch::compute(&pool, 3, work, |_| ()));
    let polls = shuttle::rand::thread_rng().gen_range(0..3);
    for _ in 0..polls {
        if poll_once(hashing.as_mut()).await.is_some() {
            // It was done before it could be given up.
            return;
        }
        shuttle::future::yield_now().await;
    }
}

#[test]
fn whoever_waits_for_a_hash_is_answered() {
    explore("hashing", 1_000, 100_000, hash_at_once);
}
