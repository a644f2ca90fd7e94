//! Moments in time, at the precision that every store keeps.

use std::fmt;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

/// A moment in UTC, in whole microseconds, of the years 1 to 9999.
///
/// Databases keep microseconds and drop what is finer; a moment that changed on its way through a store
/// would make a second read disagree with the first. So the finer part is dropped here, once; and a leap second, for
/// which they have no number either, becomes the second after it. Their years differ too, and those of documents have four digits:
/// a moment beyond the range, which only a broken clock tells, becomes the first or the last in it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "DateTime<Utc>", into = "DateTime<Utc>"))]
pub struct Timestamp(DateTime<Utc>);

/// 0001-01-01T00:00:00Z.
const FIRST: i64 = -62_135_596_800_000_000;
/// 9999-12-31T23:59:59.999999Z.
const LAST: i64 = 253_402_300_799_999_999;

impl Timestamp {
    /// The moment `at`, less what is finer than a microsecond.
    pub fn new(at: DateTime<Utc>) -> Self {
        let micros = at.trunc_subsecs(6).timestamp_micros().clamp(FIRST, LAST);
        Self(DateTime::from_timestamp_micros(micros).unwrap_or(at))
    }

    /// The moment as chrono has it.
    pub const fn as_datetime(self) -> DateTime<Utc> {
        self.0
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub fn unix_micros(self) -> i64 {
        self.0.timestamp_micros()
    }

    /// The moment that many microseconds after 1970-01-01T00:00:00Z, or `None` beyond the range.
    pub fn from_unix_micros(micros: i64) -> Option<Self> {
        (FIRST..=LAST).contains(&micros).then(|| DateTime::from_timestamp_micros(micros).map(Self)).flatten()
    }

    /// The moment `days` whole days (of 24 hours) later; the last moment there is if that lies beyond it.
    #[must_use]
    pub fn plus_days(self, days: u16) -> Self {
        let later = self.0.checked_add_signed(TimeDelta::days(i64::from(days)));
        Self::new(later.unwrap_or(DateTime::<Utc>::MAX_UTC))
    }

    /// The moment `days` whole days (of 24 hours) earlier; the first moment there is if that lies beyond it.
    #[must_use]
    pub fn minus_days(self, days: u16) -> Self {
        let earlier = self.0.checked_sub_signed(TimeDelta::days(i64::from(days)));
        Self::new(earlier.unwrap_or(DateTime::<Utc>::MIN_UTC))
    }

    /// The moment `seconds` later; the last moment there is if that lies beyond it.
    #[must_use]
    pub fn plus_seconds(self, seconds: u32) -> Self {
        let later = self.0.checked_add_signed(TimeDelta::seconds(i64::from(seconds)));
        Self::new(later.unwrap_or(DateTime::<Utc>::MAX_UTC))
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(at: DateTime<Utc>) -> Self {
        Self::new(at)
    }
}

impl From<Timestamp> for DateTime<Utc> {
    fn from(at: Timestamp) -> Self {
        at.0
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d %H:%M:%S UTC"))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timestamp({})", self.0.format("%Y-%m-%dT%H:%M:%S%.6fZ"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_finer_than_a_microsecond_is_dropped() {
        let fine = DateTime::from_timestamp(1, 123_456_789).unwrap();
        let kept = Timestamp::new(fine);
        assert_eq!(kept.unix_micros(), 1_123_456);
        assert_eq!(Timestamp::from_unix_micros(1_123_456), Some(kept));
    }

    #[test]
    fn the_range_ends_with_the_years_of_four_digits() {
        let (first, last) =
            (Timestamp::new(DateTime::<Utc>::MIN_UTC), Timestamp::new(DateTime::<Utc>::MAX_UTC));
        assert_eq!(
            format!("{first:?} {last:?}"),
            "Timestamp(0001-01-01T00:00:00.000000Z) Timestamp(9999-12-31T23:59:59.999999Z)"
        );
        assert_eq!(Timestamp::from_unix_micros(last.unix_micros()), Some(last));
        assert_eq!(Timestamp::from_unix_micros(last.unix_micros() + 1), None);
        assert_eq!(Timestamp::from_unix_micros(first.unix_micros() - 1), None);
    }

    #[test]
    fn days_do_not_overflow() {
        let last = Timestamp::new(DateTime::<Utc>::MAX_UTC);
        assert_eq!(last.plus_days(u16::MAX), last);
        let first = Timestamp::new(DateTime::<Utc>::MIN_UTC);
        let epoch = Timestamp::from_unix_micros(0).unwrap();
        assert_eq!(first.minus_days(1), first);
        assert_eq!(last.plus_seconds(u32::MAX), last);
        assert_eq!(epoch.plus_days(1).unix_micros(), 86_400_000_000);
        assert_eq!(epoch.plus_days(1).minus_days(1), epoch);
        assert_eq!(epoch.plus_seconds(90).unix_micros(), 90_000_000);
    }
}
