//! The computation of Argon2id, in memory that is kept from one hash to the next.

mod plain;
#[cfg(all(feature = "simd", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod simd;

use crate::phc::Tag;
use crate::{HashingFault, Implementation, Parameters};

/// What a thread computes with. Holds the memory of the largest hash so far; wipes it when told, and when dropped.
#[derive(Debug)]
pub(crate) enum Engine {
    /// With the crate `argon2`.
    Plain(plain::Plain),
    /// With the crate `argon2-rust`, which picks the widest instructions that the processor has.
    #[cfg(all(feature = "simd", any(target_arch = "x86_64", target_arch = "aarch64")))]
    Simd(simd::Simd),
}

impl Engine {
    /// The one that was asked for, as far as it is built in and computes rightly.
    pub(crate) fn new(implementation: Implementation) -> Self {
        #[cfg(all(feature = "simd", any(target_arch = "x86_64", target_arch = "aarch64")))]
        if implementation == Implementation::Fastest
            && let Some(simd) = simd::Simd::proven()
        {
            return Self::Simd(simd);
        }
        let _ = implementation;
        Self::Plain(plain::Plain::default())
    }

    /// Computes one hash.
    pub(crate) fn hash(
        &mut self,
        parameters: Parameters,
        secret: &[u8],
        salt: &[u8],
    ) -> Result<Tag, HashingFault> {
        match self {
            Self::Plain(plain) => plain.hash(parameters, secret, salt),
            #[cfg(all(feature = "simd", any(target_arch = "x86_64", target_arch = "aarch64")))]
            Self::Simd(simd) => simd.hash(parameters, secret, salt),
        }
    }

    /// Wipes what the last hash left in memory. The memory is kept.
    pub(crate) fn wipe(&mut self) {
        match self {
            Self::Plain(plain) => plain.wipe(),
            // It wipes after every hash.
            #[cfg(all(feature = "simd", any(target_arch = "x86_64", target_arch = "aarch64")))]
            Self::Simd(_) => {}
        }
    }

    /// Wipes the memory and gives it back.
    pub(crate) fn free(&mut self) {
        match self {
            Self::Plain(plain) => plain.free(),
            #[cfg(all(feature = "simd", any(target_arch = "x86_64", target_arch = "aarch64")))]
            Self::Simd(simd) => simd.free(),
        }
    }

    /// True if no memory is held.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Plain(plain) => plain.is_empty(),
            #[cfg(all(feature = "simd", any(target_arch = "x86_64", target_arch = "aarch64")))]
            Self::Simd(simd) => simd.is_empty(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phc;
    use staffroom_core::PasswordHash;

    /// What the reference implementation made of passwords.
    const REFERENCE: &str = include_str!("../tests/data/reference.txt");

    #[test]
    fn each_computes_what_the_reference_implementation_computes() {
        for implementation in [Implementation::Argon2, Implementation::Fastest] {
            let mut engine = Engine::new(implementation);
            for line in REFERENCE.lines().filter(|line| line.starts_with('$')) {
                let (hash, password) = line.split_once('\t').unwrap();
                let stored = phc::read(&PasswordHash::from_phc(hash.to_owned()), Parameters::SHARED).unwrap();
                let tag = engine.hash(stored.parameters, password.as_bytes(), &stored.salt).unwrap();
                assert!(tag == stored.tag, "{implementation:?}: {hash}");
            }
            assert!(!engine.is_empty());
            engine.free();
            assert!(engine.is_empty());
        }
    }
}
