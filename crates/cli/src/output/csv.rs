//! CSV: the columns of `docs/json.md`, safe to open in a spreadsheet.

use std::io;

use csv::{ErrorKind, Writer};
use staffroom_core::{Reason, Warning};

use super::Out;
use super::formula::guarded;
use super::rows::{Answer, CandidateRow, Findings, Person};

/// Between the codes, or the ids, in one cell.
const BETWEEN: &str = ";";

const BULK_CREATE: [&str; 9] =
    ["staff_id", "sis_id", "name", "email", "outcome", "user_id", "reasons", "warnings", "shares_email_with"];

const CANDIDATES: [&str; 10] = [
    "staff_id",
    "sis_id",
    "name",
    "email",
    "status",
    "reasons",
    "warnings",
    "shares_email_with",
    "resolution",
    "resolution_user",
];

/// Writes one line for everybody asked for.
pub(crate) fn bulk_create(out: &mut Out, answer: Answer<'_>) -> io::Result<()> {
    let mut writer = Writer::from_writer(out);
    let mut write = || {
        writer.write_record(BULK_CREATE)?;
        for row in answer.rows() {
            person(&mut writer, &row.person)?;
            writer.write_field(row.outcome.code())?;
            writer.write_field(row.user_id.map(|id| id.to_string()).unwrap_or_default())?;
            findings(&mut writer, &row.findings)?;
            writer.write_record(None::<&[u8]>)?;
        }
        writer.flush().map_err(csv::Error::from)
    };
    write().map_err(cause)
}

/// Lines about people that are written while they come.
pub(crate) struct Candidates<'o> {
    writer: Writer<&'o mut Out>,
    has_header: bool,
}

impl<'o> Candidates<'o> {
    pub(crate) fn new(out: &'o mut Out) -> Self {
        Self { writer: Writer::from_writer(out), has_header: false }
    }

    pub(crate) fn row(&mut self, row: &CandidateRow<'_>) -> io::Result<()> {
        self.header()?;
        let mut write = || {
            person(&mut self.writer, &row.person)?;
            self.writer.write_field(row.status.code())?;
            findings(&mut self.writer, &row.findings)?;
            self.writer.write_field(row.resolution.unwrap_or_default())?;
            self.writer.write_field(&*guarded(row.resolution_user.as_deref().unwrap_or_default()))?;
            self.writer.write_record(None::<&[u8]>)
        };
        write().map_err(cause)
    }

    /// A list without anybody has a header as well.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.header()?;
        self.writer.flush()
    }

    fn header(&mut self) -> io::Result<()> {
        if self.has_header {
            return Ok(());
        }
        self.has_header = true;
        self.writer.write_record(CANDIDATES).map_err(cause)
    }
}

fn person(writer: &mut Writer<&mut Out>, person: &Person<'_>) -> csv::Result<()> {
    writer.write_field(person.staff_id.map(|id| id.to_string()).unwrap_or_default())?;
    writer.write_field(&*guarded(person.sis_id.unwrap_or_default()))?;
    writer.write_field(&*guarded(person.name.as_deref().unwrap_or_default()))?;
    writer.write_field(&*guarded(person.email.unwrap_or_default()))
}

/// Three cells.
fn findings(writer: &mut Writer<&mut Out>, findings: &Findings<'_>) -> csv::Result<()> {
    let reasons: Vec<_> = findings.reasons.iter().map(Reason::code).collect();
    let warnings: Vec<_> = findings.warnings.iter().map(Warning::code).collect();
    writer.write_field(reasons.join(BETWEEN))?;
    writer.write_field(warnings.join(BETWEEN))?;
    writer.write_field(&*guarded(&findings.sharers.join(BETWEEN)))
}

/// What really went wrong: the library would wrap it, and a pipe that is closed would not be known for one.
pub(crate) fn cause(error: csv::Error) -> io::Error {
    match error.into_kind() {
        ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}
