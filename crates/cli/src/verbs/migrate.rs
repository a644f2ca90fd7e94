//! `staffroom migrate`: the tables of a database, made, brought up to date or looked at.

use std::io::{self, Write};

use serde::Serialize;

use crate::args::{OutputFormat, help};
use crate::context::Context;
use crate::database::{Found, Migrated};
use crate::error::{Error, Exit};
use crate::output;
use crate::output::rows::VERSION;

/// Make the tables of a database, or bring them up to date.
#[derive(Debug, clap::Args)]
#[command(long_about = LONG, after_help = help::with_exit_codes(EXAMPLES))]
pub(crate) struct Args {
    /// Let this role of a PostgreSQL server use the tables as the other commands do; it owns nothing. Run it again after
    /// each migration
    #[arg(long, value_name = "ROLE", conflicts_with = "check")]
    pub(crate) grant: Option<String>,
    /// Change nothing; end with 4 if the tables are missing, too old or too new
    #[arg(long)]
    pub(crate) check: bool,
}

const LONG: &str = "\
Make the tables of a database, or bring them up to date.

All changes are made, or none. It may be run at any time, from several machines at once. In PostgreSQL, run it as the role \
that is to own the tables, and let another role, which the other commands and services use, work with them: `--grant`. A \
new file gets its tables by itself; one of an older release is brought up to date here: make a `staffroom backup` first.";

const EXAMPLES: &str = "\
Examples:
  Bring the file staffroom.db up to date:
    staffroom backup before-the-update.db && staffroom migrate

  Make the tables in PostgreSQL, and let the role `staffroom` use them:
    staffroom migrate --database postgres://owner@db.example/accounts --grant staffroom

  Before a new release starts, in a script:
    staffroom migrate --check --format json";

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Error> {
    context.only_operator("`migrate`")?;
    let database = context.database()?;
    let migrated = context.run(async {
        let migrated =
            if args.check { database.look().await } else { database.migrate(args.grant.as_deref()).await };
        Ok(migrated?)
    })?;
    let fault = if args.check { database.fault(migrated.found) } else { None };
    let document = Document::new(database.schema(), &database.to_string(), &migrated, args);
    let mut out = io::stdout().lock();
    output::finished(match context.format() {
        OutputFormat::Json => document.write(&mut out),
        OutputFormat::Csv => return Err(Error::NoCsv("`migrate`")),
        OutputFormat::Table if fault.is_none() => tell(&mut out, &document),
        OutputFormat::Table => Ok(()),
    })?;
    fault.map_or(Ok(Exit::Done), |fault| Err(fault.into()))
}

/// What `docs/json.md` says.
#[derive(Debug, Serialize)]
struct Document<'a> {
    version: u32,
    database: String,
    schema: Option<&'a str>,
    /// The schema as it was found.
    found: &'static str,
    /// The last change that was there.
    found_change: Option<i64>,
    /// The last change of this release.
    needed_change: i64,
    applied: Vec<AppliedChange>,
    granted: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct AppliedChange {
    change: i64,
    about: &'static str,
}

impl<'a> Document<'a> {
    fn new(schema: Option<&'a str>, database: &str, migrated: &Migrated, args: &'a Args) -> Self {
        let Migrated { applied, found, needed } = migrated;
        let (code, change) = match *found {
            Found::Missing => ("missing", None),
            Found::TooOld(change) => ("too-old", Some(change)),
            Found::UpToDate => ("up-to-date", Some(*needed)),
            Found::TooNew(change) => ("too-new", Some(change)),
        };
        Self {
            version: VERSION,
            database: database.to_owned(),
            schema,
            found: code,
            found_change: change,
            needed_change: *needed,
            applied: applied
                .iter()
                .map(|change| AppliedChange { change: change.number, about: change.about })
                .collect(),
            granted: args.grant.as_deref(),
        }
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut *out, self)?;
        writeln!(out)
    }
}

/// The same for people.
fn tell(out: &mut dyn Write, document: &Document<'_>) -> io::Result<()> {
    let needed = document.needed_change;
    let what = match document.schema {
        Some(schema) => format!("schema `{schema}`"),
        None => format!("database `{}`", document.database),
    };
    match document.applied.as_slice() {
        [] => writeln!(out, "The {what} is up to date, at change {needed}.")?,
        applied => {
            writeln!(out, "Brought the {what} to change {needed}:")?;
            for AppliedChange { change, about } in applied {
                writeln!(out, "  {change}  {about}")?;
            }
        }
    }
    match document.granted {
        Some(role) => writeln!(out, "The role `{role}` may use it."),
        None => Ok(()),
    }
}
