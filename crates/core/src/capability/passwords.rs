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

/// The hash of a token that a person holds: of a session, or of a reset. Prints as `TokenHash(..)`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// Wraps what a [`Passwords`] made, or what a store kept.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, for a store to keep and find it by.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(..)")
    }
}

/// How strongly a password is to be hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Strength {
    /// One person's own.
    Own,
    /// One secret that many share: with stronger parameters, for whoever guesses it guesses them all.
    Shared,
}

/// Whether a password is the one that was hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verified {
    /// It is not, or there was no hash.
    No,
    /// It is.
    Yes,
    /// It is, but was hashed with weaker parameters than are asked for now.
    HashAgain,
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
/// Example: [a clock](crate::Clock#an-example).
///
/// # Contract
/// - `hash` answers with one hash for each secret, in order, each with a salt of its own. It does the work off
///   the caller's async threads and tells `progress` how far it is.
/// - `generate` gives a password with at least 64 bits of entropy from `randomness` that `check` accepts.
/// - `verify` does the same work, and takes the same time, whatever it answers: with a hash of either strength,
///   with one that cannot be read, and with none at all. Nobody learns from it who has an account.
/// - `token_hash` gives the same hash for the same text in every process, now and later, and nobody finds a text
///   from its hash.
#[async_trait]
pub trait Passwords: fmt::Debug + Send + Sync {
    /// Judges a password that a person chose. `about` are texts that it must not be built from: the person's names and
    /// email, those of the network and the school.
    fn check(&self, secret: &Secret, about: &[&str]) -> Result<(), WeakPassword>;

    /// Makes a password for a person to type once.
    fn generate(&self, randomness: &dyn Randomness) -> Secret;

    /// Hashes each secret.
    async fn hash(
        &self,
        secrets: &[Secret],
        strength: Strength,
        progress: &dyn Progress,
    ) -> Result<Vec<PasswordHash>, HashingError>;

    /// Whether `hash` is a hash of `secret`.
    async fn verify(&self, secret: &Secret, hash: Option<&PasswordHash>) -> Result<Verified, HashingError>;

    /// The hash to find `token` by, in one quick step: for texts with 128 bits of randomness or more, which nobody
    /// guesses, and for keys that are no secret.
    fn token_hash(&self, token: &Secret) -> TokenHash;
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
        assert_eq!(format!("{:?}", TokenHash::from_bytes([7; 32])), "TokenHash(..)");
    }
}
