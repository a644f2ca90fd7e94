//! What a property answers with when it does not hold.

use std::fmt;

use staffroom_core::store::StoreError;

/// A rule that was broken, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    rule: &'static str,
    what: String,
}

/// What a property answers with.
pub type Verdict = Result<(), Violation>;

impl Violation {
    /// The rule numbered `rule` was broken.
    pub fn of(rule: &'static str, what: impl Into<String>) -> Self {
        Self { rule, what: what.into() }
    }

    /// The rule, as `docs/rules.md` numbers it.
    pub const fn rule(&self) -> &'static str {
        self.rule
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is broken: {}", self.rule, self.what)
    }
}

impl std::error::Error for Violation {}

/// A store that cannot go on breaks no rule of ours, but the property cannot be said to hold.
impl From<StoreError> for Violation {
    fn from(error: StoreError) -> Self {
        Self::of("L3", format!("the store failed: {error:?}"))
    }
}

/// Leaves the property with a [`Violation`] unless the condition holds.
macro_rules! require {
    ($rule:literal, $condition:expr, $($what:tt)+) => {
        if !$condition {
            return Err($crate::properties::Violation::of($rule, format!($($what)+)));
        }
    };
}

pub(crate) use require;
