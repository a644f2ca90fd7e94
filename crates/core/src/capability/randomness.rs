//! Randomness.

use std::fmt::Debug;

/// Gives random bytes fit for secrets.
///
/// Example: [a clock](crate::Clock#an-example).
///
/// # Contract
/// Every bit is unpredictable to anybody without access to the generator (the operating system's generator is
/// what is meant). Failing to get randomness is not recoverable: an implementation aborts rather than
/// answering with anything else.
pub trait Randomness: Debug + Send + Sync {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}
