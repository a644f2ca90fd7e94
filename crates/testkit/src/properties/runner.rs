//! Running a property over generated input.

use std::fmt::Debug;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};

use super::Verdict;

/// Holds `property` to be true of whatever `strategy` gives, in as many cases as `PROPTEST_CASES` says, or `cases`.
///
/// A plain run is the same on every machine and every day: its seed is fixed. Whoever asks for a number of cases, or
/// sets `PROPTEST_RNG_SEED`, is looking for something new, and gets other input every time.
///
/// # Panics
/// If the property does not hold: with the smallest input found, and what it broke.
#[track_caller]
#[expect(clippy::panic, reason = "test support: a failed property is a failed test")]
pub fn for_all<S>(cases: u32, strategy: S, property: impl Fn(S::Value) -> Verdict)
where
    S: Strategy,
    S::Value: Debug,
{
    let result = TestRunner::new(config(cases)).run(&strategy, |input| {
        property(input).map_err(|violation| TestCaseError::fail(violation.to_string()))
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

/// As proptest reads it from its environment, with a default of our own.
fn config(cases: u32) -> Config {
    let mut config = Config { failure_persistence: None, ..Config::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = cases;
        if std::env::var_os("PROPTEST_RNG_SEED").is_none() {
            config.rng_seed = RngSeed::Fixed(20_260_817);
        }
    }
    config
}
