//! The memory store built wrong on purpose: whoever wants to write gets the turn at once, whoever else has it, as if the lock
//! were let go between reading and writing. Every scenario finds it.

#![expect(unreachable_pub, reason = "it is public in the store")]

use std::sync::Arc;

use staffroom_core::store::Store;
use staffroom_schedules::{explore, scenarios};

#[path = "../../store-memory/src"]
mod sources {
    pub(crate) mod records;
    pub(crate) mod repositories;
    pub(crate) mod store;
    pub(crate) mod unit_of_work;
}
use sources::{records, store, unit_of_work};

/// In place of the store's own.
mod sync {
    use std::sync::Arc;

    pub(crate) use shuttle::sync::{Mutex, MutexGuard};

    /// Nobody waits.
    #[derive(Debug, Default)]
    pub(crate) struct Turns;

    /// Keeps nobody out.
    pub(crate) struct Turn;

    impl Turns {
        pub(crate) async fn lock_arc(self: &Arc<Self>) -> Turn {
            shuttle::future::yield_now().await;
            Turn
        }
    }
}

fn fresh_store() -> Arc<dyn Store> {
    Arc::new(store::MemoryStore::new())
}

/// How many schedules find it at the latest.
const SCHEDULES: u64 = 200;

fn find(name: &'static str, scenario: fn()) {
    let found = std::panic::catch_unwind(|| explore(name, SCHEDULES, SCHEDULES, scenario));
    assert!(found.is_err(), "{name} holds without turns, too: it proves nothing");
}

#[test]
fn creating_finds_it() {
    find("creating, wrong", || scenarios::create(&fresh_store()));
}

#[test]
fn undoing_finds_it() {
    find("undoing, wrong", || scenarios::undo(&fresh_store()));
}

#[test]
fn ways_in_find_it() {
    find("ways in, wrong", || scenarios::get_in(&fresh_store()));
}

#[test]
fn guessing_finds_it() {
    find("guessing, wrong", || scenarios::guess(&fresh_store()));
}
