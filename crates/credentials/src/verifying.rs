//! Whether a password fits a hash, with the same work for every answer.

use staffroom_core::{PasswordHash, Verified};
use zeroize::Zeroizing;

use crate::engine::Engine;
use crate::normal::Normal;
use crate::phc::{self, SALT_LEN, Stored, Tag};
use crate::{HashingFault, Parameters, Settings};

/// What stands in where there is no salt: nothing is kept of what is computed with it.
const NO_SALT: [u8; SALT_LEN] = [0; SALT_LEN];

/// A password to be held against a hash, or against nothing.
pub(crate) struct Question {
    /// Each is computed once for every question: the parameters of own and of shared passwords, the lesser first.
    turns: Vec<Parameters>,
    own: Parameters,
    secret: Zeroizing<Vec<u8>>,
    /// False if no hash can be one of this password.
    possible: bool,
    stored: Result<Option<Stored>, HashingFault>,
}

impl Question {
    pub(crate) fn new(settings: &Settings, secret: Option<&Normal>, hash: Option<&PasswordHash>) -> Self {
        let mut turns = vec![settings.own(), settings.shared()];
        turns.dedup();
        Self {
            turns,
            own: settings.own(),
            secret: Zeroizing::new(secret.map_or(&[][..], |secret| secret.as_str().as_bytes()).to_vec()),
            possible: secret.is_some(),
            stored: hash.map(|hash| phc::read(hash, settings.shared())).transpose(),
        }
    }

    /// Computes the answer.
    ///
    /// Every question takes one computation with each of the parameters in use, in the same order and the same memory. The hash
    /// that is asked about takes the first turn that is enough for it; what a weaker hash leaves of its turn is made up for.
    pub(crate) fn answer(&self, engine: &mut dyn Engine) -> Result<Verified, HashingFault> {
        let mut stored = self.stored.as_ref().ok().and_then(Option::as_ref);
        let mut fits = false;
        for turn in &self.turns {
            match stored.take_if(|stored| stored.parameters.within(*turn)) {
                Some(stored) => {
                    fits |= equal(&engine.hash(stored.parameters, &self.secret, &stored.salt)?, &stored.tag);
                    if let Some(rest) = stored.parameters.up_to(*turn) {
                        engine.hash(rest, &self.secret, &NO_SALT)?;
                    }
                }
                None => {
                    engine.hash(*turn, &self.secret, &NO_SALT)?;
                }
            }
        }
        match &self.stored {
            Err(fault) => Err(fault.clone()),
            Ok(Some(stored)) if fits && self.possible => Ok(self.verified(stored)),
            Ok(_) => Ok(Verified::No),
        }
    }

    fn verified(&self, stored: &Stored) -> Verified {
        if stored.parameters.below(self.own) || stored.salt.len() < SALT_LEN {
            Verified::HashAgain
        } else {
            Verified::Yes
        }
    }
}

/// Compares all bytes, wherever the first difference is.
fn equal(one: &Tag, other: &Tag) -> bool {
    std::hint::black_box(one.iter().zip(other).fold(0, |seen, (a, b)| seen | (a ^ b))) == 0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use staffroom_core::Secret;

    use super::*;
    use crate::phc::TAG_LEN;

    /// Computes nothing, and counts.
    #[derive(Default)]
    struct Counted {
        work: u64,
        most_memory: u32,
        computations: usize,
    }

    impl Engine for Counted {
        fn hash(&mut self, parameters: Parameters, _: &[u8], _: &[u8]) -> Result<Tag, HashingFault> {
            self.work += parameters.work();
            self.most_memory = self.most_memory.max(parameters.blocks());
            self.computations += 1;
            Ok([0; TAG_LEN])
        }

        fn wipe(&mut self) {}

        fn free(&mut self) {}

        fn is_empty(&self) -> bool {
            true
        }
    }

    fn count(
        settings: &Settings,
        secret: &str,
        hash: Option<&PasswordHash>,
    ) -> (Counted, Result<Verified, HashingFault>) {
        let mut counted = Counted::default();
        let normal = Normal::of(&Secret::new(secret.to_owned()));
        let answer = Question::new(settings, normal.as_ref(), hash).answer(&mut counted);
        (counted, answer)
    }

    fn hash(parameters: Parameters, tag: Tag) -> PasswordHash {
        phc::write(parameters, &[1; SALT_LEN], &tag).unwrap()
    }

    #[test]
    fn every_answer_takes_the_same_work() {
        let settings = Settings::default();
        let (own, shared) = (Parameters::OWN, Parameters::SHARED);
        let (fits, fits_not) = ([0; TAG_LEN], [1; TAG_LEN]);
        let whole = own.work() + shared.work();
        let long = "x".repeat(5_000);
        for (secret, hash, expected) in [
            ("meadow lantern oboe", None, Ok(Verified::No)),
            ("meadow lantern oboe", Some(hash(own, fits)), Ok(Verified::Yes)),
            ("meadow lantern oboe", Some(hash(own, fits_not)), Ok(Verified::No)),
            ("meadow lantern oboe", Some(hash(shared, fits)), Ok(Verified::Yes)),
            ("meadow lantern oboe", Some(hash(shared, fits_not)), Ok(Verified::No)),
            (
                "meadow lantern oboe",
                Some(PasswordHash::from_phc("garbled".to_owned())),
                Err(HashingFault::Unreadable),
            ),
            (
                "meadow lantern oboe",
                Some(hash(Parameters::of(u32::MAX, 1), fits)),
                Err(HashingFault::Unreadable),
            ),
            (&long, None, Ok(Verified::No)),
            (&long, Some(hash(own, fits)), Ok(Verified::No)),
        ] {
            let (counted, answer) = count(&settings, secret, hash.as_ref());
            assert_eq!((counted.work, counted.computations), (whole, 2), "{answer:?}");
            assert_eq!(counted.most_memory, shared.blocks());
            assert_eq!(answer, expected);
        }
    }

    #[test]
    fn where_all_passwords_are_hashed_alike_one_computation_will_do() {
        let settings = Settings::default().with_parameters(Parameters::SHARED, Parameters::SHARED).unwrap();
        for hash in [None, Some(hash(Parameters::SHARED, [0; TAG_LEN]))] {
            assert_eq!(count(&settings, "secret", hash.as_ref()).0.work, Parameters::SHARED.work());
        }
    }

    #[test]
    fn a_weaker_hash_is_to_be_made_again() {
        let settings = Settings::default();
        let verified = |parameters| count(&settings, "secret", Some(&hash(parameters, [0; TAG_LEN]))).1;
        assert_eq!(verified(Parameters::of(19 * 1024 - 4, 2)), Ok(Verified::HashAgain));
        assert_eq!(verified(Parameters::of(19 * 1024, 1)), Ok(Verified::HashAgain));
        assert_eq!(verified(Parameters::of(15 * 1024, 5)), Ok(Verified::HashAgain));
        // Stronger than today's own: from the time before the parameters were lowered, or a shared one.
        assert_eq!(verified(Parameters::of(32 * 1024, 3)), Ok(Verified::Yes));

        let short_salt =
            "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let short_salt = PasswordHash::from_phc(short_salt.to_owned());
        assert_eq!(count(&settings, "secret", Some(&short_salt)).1, Ok(Verified::HashAgain));
    }

    proptest! {
        #[test]
        fn older_parameters_take_the_same_work(memory in 8u32..=65_536, passes in 1u32..=40) {
            let settings = Settings::default();
            let parameters = Parameters::of(memory, passes);
            let (counted, answer) = count(&settings, "secret", Some(&hash(parameters, [0; TAG_LEN])));
            prop_assert_eq!(answer.is_ok(), parameters.within(Parameters::SHARED));
            let whole = Parameters::OWN.work() + Parameters::SHARED.work();
            prop_assert!(counted.work <= whole);
            // Less than one part in two thousand: blocks come in fours, in each pass.
            prop_assert!(whole - counted.work < 64, "{} of {}", counted.work, whole);
            prop_assert!(counted.most_memory <= Parameters::SHARED.blocks());
        }
    }
}
