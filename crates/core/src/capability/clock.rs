//! Time.

use std::fmt::Debug;

use crate::Timestamp;

/// Tells the time.
///
/// # Contract
/// `now` answers with the current moment in UTC. It need not be monotonic: nothing is decided by comparing two
/// answers, only by comparing an answer with a stored expiry.
///
/// # An example
///
/// A clock for a test, which stands still. The machine's own is in `staffroom-system`.
///
/// ```
/// use staffroom_core::{Clock, Timestamp};
///
/// #[derive(Debug)]
/// struct Stopped(Timestamp);
///
/// impl Clock for Stopped {
///     fn now(&self) -> Timestamp {
///         self.0
///     }
/// }
///
/// let clock = Stopped(Timestamp::new(chrono::DateTime::UNIX_EPOCH));
/// assert_eq!(clock.now(), clock.now());
/// ```
pub trait Clock: Debug + Send + Sync {
    /// The current moment.
    fn now(&self) -> Timestamp;
}
