//! Progress of long work.

use std::fmt::Debug;

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Step {
    /// A roster is being compared with the store and written.
    Import,
    /// Staff members are being assessed.
    Assess,
    /// Passwords are being hashed.
    Hash,
    /// Users are being written.
    Create,
    /// Users are being removed.
    Undo,
    /// Users are being sent invitations.
    Invite,
}

/// Is told how far long work has come.
///
/// Example: [a clock](crate::Clock#an-example).
///
/// # Contract
/// Called often and from any thread; returns at once. `done` grows within a step; `total` is `None` where it is
/// not known beforehand.
pub trait Progress: Debug + Send + Sync {
    /// `done` of `total` items of `step` are finished.
    fn report(&self, step: Step, done: usize, total: Option<usize>);
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn report(&self, _: Step, _: usize, _: Option<usize>) {}
}
