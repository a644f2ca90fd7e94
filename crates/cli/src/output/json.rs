//! JSON: the contract of `docs/json.md`, written row by row, each row on a line of its own.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

use super::Out;
use super::rows::{Answer, BulkCreateDocument, CandidateRow};

/// Writes the document of a bulk create.
pub(crate) fn bulk_create(out: &mut Out, answer: Answer<'_>) -> io::Result<()> {
    let mut serializer = Serializer::with_formatter(&mut *out, RowPerLine::default());
    BulkCreateDocument::from(answer).serialize(&mut serializer)?;
    writeln!(out)?;
    out.flush()
}

/// Writes one object, a line for each key.
pub(crate) fn document<T: Serialize>(out: &mut Out, document: &T) -> io::Result<()> {
    let mut serializer = Serializer::with_formatter(&mut *out, RowPerLine::default());
    document.serialize(&mut serializer)?;
    writeln!(out)
}

/// An array of people that is written while they come.
pub(crate) struct Candidates<'o> {
    out: &'o mut Out,
    rows: u64,
}

impl<'o> Candidates<'o> {
    pub(crate) const fn new(out: &'o mut Out) -> Self {
        Self { out, rows: 0 }
    }

    pub(crate) fn row(&mut self, row: &CandidateRow<'_>) -> io::Result<()> {
        let before: &[u8] = if self.rows == 0 { b"[\n  " } else { b",\n  " };
        self.rows = self.rows.saturating_add(1);
        self.out.write_all(before)?;
        serde_json::to_writer(&mut *self.out, row)?;
        Ok(())
    }

    pub(crate) fn finish(self) -> io::Result<()> {
        let end: &[u8] = if self.rows == 0 { b"[]\n" } else { b"\n]\n" };
        self.out.write_all(end)?;
        self.out.flush()
    }
}

/// A line for each key of the document, and for each row of the array in it.
#[derive(Debug, Default)]
struct RowPerLine {
    depth: usize,
}

impl RowPerLine {
    /// What stands before a key or a row at this depth.
    fn begin<W: ?Sized + Write>(&self, writer: &mut W, first: bool, broken: bool) -> io::Result<()> {
        if !first {
            writer.write_all(b",")?;
        }
        if broken { self.line(writer) } else { Ok(()) }
    }

    fn line<W: ?Sized + Write>(&self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b"\n")?;
        writer.write_all(&b"  ".repeat(self.depth))
    }
}

impl Formatter for RowPerLine {
    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth = self.depth.saturating_add(1);
        writer.write_all(b"{")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.begin(writer, first, self.depth == 1)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth = self.depth.saturating_sub(1);
        if self.depth == 0 {
            self.line(writer)?;
        }
        writer.write_all(b"}")
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth = self.depth.saturating_add(1);
        writer.write_all(b"[")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.begin(writer, first, self.depth == 2)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth = self.depth.saturating_sub(1);
        if self.depth == 1 {
            self.line(writer)?;
        }
        writer.write_all(b"]")
    }
}
