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
    fn randomness_differs() {
        let (mut one, mut other) = ([0; 32], [0; 32]);
        SystemRandomness.fill(&mut one);
        SystemRandomness.fill(&mut other);
        assert_ne!(one, other);
    }
}
