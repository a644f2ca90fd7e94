//! What can go wrong in hashing.

use staffroom_core::HashingError;

/// Why hashing or verifying failed. It is the source of a [`HashingError`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HashingFault {
    /// The memory for one hash could not be had. Use fewer threads or smaller parameters.
    #[error(
        "{memory_kib} KiB of memory for a hash could not be had: use fewer threads, or parameters with less memory"
    )]
    OutOfMemory {
        /// How much, in KiB.
        memory_kib: u32,
    },
    /// The thread that hashed panicked: the operating system gave no randomness, or a bug.
    #[error("the thread that hashed panicked")]
    Panicked,
    /// What the store kept is no hash that was made here, or takes more memory or work than any made here.
    #[error(
        "the stored hash cannot be read: it is not an Argon2id hash of this installation, or its parameters are above the current ones"
    )]
    Unreadable,
    /// Argon2 refused its input.
    #[error("the hash could not be computed: {0}")]
    Refused(String),
}

impl From<HashingFault> for HashingError {
    fn from(fault: HashingFault) -> Self {
        Self(Box::new(fault))
    }
}
