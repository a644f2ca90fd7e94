//! How much work one hash is.

/// How much memory and how many passes over it one Argon2id hash takes; always in one lane.
///
/// There is a floor, which nothing goes below: 19 MiB and 2 passes, the least that OWASP recommends.
///
/// ```
/// use staffroom_credentials::Parameters;
/// let parameters = Parameters::new(46 * 1024, 3)?;
/// assert_eq!((parameters.memory_kib(), parameters.passes()), (47_104, 3));
/// assert!(Parameters::new(16 * 1024, 10).is_err());
/// # Ok::<(), staffroom_credentials::ParametersError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameters {
    memory_kib: u32,
    passes: u32,
}

impl Parameters {
    /// The floor, and the default for one person's own password: 19 MiB, 2 passes.
    pub const OWN: Self = Self::of(19 * 1024, 2);

    /// The default for one password of many people: 64 MiB, 2 passes.
    pub const SHARED: Self = Self::of(64 * 1024, 2);

    /// The most memory, in KiB: 4 GiB.
    pub const MAX_MEMORY_KIB: u32 = 4 * 1024 * 1024;

    /// The most passes.
    pub const MAX_PASSES: u32 = 64;

    /// The least memory that Argon2 works in, in KiB.
    pub(crate) const LEAST_MEMORY_KIB: u32 = 8;

    /// That much memory, in KiB, and that many passes over it.
    ///
    /// # Errors
    /// [`ParametersError`] if either is below the floor or above the most.
    pub const fn new(memory_kib: u32, passes: u32) -> Result<Self, ParametersError> {
        if memory_kib < Self::OWN.memory_kib || memory_kib > Self::MAX_MEMORY_KIB {
            Err(ParametersError::Memory { memory_kib })
        } else if passes < Self::OWN.passes || passes > Self::MAX_PASSES {
            Err(ParametersError::Passes { passes })
        } else {
            Ok(Self::of(memory_kib, passes))
        }
    }

    /// Parameters without a floor: what an old hash has, what fills up the work of another, what tests can afford.
    pub(crate) const fn of(memory_kib: u32, passes: u32) -> Self {
        Self { memory_kib, passes }
    }

    /// The memory, in KiB.
    pub const fn memory_kib(self) -> u32 {
        self.memory_kib
    }

    /// The passes over the memory.
    pub const fn passes(self) -> u32 {
        self.passes
    }

    /// How many blocks of 1 KiB Argon2 makes of the memory: a multiple of four, so that there are four slices.
    pub(crate) const fn blocks(self) -> u32 {
        self.memory_kib / 4 * 4
    }

    /// How many blocks are computed. A hash takes time in proportion.
    pub(crate) const fn work(self) -> u64 {
        self.blocks() as u64 * self.passes as u64
    }

    /// True if a hash with these is weaker in some way than one with `others`.
    pub(crate) const fn below(self, others: Self) -> bool {
        self.memory_kib < others.memory_kib || self.work() < others.work()
    }

    /// True if a hash with these takes no more memory and no more work than one with `others`.
    pub(crate) const fn within(self, others: Self) -> bool {
        self.blocks() <= others.blocks() && self.work() <= others.work()
    }

    /// The parameters that make up the work by which these fall short of `others`, in no more memory than `others` have.
    /// `None` if they do not, or by less than can be computed.
    pub(crate) fn up_to(self, others: Self) -> Option<Self> {
        let missing = others.work().checked_sub(self.work())?;
        let passes = missing.div_ceil(u64::from(others.blocks().max(1))).max(1);
        let memory_kib = u32::try_from(missing / passes).ok()? / 4 * 4;
        (memory_kib >= Self::LEAST_MEMORY_KIB)
            .then_some(Self::of(memory_kib, u32::try_from(passes).unwrap_or(u32::MAX)))
    }
}

/// Parameters that are not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParametersError {
    /// Too little memory, or too much.
    #[error("a hash takes {least} to {most} KiB of memory, not {memory_kib}", least = Parameters::OWN.memory_kib, most = Parameters::MAX_MEMORY_KIB)]
    Memory {
        /// What was asked for, in KiB.
        memory_kib: u32,
    },
    /// Too few passes, or too many.
    #[error("a hash takes {least} to {most} passes, not {passes}", least = Parameters::OWN.passes, most = Parameters::MAX_PASSES)]
    Passes {
        /// What was asked for.
        passes: u32,
    },
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_goes_below_the_floor() {
        assert_eq!(Parameters::new(19 * 1024, 2), Ok(Parameters::OWN));
        assert_eq!(
            Parameters::new(19 * 1024 - 1, 2),
            Err(ParametersError::Memory { memory_kib: 19 * 1024 - 1 })
        );
        assert_eq!(Parameters::new(1 << 20, 1), Err(ParametersError::Passes { passes: 1 }));
        assert!(Parameters::new(u32::MAX, 2).is_err());
        assert!(Parameters::new(19 * 1024, u32::MAX).is_err());
        assert!(Parameters::OWN.below(Parameters::SHARED) && !Parameters::SHARED.below(Parameters::OWN));
    }

    #[test]
    fn nothing_goes_above_the_most() {
        for most in [Parameters::new(4 << 20, 2), Parameters::new(19 * 1024, 64)] {
            assert!(most.is_ok(), "{most:?}");
        }
        for more in [Parameters::new((4 << 20) + 1, 2), Parameters::new(19 * 1024, 65)] {
            assert!(more.is_err(), "{more:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_missing_is_made_up(less in (8u32..100_000, 1u32..9), more in (8u32..100_000, 1u32..9)) {
            let (less, more) = (Parameters::of(less.0, less.1), Parameters::of(more.0, more.1));
            prop_assume!(less.work() <= more.work());
            let made_up = less.up_to(more).map_or(0, Parameters::work);
            let missing = more.work() - less.work();
            prop_assert!(made_up <= missing);
            // Within four blocks a pass: no more than Argon2's own rounding.
            prop_assert!(missing - made_up < 4 * (missing / u64::from(more.blocks()) + 2));
            prop_assert!(less.up_to(more).is_none_or(|rest| rest.blocks() <= more.blocks()));
        }
    }
}
