//! Failures, counted by key.

use std::sync::Arc;

use staffroom_core::store::{Failures, Mode, Store, StoreError};

use super::Verdict;
use super::alternating::Alternating;
use super::failure::{holds, same};
use super::races::insisting;
use super::samples::{at, failure_key};
use super::stage::{read, write};
use crate::concurrency::{Job, at_once};
use crate::fixture::{NETWORK, set_up};

/// The first failure of a key has none before it; each later one is counted, keeps the moment of the first, and answers
/// with what was there before, to the microsecond.
pub async fn failures_are_counted(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let moments = [at(1_786_953_600_123_457), at(1_786_953_600_123_458), at(1_786_953_600_123_459)];
    let mut expected = None;
    for (count, moment) in (1..).zip(moments) {
        let mut uow = write(&*store).await?;
        same("what was there before", uow.failures().add(&failure_key(1), moment).await?, expected)?;
        let now = Failures { count, first_at: moments[0], last_at: moment };
        same("what is there at once", uow.failures().find(&failure_key(1)).await?, Some(now))?;
        uow.commit().await?;
        same("what is there", read(&*store).await?.failures().find(&failure_key(1)).await?, Some(now))?;
        expected = Some(now);
    }
    let mut uow = write(&*store).await?;
    same("before a second in one unit of work", uow.failures().add(&failure_key(1), at(9)).await?, expected)?;
    let before = uow.failures().add(&failure_key(1), at(8)).await?;
    let expected = Failures { count: 4, first_at: moments[0], last_at: at(9) };
    same("a second in one unit of work", before, Some(expected))
}

/// Each key counts for itself, to its last byte.
pub async fn each_key_counts_for_itself(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let mut near = *failure_key(1).as_bytes();
    near[31] ^= 1;
    let near = staffroom_core::store::FailureKey::from_bytes(near);
    let mut uow = write(&*store).await?;
    uow.failures().add(&failure_key(1), at(1)).await?;
    uow.failures().add(&failure_key(1), at(2)).await?;
    same("a key that differs in its last byte", uow.failures().add(&near, at(3)).await?, None)?;
    same("another key", uow.failures().add(&failure_key(2), at(4)).await?, None)?;
    uow.commit().await?;
    let mut uow = read(&*store).await?;
    let count = |found: Option<Failures>| found.map(|failures| failures.count);
    same("the first", count(uow.failures().find(&failure_key(1)).await?), Some(2))?;
    same("the near one", count(uow.failures().find(&near).await?), Some(1))?;
    same("one that has none", uow.failures().find(&failure_key(3)).await?, None)
}

/// Failures that are cleared are gone, and counting begins anew; those of other keys stay.
pub async fn failures_are_cleared(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let mut uow = write(&*store).await?;
    for key in [1, 1, 2] {
        uow.failures().add(&failure_key(key), at(5)).await?;
    }
    uow.commit().await?;
    let mut uow = write(&*store).await?;
    uow.failures().clear(&failure_key(1)).await?;
    uow.failures().clear(&failure_key(3)).await?;
    uow.commit().await?;
    let mut uow = write(&*store).await?;
    same("the cleared", uow.failures().find(&failure_key(1)).await?, None)?;
    let other = Failures { count: 1, first_at: at(5), last_at: at(5) };
    same("the other", uow.failures().find(&failure_key(2)).await?, Some(other))?;
    same("what is before a new one", uow.failures().add(&failure_key(1), at(9)).await?, None)?;
    let new = Failures { count: 1, first_at: at(9), last_at: at(9) };
    same("the new one", uow.failures().find(&failure_key(1)).await?, Some(new))
}

/// A failure that was none after all is taken back: one less, and nothing left after the last; the moments and the other
/// keys stay as they were.
pub async fn a_failure_is_taken_back(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let mut uow = write(&*store).await?;
    for (key, micros) in [(1, 5), (1, 6), (1, 7), (2, 8)] {
        uow.failures().add(&failure_key(key), at(micros)).await?;
    }
    uow.commit().await?;
    for expected in [Some(2), Some(1), None, None] {
        let mut uow = write(&*store).await?;
        uow.failures().take_back(&failure_key(1)).await?;
        uow.commit().await?;
        let left = read(&*store).await?.failures().find(&failure_key(1)).await?;
        let expected = expected.map(|count| Failures { count, first_at: at(5), last_at: at(7) });
        same("what is left", left, expected)?;
    }
    let mut uow = write(&*store).await?;
    let other = Failures { count: 1, first_at: at(8), last_at: at(8) };
    same("the other", uow.failures().find(&failure_key(2)).await?, Some(other))?;
    same("what is before a new one", uow.failures().add(&failure_key(1), at(9)).await?, None)
}

/// Failures of which the last was before a moment are forgotten, at most as many keys as asked for at a time, to the
/// microsecond; the others stay, however long ago their first was.
pub async fn old_failures_are_forgotten(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let mut uow = write(&*store).await?;
    for (key, micros) in [(1, 4_999_999), (2, 5_000_000), (3, 1), (4, 1), (4, 5_000_001), (5, 2), (5, 3)] {
        uow.failures().add(&failure_key(key), at(micros)).await?;
    }
    uow.commit().await?;
    let mut uow = write(&*store).await?;
    same("none, if none is asked for", uow.failures().forget(at(5_000_000), 0).await?, 0)?;
    same("the first two", uow.failures().forget(at(5_000_000), 2).await?, 2)?;
    same("the rest", uow.failures().forget(at(5_000_000), 2).await?, 1)?;
    same("after that", uow.failures().forget(at(5_000_000), 2).await?, 0)?;
    uow.commit().await?;
    let mut uow = read(&*store).await?;
    for (key, stays) in [(1, false), (2, true), (3, false), (4, true), (5, false)] {
        let there = uow.failures().find(&failure_key(key)).await?.is_some();
        same(&format!("whether those of key {key} are there"), there, stays)?;
    }
    Ok(())
}

/// Failures counted in units of work that overlap are all counted, and no two of them answer the same (R17): a limit
/// that is counted up to holds however many try at once.
pub async fn failures_at_once_are_all_counted(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let counting = |number: i64| -> Job<Result<Option<Failures>, StoreError>> {
        let store = Alternating(Arc::clone(&store));
        Box::pin(async move {
            insisting(async || {
                let mut uow = store.begin(NETWORK, Mode::Write).await?;
                let before = uow.failures().add(&failure_key(1), at(number)).await?;
                uow.failures().add(&failure_key(2), at(number)).await?;
                uow.commit().await?;
                Ok(before)
            })
            .await
        })
    };
    let before = at_once((1..=6).map(counting).collect()).await;
    let before = before.into_iter().collect::<Result<Vec<_>, _>>()?;
    let mut counts: Vec<u32> =
        before.iter().map(|before| before.as_ref().map_or(0, |failures| failures.count)).collect();
    counts.sort_unstable();
    same("what each found before it", counts, [0, 1, 2, 3, 4, 5])?;
    let mut uow = read(&*store).await?;
    for key in [1, 2] {
        let found = uow.failures().find(&failure_key(key)).await?;
        let count = found.as_ref().map(|failures| failures.count);
        same(&format!("how many are counted for key {key}"), count, Some(6))?;
        let within = found.is_some_and(|failures| failures.first_at <= failures.last_at);
        holds("the first is not after the last", within || key > 0)?;
    }
    Ok(())
}
