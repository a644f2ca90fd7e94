//! Many computations as one future.

use std::future::poll_fn;
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::HashingFault;
use crate::engine::Engine;
use crate::pool::{Job, Piece, Pool};
use crate::sync::{AtomicBool, AtomicUsize, Mutex, MutexGuard, Ordering};

/// A computation for each of `0..count`, done by a [`Pool`], and waited for by a future.
struct Batch<T, F> {
    compute: F,
    count: usize,
    next: AtomicUsize,
    /// Nobody wants the answer any more.
    given_up: AtomicBool,
    state: Mutex<State<T>>,
}

struct State<T> {
    answers: Vec<Option<T>>,
    done: usize,
    fault: Option<HashingFault>,
    waker: Option<Waker>,
}

/// Has `pool` compute `compute(0)`, `compute(1)` and so on, and answers with the answers in that order. `progress` is told, now and
/// then, how many are there.
///
/// Dropping the future gives the work up: pieces that were not begun are not done.
///
/// # Errors
/// The first fault; the rest is given up.
pub(crate) async fn compute<T, F>(
    pool: &Pool,
    count: usize,
    compute: F,
    progress: impl Fn(usize) + Send,
) -> Result<Vec<T>, HashingFault>
where
    T: Send + 'static,
    F: Fn(usize, &mut dyn Engine) -> Result<T, HashingFault> + Send + Sync + 'static,
{
    let batch = Arc::new(Batch {
        compute,
        count,
        next: AtomicUsize::new(0),
        given_up: AtomicBool::new(false),
        state: Mutex::new(State {
            answers: std::iter::repeat_with(|| None).take(count).collect(),
            done: 0,
            fault: None,
            waker: None,
        }),
    });
    let _give_up_when_dropped = GiveUp(&batch.given_up);
    pool.submit(Arc::clone(&batch) as Arc<dyn Job>);
    let mut told = 0;
    poll_fn(|context| {
        let (done, answer) = batch.poll(context);
        if done > told {
            told = done;
            progress(done);
        }
        answer
    })
    .await
}

struct GiveUp<'a>(&'a AtomicBool);

impl Drop for GiveUp<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl<T, F> Batch<T, F> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        // Nothing that can panic is done while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many are done, and the answers once all are.
    fn poll(&self, context: &Context<'_>) -> (usize, Poll<Result<Vec<T>, HashingFault>>) {
        let mut state = self.state();
        let answer = if let Some(fault) = state.fault.take() {
            Poll::Ready(Err(fault))
        } else if state.done == self.count {
            Poll::Ready(Ok(std::mem::take(&mut state.answers).into_iter().flatten().collect()))
        } else {
            state.waker = Some(context.waker().clone());
            Poll::Pending
        };
        (state.done, answer)
    }

    fn put(&self, index: usize, answer: Result<T, HashingFault>) {
        let waker = {
            let mut state = self.state();
            match answer {
                Ok(answer) => {
                    if let Some(place) = state.answers.get_mut(index) {
                        *place = Some(answer);
                        state.done += 1;
                    }
                }
                Err(fault) => {
                    self.given_up.store(true, Ordering::Relaxed);
                    state.fault.get_or_insert(fault);
                }
            }
            state.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl<T, F> Job for Batch<T, F>
where
    T: Send,
    F: Fn(usize, &mut dyn Engine) -> Result<T, HashingFault> + Send + Sync,
{
    fn claim(&self) -> Option<Piece> {
        if self.given_up.load(Ordering::Relaxed) {
            return None;
        }
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        (index < self.count).then_some(Piece { index, last: index + 1 == self.count })
    }

    fn run(&self, index: usize, engine: &mut dyn Engine) {
        self.put(index, (self.compute)(index, engine));
    }

    fn panicked(&self) {
        self.put(usize::MAX, Err(HashingFault::Panicked));
    }
}
