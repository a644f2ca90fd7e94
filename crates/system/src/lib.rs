//! The capabilities that a machine has and core does not: its clock, UUIDv7 ids, and the operating system's
//! randomness.
//!
//! ```
//! use std::sync::Arc;
//! use staffroom_core::{Clock, IdSource};
//! use staffroom_system::{SystemClock, TimeOrderedIds};
//!
//! let ids: Arc<dyn IdSource> = Arc::new(TimeOrderedIds::new());
//! assert!(ids.next_id() < ids.next_id());
//! assert!(SystemClock.now().unix_micros() > 0);
//! ```

use staffroom_core::{Clock, IdSource, Randomness, Timestamp};
use uuid::{ContextV7, Timestamp as UuidTimestamp, Uuid};

/// The wall clock of the machine, in UTC.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::new(chrono::Utc::now())
    }
}

/// UUIDs of version 7 (RFC 9562, section 5.7): they grow with time, also within a millisecond.
#[derive(Debug)]
pub struct TimeOrderedIds {
    context: std::sync::Mutex<ContextV7>,
}

impl TimeOrderedIds {
    /// A source with a counter of its own. Ids of two sources interleave by time.
    pub const fn new() -> Self {
        Self { context: std::sync::Mutex::new(ContextV7::new()) }
    }
}

impl Default for TimeOrderedIds {
    fn default() -> Self {
        Self::new()
    }
}

impl IdSource for TimeOrderedIds {
    fn next_id(&self) -> Uuid {
        let context = self.context.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Uuid::new_v7(UuidTimestamp::now(&*context))
    }
}

/// The random number generator of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandomness;

impl Randomness for SystemRandomness {
    /// # Panics
    /// If the operating system has no randomness to give: nothing safe can be done then.
    fn fill(&self, bytes: &mut [u8]) {
        #[expect(
            clippy::expect_used,
            reason = "the contract: without randomness there is nothing safe to go on with"
        )]
        getrandom::fill(bytes).expect("the operating system gives randomness");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow() {
        let ids = TimeOrderedIds::new();
        let made: Vec<Uuid> = (0..10_000).map(|_| ids.next_id()).collect();
        assert!(made.is_sorted_by(|a, b| a < b));
        assert!(made.iter().all(|id| id.get_version_num() == 7));
    }

    #[test]
    #[expect(
        clippy::disallowed_methods,
        reason = "the clock of the machine is what the clock is held against"
    )]
    fn the_clock_is_that_of_the_machine() {
        let of_the_machine = || {
            let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            i64::try_from(since.unwrap().as_micros()).unwrap()
        };
        let before = of_the_machine();
        let now = SystemClock.now().unix_micros();
        assert!((before..=of_the_machine()).contains(&now), "{now} is not after {before}, or not now");
        while of_the_machine() < now + 1_000 {}
        assert!(SystemClock.now().unix_micros() > now, "it stands still at {now}");
    }

    #[test]
    fn every_byte_is_left_to_chance() {
        let mut seen = [0_u8; 64];
        for _ in 0..64 {
            let mut drawn = [0; 64];
            SystemRandomness.fill(&mut drawn);
            seen.iter_mut().zip(drawn).for_each(|(seen, byte)| *seen |= byte);
        }
        // A bit that is left to chance stays 0 so often once in 2^64 runs.
        assert_eq!(seen, [u8::MAX; 64]);
    }
}
