//! How often something is tried, from which seed, and what is said meanwhile.

use std::io::Write;
use std::time::Duration;

use fastrand::Rng;
use tokio::time::Instant;

/// `full`: the sizes that a release is proved with. A number: that many rounds. Otherwise the small sizes.
const ROUNDS: &str = "STAFFROOM_ROUNDS";
/// The seed of the first round; each one after it has the next.
const SEED: &str = "STAFFROOM_SEED";
const BETWEEN_REPORTS: Duration = Duration::from_secs(5);

/// The rounds of one test.
pub(crate) struct Rounds {
    name: &'static str,
    seed: u64,
    total: u64,
    done: u64,
    began: Instant,
    reported: Instant,
}

/// One round: what is random in it follows from its seed. Dropped by a panic, it tells how to see it again.
pub(crate) struct Round {
    name: &'static str,
    number: u64,
    pub(crate) seed: u64,
    pub(crate) rng: Rng,
}

impl Rounds {
    /// `small` rounds in any run of the tests, `full` of them where the environment asks for the full size.
    pub(crate) fn of(name: &'static str, small: u64, full: u64) -> Self {
        let asked = std::env::var(ROUNDS).ok();
        let total = match asked.as_deref() {
            None => small,
            Some("full") => full,
            Some(number) => {
                number.parse().unwrap_or_else(|_| panic!("{ROUNDS} is neither `full` nor a number"))
            }
        };
        let seed = std::env::var(SEED)
            .ok()
            .map(|seed| seed.parse().unwrap_or_else(|_| panic!("{SEED} is no number")));
        let now = Instant::now();
        Self { name, seed: seed.unwrap_or(1), total, done: 0, began: now, reported: now }
    }

    /// The next round, if there is one.
    pub(crate) fn draw(&mut self) -> Option<Round> {
        if self.done == self.total {
            self.say("done");
            return None;
        }
        if self.reported.elapsed() > BETWEEN_REPORTS {
            self.reported = Instant::now();
            self.say("going on");
        }
        self.done += 1;
        let seed = self.seed.wrapping_add(self.done - 1);
        Some(Round { name: self.name, number: self.done, seed, rng: Rng::with_seed(seed) })
    }

    /// How many there are.
    pub(crate) const fn total(&self) -> u64 {
        self.total
    }

    /// For closing counts.
    pub(crate) fn tell(&self, text: &str) {
        say(&format!("{}: {text}", self.name));
    }

    fn say(&self, how: &str) {
        let seconds = self.began.elapsed().as_secs_f64();
        let rate = if seconds > 0.0 { self.done as f64 / seconds } else { 0.0 };
        say(&format!(
            "{}: {how}, {} of {} rounds from seed {}, {rate:.1} a second, {seconds:.0} s",
            self.name, self.done, self.total, self.seed
        ));
    }
}

impl Drop for Round {
    fn drop(&mut self) {
        if std::thread::panicking() {
            say(&format!(
                "{}: round {} failed; to see it again: {SEED}={} {ROUNDS}=1",
                self.name, self.number, self.seed
            ));
        }
    }
}

/// To standard error: progress is not what a test answers.
fn say(text: &str) {
    drop(writeln!(std::io::stderr(), "{text}"));
}
