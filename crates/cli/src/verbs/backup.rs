//! `staffroom backup`: a consistent copy of a database in a file, while others write.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::ValueHint;
use serde::Serialize;
use staffroom_store_sqlite::SqliteStore;

use crate::args::help;
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::output::records::{Answer, Record};
use crate::output::screen::Screen;
use crate::output::words::paragraph;
use crate::output::{self, records};

/// Copy the database to another file, as it is at one moment, while others go on.
#[derive(Debug, clap::Args)]
#[command(long_about = LONG, after_help = help::with_exit_codes(EXAMPLES))]
pub(crate) struct Args {
    /// The file to write, which must not exist yet
    #[arg(value_name = "PATH", value_hint = ValueHint::FilePath)]
    path: PathBuf,
}

const LONG: &str = "\
Copy the database to another file, as it is at one moment, while others go on reading and writing. The copy is for its \
owner alone to read, and can be used at once: `--database sqlite:PATH`.

To copy the file itself while somebody writes may tear it; this does not. A PostgreSQL database is backed up with \
`pg_dump`.";

const EXAMPLES: &str = "\
Examples:
  staffroom backup /backups/staffroom-2026-08-24.db
  staffroom status --database sqlite:/backups/staffroom-2026-08-24.db";

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Error> {
    context.only_operator("`backup`")?;
    let database = context.database()?;
    context.interrupts.means("stopped: no copy was made");
    context.interrupts.discard(&SqliteStore::unfinished_backup(&args.path));
    let bytes = context.run(database.backup(&args.path))?;
    context.interrupts.keep();
    context.interrupts.means("stopped: the copy is made");
    let answer =
        BackupAnswer { database: database.to_string(), backup: args.path.display().to_string(), bytes };
    let mut out = output::stdout();
    output::finished(records::answer(&mut out, context, &answer))?;
    Ok(Exit::Done)
}

#[derive(Debug, Serialize)]
struct BackupAnswer {
    database: String,
    backup: String,
    bytes: u64,
}

impl Record for BackupAnswer {
    const COLUMNS: &'static [&'static str] = &["database", "backup", "bytes"];
}

impl Answer for BackupAnswer {
    fn tell(&self, out: &mut dyn Write, screen: Screen) -> io::Result<()> {
        let Self { database, backup, bytes } = self;
        let size = indicatif::HumanBytes(*bytes);
        paragraph(out, screen.width, &format!("Copied the database `{database}` to `{backup}` ({size})."))
    }
}
