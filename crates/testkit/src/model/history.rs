//! Living through a history twice.

mod look;
mod real;

use proptest_state_machine::ReferenceStateMachine as _;

use look::{look_at_model, look_at_store};
use real::Real;

use super::state::Model;
use super::transition::{History, Transition};
use crate::properties::{Bench, Verdict, Violation, for_all};
use crate::strategies::World;

/// Lives through `transitions` in the model and over a store, and compares the answers and everything to be seen
/// after each of them.
///
/// # Errors
/// The first difference.
pub fn check_history(bench: &Bench, world: &World, transitions: &[Transition]) -> Verdict {
    bench.run(async {
        let fresh = bench.fresh().await;
        let store = fresh.store();
        let mut model = Model::of(world);
        let mut real = Real::begin(&store, world).await?;
        for (step, transition) in transitions.iter().enumerate() {
            let expected = model.step(transition);
            let answer = real.step(transition, &model).await?;
            if answer != expected {
                return Err(difference(step, transition, &expected, &answer));
            }
            for network in &model.networks {
                let expected = look_at_model(network);
                let seen = look_at_store(&real, network.id).await?;
                if seen != expected {
                    return Err(difference(step, transition, &expected, &seen));
                }
            }
        }
        Ok(())
    })
}

fn difference(
    step: usize,
    transition: &Transition,
    model: &dyn std::fmt::Debug,
    store: &dyn std::fmt::Debug,
) -> Violation {
    let (model, store) = (format!("{model:#?}"), format!("{store:#?}"));
    let mut lines: Vec<String> = Vec::new();
    for (expected, seen) in model.lines().zip(store.lines()) {
        if expected != seen && lines.len() < 12 {
            lines.push(format!("the model says `{}`, the store `{}`", expected.trim(), seen.trim()));
        }
    }
    let lines = lines.join("; ");
    Violation::of(
        "the model",
        format!("step {step}, {transition:?}: {lines}\nmodel: {model}\nstore: {store}"),
    )
}

/// Any history of imports, edits, previews, commits, undos and lists goes as the model says.
///
/// # Panics
/// If it does not: with the shortest history found.
#[track_caller]
pub fn any_history_agrees_with_the_model(bench: &Bench, cases: u32) {
    for_all(cases, History::sequential_strategy(1..40), |((world, _), transitions, _)| {
        check_history(bench, &world, &transitions)
    });
}
