//! Dates in rosters.

use chrono::NaiveDate;

/// Reads an ISO 8601 date, `2026-08-24`; a time of day after it is allowed and does not matter. Dates with slashes
/// mean different days in different countries and are not guessed at.
pub(crate) fn parse_date(text: &str) -> Option<NaiveDate> {
    let (day, rest) = text.trim().split_at_checked(10)?;
    if !(rest.is_empty() || rest.starts_with(['T', 't', ' '])) {
        return None;
    }
    let mut parts = day.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if year.len() != 4 || month.len() != 2 || parts.next().is_some() {
        return None;
    }
    NaiveDate::from_ymd_opt(number(year)?.try_into().ok()?, number(month)?, number(day)?)
}

/// Digits only: `parse` alone would let a sign pass.
fn number(text: &str) -> Option<u32> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_iso_dates_are_dates() {
        let day = NaiveDate::from_ymd_opt(2026, 8, 4);
        for text in [
            "2026-08-04",
            " 2026-08-04 ",
            "2026-08-04T10:00:00.000Z",
            "2026-08-04 00:00",
        ] {
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
