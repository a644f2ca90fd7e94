//! Threads that hash, each in memory of its own.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use crate::Implementation;
use crate::engine::{self, Engine};
use crate::sync::{Condvar, Mutex, MutexGuard, thread};

/// Work in pieces, each about one hash.
pub(crate) trait Job: Send + Sync {
    /// Claims a piece that nobody has. `None` if there is none left, or nobody wants the answer any more.
    fn claim(&self) -> Option<Piece>;

    /// Does a piece that was claimed.
    fn run(&self, index: usize, engine: &mut dyn Engine);

    /// Is told that doing a piece panicked.
    fn panicked(&self);
}

/// A piece of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Which.
    pub(crate) index: usize,
    /// True if it was the last that nobody had.
    pub(crate) last: bool,
}

/// The threads. Dropping the pool ends them, each after the piece that it is doing.
#[derive(Debug)]
pub(crate) struct Pool {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Default)]
struct Queue {
    /// Jobs that have pieces left. They take turns, piece by piece: a sign-in does not wait for a batch of thousands.
    jobs: VecDeque<Arc<dyn Job>>,
    closed: bool,
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue").field("jobs", &self.jobs.len()).field("closed", &self.closed).finish()
    }
}

impl Pool {
    /// Starts the threads. Each keeps its memory for `idle_memory` when it has nothing to do, wiped.
    ///
    /// # Errors
    /// If the operating system gives no thread.
    pub(crate) fn start(
        threads: NonZeroUsize,
        implementation: Implementation,
        idle_memory: Duration,
    ) -> std::io::Result<Self> {
        // Dropped on the way out of an error, it ends the threads that were started.
        let pool = Self { shared: Arc::default() };
        for number in 0..threads.get() {
            let shared = Arc::clone(&pool.shared);
            thread::Builder::new()
                .name(format!("staffroom-hash-{number}"))
                .spawn(move || shared.work(implementation, idle_memory))?;
        }
        Ok(pool)
    }

    /// Takes a job in.
    pub(crate) fn submit(&self, job: Arc<dyn Job>) {
        self.shared.lock().jobs.push_back(job);
        self.shared.changed.notify_all();
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_all();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        // Nothing that can panic is done while it is held.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a thread does until the pool is dropped.
    fn work(&self, implementation: Implementation, idle_memory: Duration) {
        let mut engine = engine::start(implementation);
        while let Some((job, piece)) = self.next(&mut *engine, idle_memory) {
            if catch_unwind(AssertUnwindSafe(|| job.run(piece.index, &mut *engine))).is_err() {
                // Whatever state it was left in.
                engine = engine::start(implementation);
                job.panicked();
            }
        }
    }

    /// Waits for a piece. Meanwhile the memory is wiped, and after a while given back.
    fn next(&self, engine: &mut dyn Engine, idle_memory: Duration) -> Option<(Arc<dyn Job>, Piece)> {
        let mut wiped = false;
        let mut queue = self.lock();
        loop {
            if queue.closed {
                return None;
            }
            if let Some(work) = queue.claim() {
                return Some(work);
            }
            if engine.is_empty() {
                queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
            } else if wiped {
                let (held, waited) =
                    self.changed.wait_timeout(queue, idle_memory).unwrap_or_else(PoisonError::into_inner);
                queue = held;
                if waited.timed_out() {
                    drop(queue);
                    engine.free();
                    queue = self.lock();
                }
            } else {
                drop(queue);
                engine.wipe();
                wiped = true;
                queue = self.lock();
            }
        }
    }
}

impl Queue {
    fn claim(&mut self) -> Option<(Arc<dyn Job>, Piece)> {
        while let Some(job) = self.jobs.pop_front() {
            if let Some(piece) = job.claim() {
                if !piece.last {
                    self.jobs.push_back(Arc::clone(&job));
                }
                return Some((job, piece));
            }
        }
        None
    }
}
