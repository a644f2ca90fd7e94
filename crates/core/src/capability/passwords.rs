//! Passwords: judging, making and hashing them.

use std::fmt;

use async_trait::async_trait;
use zeroize::Zeroizing;

use super::{Progress, Randomness};

/// A password in clear. Prints as `Secret(..)`, is wiped from memory when dropped, cannot be serialised, and
/// is never handed to a store.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the secret in. The caller's own copy is the caller's to wipe.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The password, for whoever hashes it or prints it on the hand-off sheet.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// The hash of a password, in the PHC string format. Prints as `PasswordHash(..)`.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Wraps what a [`Passwords`] made, or what a store kept.
    pub const fn from_phc(text: String) -> Self {
        Self(text)
    }

    /// The PHC string, for a store to keep and a [`Passwords`] to verify against.
    pub fn as_phc(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}

/// Why a password will not do. The message says what to do instead and does not repeat the password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{advice}")]
pub struct WeakPassword {
    /// What to do instead, as a sentence.
    pub advice: String,
}

/// Hashing failed: memory ran out, or the work was cancelled. Nothing was written.
#[derive(Debug, thiserror::Error)]
#[error("the passwords could not be hashed")]
pub struct HashingError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Judges, makes, hashes and verifies passwords.
///
/// # Contract
/// - `hash` answers with one hash for each secret, in order, each with a salt of its own. It does the work off
///   the caller's async threads and tells `progress` how far it is.
/// - `generate` gives a password with at least 64 bits of entropy from `randomness` that `check` accepts.
/// - `verify` takes the same time for every wrong password.
#[async_trait]
pub trait Passwords: fmt::Debug + Send + Sync {
    /// Judges a password that a person chose.
    fn check(&self, secret: &Secret) -> Result<(), WeakPassword>;

    /// Makes a password for a person to type once.
    fn generate(&self, randomness: &dyn Randomness) -> Secret;

    /// Hashes each secret.
    async fn hash(
        &self,
        secrets: &[Secret],
        progress: &dyn Progress,
    ) -> Result<Vec<PasswordHash>, HashingError>;

    /// True if `hash` is a hash of `secret`.
    async fn verify(&self, secret: &Secret, hash: &PasswordHash) -> Result<bool, HashingError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_do_not_print() {
        let canary = "correct horse battery staple";
        let secret = Secret::new(canary.to_owned());
        let hash = PasswordHash::from_phc(format!("$argon2id${canary}"));
        assert_eq!(secret.expose(), canary);
        assert!(!format!("{secret:?} {hash:?}").contains("horse"));
    }
}
