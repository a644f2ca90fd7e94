//! What reading a roster yields.

use staffroom_core::Roster;

use crate::{Format, Problem};

/// A roster that was read, and everything there is to say about the reading.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RosterFile {
    /// The schools and the staff.
    pub roster: Roster,
    /// The format it was in.
    pub format: Format,
    /// The problems, by file and line. At most [`Limits::max_problems`](crate::Limits::max_problems).
    pub problems: Vec<Problem>,
    /// How many problems there were beyond those.
    pub problems_not_kept: u64,
    /// How many lines of people were read: of `users.csv`, or of the plain file.
    pub rows_read: u64,
    /// How many of these lines were of people who are not staff: students, parents, guardians, relatives, and
    /// people without any role.
    pub not_staff: u64,
}

impl RosterFile {
    /// The same, if there was no problem at all.
    ///
    /// # Errors
    /// [`StrictError`] holds the problems.
    pub fn into_strict(self) -> Result<Self, StrictError> {
        let count = self.problem_count();
        if count == 0 { Ok(self) } else { Err(StrictError { count, problems: self.problems }) }
    }

    /// How many problems there were, kept or not.
    pub fn problem_count(&self) -> u64 {
        u64::try_from(self.problems.len()).unwrap_or(u64::MAX).saturating_add(self.problems_not_kept)
    }
}

/// A roster has problems, and the caller wants none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the roster has {count} problem{}, so nothing of it is used", if *count == 1 { "" } else { "s" })]
#[non_exhaustive]
pub struct StrictError {
    /// How many problems there were.
    pub count: u64,
    /// The problems that were kept.
    pub problems: Vec<Problem>,
}
