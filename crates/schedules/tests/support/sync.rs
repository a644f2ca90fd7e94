//! In place of what the pool shares with the system's locks and threads.

use std::sync::LockResult;
use std::time::Duration;

use shuttle::rand::Rng as _;
pub(crate) use shuttle::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
pub(crate) use shuttle::sync::{Mutex, MutexGuard};
pub(crate) use shuttle::thread;

/// As [`shuttle::sync::Condvar`], but that whoever is woken may hear that their time was over as well.
#[derive(Debug, Default)]
pub(crate) struct Condvar(shuttle::sync::Condvar);

/// Whether the time was over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Waited(bool);

impl Waited {
    pub(crate) const fn timed_out(self) -> bool {
        self.0
    }
}

impl Condvar {
    pub(crate) fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        self.0.wait(guard)
    }

    #[expect(clippy::unnecessary_wraps, reason = "as the one of the standard library")]
    pub(crate) fn wait_timeout<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        _: Duration,
    ) -> LockResult<(MutexGuard<'a, T>, Waited)> {
        let guard = self.0.wait(guard).unwrap_or_else(std::sync::PoisonError::into_inner);
        Ok((guard, Waited(shuttle::rand::thread_rng().r#gen())))
    }

    pub(crate) fn notify_all(&self) {
        self.0.notify_all();
    }
}
