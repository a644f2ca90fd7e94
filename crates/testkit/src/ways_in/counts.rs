//! What is counted, and how long it makes people wait.

/// A day, in seconds.
pub(super) const DAY: i64 = 24 * HOUR;
pub(super) const HOUR: i64 = 60 * MINUTE;
pub(super) const MINUTE: i64 = 60;
/// How many failures in a row an account bears in these histories.
pub(crate) const ACCOUNT_BEARS: u32 = 5;
/// How many resets a source may ask for in an hour in these histories.
pub(crate) const SOURCE_RESETS: u32 = 3;

/// What is counted under one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) of: String,
    times: u32,
    first: i64,
    pub(super) last: i64,
}

/// What the counts say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    Go,
    WaitUntil(i64),
    /// This time locks it.
    LocksNow,
    Locked,
}

/// All counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Counts(pub(super) Vec<Count>);

impl Counts {
    fn of(&self, name: &str) -> Option<&Count> {
        self.0.iter().find(|count| count.of == name)
    }

    pub(super) fn clear(&mut self, name: &str) {
        self.0.retain(|count| count.of != name);
    }

    /// One more; from the beginning if the window since the first is over.
    pub(super) fn add(&mut self, name: &str, now: i64, window: Option<i64>) {
        if window.is_some_and(|window| self.of(name).is_some_and(|count| now >= count.first + window)) {
            self.clear(name);
        }
        match self.0.iter_mut().find(|count| count.of == name) {
            Some(count) => {
                count.times += 1;
                count.last = now;
            }
            None => self.0.push(Count { of: name.to_owned(), times: 1, first: now, last: now }),
        }
    }

    pub(super) fn take_back(&mut self, name: &str) {
        if let Some(count) = self.0.iter_mut().find(|count| count.of == name) {
            count.times -= 1;
        }
        self.0.retain(|count| count.times > 0);
    }

    /// Five failures are free; then one waits a second, two, four, at most a quarter of an hour; after so many in a row
    /// the next locks the account.
    pub(super) fn account(&self, name: &str, now: i64) -> Says {
        let Some(count) = self.of(name) else { return Says::Go };
        if count.times > ACCOUNT_BEARS {
            return Says::Locked;
        }
        let free_at = count.last + doubled(1, 5, count.times, 15 * MINUTE);
        match now >= free_at {
            false => Says::WaitUntil(free_at),
            true if count.times == ACCOUNT_BEARS => Says::LocksNow,
            true => Says::Go,
        }
    }

    /// Twenty failures in an hour are free; then one waits, at most a minute; a hundred are the end of that hour.
    pub(super) fn source(&self, name: &str, now: i64) -> Says {
        self.windowed(name, now, HOUR, 100, |times| doubled(1, 20, times, MINUTE))
    }

    /// So many resets in an hour.
    pub(super) fn resets(&self, name: &str, now: i64) -> Says {
        self.windowed(name, now, HOUR, SOURCE_RESETS, |_| 0)
    }

    /// A mail a minute, then one in two, in four, down to one an hour; anew after a day.
    pub(super) fn mails(&self, name: &str, now: i64) -> Says {
        self.windowed(name, now, DAY, u32::MAX, |times| doubled(MINUTE, 1, times, HOUR))
    }

    fn windowed(&self, name: &str, now: i64, window: i64, most: u32, wait: impl Fn(u32) -> i64) -> Says {
        let Some(count) = self.of(name).filter(|count| now < count.first + window) else { return Says::Go };
        let over = count.first + window;
        if count.times >= most {
            return Says::WaitUntil(over);
        }
        let free_at = count.last + wait(count.times);
        if now >= free_at { Says::Go } else { Says::WaitUntil(free_at.min(over)) }
    }
}

/// `first` seconds after the `free`th time, twice as long after every further one, at most `longest`.
fn doubled(first: i64, free: u32, times: u32, longest: i64) -> i64 {
    let mut wait = if times < free { 0 } else { first };
    for _ in free..times {
        wait = (wait * 2).min(longest);
    }
    wait
}
