//! Prove a Staffroom store.
//!
//! - [`conformance`]: the named checks that every store passes, and the macro that makes tests of them;
//! - [`faulty`]: stores built wrong on purpose, which the checks must catch;
//! - [`strategies`]: rosters, networks and requests for property tests, ordinary and hostile;
//! - [`properties`]: what must hold for any input, as plain functions;
//! - [`model`]: a deliberately naive model of the whole library, for state-machine tests;
//! - [`ways_in`]: another of passwords, tokens and sessions;
//! - [`overheard`]: what is logged while something is done;
//! - [`timing`]: whether two kinds of request can be told apart by how long they take;
//! - [`lists`]: lists of one store held against those of another;
//! - [`alike`]: all answers of one store, to any calls in any order, held against those of another;
//! - with the feature `postgres`, a throwaway PostgreSQL to test with;
//! - [`fakes`] and [`fixture`]: clocks, ids and passwords that do as a test says, and a small network to start from.

pub mod alike;
mod concurrency;
pub mod conformance;
pub mod fakes;
pub mod faulty;
pub mod fixture;
pub mod lists;
pub mod model;
pub mod overheard;
#[cfg(all(unix, feature = "postgres"))]
pub mod postgres;
pub mod properties;
mod relay;
pub mod strategies;
pub mod timing;
pub mod ways_in;
