//! `staffroom import`: the schools and staff of a network become what a roster says.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::ValueHint;
use serde::Serialize;
use staffroom_core::NetworkId;

use crate::args::{ReadingArgs, help};
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::network::{Import, Network, Opening};
use crate::output::records::{Answer, Record, fields};
use crate::output::screen::Screen;
use crate::output::words::paragraph;
use crate::output::{self, records};

/// Bring the schools and staff of the network up to date with a roster.
#[derive(Debug, clap::Args)]
#[command(long_about = LONG, after_help = help::with_exit_codes(EXAMPLES))]
pub(crate) struct Args {
    /// The roster: a folder or zip (OneRoster 1.1 or 1.2, School Data Sync v2.1), or one CSV file
    #[arg(value_name = "ROSTER", value_hint = ValueHint::AnyPath)]
    from: PathBuf,
    /// Show what would change, and write nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    reading: ReadingArgs,
}

const LONG: &str = "\
Bring the schools and staff of the network up to date with a roster. The database and the network are made if they are \
not there yet.

A roster is the whole truth about who works there: people whom it does not list become inactive. Nobody is deleted, and \
accounts stay as they are. A roster that would make more than a third of the active staff inactive, and ten people or \
more, is refused: look at it with `--dry-run`, and if it is right, say `--allow-departures`.";

const EXAMPLES: &str = "\
Examples:
  See what a new export would change:
    staffroom import roster.zip --dry-run

  Import it:
    staffroom import roster.zip

  Import one CSV file, into the network of this name:
    staffroom import staff.csv --network \"Lakeside School Network\"";

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Error> {
    context.only_operator("`import`")?;
    let import = if args.dry_run { Import::Rehearsed } else { Import::Lasting };
    let opening = Opening { roster: Some((&args.from, &args.reading)), import, ..Opening::THERE };
    let database = context.database()?;
    context.run(async {
        let network = Network::open(context, &opening).await?;
        let answer = ImportAnswer::new(database.to_string(), &network, args);
        let mut out = output::stdout();
        output::finished(records::answer(&mut out, context, &answer))?;
        if !network.is_lasting && !args.dry_run {
            context
                .note("note: the database is `memory:`, so nothing of it is left now that the command ends");
        }
        Ok(Exit::Done)
    })
}

/// What changed, or would.
#[derive(Debug, Serialize)]
struct ImportAnswer {
    database: String,
    network: String,
    network_id: NetworkId,
    new_network: bool,
    dry_run: bool,
    schools_added: usize,
    schools_updated: usize,
    schools_unchanged: usize,
    staff_added: usize,
    staff_updated: usize,
    staff_unchanged: usize,
    /// No longer listed, and so inactive now.
    staff_departed: usize,
    /// A dry run only: it would be refused without `--allow-departures`.
    needs_allow_departures: bool,
    /// Bad lines of the roster.
    problems: u64,
}

impl ImportAnswer {
    fn new(database: String, network: &Network, args: &Args) -> Self {
        let imported = network.imported.unwrap_or_default();
        let report = imported.report;
        Self {
            database,
            network: network.name.to_string(),
            network_id: network.id,
            new_network: imported.is_new,
            dry_run: args.dry_run,
            schools_added: report.schools_added,
            schools_updated: report.schools_updated,
            schools_unchanged: report.schools_unchanged,
            staff_added: report.staff_added,
            staff_updated: report.staff_updated,
            staff_unchanged: report.staff_unchanged,
            staff_departed: report.staff_departed,
            needs_allow_departures: imported.is_guarded,
            problems: imported.problems,
        }
    }
}

impl ImportAnswer {
    /// How many records changed, or would.
    const fn changes(&self) -> usize {
        let schools = self.schools_added.saturating_add(self.schools_updated);
        let staff = self.staff_added.saturating_add(self.staff_updated).saturating_add(self.staff_departed);
        schools.saturating_add(staff)
    }
}

impl Record for ImportAnswer {
    const COLUMNS: &'static [&'static str] = &[
        "database",
        "network",
        "network_id",
        "new_network",
        "dry_run",
        "schools_added",
        "schools_updated",
        "schools_unchanged",
        "staff_added",
        "staff_updated",
        "staff_unchanged",
        "staff_departed",
        "needs_allow_departures",
        "problems",
    ];
}

impl Answer for ImportAnswer {
    fn tell(&self, out: &mut dyn Write, screen: Screen) -> io::Result<()> {
        let new = if self.new_network { "new " } else { "" };
        let first = match (self.dry_run, self.changes() == 0) {
            (_, true) => format!("The network {} is as the roster says.", self.network),
            (true, _) => {
                format!("Dry run: nothing is imported. The {new}network {} would change:", self.network)
            }
            (false, _) => format!("The roster is imported into the {new}network {}:", self.network),
        };
        paragraph(out, screen.width, &first)?;
        let row = |added: usize, updated: usize, unchanged: usize| {
            format!("{added} added, {updated} changed, {unchanged} as they were")
        };
        fields(
            out,
            screen,
            &[
                ("  Schools", row(self.schools_added, self.schools_updated, self.schools_unchanged)),
                ("  Staff", row(self.staff_added, self.staff_updated, self.staff_unchanged)),
                ("  Inactive", format!("{} no longer listed", self.staff_departed)),
            ],
        )?;
        if self.needs_allow_departures {
            let words = "More than a third of the active staff would become inactive: such a roster is refused, \
                         unless you say `--allow-departures`.";
            writeln!(out)?;
            paragraph(out, screen.width, words)?;
        }
        if !self.dry_run {
            writeln!(out)?;
            paragraph(out, screen.width, "Who can be given an account now: `staffroom candidates`.")?;
        }
        Ok(())
    }
}
