//! The race of [`races`](super::races) on threads of its own: for stores whose futures run on any thread.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use staffroom_core::Session;
use staffroom_core::store::Store;

use super::check::Running;
use super::failure::Failure;
use super::races::{eight_administrators, eight_reports_are_true, press_the_button};
use super::{Verdict, failure};
use crate::fixture;

/// Eight administrators press the button at once, each on a thread of their own: one user for each staff member, and
/// eight true reports (R13). The checks in the list take turns in one task, the same in every run; this is for what only
/// threads can do, and is worth running many times. `store` must be empty, and `run` run a future to its end on the
/// thread that calls it.
///
/// ```
/// # use std::sync::Arc;
/// # use staffroom_store_memory::MemoryStore;
/// # use staffroom_testkit::conformance::eight_administrators_on_threads;
/// let store = Arc::new(MemoryStore::new());
/// eight_administrators_on_threads(store, futures_lite::future::block_on)?;
/// # Ok::<(), staffroom_testkit::conformance::Failure>(())
/// ```
///
/// # Errors
/// [`Failure`] says which expectation broke.
pub fn eight_administrators_on_threads(
    store: Arc<dyn Store>,
    run: impl Fn(Running) -> Verdict + Sync,
) -> Verdict {
    let sessions = in_runner(&run, prepared(Arc::clone(&store)))?;
    let press = |number: u64, session: Session| {
        let staffroom = fixture::staffroom(Arc::clone(&store), number);
        in_runner(&run, press_the_button(staffroom, session))
    };
    let done: Vec<_> = thread::scope(|scope| {
        let pressing =
            (1..).zip(sessions).map(|(number, session)| scope.spawn(move || press(number, session)));
        let pressing: Vec<_> = pressing.collect();
        let panicked = |_| Err(Failure::new("an administrator panicked"));
        pressing.into_iter().map(|thread| thread.join().unwrap_or_else(panicked)).collect()
    });
    let reports = done.into_iter().collect::<Result<Vec<_>, _>>()?;
    in_runner(&run, async move { eight_reports_are_true(&store, &reports).await })
}

async fn prepared(store: Arc<dyn Store>) -> Result<Vec<Session>, Failure> {
    eight_administrators(&store).await
}

/// What `work` answers, run by `run`.
fn in_runner<T: Send + 'static>(
    run: &impl Fn(Running) -> Verdict,
    work: impl Future<Output = Result<T, Failure>> + Send + 'static,
) -> Result<T, Failure> {
    let slot = Arc::new(Mutex::new(None));
    let answer = Arc::clone(&slot);
    run(Box::pin(async move {
        let done = work.await?;
        *answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(done);
        Ok(())
    }))?;
    let done = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
    failure::there("the answer of the runner", done)
}
