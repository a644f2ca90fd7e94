//! Whether two kinds of request can be told apart by how long they take (R17).
//!
//! [`trials`] makes the requests of strangers over a store, for addresses that somebody has and addresses that nobody has;
//! a test of the store prints each [`Trial`] and holds it to what it should be.
//!
//! The requests are made in pairs, one of each kind right after the other, and a fair coin decides which goes first. If
//! the kind does not matter, then whatever else does (other processes, caches, a clock that speeds up, a neighbour that
//! builds a compiler) matters to both places of a pair alike, and which of the two took longer is a fair coin again:
//! not by a model of the noise, but because the coin was thrown. That is what makes the test safe on a busy machine.
//!
//! [`Pairs::told`] weighs the pairs in three ways: each alike, by the rank of its difference, and by its difference with
//! the longest tenth left out, as dudect does. Each is a sum of fair signs times weights, divided by the root of the
//! sum of the squared weights: about normally distributed, and beyond `z` with a probability of at most `2 exp(-z² / 2)`
//! whatever the weights (Hoeffding, 1963). At [`FULL_LIMIT`], the limit of dudect, a measurement without a leak is
//! blamed at most three times in 12,500 (by the normal distribution, once in 49,000); at [`SMALL_LIMIT`], once in ten
//! million.

mod strangers;

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

pub use strangers::{Size, Trial, trials};

/// What no way of weighing may exceed where 10,000 requests are compared.
pub const FULL_LIMIT: f64 = 4.5;
/// The same for a small measurement in a test that everybody runs often.
pub const SMALL_LIMIT: f64 = 6.0;

/// How many in a hundred of the pairs count by their amount: the longest are interruptions.
const KEPT: usize = 90;

/// Which request of a pair goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum First {
    /// The one of the first kind.
    One,
    /// The one of the other kind.
    Other,
}

/// Fair coins, other ones in every run.
#[derive(Debug)]
pub struct Coins {
    random: RandomState,
    thrown: u64,
}

impl Coins {
    /// New coins.
    pub fn new() -> Self {
        Self { random: RandomState::new(), thrown: 0 }
    }

    /// Throws one.
    pub fn throw(&mut self) -> First {
        self.thrown = self.thrown.wrapping_add(1);
        if self.random.hash_one(self.thrown).count_ones().is_multiple_of(2) {
            First::One
        } else {
            First::Other
        }
    }
}

impl Default for Coins {
    fn default() -> Self {
        Self::new()
    }
}

/// How long requests of two kinds took, in pairs.
#[derive(Debug, Clone, Default)]
pub struct Pairs(Vec<(Duration, Duration)>);

/// How far two kinds are from being the same, in three ways of weighing the pairs. Positive: the first kind took
/// longer.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    /// Each pair alike: moved by what happens often, however small.
    pub by_sign: f64,
    /// Each by the rank of its difference (Wilcoxon's signed ranks).
    pub by_rank: f64,
    /// Each by its difference, the longest tenth left out: moved by what is rare and large.
    pub by_amount: f64,
}

impl Pairs {
    /// Makes `pairs` pairs of requests: `one` and `other` are each asked for the request with a number from 0 on, and
    /// answer when it is done.
    ///
    /// # Errors
    /// The first error of a request.
    pub async fn measured<E>(
        pairs: usize,
        mut one: impl AsyncFnMut(usize) -> Result<(), E>,
        mut other: impl AsyncFnMut(usize) -> Result<(), E>,
    ) -> Result<Self, E> {
        let mut coins = Coins::new();
        let mut measured = Self::default();
        for number in 0..pairs {
            let pair = match coins.throw() {
                First::One => {
                    let first = taken(one(number)).await?;
                    (first, taken(other(number)).await?)
                }
                First::Other => {
                    let first = taken(other(number)).await?;
                    (taken(one(number)).await?, first)
                }
            };
            measured.0.push(pair);
        }
        Ok(measured)
    }

    /// Adds a pair.
    pub fn push(&mut self, one: Duration, other: Duration) {
        self.0.push((one, other));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The medians of both kinds.
    pub fn medians(&self) -> (Duration, Duration) {
        let median = |of: fn(&(Duration, Duration)) -> Duration| {
            let mut all: Vec<Duration> = self.0.iter().map(of).collect();
            all.sort_unstable();
            all.get(all.len() / 2).copied().unwrap_or_default()
        };
        (median(|pair| pair.0), median(|pair| pair.1))
    }

    /// How far the two kinds are from being the same.
    pub fn told(&self) -> Told {
        // The weights must not depend on the coins: they are made of both durations of a pair alike.
        let mut differences: Vec<f64> = self.0.iter().map(difference).collect();
        differences.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
        let ranked = (1_u32..).zip(&differences).map(|(rank, difference)| (f64::from(rank), *difference));
        let mut by_length: Vec<&(Duration, Duration)> = self.0.iter().collect();
        by_length.sort_by_key(|pair| pair.0.max(pair.1));
        by_length.truncate(self.0.len().saturating_mul(KEPT).div_ceil(100));
        Told {
            by_sign: strength(differences.iter().map(|difference| (1.0, *difference))),
            by_rank: strength(ranked),
            by_amount: strength(by_length.into_iter().map(difference).map(|it| (it.abs(), it))),
        }
    }
}

impl Told {
    /// The largest of the three, without its sign.
    pub fn largest(&self) -> f64 {
        self.by_sign.abs().max(self.by_rank.abs()).max(self.by_amount.abs())
    }
}

async fn taken<E>(request: impl Future<Output = Result<(), E>>) -> Result<Duration, E> {
    #[expect(
        clippy::disallowed_methods,
        reason = "elapsed time is what is measured, and no rule depends on it"
    )]
    let begun = Instant::now();
    request.await?;
    Ok(begun.elapsed())
}

/// In seconds.
fn difference((one, other): &(Duration, Duration)) -> f64 {
    one.as_secs_f64() - other.as_secs_f64()
}

/// The sum of the signed weights over the root of the sum of their squares. A pair without a difference has no sign, and
/// counts as if its coin had not been thrown.
fn strength(weighed: impl Iterator<Item = (f64, f64)>) -> f64 {
    let (mut sum, mut squares) = (0.0, 0.0);
    for (weight, difference) in weighed.filter(|(_, difference)| *difference != 0.0) {
        sum += weight * difference.signum();
        squares += weight * weight;
    }
    if squares > 0.0 { sum / squares.sqrt() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pairs from a foretold generator: both of `micros` and some noise, the first kind longer by what `leak` says.
    fn pairs(count: u64, seed: u64, leak: impl Fn(u64) -> u64) -> Pairs {
        let noise = |number: u64| {
            let mut mixed =
                (number ^ seed.wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_add(0x9E37_79B9_7F4A_7C15);
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            (mixed ^ (mixed >> 31)) % 1_000
        };
        let mut pairs = Pairs::default();
        for number in 0..count {
            // A machine that gets slower, and is interrupted now and then.
            let burst = if noise(number + 77) < 20 { 50_000 } else { 0 };
            let base = 10_000 + number * 3 + burst;
            let [one, other] = [2 * number, 2 * number + 1].map(|it| base + noise(it));
            pairs.push(Duration::from_micros(one + leak(number)), Duration::from_micros(other));
        }
        pairs
    }

    #[test]
    fn what_is_the_same_is_not_told_apart() {
        for seed in 0..200 {
            let told = pairs(1_000, seed, |_| 0).told();
            assert!(told.largest() < FULL_LIMIT, "seed {seed}: {told:?}");
        }
    }

    #[test]
    fn a_small_leak_is_told_by_its_signs() {
        let told = pairs(5_000, 1, |_| 80).told();
        assert!(told.by_sign > FULL_LIMIT && told.by_rank > FULL_LIMIT, "{told:?}");
    }

    #[test]
    fn a_rare_leak_is_told_by_its_amount() {
        let told = pairs(5_000, 1, |number| if number % 50 == 0 { 3_000 } else { 0 }).told();
        assert!(told.by_amount > FULL_LIMIT && told.by_sign < FULL_LIMIT, "{told:?}");
    }

    #[test]
    fn nothing_is_told_of_nothing() {
        assert!(Pairs::default().told().largest() < f64::EPSILON);
        assert!(pairs(0, 0, |_| 0).is_empty());
    }

    #[test]
    fn coins_are_fair() {
        let mut coins = Coins::new();
        let ones = (0..10_000).filter(|_| coins.throw() == First::One).count();
        // Six standard deviations.
        assert!((4_700..=5_300).contains(&ones), "{ones}");
    }
}
