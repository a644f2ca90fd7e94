//! Time.

use std::fmt::Debug;

use crate::Timestamp;

/// Tells the time.
///
/// # Contract
/// `now` answers with the current moment in UTC. It need not be monotonic: nothing is decided by comparing two
/// answers, only by comparing an answer with a stored expiry.
pub trait Clock: Debug + Send + Sync {
    /// The current moment.
    fn now(&self) -> Timestamp;
}
