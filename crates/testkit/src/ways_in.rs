//! A deliberately naive model of how people get in: passwords, tokens, sessions, failures, and a clock that moves.
//!
//! It keeps everything in `Vec`s and seconds, and says the rules in its own words. [`check_ways_in`] lives through a
//! history twice, in the model and over a store, and compares every answer, and everything that can be seen, after every
//! step: who has which password, token and sessions, what was mailed, and what the log says.

mod counts;
mod model;
mod real;
mod step;

use std::sync::atomic::Ordering;

use proptest_state_machine::ReferenceStateMachine as _;

pub use model::Doors;
pub use step::{Address, Happening, Histories, Word};

use crate::properties::{Bench, Verdict, Violation, for_all};
use real::Real;

/// Lives through `steps` in the model and over a store.
///
/// # Errors
/// The first difference.
pub fn check_ways_in(bench: &Bench, steps: &[Happening]) -> Verdict {
    bench.run(async {
        let fresh = bench.fresh().await;
        let mut model = Doors::new();
        let mut real = Real::begin(&fresh.store()).await?;
        for (number, step) in steps.iter().enumerate() {
            let expected = (model.step(step), model.look());
            let found = (real.step(step).await?, real.look().await?);
            if found != expected {
                return Err(Violation::of(
                    "the model",
                    format!("step {number}, {step:?}\nmodel: {expected:#?}\nstore: {found:#?}"),
                ));
            }
        }
        Ok(())
    })
}

/// Any history of sign-ins, resets, revocations and waits goes as the model says.
///
/// # Panics
/// If it does not: with the shortest history found.
#[track_caller]
pub fn any_way_in_agrees_with_the_model(bench: &Bench, cases: u32) {
    for_all(cases, Histories::sequential_strategy(1..80), |(_, steps, lived)| {
        // A history that fails is shortened from its end at first: as far as it was lived through.
        if let Some(lived) = &lived {
            lived.store(steps.len(), Ordering::Relaxed);
        }
        check_ways_in(bench, &steps)
    });
}
