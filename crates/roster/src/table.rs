//! One CSV file: its header, and its lines one at a time.

use std::io::{self, Chain, Cursor, Read};

use csv::{ErrorKind, Reader, ReaderBuilder, StringRecord};

use crate::meter::{Meter, Overrun, Tally};
use crate::problem::{At, ProblemKind, Problems};
use crate::shown::shown;
use crate::{Limit, ReadError};

/// How much is looked at for the first line.
const SNIFF_BYTES: usize = 64 << 10;

/// The place of a column that somebody asked for. What nobody asks for, such as a `password`, is never taken out
/// of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Column(usize);

/// A CSV file with a header, being read line by line into one buffer.
pub(crate) struct Table<'a> {
    file: String,
    tally: &'a Tally<'a>,
    reader: Reader<Chain<Cursor<Vec<u8>>, Meter<'a>>>,
    record: StringRecord,
    header: Vec<String>,
    rows: u64,
}

impl<'a> Table<'a> {
    /// Reads the header. Comma, semicolon or tab, whichever it has most of, separates the columns.
    pub(crate) fn open(file: &str, mut meter: Meter<'a>, tally: &'a Tally<'a>) -> Result<Self, ReadError> {
        let in_zip = meter.in_zip();
        let start = sniff(&mut meter).map_err(|error| read_fault(file, in_zip, 1, error))?;
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter(&start))
            .buffer_capacity(64 << 10)
            .from_reader(Cursor::new(start).chain(meter));
        let mut table = Self {
            file: file.to_owned(),
            tally,
            reader,
            record: StringRecord::new(),
            header: Vec::new(),
            rows: 0,
        };
        if !table.read()? {
            return Err(ReadError::Empty { file: table.file });
        }
        table.header = table.record.iter().map(|name| name.trim().to_owned()).collect();
        // UTF-16 without a mark is UTF-8 as far as bytes go, with every other character a NUL.
        if table.header.iter().any(|name| name.contains('\0')) {
            return Err(ReadError::NotUtf8 { file: table.file, line: 1 });
        }
        Ok(table)
    }

    /// The column called `key`, which is compared as [`normalised`].
    pub(crate) fn column(&self, key: &str) -> Result<Option<Column>, ReadError> {
        let mut places = self.header.iter().enumerate().filter(|(_, name)| normalised(name) == key);
        let first = places.next().map(|(place, _)| Column(place));
        match places.next() {
            None => Ok(first),
            Some((_, name)) => Err(ReadError::ColumnTwice { file: self.file.clone(), column: shown(name) }),
        }
    }

    /// The column called `name`, which must be there.
    pub(crate) fn require(&self, name: &str) -> Result<Column, ReadError> {
        self.column(&normalised(name))?.ok_or_else(|| self.missing(&format!("`{name}`")))
    }

    /// The error that says that a column is missing.
    pub(crate) fn missing(&self, column: &str) -> ReadError {
        // A file without a header has a person where it should be: none of that goes into a message.
        let found = if self.header.iter().any(|name| name.contains('@')) {
            "something that does not look like the names of columns".to_owned()
        } else {
            let names: Vec<_> =
                self.header.iter().take(40).map(|name| format!("`{}`", shown(name))).collect();
            names.join(", ")
        };
        ReadError::ColumnMissing { file: self.file.clone(), column: column.to_owned(), found }
    }

    /// Goes to the next line that has as many columns as the header; false at the end. Lines with another number of
    /// columns are problems; empty ones are nothing.
    pub(crate) fn advance(&mut self, problems: &mut Problems) -> Result<bool, ReadError> {
        while self.read()? {
            if self.get(Column(0)).is_empty() && self.record.as_slice().trim().is_empty() {
                continue;
            }
            self.rows = self.rows.saturating_add(1);
            let allowed = self.tally.limits().max_rows;
            if self.rows > allowed {
                let file = self.file.clone();
                return Err(ReadError::TooLarge { file, line: None, limit: Limit::Rows, allowed });
            }
            let (columns, expected) = (self.record.len(), self.header.len());
            let complete = columns == expected
                || (columns > expected && self.record.iter().skip(expected).all(str::is_empty));
            if complete {
                return Ok(true);
            }
            problems.add(self.at(None), ProblemKind::ColumnCount, || {
                (
                    format!("the line has {columns} columns, the header has {expected}"),
                    "put values with a comma, a quotation mark or a line break in quotation marks",
                )
            });
        }
        Ok(false)
    }

    /// The value in a column of the current line, trimmed.
    pub(crate) fn get(&self, column: Column) -> &str {
        let text = self.record.get(column.0).unwrap_or_default();
        match text.as_bytes() {
            [] | [b'!'..=b'~'] | [b'!'..=b'~', .., b'!'..=b'~'] => text,
            _ => text.trim(),
        }
    }

    /// The value in a column that the file may lack; then it is empty.
    pub(crate) fn get_if(&self, column: Option<Column>) -> &str {
        column.map(|column| self.get(column)).unwrap_or_default()
    }

    /// The line on which the current record begins.
    pub(crate) fn line(&self) -> u64 {
        let within = self.record.as_slice().bytes().filter(|byte| *byte == b'\n').count();
        let within = u64::try_from(within).unwrap_or(u64::MAX);
        self.reader.position().line().saturating_sub(within).saturating_sub(1).max(1)
    }

    /// The current line and a column of it, for a problem.
    pub(crate) fn at(&self, column: Option<Column>) -> At<'_> {
        self.at_line(self.line(), column)
    }

    /// An earlier line and a column of it, for a problem.
    pub(crate) fn at_line(&self, line: u64, column: Option<Column>) -> At<'_> {
        let column = column.and_then(|column| self.header.get(column.0)).map(String::as_str);
        At { file: &self.file, line, column }
    }

    /// The name of the file.
    pub(crate) fn file(&self) -> &str {
        &self.file
    }

    /// How many lines with data there were so far.
    pub(crate) const fn rows(&self) -> u64 {
        self.rows
    }

    fn read(&mut self) -> Result<bool, ReadError> {
        // In the middle of a record the reader has counted on.
        let line = self.reader.position().line();
        match self.reader.read_record(&mut self.record) {
            Ok(more) => {
                self.reader.get_mut().get_mut().1.line_done();
                Ok(more)
            }
            Err(error) => Err(self.fault(error, line)),
        }
    }

    /// What went wrong in the record that begins on `line`.
    fn fault(&mut self, error: csv::Error, line: u64) -> ReadError {
        let in_zip = self.reader.get_mut().get_mut().1.in_zip();
        match error.into_kind() {
            ErrorKind::Io(error) => read_fault(&self.file, in_zip, line, error),
            ErrorKind::Utf8 { .. } => {
                // The reader stands behind the line, and has forgotten what was in it.
                let line = self.reader.position().line().saturating_sub(1).max(1);
                ReadError::NotUtf8 { file: self.file.clone(), line }
            }
            other => ReadError::Unreadable {
                file: self.file.clone(),
                source: io::Error::other(format!("{other:?}")),
            },
        }
    }
}

/// A header in lower case, letters and digits only: `E-Mail Address` and `email_address` are one.
pub(crate) fn normalised(header: &str) -> String {
    header.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What went wrong below the CSV: a limit, the disk, or the zip.
fn read_fault(file: &str, in_zip: bool, line: u64, error: io::Error) -> ReadError {
    let file = file.to_owned();
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Overrun>()) {
        Some(Overrun { limit, allowed }) => ReadError::TooLarge {
            file,
            line: (*limit == Limit::LineBytes).then_some(line),
            limit: *limit,
            allowed: *allowed,
        },
        None if in_zip && error.raw_os_error().is_none() => {
            ReadError::BadZip { file, reason: error.to_string() }
        }
        None => ReadError::Unreadable { file, source: error },
    }
}

/// The start of the file, with its first line if that is not very long. The reader behind drops a byte order mark.
fn sniff(meter: &mut Meter<'_>) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    let mut chunk = [0; 4096];
    while start.len() < SNIFF_BYTES && !start.contains(&b'\n') {
        let read = meter.read(&mut chunk)?;
        if read == 0 {
            break;
        }
        start.extend_from_slice(chunk.get(..read).unwrap_or_default());
    }
    Ok(start)
}

/// The separator that the first line has most of, outside quotation marks; a comma if in doubt.
fn delimiter(start: &[u8]) -> u8 {
    let mut counts = [(b',', 0_u32), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in start {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            byte if !quoted => {
                for (separator, count) in &mut counts {
                    *count = count.saturating_add(u32::from(*separator == *byte));
                }
            }
            _ => {}
        }
    }
    // The last of those with most is taken: with none of any, the comma.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(separator, _)| *separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_separator_is_the_one_that_the_header_has_most_of() {
        for (header, separator) in [
            ("id,first;x,last\n;;;;", b','),
            ("id;first;last", b';'),
            ("id\tfirst\n", b'\t'),
            ("\"a;b;c\",d", b','),
            ("id,first;last", b','),
            ("\"the\nid\";first", b';'),
            ("id", b','),
            ("", b','),
        ] {
            assert_eq!(delimiter(header.as_bytes()), separator, "{header:?}");
        }
    }

    #[test]
    fn the_first_line_is_looked_at_and_not_the_whole_file() {
        let start = |content: String| {
            let tally = Tally::new(crate::Limits::default(), &|_, _| ());
            let size = content.len();
            let mut meter = Meter::new(Box::new(Cursor::new(content)), None, &tally);
            (sniff(&mut meter).unwrap().len(), size)
        };
        let lines = "id;name\n".repeat(20_000);
        assert_eq!(start(lines.clone()), (4_096, 160_000));
        // A long first line is looked at to its end, a very long one is not.
        assert_eq!(start(format!("{}{lines}", "id,".repeat(3_000))).0, 12_288);
        assert_eq!(start("id,".repeat(60_000)).0, SNIFF_BYTES);
    }

    #[test]
    fn what_the_disk_does_is_no_fault_of_the_zip() {
        let disk = || io::Error::from_raw_os_error(5);
        let torn = || io::Error::from(io::ErrorKind::UnexpectedEof);
        for in_zip in [false, true] {
            let fault = read_fault("f.csv", in_zip, 1, disk());
            assert!(matches!(fault, ReadError::Unreadable { .. }), "{fault}");
        }
        assert!(matches!(read_fault("f.csv", false, 1, torn()), ReadError::Unreadable { .. }));
        assert!(matches!(read_fault("f.csv", true, 1, torn()), ReadError::BadZip { .. }));
    }

    #[test]
    fn headers_are_compared_by_letters_and_digits() {
        assert_eq!(normalised(" E-Mail_Address* "), "emailaddress");
        assert_eq!(normalised("SIS ID"), "sisid");
    }
}
