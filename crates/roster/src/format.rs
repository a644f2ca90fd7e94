//! The formats a roster may have, and their codes.

use std::fmt;
use std::str::FromStr;

/// A format in which rosters are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// [OneRoster 1.1 CSV](https://www.imsglobal.org/oneroster-v11-final-csv-tables): `orgs.csv` and `users.csv`;
    /// the role and the schools stand on the user's own line.
    OneRoster11,
    /// [OneRoster 1.2 CSV](https://www.imsglobal.org/spec/oneroster/v1p2/bind/csv/): `orgs.csv`, `users.csv` and
    /// `roles.csv`.
    OneRoster12,
    /// [Microsoft School Data Sync v2.1 CSV](https://learn.microsoft.com/schooldatasync/sds-v2.1-csv-file-format):
    /// the same three files with other columns.
    SchoolDataSync21,
    /// One CSV file, one line for each staff member, the columns in any order.
    PlainCsv,
}

impl Format {
    /// Every format, in the order in which help texts list them.
    pub const ALL: [Self; 4] = [Self::OneRoster11, Self::OneRoster12, Self::SchoolDataSync21, Self::PlainCsv];

    /// The stable code: `oneroster-1.1`, `oneroster-1.2`, `sds-2.1` or `csv`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::OneRoster11 => "oneroster-1.1",
            Self::OneRoster12 => "oneroster-1.2",
            Self::SchoolDataSync21 => "sds-2.1",
            Self::PlainCsv => "csv",
        }
    }

    /// What people call it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::OneRoster11 => "OneRoster 1.1",
            Self::OneRoster12 => "OneRoster 1.2",
            Self::SchoolDataSync21 => "School Data Sync v2.1",
            Self::PlainCsv => "plain CSV",
        }
    }

    /// The files without which a roster of this format cannot be read; none have a fixed name in plain CSV.
    pub const fn required_files(self) -> &'static [&'static str] {
        match self {
            Self::OneRoster11 => &["orgs.csv", "users.csv"],
            Self::OneRoster12 | Self::SchoolDataSync21 => &["orgs.csv", "users.csv", "roles.csv"],
            Self::PlainCsv => &[],
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(code: &str) -> Result<Self, UnknownFormat> {
        let known = Self::ALL.into_iter().find(|format| code.eq_ignore_ascii_case(format.code()));
        known.ok_or_else(|| UnknownFormat { given: code.to_owned() })
    }
}

/// A text that is not the code of a [`Format`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{given}` is not a roster format; the formats are `oneroster-1.1`, `oneroster-1.2`, `sds-2.1` and `csv`"
)]
pub struct UnknownFormat {
    given: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_read_back_and_the_error_names_every_one() {
        let error = "xlsx".parse::<Format>().unwrap_err().to_string();
        for format in Format::ALL {
            assert_eq!(format.to_string().parse::<Format>(), Ok(format));
            assert!(error.contains(&format!("`{format}`")), "{error}");
        }
    }
}
