//! Any calls in any order are answered as the memory store answers them (L4).

mod support;

use proptest_state_machine::ReferenceStateMachine;
use staffroom_store_memory::MemoryStore;
use staffroom_testkit::alike::{Steps, same_answers};
use staffroom_testkit::properties::for_all;
use support::{fresh_store, run};

/// How many histories a plain run takes.
const CASES: u32 = 60;

#[test]
fn any_calls_are_answered_as_memory_answers_them() {
    for_all(CASES, Steps::sequential_strategy(1..40), |(world, steps, _)| {
        run(async {
            let (store, _folder) = fresh_store().await;
            same_answers(&MemoryStore::new(), &*store, &world, &steps).await
        })
    });
}
