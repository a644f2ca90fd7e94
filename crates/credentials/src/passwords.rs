//! The capability itself.

use std::num::NonZeroUsize;
use std::sync::Arc;

use async_trait::async_trait;
use sha2::{Digest, Sha256};
use staffroom_core::{
    HashingError, PasswordHash, Passwords, Progress, Randomness, Secret, Step, Strength, TokenHash, Verified,
    WeakPassword,
};

use crate::engine::Engine;
use crate::normal::Normal;
use crate::pool::Pool;
use crate::verifying::Question;
use crate::{HashingFault, Settings, batch, generate, phc};

/// Passwords with Argon2id.
///
/// Has threads of its own, which hash and verify. A batch and sign-ins take turns in them: a sign-in waits for one hash, not for the
/// batch. Each thread keeps its memory while there is something to do, then wipes it, and gives it back after a minute
/// ([`Settings::with_idle_memory_for`]); the memory of all is at most the threads times that of [`Settings::shared`]. However
/// many sign-ins wait, they take no more.
///
/// A password over 256 characters is refused by `check` and fits no hash.
#[derive(Debug)]
pub struct Argon2Passwords {
    settings: Settings,
    randomness: Arc<dyn Randomness>,
    pool: Pool,
}

impl Argon2Passwords {
    /// Starts the threads. `randomness` gives the salts.
    ///
    /// # Errors
    /// If the operating system gives no threads.
    pub fn start(settings: Settings, randomness: Arc<dyn Randomness>) -> std::io::Result<Self> {
        let threads = settings
            .threads()
            .unwrap_or_else(|| std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN));
        let pool = Pool::start(threads, settings.implementation(), settings.idle_memory())?;
        Ok(Self { settings, randomness, pool })
    }

    /// How passwords are judged and hashed.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }
}

#[async_trait]
impl Passwords for Argon2Passwords {
    fn check(&self, secret: &Secret, about: &[&str]) -> Result<(), WeakPassword> {
        self.settings.policy().check(secret, about)
    }

    fn generate(&self, randomness: &dyn Randomness) -> Secret {
        generate::password(randomness, *self.settings.policy())
    }

    async fn hash(
        &self,
        secrets: &[Secret],
        strength: Strength,
        progress: &dyn Progress,
    ) -> Result<Vec<PasswordHash>, HashingError> {
        let parameters = match strength {
            Strength::Own => self.settings.own(),
            Strength::Shared => self.settings.shared(),
        };
        let too_long =
            || HashingFault::Refused("the password is longer than any that is accepted".to_owned());
        let normals = secrets
            .iter()
            .map(|secret| Normal::of(secret).ok_or_else(too_long))
            .collect::<Result<Vec<_>, _>>()?;
        let (count, randomness) = (normals.len(), Arc::clone(&self.randomness));
        let hash = move |index: usize, engine: &mut dyn Engine| {
            let secret = normals.get(index).map_or("", Normal::as_str);
            let mut salt = [0; phc::SALT_LEN];
            randomness.fill(&mut salt);
            let tag = engine.hash(parameters, secret.as_bytes(), &salt)?;
            phc::write(parameters, &salt, &tag)
        };
        let tell = |done| progress.report(Step::Hash, done, Some(count));
        Ok(batch::compute(&self.pool, count, hash, tell).await?)
    }

    async fn verify(&self, secret: &Secret, hash: Option<&PasswordHash>) -> Result<Verified, HashingError> {
        let question = Question::new(&self.settings, Normal::of(secret).as_ref(), hash);
        let answers = batch::compute(&self.pool, 1, move |_, engine| question.answer(engine), |_| ()).await?;
        Ok(answers.into_iter().next().unwrap_or(Verified::No))
    }

    fn token_hash(&self, token: &Secret) -> TokenHash {
        TokenHash::from_bytes(Sha256::digest(token.expose().as_bytes()).into())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::time::Duration;

    use futures_lite::future::{block_on, or, poll_once};
    use staffroom_core::NoProgress;
    use staffroom_system::SystemRandomness;

    use super::*;
    use crate::Implementation;

    /// Counts what it gives: one salt for each hash.
    #[derive(Debug, Default)]
    struct Counting {
        given: AtomicUsize,
        broken: AtomicBool,
    }

    impl Randomness for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            assert!(!self.broken.load(Ordering::SeqCst), "out of randomness");
            self.given.fetch_add(1, Ordering::SeqCst);
            SystemRandomness.fill(bytes);
        }
    }

    fn start(threads: usize, randomness: Arc<dyn Randomness>) -> Argon2Passwords {
        let settings = Settings::cheap().with_threads(NonZeroUsize::new(threads).unwrap());
        Argon2Passwords::start(settings, randomness).unwrap()
    }

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    fn hash_one(passwords: &Argon2Passwords, text: &str) -> PasswordHash {
        let hashes = block_on(passwords.hash(&[secret(text)], Strength::Own, &NoProgress)).unwrap();
        hashes.into_iter().next().unwrap()
    }

    fn verify(passwords: &Argon2Passwords, text: &str, hash: &PasswordHash) -> Verified {
        block_on(passwords.verify(&secret(text), Some(hash))).unwrap()
    }

    #[test]
    fn ten_thousand_generated_passwords_have_ten_thousand_salts() {
        let passwords = start(2, Arc::new(SystemRandomness));
        let secrets: Vec<Secret> = (0..10_000).map(|_| passwords.generate(&SystemRandomness)).collect();
        let hashes = block_on(passwords.hash(&secrets, Strength::Own, &NoProgress)).unwrap();
        let salts: BTreeSet<&str> =
            hashes.iter().filter_map(|hash| hash.as_phc().split('$').nth(4)).collect();
        assert_eq!((secrets.len(), hashes.len(), salts.len()), (10_000, 10_000, 10_000));
        // In the order of the passwords, whichever thread was first.
        for (secret, hash) in secrets.iter().zip(&hashes).step_by(97) {
            assert_eq!(verify(&passwords, secret.expose(), hash), Verified::Yes);
        }
        assert_eq!(verify(&passwords, secrets[1].expose(), &hashes[0]), Verified::No);
    }

    #[test]
    fn each_strength_has_its_parameters() {
        let passwords = start(1, Arc::new(SystemRandomness));
        let hashes =
            block_on(passwords.hash(&[secret("one for all")], Strength::Shared, &NoProgress)).unwrap();
        assert!(hashes[0].as_phc().starts_with("$argon2id$v=19$m=128,t=2,p=1$"));
        assert_eq!(verify(&passwords, "one for all", &hashes[0]), Verified::Yes);
        assert_eq!(verify(&passwords, "one for none", &hashes[0]), Verified::No);
        assert!(hash_one(&passwords, "one").as_phc().starts_with("$argon2id$v=19$m=32,t=1,p=1$"));
    }

    #[test]
    fn it_says_what_it_was_started_with() {
        let (threads, idle) = (NonZeroUsize::new(2).unwrap(), Duration::from_secs(7));
        let settings = Settings::cheap()
            .with_threads(threads)
            .with_implementation(Implementation::Fastest)
            .with_idle_memory_for(idle);
        let passwords = Argon2Passwords::start(settings, Arc::new(SystemRandomness)).unwrap();
        let settings = passwords.settings();
        assert_eq!((settings.threads(), settings.idle_memory()), (Some(threads), idle));
        assert_eq!(settings.implementation(), Implementation::Fastest);
        assert_eq!(passwords.settings().own(), Settings::cheap().own());
        assert_ne!(passwords.settings().own(), Settings::default().own());
    }

    #[test]
    fn a_letter_is_the_same_however_the_keyboard_spells_it() {
        let passwords = start(1, Arc::new(SystemRandomness));
        let hash = hash_one(&passwords, "Gru\u{308}\u{df}e aus Zu\u{308}rich");
        assert_eq!(verify(&passwords, "Gr\u{fc}\u{df}e aus Z\u{fc}rich", &hash), Verified::Yes);
        assert_eq!(verify(&passwords, "Grusse aus Zurich", &hash), Verified::No);
    }

    #[test]
    fn what_is_weak_or_built_from_a_name_will_not_do() {
        let passwords = start(1, Arc::new(SystemRandomness));
        let check = |text: &str| passwords.check(&secret(text), &["Lakeside Schools", "Maria"]);
        assert!(check("quiet harbour violin").is_ok());
        for weak in ["", "short", "password123", "lakesideschools", "Maria Maria Maria"] {
            assert!(check(weak).is_err(), "{weak}");
        }
    }

    #[test]
    fn what_is_too_long_is_no_password() {
        let passwords = start(1, Arc::new(SystemRandomness));
        let long = "x".repeat(257);
        assert!(
            block_on(passwords.hash(&[secret("short"), secret(&long)], Strength::Own, &NoProgress)).is_err()
        );
        assert_eq!(verify(&passwords, &long, &hash_one(&passwords, "")), Verified::No);
        let longest = "x".repeat(256);
        assert_eq!(verify(&passwords, &longest, &hash_one(&passwords, &longest)), Verified::Yes);
    }

    /// Keeps what it is told.
    #[derive(Debug, Default)]
    struct Told(Mutex<Vec<(usize, Option<usize>)>>);

    impl Progress for Told {
        fn report(&self, step: Step, done: usize, total: Option<usize>) {
            assert_eq!(step, Step::Hash);
            self.0.lock().unwrap().push((done, total));
        }
    }

    #[test]
    fn progress_grows_to_the_whole() {
        let passwords = start(2, Arc::new(SystemRandomness));
        let secrets: Vec<Secret> = (0..300).map(|number| secret(&format!("{number}"))).collect();
        let told = Told::default();
        block_on(passwords.hash(&secrets, Strength::Own, &told)).unwrap();
        let told = told.0.into_inner().unwrap();
        assert!(told.is_sorted_by(|a, b| a.0 < b.0) && told.iter().all(|told| told.1 == Some(300)));
        assert_eq!(told.last(), Some(&(300, Some(300))));
        assert!(block_on(passwords.hash(&[], Strength::Own, &NoProgress)).unwrap().is_empty());
    }

    #[test]
    fn dropping_the_future_stops_the_threads_within_a_hash() {
        let randomness = Arc::new(Counting::default());
        let passwords = start(2, randomness.clone());
        let secrets: Vec<Secret> = (0..100_000).map(|number| secret(&format!("{number}"))).collect();
        let mut hashing = passwords.hash(&secrets, Strength::Own, &NoProgress);
        assert!(block_on(poll_once(&mut hashing)).is_none());
        while randomness.given.load(Ordering::SeqCst) < 10 {
            std::thread::yield_now();
        }
        drop(hashing);
        let given = randomness.given.load(Ordering::SeqCst);
        // Both threads have come past what they were at, once these are done.
        for _ in 0..4 {
            hash_one(&passwords, "another");
        }
        let after = randomness.given.load(Ordering::SeqCst);
        assert!(after <= given + 2 + 4, "{given}, then {after}");
    }

    #[test]
    fn a_sign_in_does_not_wait_for_a_batch() {
        let randomness = Arc::new(Counting::default());
        let passwords = start(1, randomness.clone());
        let secrets: Vec<Secret> = (0..100_000).map(|number| secret(&format!("{number}"))).collect();
        let batch = async {
            passwords.hash(&secrets, Strength::Own, &NoProgress).await.unwrap();
            "the batch"
        };
        let sign_in = async {
            passwords.verify(&secret("somebody"), None).await.unwrap();
            "the sign-in"
        };
        assert_eq!(block_on(or(batch, sign_in)), "the sign-in");
        assert!(randomness.given.load(Ordering::SeqCst) < 100_000);
    }

    #[test]
    fn a_panic_is_an_error_and_the_threads_go_on() {
        let randomness = Arc::new(Counting::default());
        let passwords = start(1, randomness.clone());
        randomness.broken.store(true, Ordering::SeqCst);
        let secrets = [secret("one"), secret("two"), secret("three")];
        let HashingError(fault) = block_on(passwords.hash(&secrets, Strength::Own, &NoProgress)).unwrap_err();
        assert_eq!(fault.downcast_ref(), Some(&HashingFault::Panicked));
        randomness.broken.store(false, Ordering::SeqCst);
        assert_eq!(verify(&passwords, "one", &hash_one(&passwords, "one")), Verified::Yes);
    }

    #[test]
    fn a_hash_that_cannot_be_read_is_an_error() {
        let passwords = start(1, Arc::new(SystemRandomness));
        let garbled =
            PasswordHash::from_phc("$argon2id$v=19$m=4294967295,t=4294967295,p=1$c2FsdA$c2FsdA".to_owned());
        let HashingError(fault) = block_on(passwords.verify(&secret("one"), Some(&garbled))).unwrap_err();
        assert_eq!(fault.downcast_ref(), Some(&HashingFault::Unreadable));
    }

    #[test]
    fn a_token_is_found_by_its_sha_256() {
        let passwords = start(1, Arc::new(SystemRandomness));
        // FIPS 180-4, "abc".
        let expected: [u128; 2] =
            [0xba78_16bf_8f01_cfea_4141_40de_5dae_2223, 0xb003_61a3_9617_7a9c_b410_ff61_f200_15ad];
        let hash = passwords.token_hash(&secret("abc"));
        assert!(hash.as_bytes().iter().copied().eq(expected.into_iter().flat_map(u128::to_be_bytes)));
    }

    #[test]
    fn nothing_secret_is_printed() {
        let passwords = start(1, Arc::new(SystemRandomness));
        let secrets = [secret("canary"), secret("canary")];
        let mut hashing = passwords.hash(&secrets, Strength::Own, &NoProgress);
        let _ = block_on(poll_once(&mut hashing));
        assert!(!format!("{passwords:?}").contains("canary"));
    }
}
