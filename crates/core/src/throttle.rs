//! The throttle: how long to wait after failures. Pure: what was counted comes in, a verdict comes out.
//!
//! Three things are counted, each under a key of its own. Failures of an **account** in a row: a few are free, then each
//! makes the next one wait, and after so many a password is not looked at any more until it is set anew. Failures of a
//! **source** in an hour: more are free and the waits are short, for a whole school may stand behind one address. What is
//! sent or asked for **without a password**: resets, of a source in an hour; mails, to one user.
//!
//! Whatever is refused is not counted: nobody is made to wait longer by knocking while they wait. Nobody is locked out for
//! ever: a reset is always open, and sets a password, and setting it forgets the failures.

use crate::Timestamp;
use crate::store::Failures;

/// How often something may happen, and how long to wait in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Throttle {
    /// How often without waiting.
    free: u32,
    /// How long to wait after that, in seconds. Doubles with every further time.
    first_wait: u32,
    /// The longest wait, in seconds.
    longest_wait: u32,
    /// How often at all: in a window, or in a row.
    limit: u32,
    /// How long the window is, in seconds, from the first time; `None` if it is counted until somebody clears it.
    window: Option<u32>,
}

/// The most failures in a row that an account is let have (NIST SP 800-63B, section 3.2.2).
pub(crate) const MOST_FAILURES: u32 = 100;

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;

impl Throttle {
    /// Of failures to sign in to one account in a row: 5 are free, then the waits double from a second to 15 minutes.
    /// `limit` of them lock it.
    pub const fn of_account(limit: u32) -> Self {
        Self { free: 5, first_wait: 1, longest_wait: 15 * MINUTE, limit, window: None }
    }

    /// Of failures to sign in from one source: `limit` an hour is the end. All but the last 80 are free, and 20 in any case;
    /// then the waits double from a second to a minute. (If fewer were free, so many waits would not fit into the hour, and a
    /// higher limit would let no more pass.)
    pub const fn of_source(limit: u32) -> Self {
        let all_but_the_last = limit.saturating_sub(80);
        let free = if all_but_the_last < 20 { 20 } else { all_but_the_last };
        Self { free, first_wait: 1, longest_wait: MINUTE, limit, window: Some(HOUR) }
    }

    /// Of resets that one source asks for: `limit` an hour.
    pub const fn of_resets(limit: u32) -> Self {
        Self { free: limit, first_wait: 0, longest_wait: 0, limit, window: Some(HOUR) }
    }

    /// Of mails with a reset to one user: one a minute, and ever fewer, down to one an hour; anew after a day.
    pub const fn of_mails() -> Self {
        Self { free: 0, first_wait: MINUTE, longest_wait: HOUR, limit: u32::MAX, window: Some(24 * HOUR) }
    }

    /// True if `failures` are of a window that is over at `at`: they count no more.
    pub fn is_over(&self, failures: &Failures, at: Timestamp) -> bool {
        self.window.is_some_and(|window| at >= failures.first_at.plus_seconds(window))
    }

    /// Whether it may happen again at `at`, after `before`.
    pub fn pace(&self, before: Option<&Failures>, at: Timestamp) -> Pace {
        let Some(before) = before.filter(|before| before.count > 0 && !self.is_over(before, at)) else {
            return Pace::Go;
        };
        let window_ends = self.window.map(|window| before.first_at.plus_seconds(window));
        match (window_ends, before.count) {
            (None, count) if count > self.limit => return Pace::Locked,
            (Some(until), count) if count >= self.limit => return Pace::Wait { until },
            _ => {}
        }
        let wait = self.wait_after(before.count);
        let until = before.last_at.plus_seconds(wait);
        // Of two at once, the first to be counted may have looked at the clock last: who has not to wait goes on.
        let is_due = wait == 0 || at >= until;
        match window_ends {
            _ if is_due && before.count == self.limit => Pace::Lock,
            _ if is_due => Pace::Go,
            Some(end) => Pace::Wait { until: until.min(end) },
            None => Pace::Wait { until },
        }
    }

    /// How long to wait after the last of `count`, in seconds.
    fn wait_after(&self, count: u32) -> u32 {
        let Some(beyond) = count.checked_sub(self.free.max(1)) else {
            return 0;
        };
        let doubled = 1_u32.checked_shl(beyond).unwrap_or(u32::MAX).saturating_mul(self.first_wait);
        doubled.min(self.longest_wait)
    }
}

/// What the throttle says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// It may happen.
    Go,
    /// It may not before then.
    Wait {
        /// When it may be tried again.
        until: Timestamp,
    },
    /// It may not: this is the attempt that locks it.
    Lock,
    /// It may not, and waiting does not help.
    Locked,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: u32) -> Timestamp {
        Timestamp::from_unix_micros(1_786_953_600_000_000).unwrap().plus_seconds(seconds)
    }

    fn failures(count: u32, first: u32, last: u32) -> Failures {
        Failures { count, first_at: at(first), last_at: at(last) }
    }

    #[test]
    fn who_has_not_to_wait_goes_on_whoever_looked_at_the_clock_last() {
        let throttle = Throttle::of_account(100);
        assert_eq!(throttle.pace(Some(&failures(4, 0, 9)), at(8)), Pace::Go);
        assert_eq!(throttle.pace(Some(&failures(5, 0, 9)), at(9)), Pace::Wait { until: at(10) });
    }

    /// How often somebody gets through who tries every so many seconds, and what they are told in the end.
    fn hammer(throttle: Throttle, gaps: &[u32]) -> (u32, Vec<u32>, Pace) {
        let (mut kept, mut now): (Option<Failures>, u32) = (None, 0);
        let (mut through, mut when, mut last) = (0, Vec::new(), Pace::Go);
        for gap in gaps {
            now += gap;
            if kept.is_some_and(|kept| throttle.is_over(&kept, at(now))) {
                kept = None;
            }
            last = throttle.pace(kept.as_ref(), at(now));
            if matches!(last, Pace::Go | Pace::Lock) {
                let first_at = kept.map_or(at(now), |kept| kept.first_at);
                let count = kept.map_or(0, |kept| kept.count) + 1;
                kept = Some(Failures { count, first_at, last_at: at(now) });
            }
            if last == Pace::Go {
                through += 1;
                when.push(now);
            }
        }
        (through, when, last)
    }

    #[test]
    fn five_failures_are_free_and_then_the_waits_double_to_a_quarter_of_an_hour() {
        let throttle = Throttle::of_account(100);
        let waits: Vec<u32> = (1..=20).map(|count| throttle.wait_after(count)).collect();
        assert_eq!(waits[..10], [0, 0, 0, 0, 1, 2, 4, 8, 16, 32]);
        assert_eq!(waits[14..], [900; 6]);
        assert_eq!(throttle.wait_after(u32::MAX), 900);
    }

    #[test]
    fn an_account_is_locked_by_the_attempt_after_the_last_that_it_may_have() {
        let throttle = Throttle::of_account(7);
        assert_eq!(throttle.pace(Some(&failures(6, 0, 10)), at(12)), Pace::Go);
        assert_eq!(throttle.pace(Some(&failures(7, 0, 10)), at(13)), Pace::Wait { until: at(14) });
        assert_eq!(throttle.pace(Some(&failures(7, 0, 10)), at(14)), Pace::Lock);
        assert_eq!(throttle.pace(Some(&failures(8, 0, 14)), at(1_000_000)), Pace::Locked);
    }

    #[test]
    fn a_source_begins_anew_after_its_hour() {
        let throttle = Throttle::of_source(100);
        assert_eq!(throttle.pace(Some(&failures(100, 0, 10)), at(3_599)), Pace::Wait { until: at(3_600) });
        assert_eq!(throttle.pace(Some(&failures(100, 0, 10)), at(3_600)), Pace::Go);
        assert!(throttle.is_over(&failures(1, 0, 3_599), at(3_600)));
    }

    #[test]
    fn a_source_that_is_let_have_more_gets_it_within_the_hour() {
        for (limit, at_once, least) in [(20, 20, 20), (100, 20, 80), (200, 120, 180), (1_000, 920, 960)] {
            // A school at eight in the morning, and somebody who tries for an hour.
            let (through, ..) = hammer(Throttle::of_source(limit), &[0; 2_000]);
            assert_eq!(through, at_once, "{limit}");
            let (through, ..) = hammer(Throttle::of_source(limit), &[1; 3_599]);
            assert!((least..=limit).contains(&through), "{through} of {limit}");
        }
    }

    #[test]
    fn a_user_is_sent_one_mail_a_minute_and_then_ever_fewer() {
        let (_, when, _) = hammer(Throttle::of_mails(), &vec![1; 8_000]);
        assert_eq!(when[..5], [1, 61, 181, 421, 901]);
    }

    #[test]
    fn mails_are_sent_anew_after_a_day() {
        let a_day = 24 * 60 * 60;
        assert!(!Throttle::of_mails().is_over(&failures(9, 0, 90), at(a_day - 1)));
        assert!(Throttle::of_mails().is_over(&failures(9, 0, 90), at(a_day)));
    }

    proptest! {
        #[test]
        fn nobody_waits_longer_than_the_longest_wait(
            count in 0_u32..99, first in 0_u32..7_200, since in 0_u32..7_200, later in 0_u32..7_200,
        ) {
            let (last, now) = (first + since, first + since + later);
            for throttle in [Throttle::of_account(100), Throttle::of_source(100), Throttle::of_mails()] {
                let before = failures(count, first, last);
                match throttle.pace(Some(&before), at(now)) {
                    Pace::Wait { until } => {
                        prop_assert!(until > at(now));
                        prop_assert!(until <= at(last).plus_seconds(throttle.longest_wait));
                    }
                    pace => prop_assert_eq!(pace, Pace::Go),
                }
            }
        }

        #[test]
        fn more_failures_never_make_the_wait_shorter(count in 0_u32..200) {
            for throttle in [Throttle::of_account(100), Throttle::of_source(100), Throttle::of_mails()] {
                prop_assert!(throttle.wait_after(count) <= throttle.wait_after(count + 1));
            }
        }

        #[test]
        fn no_account_is_guessed_at_more_often_than_its_limit(
            limit in 5_u32..=MOST_FAILURES, gaps in prop::collection::vec(0_u32..2_000, 0..400),
        ) {
            let (through, _, _) = hammer(Throttle::of_account(limit), &gaps);
            prop_assert!(through <= limit);
        }

        #[test]
        fn no_source_fails_more_often_in_an_hour_than_its_limit(
            limit in 20_u32..=200, gaps in prop::collection::vec(0_u32..120, 0..400),
        ) {
            let (_, when, _) = hammer(Throttle::of_source(limit), &gaps);
            // A window begins with its first failure: any hour touches at most two.
            let most = when.iter().map(|from| {
                when.iter().filter(|at| (*from..*from + 3_600).contains(*at)).count()
            }).max().unwrap_or_default();
            prop_assert!(most <= 2 * limit as usize);
        }

        #[test]
        fn whoever_waits_as_long_as_they_are_told_gets_through(count in 1_u32..99) {
            for throttle in [Throttle::of_account(100), Throttle::of_source(100), Throttle::of_mails()] {
                let before = failures(count, 0, 1);
                if let Pace::Wait { until } = throttle.pace(Some(&before), at(1)) {
                    prop_assert_eq!(throttle.pace(Some(&before), until), Pace::Go);
                }
            }
        }
    }
}
