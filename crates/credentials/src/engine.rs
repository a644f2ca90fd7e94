//! The computation of Argon2id, in memory that is kept from one hash to the next.

mod plain;
#[cfg(all(feature = "simd", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod simd;

use crate::phc::Tag;
use crate::{HashingFault, Implementation, Parameters};

/// What a thread computes with. Holds the memory of the largest hash so far; wipes it when told, and when dropped.
pub(crate) trait Engine: Send {
    /// Computes one hash.
    fn hash(&mut self, parameters: Parameters, secret: &[u8], salt: &[u8]) -> Result<Tag, HashingFault>;

    /// Wipes what the last hashes left in memory. The memory is kept.
    fn wipe(&mut self);

    /// Wipes the memory and gives it back.
    fn free(&mut self);

    /// True if no memory is held.
    fn is_empty(&self) -> bool;
}

/// The one that was asked for, as far as it is built in and computes rightly.
pub(crate) fn start(implementation: Implementation) -> Box<dyn Engine> {
    match implementation {
        Implementation::Fastest => fastest(),
        Implementation::Argon2 => None,
    }
    .unwrap_or_else(|| Box::new(plain::Plain::default()))
}

#[cfg(all(feature = "simd", any(target_arch = "x86_64", target_arch = "aarch64")))]
fn fastest() -> Option<Box<dyn Engine>> {
    Some(Box::new(simd::Simd::proven()?))
}

#[cfg(not(all(feature = "simd", any(target_arch = "x86_64", target_arch = "aarch64"))))]
fn fastest() -> Option<Box<dyn Engine>> {
    None
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
            let mut engine = start(implementation);
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
