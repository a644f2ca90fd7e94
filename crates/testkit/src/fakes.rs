//! Capabilities that do as a test says: a clock that steps, ids that count, passwords that are not secret.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use staffroom_core::{
    Clock, HashingError, IdSource, Mail, MailError, Mailer, PasswordHash, Passwords, Progress, Randomness,
    Secret, Step, Strength, Timestamp, TokenHash, Verified, WeakPassword,
};
use uuid::Uuid;

/// A clock that starts at a fixed moment and moves on by one second whenever it is asked.
#[derive(Debug)]
pub struct SteppingClock {
    micros: AtomicI64,
}

impl SteppingClock {
    /// A clock that starts at 2026-08-17T08:00:00Z.
    pub const fn new() -> Self {
        Self::days_later(0)
    }

    /// A clock that starts that many days later.
    pub const fn days_later(days: u16) -> Self {
        // Every day that a `u16` counts has room.
        Self { micros: AtomicI64::new(1_786_953_600_000_000 + days as i64 * 86_400_000_000) }
    }
}

impl Default for SteppingClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SteppingClock {
    fn now(&self) -> Timestamp {
        let micros = self.micros.fetch_add(1_000_000, Ordering::Relaxed);
        Timestamp::from_unix_micros(micros).unwrap_or_else(|| Timestamp::new(chrono::DateTime::UNIX_EPOCH))
    }
}

/// A clock that stands still until it is set.
#[derive(Debug)]
pub struct HandClock {
    micros: AtomicI64,
}

impl HandClock {
    /// A clock that stands where a [`SteppingClock`] starts.
    pub fn new() -> Self {
        Self { micros: AtomicI64::new(SteppingClock::new().now().unix_micros()) }
    }

    /// Moves it on.
    pub fn pass(&self, time: Duration) {
        let micros = i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }
}

impl Default for HandClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        let micros = self.micros.load(Ordering::Relaxed);
        Timestamp::from_unix_micros(micros).unwrap_or_else(|| Timestamp::new(chrono::DateTime::UNIX_EPOCH))
    }
}

/// A mailer that keeps what it is handed, and fails when it is told to.
#[derive(Debug, Default)]
pub struct Outbox {
    mails: Mutex<Vec<Mail>>,
    fails: AtomicBool,
}

impl Outbox {
    /// From now on, whether handing mail over fails.
    pub fn fail(&self, fails: bool) {
        self.fails.store(fails, Ordering::Relaxed);
    }

    /// What was handed over since this was last asked.
    pub fn empty(&self) -> Vec<Mail> {
        std::mem::take(&mut *self.mails.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Mailer for Outbox {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        if self.fails.load(Ordering::Relaxed) {
            return Err(MailError("the outbox was told to fail".into()));
        }
        self.mails.lock().unwrap_or_else(PoisonError::into_inner).push(mail.clone());
        Ok(())
    }
}

/// Ids that count up from a start: the same in every run, never the same twice.
#[derive(Debug)]
pub struct CountingIds {
    space: u64,
    next: AtomicU64,
}

impl CountingIds {
    /// Ids that differ from those of every other `space`.
    pub const fn new(space: u64) -> Self {
        Self { space, next: AtomicU64::new(1) }
    }
}

impl IdSource for CountingIds {
    fn next_id(&self) -> Uuid {
        Uuid::from_u64_pair(self.space, self.next.fetch_add(1, Ordering::Relaxed))
    }
}

/// Randomness that anybody can foretell. For tests only.
#[derive(Debug, Default)]
pub struct ForetoldRandomness {
    next: AtomicU64,
}

impl ForetoldRandomness {
    /// Bytes that come from no other space, for a good while: tokens made of them are told apart, as real ones are.
    pub const fn new(space: u64) -> Self {
        Self { next: AtomicU64::new(space << 32) }
    }
}

impl Randomness for ForetoldRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let number = self.next.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            chunk.iter_mut().zip(number.to_le_bytes()).for_each(|(byte, random)| *byte = random);
        }
    }
}

/// Passwords whose "hash" is the password backwards. For tests only: it lets a test see that the right hash went to
/// the right user, and that no clear password went anywhere.
#[derive(Debug, Default)]
pub struct ReversedPasswords;

impl ReversedPasswords {
    /// The "hash" of `secret`.
    pub fn hash_of(secret: &Secret) -> PasswordHash {
        PasswordHash::from_phc(format!("$reversed${}", secret.expose().chars().rev().collect::<String>()))
    }
}

#[async_trait]
impl Passwords for ReversedPasswords {
    fn check(&self, secret: &Secret, _: &[&str]) -> Result<(), WeakPassword> {
        if secret.expose().chars().count() >= 15 {
            Ok(())
        } else {
            Err(WeakPassword { advice: "use at least 15 characters".to_owned() })
        }
    }

    fn generate(&self, randomness: &dyn Randomness) -> Secret {
        let mut bytes = [0; 16];
        randomness.fill(&mut bytes);
        Secret::new(format!("{:032x}", u128::from_le_bytes(bytes)))
    }

    async fn hash(
        &self,
        secrets: &[Secret],
        _: Strength,
        progress: &dyn Progress,
    ) -> Result<Vec<PasswordHash>, HashingError> {
        progress.report(Step::Hash, secrets.len(), Some(secrets.len()));
        Ok(secrets.iter().map(Self::hash_of).collect())
    }

    async fn verify(&self, secret: &Secret, hash: Option<&PasswordHash>) -> Result<Verified, HashingError> {
        Ok(if hash == Some(&Self::hash_of(secret)) { Verified::Yes } else { Verified::No })
    }

    fn token_hash(&self, token: &Secret) -> TokenHash {
        // Four FNV-1a of 64 bits, each with a start of its own. One-way it is not.
        let mut bytes = [0; 32];
        for (chunk, start) in bytes.chunks_mut(8).zip(1_u64..) {
            let hash = token.expose().bytes().fold(0xCBF2_9CE4_8422_2325 ^ start, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
            });
            chunk.copy_from_slice(&hash.to_le_bytes());
        }
        TokenHash::from_bytes(bytes)
    }
}
