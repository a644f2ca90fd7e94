//! Whether a role is held now.

use chrono::NaiveDate;

use crate::ReadError;
use crate::date::parse_date;
use crate::problem::{ProblemKind, Problems};
use crate::shown::shown;
use crate::status::is_active;
use crate::table::{Column, Table};

/// Where today lies in the term of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Term {
    /// In it.
    Current,
    /// Before it.
    Ahead,
    /// After it, or the role is deleted.
    Over,
    /// Nobody knows: a date or the status cannot be read. Such a role makes nobody active, and is not over either.
    Unclear,
}

/// Whether the last day of a role is the one it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LastDay {
    /// The role is held until the day before. OneRoster 1.2: `endDate` is the date on which the role becomes inactive
    /// (exclusive).
    Before,
    /// The role is held on that day as well. School Data Sync does not say; people who write an end date mean that.
    Named,
}

/// The columns that hold the term of a role.
pub(crate) struct TermColumns {
    status: Option<Column>,
    begin: Option<Column>,
    end: Option<Column>,
    last_day: LastDay,
}

impl TermColumns {
    /// Those of `roles.csv` in OneRoster 1.2.
    pub(crate) fn of_one_roster(table: &Table<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            status: table.column("status")?,
            begin: table.column("begindate")?,
            end: table.column("enddate")?,
            last_day: LastDay::Before,
        })
    }

    /// Those of `roles.csv` in School Data Sync.
    pub(crate) fn of_school_data_sync(table: &Table<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            status: None,
            begin: table.column("rolestartdate")?,
            end: table.column("roleenddate")?,
            last_day: LastDay::Named,
        })
    }

    /// The term of the role on the current line. What cannot be read becomes a problem, if `problems` are wanted.
    pub(crate) fn read(&self, table: &Table<'_>, today: NaiveDate, problems: Option<&mut Problems>) -> Term {
        let status = table.get_if(self.status);
        let begin = table.get_if(self.begin);
        let end = table.get_if(self.end);
        if status.is_empty() && begin.is_empty() && end.is_empty() {
            return Term::Current;
        }
        let (begin_day, end_day) = (parse_date(begin), parse_date(end));
        let there = if status.is_empty() { Some(true) } else { is_active(status) };
        let unclear_begin = begin_day.is_none() && !begin.is_empty();
        let unclear_end = end_day.is_none() && !end.is_empty();
        if let Some(problems) = problems {
            if there.is_none() {
                problems.add(table.at(self.status), ProblemKind::UnknownStatus, || {
                    (
                        format!("`{}` is not a status; the role counts as not held", shown(status)),
                        "write `active` or `tobedeleted`",
                    )
                });
            }
            for (column, text, unclear) in [(self.begin, begin, unclear_begin), (self.end, end, unclear_end)]
            {
                if unclear {
                    problems.add(table.at(column), ProblemKind::BadDate, || {
                        let message = format!("`{}` is not a date; the role counts as not held", shown(text));
                        (message, "write dates as year-month-day, like 2026-08-24")
                    });
                }
            }
        }
        let over = end_day.is_some_and(|end| match self.last_day {
            LastDay::Before => end <= today,
            LastDay::Named => end < today,
        });
        match there {
            Some(false) => Term::Over,
            _ if over => Term::Over,
            None => Term::Unclear,
            Some(true) if unclear_begin || unclear_end => Term::Unclear,
            Some(true) if begin_day.is_some_and(|begin| begin > today) => Term::Ahead,
            Some(true) => Term::Current,
        }
    }
}
