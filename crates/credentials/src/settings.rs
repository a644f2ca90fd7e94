//! What an embedder may choose.

use std::num::NonZeroUsize;
use std::time::Duration;

use crate::{Parameters, Policy};

/// How passwords are judged and hashed. [`Default`] is right for most.
///
/// ```
/// use staffroom_credentials::{Parameters, Policy, Settings};
/// let settings = Settings::default()
///     .with_policy(Policy::new(20)?)
///     .with_parameters(Parameters::new(32 * 1024, 3)?, Parameters::new(128 * 1024, 3)?)?;
/// assert_eq!(settings.own().memory_kib(), 32 * 1024);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    own: Parameters,
    shared: Parameters,
    threads: Option<NonZeroUsize>,
    implementation: Implementation,
    idle_memory: Duration,
    policy: Policy,
}

/// Which code computes Argon2id. All of them compute the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Implementation {
    /// The fastest that is built in: with the feature `simd`, the crate `argon2-rust`, after it has agreed with the crate `argon2` on
    /// this machine; otherwise the crate `argon2`.
    #[default]
    Fastest,
    /// The crate `argon2`, whatever else is built in.
    Argon2,
}

impl Default for Settings {
    /// [`Parameters::OWN`], [`Parameters::SHARED`], as many threads as the machine has cores, memory kept for a minute, and
    /// the default [`Policy`].
    fn default() -> Self {
        Self {
            own: Parameters::OWN,
            shared: Parameters::SHARED,
            threads: None,
            implementation: Implementation::Fastest,
            idle_memory: Duration::from_mins(1),
            policy: Policy::default(),
        }
    }
}

impl Settings {
    /// With these parameters for one person's own password, and for one password of many people.
    ///
    /// They can be raised at any time: whoever signs in is hashed anew. A stored hash that takes more memory or more work than
    /// `shared` is no longer read, so do not lower `shared` below what hashes were made with.
    ///
    /// # Errors
    /// [`SettingsError::SharedBelowOwn`] if the shared ones take less memory or less work than the others.
    pub const fn with_parameters(
        mut self,
        own: Parameters,
        shared: Parameters,
    ) -> Result<Self, SettingsError> {
        if !own.within(shared) {
            return Err(SettingsError::SharedBelowOwn);
        }
        self.own = own;
        self.shared = shared;
        Ok(self)
    }

    /// With that many threads to hash and verify in. They take at most that many times the memory of the shared parameters.
    #[must_use]
    pub const fn with_threads(mut self, threads: NonZeroUsize) -> Self {
        self.threads = Some(threads);
        self
    }

    /// With that code to compute with.
    #[must_use]
    pub const fn with_implementation(mut self, implementation: Implementation) -> Self {
        self.implementation = implementation;
        self
    }

    /// With threads that keep their memory, wiped, for so long when there is nothing to do. Taking it again is a good part of what
    /// a hash costs.
    #[must_use]
    pub const fn with_idle_memory_for(mut self, time: Duration) -> Self {
        self.idle_memory = time;
        self
    }

    /// With that policy.
    #[must_use]
    pub const fn with_policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// The parameters for one person's own password.
    pub const fn own(&self) -> Parameters {
        self.own
    }

    /// The parameters for one password of many people.
    pub const fn shared(&self) -> Parameters {
        self.shared
    }

    /// The threads that were asked for; `None` means as many as the machine has cores.
    pub const fn threads(&self) -> Option<NonZeroUsize> {
        self.threads
    }

    /// The code that was asked for.
    pub const fn implementation(&self) -> Implementation {
        self.implementation
    }

    /// For how long a thread that has nothing to do keeps its memory.
    pub const fn idle_memory(&self) -> Duration {
        self.idle_memory
    }

    /// The policy.
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Parameters that tests can afford. Only this crate's own tests can ask for them.
    #[cfg(test)]
    pub(crate) fn cheap() -> Self {
        Self { own: Parameters::of(32, 1), shared: Parameters::of(128, 2), ..Self::default() }
    }
}

/// Settings that do not go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// A password of many people would be hashed more weakly than one person's own.
    #[error(
        "the parameters for shared passwords must take at least the memory and the work of those for own passwords"
    )]
    SharedBelowOwn,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_password_is_never_the_weaker_one() {
        let (own, shared) = (Parameters::OWN, Parameters::SHARED);
        assert_eq!(Settings::default().with_parameters(shared, own), Err(SettingsError::SharedBelowOwn));
        // As much work, in less memory.
        let (fast, wide) = (Parameters::new(32 * 1024, 4).unwrap(), Parameters::new(64 * 1024, 2).unwrap());
        assert!(Settings::default().with_parameters(wide, fast).is_err());
        assert!(Settings::default().with_parameters(fast, wide).is_ok());
        assert!(Settings::default().with_parameters(shared, shared).is_ok());
    }
}
