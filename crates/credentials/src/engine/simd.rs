//! Argon2id with the crate `argon2-rust`: bit for bit what `argon2` computes, in a third of the time. Decision record 0030
//! says how it was looked over.

use argon2_rust::params::{Memory, TagLen};
use argon2_rust::{Algorithm, Argon2, Error, Hasher, Params, Version};

use super::Engine;
use super::plain::Plain;
use crate::phc::{TAG_LEN, Tag};
use crate::{HashingFault, Parameters};

/// `argon2-rust` and its memory, which it wipes after every hash.
pub(crate) struct Simd {
    hasher: Hasher,
}

impl Simd {
    /// One that has just agreed with `argon2` on this machine: what the processor has decides which code runs, and a wrong hash
    /// would lock its owner out. `None` if it does not agree.
    pub(crate) fn proven() -> Option<Self> {
        let mut simd = Self { hasher: context(Parameters::of(8, 1)).ok()?.hasher() };
        let mut judge = Plain::default();
        // Both ways of addressing, more than one group of addresses, a first pass and a later one.
        let agree = [Parameters::of(8, 1), Parameters::of(1024, 1), Parameters::of(96, 3)].into_iter().all(
            |parameters| {
                let judged = judge.hash(parameters, b"is this machine sound?", &[0x5a; 16]);
                judged.is_ok() && judged == simd.hash(parameters, b"is this machine sound?", &[0x5a; 16])
            },
        );
        simd.free();
        agree.then_some(simd)
    }
}

impl Engine for Simd {
    fn hash(&mut self, parameters: Parameters, secret: &[u8], salt: &[u8]) -> Result<Tag, HashingFault> {
        let refused = |error| match error {
            Error::MemoryAllocationError => HashingFault::OutOfMemory { memory_kib: parameters.memory_kib() },
            other => HashingFault::Refused(other.to_string()),
        };
        self.hasher.set_argon2(context(parameters).map_err(refused)?);
        let mut tag = [0; TAG_LEN];
        // A larger memory replaces a smaller one, and the smaller one is given back first.
        self.hasher.hash_into(secret, salt, &mut tag).map_err(refused)?;
        Ok(tag)
    }

    /// Nothing is left: it wipes after every hash.
    fn wipe(&mut self) {}

    fn free(&mut self) {
        self.hasher.clear();
    }

    fn is_empty(&self) -> bool {
        self.hasher.reserved_blocks() == 0
    }
}

fn context(parameters: Parameters) -> Result<Argon2, Error> {
    let params = Params::builder()
        .memory(Memory::kib(parameters.memory_kib().into()))
        .passes(parameters.passes())
        .lanes(1)
        .threads(1)
        .tag_len(TagLen::bytes(TAG_LEN as u64))
        .build()?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_is_what_computes_here() {
        assert!(Simd::proven().is_some());
    }

    proptest! {
        #[test]
        fn it_computes_what_the_judge_computes(
            // All sizes that end in some way within a group of addresses, a segment or a slice; and, seldom, large ones.
            memory in prop_oneof![20 => 8u32..600, 5 => 600u32..4_200, 1 => 4_200u32..20_000],
            passes in 1u32..5,
            secret in prop::collection::vec(any::<u8>(), 0..200),
            salt in prop::collection::vec(any::<u8>(), 8..=48),
        ) {
            let parameters = Parameters::of(memory, passes);
            let judged = Plain::default().hash(parameters, &secret, &salt).unwrap();
            prop_assert_eq!(Simd::proven().unwrap().hash(parameters, &secret, &salt).unwrap(), judged);
        }
    }

    #[test]
    fn what_was_in_memory_before_makes_no_difference() {
        let mut simd = Simd::proven().unwrap();
        let sizes = [(4_096, 1), (64, 3), (8, 1), (1_000, 2), (64, 3)]
            .map(|(memory, passes)| Parameters::of(memory, passes));
        for parameters in sizes {
            let judged = Plain::default().hash(parameters, b"secret", &[7; 16]).unwrap();
            assert_eq!(simd.hash(parameters, b"secret", &[7; 16]).unwrap(), judged);
        }
        assert_eq!(simd.hasher.reserved_blocks(), 4_096);
    }
}
