//! Argon2id with the crate `argon2`: the default, and the judge of every other.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use zeroize::Zeroize;

use super::Engine;
use crate::phc::{TAG_LEN, Tag};
use crate::{HashingFault, Parameters};

/// `argon2` and its memory.
#[derive(Default)]
pub(crate) struct Plain {
    memory: Vec<Block>,
    /// How many blocks, from the first on, hold what a hash left behind.
    used: usize,
}

impl Engine for Plain {
    fn hash(&mut self, parameters: Parameters, secret: &[u8], salt: &[u8]) -> Result<Tag, HashingFault> {
        let (memory_kib, passes) = (parameters.memory_kib(), parameters.passes());
        let context = Params::new(memory_kib, passes, 1, Some(TAG_LEN)).map_err(refused)?;
        self.reserve(context.block_count(), memory_kib)?;
        self.used = self.used.max(context.block_count());
        let mut tag = [0; TAG_LEN];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, context)
            .hash_password_into_with_memory(secret, salt, &mut tag, &mut self.memory)
            .map_err(refused)?;
        Ok(tag)
    }

    fn wipe(&mut self) {
        self.memory.iter_mut().take(self.used).for_each(Zeroize::zeroize);
        self.used = 0;
    }

    fn free(&mut self) {
        self.wipe();
        self.memory = Vec::new();
    }

    fn is_empty(&self) -> bool {
        self.memory.is_empty()
    }
}

impl Plain {
    /// Sees to it that there are that many blocks: never more than the largest hash takes, also while growing.
    fn reserve(&mut self, blocks: usize, memory_kib: u32) -> Result<(), HashingFault> {
        if self.memory.len() < blocks {
            self.free();
            self.memory.try_reserve_exact(blocks).map_err(|_| HashingFault::OutOfMemory { memory_kib })?;
            self.memory.resize(blocks, Block::new());
        }
        Ok(())
    }
}

impl Drop for Plain {
    fn drop(&mut self) {
        self.wipe();
    }
}

fn refused(error: argon2::Error) -> HashingFault {
    HashingFault::Refused(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_kept_and_wiped() {
        let mut plain = Plain::default();
        let first = plain.hash(Parameters::of(64, 1), b"secret", b"some salt here..").unwrap();
        assert_eq!((plain.memory.len(), plain.memory.capacity()), (64, 64));
        let smaller = plain.hash(Parameters::of(16, 1), b"secret", b"some salt here..").unwrap();
        assert_eq!(plain.memory.len(), 64);
        assert_ne!(first, smaller);

        assert!(plain.memory.iter().flat_map(AsRef::as_ref).any(|word: &u64| *word != 0));
        plain.wipe();
        assert!(plain.memory.iter().flat_map(AsRef::as_ref).all(|word: &u64| *word == 0));
        assert_eq!(plain.hash(Parameters::of(64, 1), b"secret", b"some salt here..").unwrap(), first);
        plain.free();
        assert!(plain.is_empty());
    }
}
