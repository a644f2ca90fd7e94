//! Dates in rosters.

use chrono::NaiveDate;

/// Reads an ISO 8601 date, `2026-08-24`; a time of day after it is allowed and does not matter. Dates with slashes
/// mean different days in different countries and are not guessed at.
pub(crate) fn parse_date(text: &str) -> Option<NaiveDate> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, rest @ ..] = text.trim().as_bytes() else {
        return None;
    };
    if !matches!(rest, [] | [b'T' | b't' | b' ', ..]) {
        return None;
    }
    let year = number([*y1, *y2, *y3, *y4])?;
    NaiveDate::from_ymd_opt(
        year.cast_signed(),
        number([b'0', b'0', *m1, *m2])?,
        number([b'0', b'0', *d1, *d2])?,
    )
}

/// The number that four digits are.
fn number(digits: [u8; 4]) -> Option<u32> {
    digits.iter().try_fold(0, |number: u32, digit| {
        let digit = char::from(*digit).to_digit(10)?;
        Some(number.wrapping_mul(10).wrapping_add(digit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_iso_dates_are_dates() {
        let day = NaiveDate::from_ymd_opt(2026, 8, 4);
        for text in ["2026-08-04", " 2026-08-04 ", "2026-08-04T10:00:00.000Z", "2026-08-04 00:00"] {
            assert_eq!(parse_date(text), day, "{text}");
        }
        for text in [
            "",
            "04/08/2026",
            "2026-8-4",
            "2026-02-30",
            "2026-08-041",
            "+026-08-04",
            "202-608-04",
            "2026-08-é",
        ] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }
}
