//! The memory store under random schedules: its own sources, over locks at which chance decides who goes on. Small here;
//! `cargo xtask schedules` runs the full size.

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
    pub(crate) use shuttle::sync::{Mutex, MutexGuard};
    pub(crate) use staffroom_schedules::turns::{Turn, Turns};
}

fn fresh_store() -> Arc<dyn Store> {
    Arc::new(store::MemoryStore::new())
}

#[test]
fn administrators_create_users_at_once() {
    explore("creating", 500, 300_000, || scenarios::create(&fresh_store()));
}

#[test]
fn a_batch_is_undone_while_its_users_are_touched() {
    explore("undoing", 500, 250_000, || scenarios::undo(&fresh_store()));
}

#[test]
fn a_token_is_used_twice_while_people_sign_in() {
    explore("ways in", 500, 250_000, || scenarios::get_in(&fresh_store()));
}

#[test]
fn several_guess_at_one_password() {
    explore("guessing", 500, 100_000, || scenarios::guess(&fresh_store()));
}
