//! The capability itself.

use std::num::NonZeroUsize;
use std::sync::Arc;

use async_trait::async_trait;
use sha2::{Digest, Sha256};
use staffroom_core::{
    HashingError, PasswordHash, Passwords, Progress, Randomness, Secret, Step, Strength, TokenHash, Verified,
    WeakPassword,
};

use crate::normal::Normal;
use crate::pool::Pool;
use crate::verifying::Question;
use crate::{HashingFault, Settings, batch, generate, phc};

/// Passwords with Argon2id.
///
/// Has threads of its own, which hash and verify. A batch and sign-ins take turns in them: a sign-in waits for one hash, not for the
/// batch. Each thread keeps its memory while there is something to do, then wipes it, and gives it back after two seconds; the
/// memory of all is at most the threads times that of [`Settings::shared`]. However many sign-ins wait, they take no more.
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
        Ok(Self { pool: Pool::start(threads, settings.implementation())?, settings, randomness })
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
        generate::password(randomness, self.settings.policy())
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
        let hash = move |index: usize, engine: &mut crate::engine::Engine| {
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
