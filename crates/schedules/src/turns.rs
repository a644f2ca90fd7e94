//! Whose turn it is, under schedules: what `async_lock::Mutex` is to the memory store.

use std::sync::Arc;

use shuttle::future::batch_semaphore::{BatchSemaphore, Fairness};

/// A lock that futures wait for. Whoever waits longest is not first: chance decides.
#[derive(Debug)]
pub struct Turns(BatchSemaphore);

impl Default for Turns {
    fn default() -> Self {
        Self(BatchSemaphore::new(1, Fairness::Unfair))
    }
}

impl Turns {
    /// Waits for the turn.
    pub async fn lock_arc(self: &Arc<Self>) -> Turn {
        self.0.acquire(1).await.unwrap();
        Turn(Arc::clone(self))
    }
}

/// A turn, until it is dropped.
#[derive(Debug)]
pub struct Turn(Arc<Turns>);

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.0.release(1);
    }
}
