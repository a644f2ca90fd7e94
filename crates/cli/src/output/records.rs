//! Answers made of records: lists and single ones. What a record is as JSON decides what it is as CSV; for people it has
//! cells or lines of its own.

use std::io::{self, Write};
use std::marker::PhantomData;

use csv::Writer;
use serde::Serialize;
use serde_json::{Map, Value};
use unicode_width::UnicodeWidthStr;

use super::columns::Columns;
use super::csv::cause;
use super::formula::guarded;
use super::rows::VERSION;
use super::screen::Screen;
use super::words::wrapped;
use super::{Out, json};
use crate::args::OutputFormat;
use crate::context::Context;

/// Between several values in one cell of CSV.
const BETWEEN: &str = ";";

/// Something with columns, in the order of `docs/json.md`.
pub(crate) trait Record: Serialize {
    /// The keys of its JSON that are the columns of its CSV.
    const COLUMNS: &'static [&'static str];
}

/// A record of a list.
pub(crate) trait Row: Record {
    /// What a list of them is called in its JSON document.
    const LIST: &'static str;
    /// What stands above the cells of a table.
    const HEADER: &'static [&'static str];

    /// What people see.
    fn cells(&self) -> Vec<String>;
}

/// A list that is written while it comes. Nothing is written before the first row or the end: until then, something can
/// still turn out to be wrong.
pub(crate) struct List<'o, R> {
    form: Form<'o>,
    screen: Screen,
    rows: u64,
    _row: PhantomData<fn(&R)>,
}

enum Form<'o> {
    Table(Columns<'o, Out>),
    /// With what stands before the rows, until it is written.
    Json(&'o mut Out, Vec<u8>),
    /// With the header, until it is written.
    Csv(Box<Writer<&'o mut Out>>, Option<&'static [&'static str]>),
}

impl<'o, R: Row> List<'o, R> {
    /// A list whose JSON document begins with the keys of `head`.
    pub(crate) fn new<H: Serialize>(out: &'o mut Out, context: &Context, head: &H) -> io::Result<Self> {
        let form = match context.format() {
            OutputFormat::Table => Form::Table(Columns::new(out, context.screen, R::HEADER)),
            OutputFormat::Json => {
                let mut before = Vec::new();
                write!(before, "{{\n  \"version\":{VERSION},\n")?;
                for (key, value) in object(head)? {
                    writeln!(before, "  {}:{value},", Value::String(key))?;
                }
                write!(before, "  \"{}\":[", R::LIST)?;
                Form::Json(out, before)
            }
            OutputFormat::Csv => Form::Csv(Box::new(Writer::from_writer(out)), Some(R::COLUMNS)),
        };
        Ok(Self { form, screen: context.screen, rows: 0, _row: PhantomData })
    }

    pub(crate) fn row(&mut self, row: &R) -> io::Result<()> {
        let is_first = self.rows == 0;
        self.rows = self.rows.saturating_add(1);
        match &mut self.form {
            Form::Table(columns) => columns.row(row.cells()),
            Form::Json(out, before) => {
                out.write_all(&std::mem::take(before))?;
                out.write_all(if is_first { b"\n    " } else { b",\n    " })?;
                Ok(serde_json::to_writer(&mut **out, row)?)
            }
            Form::Csv(writer, header) => {
                write_header(writer, header.take())?;
                write_line(writer, row)
            }
        }
    }

    /// How many rows there have been.
    pub(crate) const fn rows(&self) -> u64 {
        self.rows
    }

    /// Writes what is left; below a table, `ending`.
    pub(crate) fn finish(self, ending: &str) -> io::Result<()> {
        match self.form {
            Form::Table(columns) => {
                let out = columns.finish()?;
                if self.rows > 0 && !ending.is_empty() {
                    writeln!(out)?;
                }
                ending.lines().try_for_each(|text| wrapped(out, self.screen.width, "  ", text))?;
                out.flush()
            }
            Form::Json(out, before) => {
                out.write_all(&before)?;
                out.write_all(if self.rows == 0 { b"]\n}\n" } else { b"\n  ]\n}\n" })?;
                out.flush()
            }
            Form::Csv(mut writer, header) => {
                write_header(&mut writer, header)?;
                writer.flush()
            }
        }
    }
}

fn write_header(writer: &mut Writer<&mut Out>, header: Option<&[&str]>) -> io::Result<()> {
    header.map_or(Ok(()), |header| writer.write_record(header).map_err(cause))
}

/// A single answer.
pub(crate) trait Answer: Record {
    /// Writes it for people.
    fn tell(&self, out: &mut dyn Write, screen: Screen) -> io::Result<()>;
}

/// Writes one answer in the form asked for.
pub(crate) fn answer<A: Answer>(out: &mut Out, context: &Context, answer: &A) -> io::Result<()> {
    match context.format() {
        OutputFormat::Table => answer.tell(out, context.screen)?,
        OutputFormat::Json => json::document(out, &Versioned { version: VERSION, answer })?,
        OutputFormat::Csv => {
            let mut writer = Writer::from_writer(&mut *out);
            writer.write_record(A::COLUMNS).map_err(cause)?;
            write_line(&mut writer, answer)?;
            writer.flush()?;
        }
    }
    out.flush()
}

#[derive(Serialize)]
struct Versioned<'a, A> {
    version: u32,
    #[serde(flatten)]
    answer: &'a A,
}

fn object<T: Serialize>(record: &T) -> io::Result<Map<String, Value>> {
    match serde_json::to_value(record)? {
        Value::Object(map) => Ok(map),
        _ => Ok(Map::new()),
    }
}

fn write_line<R: Record>(writer: &mut Writer<&mut Out>, record: &R) -> io::Result<()> {
    let fields = object(record)?;
    let cells = R::COLUMNS.iter().map(|column| fields.get(*column).map(cell).unwrap_or_default());
    writer.write_record(cells.map(|cell| guarded(&cell).into_owned())).map_err(cause)
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(BETWEEN),
        other => other.to_string(),
    }
}

/// Writes lines of a label and a text, the texts one below the other.
pub(crate) fn fields(out: &mut dyn Write, screen: Screen, fields: &[(&str, String)]) -> io::Result<()> {
    let there = || fields.iter().filter(|(_, text)| !text.is_empty());
    let label = there().map(|(label, _)| label.width()).max().unwrap_or(0);
    let indent = " ".repeat(label.saturating_add(2));
    for (name, text) in there() {
        let gap = " ".repeat(label.saturating_sub(name.width()).saturating_add(2));
        let mut block = Vec::new();
        let room = screen.width.saturating_sub(u16::try_from(indent.len()).unwrap_or(u16::MAX));
        wrapped(&mut block, room.max(20), "", text)?;
        let mut before = format!("{name}{gap}");
        for line in String::from_utf8_lossy(&block).lines() {
            writeln!(out, "{before}{line}")?;
            before.clone_from(&indent);
        }
    }
    Ok(())
}
