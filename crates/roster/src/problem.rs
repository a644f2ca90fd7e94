//! What is wrong with a line, and what to do about it. A problem never stops the reading.

use std::fmt;

use crate::shown::shown;

/// Something wrong with one line of a roster, told so that a person can mend it.
///
/// Shown as ``users.csv:17: column `email`: what is wrong; what to do``.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The name of the file, without folders.
    pub file: String,
    /// The line on which the record begins, counted from 1 as a text editor does; the header is line 1.
    pub line: u64,
    /// The column, spelt as in the header, if one is to blame.
    pub column: Option<String>,
    /// What kind of problem it is; its [effect](ProblemKind::effect) follows from that.
    pub kind: ProblemKind,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub remedy: String,
}

impl Problem {
    /// What became of the line.
    pub const fn effect(&self) -> Effect {
        self.kind.effect()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file, self.line)?;
        if let Some(column) = &self.column {
            write!(f, "column `{column}`: ")?;
        }
        write!(f, "{}; {}", self.message, self.remedy)
    }
}

/// What became of a line with a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// The line was not used.
    LineLeftOut,
    /// The line was used, without the value that is wrong. Nobody becomes active by this: who has an unreadable
    /// status or date counts as inactive.
    KeptWithout,
}

/// The kinds of problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProblemKind {
    /// More or fewer columns than the header has.
    ColumnCount,
    /// A SIS id that is empty, too long, or has a forbidden character.
    BadId,
    /// A name that is empty, too long, or has a forbidden character.
    BadName,
    /// A school whose name cannot be used, on the line of a person.
    BadSchool,
    /// A SIS id that an earlier line has already.
    DuplicateId,
    /// A role for somebody who is not in `users.csv`.
    UnknownUser,
    /// A school or other organisation that is not in `orgs.csv`.
    UnknownOrg,
    /// A type of organisation that is none of the format's words.
    UnknownOrgType,
    /// A role that is none of the format's words.
    UnknownRole,
    /// A status that is neither a word for active nor one for inactive.
    UnknownStatus,
    /// A date that is not of the form year-month-day.
    BadDate,
    /// A person with a staff role and the role of a student at once.
    StudentAndStaff,
}

impl ProblemKind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::ColumnCount,
        Self::BadId,
        Self::BadName,
        Self::BadSchool,
        Self::DuplicateId,
        Self::UnknownUser,
        Self::UnknownOrg,
        Self::UnknownOrgType,
        Self::UnknownRole,
        Self::UnknownStatus,
        Self::BadDate,
        Self::StudentAndStaff,
    ];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ColumnCount => "column-count",
            Self::BadId => "bad-id",
            Self::BadName => "bad-name",
            Self::BadSchool => "bad-school",
            Self::DuplicateId => "duplicate-id",
            Self::UnknownUser => "unknown-user",
            Self::UnknownOrg => "unknown-org",
            Self::UnknownOrgType => "unknown-org-type",
            Self::UnknownRole => "unknown-role",
            Self::UnknownStatus => "unknown-status",
            Self::BadDate => "bad-date",
            Self::StudentAndStaff => "student-and-staff",
        }
    }

    /// What becomes of a line with such a problem.
    pub const fn effect(self) -> Effect {
        match self {
            Self::ColumnCount
            | Self::BadId
            | Self::BadName
            | Self::DuplicateId
            | Self::UnknownUser
            | Self::UnknownRole
            | Self::StudentAndStaff => Effect::LineLeftOut,
            Self::BadSchool
            | Self::UnknownOrg
            | Self::UnknownOrgType
            | Self::UnknownStatus
            | Self::BadDate => Effect::KeptWithout,
        }
    }
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

/// Where a problem is.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub(crate) file: &'a str,
    pub(crate) line: u64,
    pub(crate) column: Option<&'a str>,
}

/// The problems of one reading: as many as the limits keep, and the count of the rest.
pub(crate) struct Problems {
    kept: Vec<Problem>,
    beyond: u64,
    limit: usize,
}

impl Problems {
    pub(crate) const fn new(limit: usize) -> Self {
        Self { kept: Vec::new(), beyond: 0, limit }
    }

    /// Adds one. The words are only put together if there is room for them.
    pub(crate) fn add(
        &mut self,
        at: At<'_>,
        kind: ProblemKind,
        words: impl FnOnce() -> (String, &'static str),
    ) {
        if self.kept.len() >= self.limit {
            self.beyond = self.beyond.saturating_add(1);
            return;
        }
        let (message, remedy) = words();
        self.kept.push(Problem {
            file: at.file.to_owned(),
            line: at.line,
            column: at.column.map(shown),
            kind,
            message,
            remedy: remedy.to_owned(),
        });
    }

    /// The problems in the order of files and lines, and how many more there were.
    pub(crate) fn finish(mut self) -> (Vec<Problem>, u64) {
        self.kept.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        (self.kept, self.beyond)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_says_where_what_and_what_to_do() {
        let mut problems = Problems::new(1);
        let at = At { file: "users.csv", line: 17, column: Some("sourcedId") };
        for _ in 0..3 {
            problems.add(at, ProblemKind::BadId, || ("the id is empty".to_owned(), "give everybody an id"));
        }
        let (kept, beyond) = problems.finish();
        assert_eq!(
            kept[0].to_string(),
            "users.csv:17: column `sourcedId`: the id is empty; give everybody an id"
        );
        assert_eq!((kept.len(), beyond), (1, 2));
    }

    #[test]
    fn codes_differ() {
        let codes: std::collections::BTreeSet<_> = ProblemKind::ALL.map(ProblemKind::code).into();
        assert_eq!(codes.len(), ProblemKind::ALL.len());
    }
}
