//! The memory store and the hashing pool under schedules that chance decides.
//!
//! The tests of this crate build the very sources of `staffroom-store-memory` and `staffroom-credentials` a second time, with
//! the locks, threads and atomics of [`shuttle`] in place of the system's: each of those crates names what its tasks
//! share in one file, `sync.rs`, and the tests here bring a `sync` of their own. Then one task runs at a time, and at every lock
//! chance decides who goes on. A schedule follows from its seed, so one that failed is seen again.
//!
//! What happens at once is in [`scenarios`], and what must hold after it beside it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "test support: a schedule after which something does not hold fails the test"
)]

#[allow(
    dead_code,
    unreachable_pub,
    clippy::cast_precision_loss,
    reason = "shared with the tests of the stores"
)]
#[path = "../../store-postgres/tests/support/rounds.rs"]
mod rounds;
pub mod scenarios;
mod schedules;
pub mod turns;

pub use schedules::explore;
