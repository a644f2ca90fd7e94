//! Times, in rounds, and what is said about them.

use std::time::Duration;

/// The times of one contestant.
#[derive(Debug, Clone, Default)]
pub struct Times(Vec<Duration>);

impl Times {
    /// Adds a time.
    pub fn add(&mut self, time: Duration) {
        self.0.push(time);
        self.0.sort_unstable();
    }

    /// True if nothing was timed.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The time in the middle; the later one of two.
    pub fn median(&self) -> Duration {
        self.at(1, 2)
    }

    /// The time that nineteen in twenty do not exceed.
    pub fn nineteen_in_twenty(&self) -> Duration {
        self.at(19, 20)
    }

    /// The shortest time.
    pub fn shortest(&self) -> Duration {
        self.0.first().copied().unwrap_or_default()
    }

    /// The median of the deviations from the median, as a part of it.
    pub fn spread(&self) -> f64 {
        let median = self.median();
        let mut deviations = Self::default();
        self.0.iter().for_each(|time| deviations.add(time.abs_diff(median)));
        if median.is_zero() { 0.0 } else { deviations.ratio(self) }
    }

    fn at(&self, part: usize, of: usize) -> Duration {
        let index = self.0.len().saturating_mul(part).checked_div(of).unwrap_or_default();
        let last = self.0.len().saturating_sub(1);
        self.0.get(index.min(last)).copied().unwrap_or_default()
    }

    /// How many times as long as `other` this took, at the median.
    pub fn ratio(&self, other: &Self) -> f64 {
        self.median().as_secs_f64() / other.median().as_secs_f64()
    }
}
