//! One schedule for every seed.

use shuttle::scheduler::{Schedule, Scheduler, Task, TaskId};
use shuttle::{Config, Runner};

use crate::rounds::{Round, Rounds};

/// Futures are deep where nothing is optimised.
const STACK: usize = 1 << 20;

/// Runs `scenario` under `small` random schedules in any run of the tests, under `full` of them where the environment asks for
/// the full size (see `cargo xtask schedules`). What is random in it must come from [`shuttle::rand`].
pub fn explore(name: &'static str, small: u64, full: u64, scenario: fn()) {
    let mut config = Config::new();
    config.stack_size = STACK;
    // A schedule is known by its seed.
    config.failure_persistence = shuttle::FailurePersistence::None;
    // That it takes every atomic for one in the order of all others: none of ours guards anything else.
    config.silence_warnings = true;
    let seeds = Seeds { rounds: Rounds::of(name, small, full), now: None };
    Runner::new(seeds, config).run(scenario);
}

/// Every schedule has a round of its own, with a seed that it follows from.
struct Seeds {
    rounds: Rounds,
    now: Option<Round>,
}

impl Scheduler for Seeds {
    fn new_execution(&mut self) -> Option<Schedule> {
        // Before the next is drawn, the last one is over.
        self.now = None;
        let round = self.rounds.draw()?;
        let schedule = Schedule::new(round.seed);
        self.now = Some(round);
        Some(schedule)
    }

    fn next_task(&mut self, runnable: &[&Task], _: Option<TaskId>, _: bool) -> Option<TaskId> {
        let round = self.now.as_mut()?;
        Some(runnable[round.rng.usize(..runnable.len())].id())
    }

    fn next_u64(&mut self) -> u64 {
        self.now.as_mut().map_or(0, |round| round.rng.u64(..))
    }
}
