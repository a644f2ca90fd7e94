//! What a caller may choose about reading: the format, the date, the limits.

use chrono::NaiveDate;

use crate::Format;

/// How to read a roster.
///
/// ```
/// use staffroom_roster::{Format, Limits, ReadOptions};
/// let today = chrono::NaiveDate::from_ymd_opt(2026, 8, 24).unwrap();
/// let mut limits = Limits::default();
/// limits.max_rows = 50_000;
/// let options = ReadOptions::new(today).with_format(Format::OneRoster12).with_limits(limits);
/// assert_eq!(options.format, Some(Format::OneRoster12));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadOptions {
    /// The format; `None` means that it is recognised from the files.
    pub format: Option<Format>,
    /// The day on which roles have begun or ended. The crate reads no clock.
    pub today: NaiveDate,
    /// How much is read before it is too much.
    pub limits: Limits,
}

impl ReadOptions {
    /// Recognise the format, with the default limits.
    pub fn new(today: NaiveDate) -> Self {
        Self { format: None, today, limits: Limits::default() }
    }

    /// With this format; `None` recognises it.
    #[must_use]
    pub fn with_format(mut self, format: impl Into<Option<Format>>) -> Self {
        self.format = format.into();
        self
    }

    /// With these limits.
    #[must_use]
    pub const fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }
}

/// How much is read before it is too much. They protect the machine from wrong and hostile files; the default
/// lets a roster of 2,000,000 people through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of one file: of a CSV file, also of one inside a zip, and of the zip itself. Default 2 GiB.
    pub max_file_bytes: u64,
    /// Lines of one file that hold data. Default 10,000,000.
    pub max_rows: u64,
    /// Bytes that all files read from a zip may expand to. Default 4 GiB.
    pub max_expanded_bytes: u64,
    /// How many times larger a file in a zip may be than its compressed form, once it is larger than 1 MiB.
    /// Default 200; rosters compress to between a third and a twentieth.
    pub max_expansion_ratio: u64,
    /// Bytes of one line, a quoted line break included. Default 1 MiB. A quotation mark that is never closed
    /// makes one line of the rest of the file: it ends here.
    pub max_line_bytes: u64,
    /// Problems that are kept; further ones are counted. Default 100,000.
    pub max_problems: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_file_bytes: 2 << 30,
            max_rows: 10_000_000,
            max_expanded_bytes: 4 << 30,
            max_expansion_ratio: 200,
            max_line_bytes: 1 << 20,
            max_problems: 100_000,
        }
    }
}

/// One of the [`Limits`] that a file may exceed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Limit {
    /// [`Limits::max_file_bytes`].
    FileBytes,
    /// [`Limits::max_rows`].
    Rows,
    /// [`Limits::max_expanded_bytes`].
    ExpandedBytes,
    /// [`Limits::max_expansion_ratio`].
    ExpansionRatio,
    /// [`Limits::max_line_bytes`].
    LineBytes,
}

impl Limit {
    /// The stable code, spelt like the field.
    pub const fn code(self) -> &'static str {
        match self {
            Self::FileBytes => "max-file-bytes",
            Self::Rows => "max-rows",
            Self::ExpandedBytes => "max-expanded-bytes",
            Self::ExpansionRatio => "max-expansion-ratio",
            Self::LineBytes => "max-line-bytes",
        }
    }

    /// What a file over the limit is, to stand after its name: "is larger than 1000 bytes".
    pub(crate) fn complaint(self, allowed: u64) -> String {
        match self {
            Self::FileBytes => format!("is larger than {allowed} bytes"),
            Self::Rows => format!("has more than {allowed} lines"),
            Self::ExpandedBytes => format!("brings the files in the zip to more than {allowed} bytes"),
            Self::ExpansionRatio => format!("expands to more than {allowed} times its size in the zip"),
            Self::LineBytes => format!("is longer than {allowed} bytes"),
        }
    }

    /// What to do about it, up to raising the limit.
    pub(crate) const fn remedy(self) -> &'static str {
        match self {
            Self::LineBytes => {
                "a quotation mark in it is not closed, or a line break is missing: mend the line; or, if it is right"
            }
            _ => "if it is the right file",
        }
    }
}
