//! What a check that fails says.

use std::error::Error;
use std::fmt::{self, Debug};
use std::panic::Location;

use staffroom_core::store::StoreError;

use super::Check;

/// What a check answers with.
pub type Verdict = Result<(), Failure>;

/// The expectation that broke: what was looked at, what was found and what should have been, where in the suite, and
/// the sentence of the contract that does not hold.
///
/// Deliberately no [`Error`]: every error converts into one, so that a check can use `?` on whatever a store or an
/// operation answers.
#[derive(Clone)]
pub struct Failure {
    what: String,
    at: &'static Location<'static>,
    check: Option<Check>,
}

impl Failure {
    /// `what` broke, at the place of the caller.
    #[track_caller]
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), at: Location::caller(), check: None }
    }

    /// What broke, without the place and the contract.
    pub fn what(&self) -> &str {
        &self.what
    }

    pub(super) const fn of(mut self, check: Check) -> Self {
        self.check = Some(check);
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(check) = &self.check {
            writeln!(f, "the store fails the check `{}` ({})", check.name(), check.subject())?;
            writeln!(f, "  contract: {}", check.contract())?;
            writeln!(f, "  checked at {}:{}", self.at.file(), self.at.line())?;
        }
        write!(f, "  {}", self.what)
    }
}

/// As [`Display`](fmt::Display): this is what a failing test prints.
impl Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<E: Error> From<E> for Failure {
    #[track_caller]
    fn from(error: E) -> Self {
        let mut what = format!("an error nobody asked for: {error}");
        let mut source = error.source();
        while let Some(cause) = source {
            what = format!("{what}; because {cause}");
            source = cause.source();
        }
        Self::new(what)
    }
}

/// `found` must equal `expected`.
#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "a check reads better without the ampersands")]
pub(super) fn same<T: PartialEq<U> + Debug, U: Debug>(what: &str, found: T, expected: U) -> Verdict {
    if found == expected {
        return Ok(());
    }
    Err(Failure::new(format!("{what}:\n    expected {expected:?}\n    found    {found:?}")))
}

/// `true_` must be true.
#[track_caller]
pub(super) fn holds(what: &str, true_: bool) -> Verdict {
    if true_ { Ok(()) } else { Err(Failure::new(format!("does not hold: {what}"))) }
}

/// The answer must be [`StoreError::Misuse`].
#[track_caller]
pub(super) fn misuse<T: Debug>(what: &str, answer: Result<T, StoreError>) -> Verdict {
    match answer {
        Err(StoreError::Misuse(_)) => Ok(()),
        other => Err(Failure::new(format!("{what}:\n    expected the error Misuse\n    found    {other:?}"))),
    }
}

/// There must be something.
#[track_caller]
pub(super) fn there<T>(what: &str, found: Option<T>) -> Result<T, Failure> {
    found.ok_or_else(|| Failure::new(format!("{what} is not there")))
}
