//! Stores built wrong on purpose, which the conformance suite must catch.
//!
//! Each is a right store with one [`Fault`] in front of it: what is asked, written, answered or committed passes through
//! the fault. `tests/faulty_stores.rs` runs every check over every one of them: each fault is caught by a check, and
//! each check catches a fault, so that no check is there that cannot fail.

mod counts;
mod crossing;
mod facts;
mod fault;
mod hashes;
mod late;
mod lists;
mod pages;
mod rebuilt;
mod records;
mod tokens;
mod transactions;
mod unit;
mod users;
mod written;

use std::sync::Arc;

use staffroom_core::store::Store;

pub use fault::Fault;

/// `store`, wrong in the way of `fault`.
///
/// The store must be empty, must let readers in while somebody writes, and must finish without a runtime; the memory
/// store does. So that no fault makes a check go on for ever, it stops answering after some thousand calls.
pub fn with_fault(store: Arc<dyn Store>, fault: Fault) -> Arc<dyn Store> {
    Arc::new(unit::FaultyStore::new(store, fault))
}
