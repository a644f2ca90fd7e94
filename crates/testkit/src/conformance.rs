//! The conformance suite: named checks that every store passes, and the macro that makes tests of them.
//!
//! A check is an async function from a store in which nothing is yet to a [`Verdict`]. [`CHECKS`] lists them all, with
//! the sentence of the contract that each holds; the list is written once, in `for_each_check!`, and every store's
//! tests are made from it. A store is right when all of them pass; `tests/faulty_stores.rs` shows that each of them
//! catches a store built wrong on purpose.
//!
//! The tests of a store are these lines, in a file under `tests/`:
//!
//! ```
//! # mod tests {
//! use std::sync::Arc;
//! use staffroom_core::store::Store;
//! # use staffroom_store_memory::MemoryStore;
//!
//! staffroom_testkit::conformance_tests! {
//!     async fn fresh_store() -> Arc<dyn Store> {
//!         Arc::new(MemoryStore::new())
//!     }
//! }
//! # }
//! ```
//!
//! `docs/implementing-a-store.md` in the repository says more: runtimes, guards, what a failing check prints.

mod alternating;
mod check;
mod door;
mod failure;
mod list;
mod office;
mod samples;
mod stage;
mod threads;

pub mod atomicity;
pub mod authority;
pub mod batches;
pub mod commits;
pub mod edits;
pub mod facts;
pub mod failures;
pub mod follow_ups;
pub mod forgotten;
pub mod group_edits;
pub mod groups;
pub mod imports;
pub mod invitations;
pub mod isolation;
pub mod lists;
pub mod network;
pub mod pages;
pub mod passwords;
pub mod races;
pub mod records;
pub mod resets;
pub mod resolutions;
pub mod schools;
pub mod secrets;
pub mod sessions;
pub mod sight;
pub mod sign_ins;
pub mod staff;
pub mod undos;
pub mod user_edits;
pub mod users;

pub use check::{Check, Running, UnderTest, run_named};
pub use failure::{Failure, Verdict};
#[doc(hidden)]
pub use futures_lite::future::block_on as run_alone;
pub use threads::eight_administrators_on_threads;

macro_rules! table {
    (() $($subject:ident { $($name:ident)* })*) => {
        /// Every check, by subject.
        pub const CHECKS: &[Check] = &[$($(
            Check {
                name: stringify!($name),
                subject: stringify!($subject),
                source: include_str!(concat!("conformance/", stringify!($subject), ".rs")),
                body: |store| Box::pin($subject::$name(store)),
            },
        )*)*];
    };
}

crate::for_each_check! { (table) }

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_check_has_a_name_of_its_own_and_a_sentence() {
        let names: HashSet<&str> = CHECKS.iter().map(Check::name).collect();
        assert_eq!(names.len(), CHECKS.len());
        for check in CHECKS {
            assert!(check.contract().ends_with(['.', ')']), "{check:?}: {:?}", check.contract());
        }
    }

    #[test]
    fn every_check_that_is_written_is_in_the_list() {
        for subject in CHECKS.iter().map(|check| (check.subject, check.source)).collect::<HashSet<_>>() {
            let written = subject.1.matches("pub async fn ").count();
            let listed = CHECKS.iter().filter(|check| check.subject == subject.0).count();
            assert_eq!(written, listed, "{}", subject.0);
        }
    }
}
