//! `staffroom migrate`: the schema of a database, made, brought up to date or looked at.

use std::io::{self, Write};

use serde::Serialize;
use staffroom_store_postgres::migrations::{self, Change};

use crate::args::{MigrateArgs, MigrateFormat};
use crate::database::{Database, Found, Migrated};
use crate::error::{Error, Exit};
use crate::output::rows::VERSION;
use crate::output::{self};
use crate::runtime;

pub(crate) fn run(args: &MigrateArgs) -> Result<Exit, Error> {
    let database = Database::of(&args.database)?;
    let schema = database.schema()?;
    let Migrated { applied, found } = runtime::block_on(async {
        if args.check {
            database.look().await.map(|found| Migrated { applied: Vec::new(), found })
        } else {
            database.migrate(args.grant.as_deref()).await
        }
    })??;
    let fault = if args.check { found.fault(schema) } else { None };
    let document = Document::new(schema, found, &applied, args);
    let mut out = io::stdout().lock();
    output::finished(match args.format {
        MigrateFormat::Json => document.write(&mut out),
        MigrateFormat::Table if fault.is_none() => tell(&mut out, &document),
        MigrateFormat::Table => Ok(()),
    })?;
    fault.map_or(Ok(Exit::Done), |fault| Err(fault.into()))
}

/// What `docs/json.md` says.
#[derive(Debug, Serialize)]
struct Document<'a> {
    version: u32,
    schema: &'a str,
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
    fn new(schema: &'a str, found: Found, applied: &[Change], args: &'a MigrateArgs) -> Self {
        let (code, change) = match found {
            Found::Missing => ("missing", None),
            Found::TooOld(change) => ("too-old", Some(change)),
            Found::UpToDate => ("up-to-date", Some(migrations::NEWEST)),
            Found::TooNew(change) => ("too-new", Some(change)),
        };
        Self {
            version: VERSION,
            schema,
            found: code,
            found_change: change,
            needed_change: migrations::NEWEST,
            applied: applied
                .iter()
                .map(|change| AppliedChange { change: change.number, about: change.name })
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
    let Document { schema, needed_change, .. } = document;
    match document.applied.as_slice() {
        [] => writeln!(out, "The schema `{schema}` is up to date, at change {needed_change}.")?,
        applied => {
            writeln!(out, "Brought the schema `{schema}` to change {needed_change}:")?;
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
