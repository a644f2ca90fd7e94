//! Doing things at once, and not for ever: without a runtime, so that every store can join in.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, mpsc};
use std::task::Poll;
use std::thread;
use std::time::Duration;

use async_lock::OnceCell;
use futures_lite::future;

/// Work to be done at the same time as other work.
pub(crate) type Job<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Does all of `jobs` in turns inside one task: each goes on until it waits for something. Answers in their order.
pub(crate) async fn at_once<T: Unpin>(jobs: Vec<Job<T>>) -> Vec<T> {
    let mut waiting: Vec<Result<T, Job<T>>> = jobs.into_iter().map(Err).collect();
    poll_fn(move |context| {
        for slot in &mut waiting {
            if let Err(job) = slot
                && let Poll::Ready(answer) = job.as_mut().poll(context)
            {
                *slot = Ok(answer);
            }
        }
        if waiting.iter().any(Result::is_err) {
            return Poll::Pending;
        }
        Poll::Ready(waiting.drain(..).filter_map(Result::ok).collect())
    })
    .await
}

/// The answer of `work`, or `None` if it takes longer than `limit`. It must wait by yielding, not by blocking.
pub(crate) async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    let rings = Arc::new(OnceCell::new());
    let (working, watched) = mpsc::channel::<()>();
    let alarm = Arc::clone(&rings);
    thread::spawn(move || {
        if watched.recv_timeout(limit) == Err(mpsc::RecvTimeoutError::Timeout) {
            alarm.set_blocking(()).ok();
        }
    });
    let answer = future::or(async { Some(work.await) }, async {
        rings.wait().await;
        None
    })
    .await;
    drop(working);
    answer
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_lite::future::{block_on, yield_now};

    #[test]
    fn jobs_take_turns() {
        let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
        let job = |name: char| -> Job<char> {
            let seen = Arc::clone(&seen);
            Box::pin(async move {
                for _ in 0..2 {
                    seen.lock().unwrap().push(name);
                    yield_now().await;
                }
                name
            })
        };
        assert_eq!(block_on(at_once(vec![job('a'), job('b')])), ['a', 'b']);
        assert_eq!(*seen.lock().unwrap(), ['a', 'b', 'a', 'b']);
    }

    #[test]
    fn waiting_for_ever_ends() {
        let limit = Duration::from_millis(5);
        assert_eq!(block_on(within(limit, future::pending::<()>())), None);
        assert_eq!(block_on(within(limit, async { 7 })), Some(7));
    }
}
