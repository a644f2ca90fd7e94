//! When to disturb something so that it is met, on a machine of any speed: at a share of the time that it takes there.

use std::time::Duration;

use fastrand::Rng;

/// Random moments of something that takes a certain time when nobody disturbs it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moments {
    whole: Duration,
}

impl Moments {
    /// Of something that took `whole`.
    pub(crate) const fn of(whole: Duration) -> Self {
        Self { whole }
    }

    /// From its beginning to a little after its end.
    pub(crate) fn draw(&self, rng: &mut Rng) -> Duration {
        self.whole.mul_f64(rng.f64() * 1.1)
    }

    /// This time it was over before it was disturbed, and took `whole`.
    pub(crate) const fn over(&mut self, whole: Duration) {
        self.whole = whole;
    }

    /// This time it was still going on at `moment`. After what was taken for its end, it takes longer now: the end must be
    /// within reach.
    pub(crate) fn going_on(&mut self, moment: Duration) {
        if moment > self.whole {
            self.whole = self.whole.mul_f64(1.5);
        }
    }
}
