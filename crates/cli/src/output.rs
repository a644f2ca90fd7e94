//! Printing answers: one file for each form, over one view of what there is to print.

pub(crate) mod actors;
pub(crate) mod columns;
pub(crate) mod csv;
pub(crate) mod formula;
pub(crate) mod json;
pub(crate) mod records;
pub(crate) mod rows;
pub(crate) mod screen;
pub(crate) mod staff;
pub(crate) mod table;
pub(crate) mod users;
pub(crate) mod words;

use std::io::{self, BufWriter, Stdout, Write};

use crate::error::Error;

/// Standard output, written in large pieces.
pub(crate) type Out = BufWriter<Stdout>;

/// Standard output.
pub(crate) fn stdout() -> Out {
    BufWriter::with_capacity(1 << 16, io::stdout())
}

/// Says something to the person at the terminal, on stderr. A stderr that is gone is nobody's concern.
pub(crate) fn say(text: &str) {
    drop(writeln!(io::stderr().lock(), "{text}"));
}

/// The end of printing. That the reader has gone away (`| head`) means that they have seen enough.
pub(crate) fn finished(printed: io::Result<()>) -> Result<(), Error> {
    match printed {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        printed => printed.map_err(Error::Output),
    }
}
