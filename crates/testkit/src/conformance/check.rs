//! A named check, and how it is run.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use staffroom_core::store::Store;

use super::{CHECKS, Failure, Verdict};
use crate::concurrency::within;

/// How long a check may take. All of them take milliseconds in a store that works; a store that makes a check wait
/// for ever gets an answer all the same.
const LIMIT: Duration = Duration::from_mins(1);

/// A check that is running.
pub type Running = Pin<Box<dyn Future<Output = Verdict> + Send>>;

/// One named check of the suite. It wants a store in which nothing is yet.
#[derive(Clone, Copy)]
pub struct Check {
    pub(super) name: &'static str,
    pub(super) subject: &'static str,
    pub(super) source: &'static str,
    pub(super) body: fn(Arc<dyn Store>) -> Running,
}

impl Check {
    /// Its name: that of the function, and of the test in every store.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What it is about: the module that it stands in.
    pub const fn subject(&self) -> &'static str {
        self.subject
    }

    /// The sentence of the contract that it holds: the first paragraph of its doc comment.
    pub fn contract(&self) -> String {
        let head = format!("pub async fn {}(", self.name);
        let before = self.source.split(&head).next().unwrap_or_default();
        let mut lines: Vec<&str> = before
            .trim_end()
            .lines()
            .rev()
            .map_while(|line| line.strip_prefix("///"))
            .map(str::trim)
            .collect();
        lines.reverse();
        let sentence: Vec<&str> = lines.into_iter().take_while(|line| !line.is_empty()).collect();
        sentence.join(" ")
    }

    /// The check with that name.
    pub fn named(name: &str) -> Option<Self> {
        CHECKS.iter().copied().find(|check| check.name == name)
    }

    /// Runs it on `store`, which must be empty, for at most a minute.
    ///
    /// # Errors
    /// [`Failure`] says which expectation broke.
    pub async fn run(self, store: Arc<dyn Store>) -> Verdict {
        let verdict = match within(LIMIT, (self.body)(store)).await {
            Some(verdict) => verdict,
            None => Err(Failure::new("the check waits for ever")),
        };
        verdict.map_err(|failure| failure.of(self))
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Check({}::{})", self.subject, self.name)
    }
}

/// What a test makes afresh for every check: a store in which nothing is yet, and whatever must live as long as it.
///
/// A store that needs cleaning up comes as a pair, `(store, guard)`: the guard is dropped after the store, when the
/// check is over, inside the runtime that ran it.
pub trait UnderTest {
    /// The store.
    fn store(&self) -> Arc<dyn Store>;
}

impl UnderTest for Arc<dyn Store> {
    fn store(&self) -> Arc<dyn Store> {
        Self::clone(self)
    }
}

impl<S: Store + 'static> UnderTest for Arc<S> {
    fn store(&self) -> Arc<dyn Store> {
        Self::clone(self)
    }
}

impl<S: UnderTest, Guard> UnderTest for (S, Guard) {
    fn store(&self) -> Arc<dyn Store> {
        self.0.store()
    }
}

/// Makes a store and runs the check called `name` on it. What [`conformance_tests`](crate::conformance_tests)
/// expands to, once for each check.
///
/// # Errors
/// [`Failure`] says which expectation broke.
pub async fn run_named<S: UnderTest>(name: &str, fresh_store: impl Future<Output = S>) -> Verdict {
    let check = Check::named(name).ok_or_else(|| Failure::new(format!("there is no check `{name}`")))?;
    let under_test = fresh_store.await;
    check.run(under_test.store()).await
}
