//! Input for a fuzzer: what a strategy makes of bytes that somebody else chose.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use proptest_state_machine::ReferenceStateMachine;

/// How many bytes choose one step of a history.
const STEP: usize = 4;

/// What `strategy` makes of `seed`, of which up to 32 bytes count: the same seed makes the same value, another one any
/// other. `None` if the strategy gives up.
pub fn from_seed<S: Strategy>(strategy: &S, seed: &[u8]) -> Option<S::Value> {
    let mut whole = [0; 32];
    whole.iter_mut().zip(seed).for_each(|(to, from)| *to = *from);
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &whole);
    let config = Config { failure_persistence: None, ..Config::default() };
    let tree = strategy.new_tree(&mut TestRunner::new_with_rng(config, rng)).ok()?;
    Some(tree.current())
}

/// A history of the state machine `M`: where it starts, and at most `most` steps, each chosen by the next four bytes of
/// `seeds`. So a fuzzer that changes, moves or drops four bytes does so to one step, and keeps the others as far as they
/// make sense. `None` if a strategy gives up.
pub fn history_from_seeds<M: ReferenceStateMachine>(
    seeds: &[u8],
    most: usize,
) -> Option<(M::State, Vec<M::Transition>)> {
    let mut seeds = seeds.chunks(STEP);
    let start = from_seed(&M::init_state(), seeds.next()?)?;
    let (mut state, mut history) = (start.clone(), Vec::new());
    for seed in seeds.take(most) {
        let step = from_seed(&M::transitions(&state), seed)?;
        if M::preconditions(&state, &step) {
            state = M::apply(state, &step);
            history.push(step);
        }
    }
    Some((start, history))
}
