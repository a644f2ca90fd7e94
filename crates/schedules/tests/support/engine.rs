//! An engine that hashes nothing, and sees that its memory is looked after.

/// Which engine there is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Implementation {
    Counting,
}

/// As the one of `staffroom-credentials`, as far as the pool knows it.
pub(crate) trait Engine: Send {
    fn compute(&mut self);
    fn wipe(&mut self);
    fn free(&mut self);
    fn is_empty(&self) -> bool;
}

/// Knows what its memory would hold.
#[derive(Debug, Default)]
struct Counting {
    holds_memory: bool,
    holds_secrets: bool,
}

pub(crate) fn start(Implementation::Counting: Implementation) -> Box<dyn Engine> {
    Box::new(Counting::default())
}

impl Engine for Counting {
    fn compute(&mut self) {
        *self = Self { holds_memory: true, holds_secrets: true };
        // A hash takes a while.
        shuttle::thread::yield_now();
    }

    fn wipe(&mut self) {
        self.holds_secrets = false;
    }

    fn free(&mut self) {
        assert!(!self.holds_secrets, "memory was given back unwiped");
        self.holds_memory = false;
    }

    fn is_empty(&self) -> bool {
        !self.holds_memory
    }
}
