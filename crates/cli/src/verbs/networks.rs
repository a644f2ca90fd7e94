//! `staffroom networks`: which networks the database has.

use std::io;

use serde::Serialize;
use staffroom_core::NetworkId;

use crate::args::help;
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::output;
use crate::output::records::{List, Record, Row};

/// List the networks of the database.
#[derive(Debug, clap::Args)]
#[command(after_help = help::with_exit_codes(EXAMPLES))]
pub(crate) struct Args {}

const EXAMPLES: &str = "\
Examples:
  staffroom networks
  staffroom networks --database sqlite:/var/lib/staffroom/lakeside.db --format json";

#[derive(Serialize)]
struct Head {
    database: String,
}

#[derive(Debug, Serialize)]
struct NetworkRow {
    network: String,
    network_id: NetworkId,
}

impl Record for NetworkRow {
    const COLUMNS: &'static [&'static str] = &["network", "network_id"];
}

impl Row for NetworkRow {
    const LIST: &'static str = "networks";
    const HEADER: &'static [&'static str] = &["Network", "Id"];

    fn cells(&self) -> Vec<String> {
        vec![self.network.clone(), self.network_id.to_string()]
    }
}

pub(crate) fn run(_: &Args, context: &Context) -> Result<Exit, Error> {
    context.only_operator("`networks`")?;
    let database = context.database()?;
    let networks = context.run(async {
        let there = context.open_existing(&database).await?;
        let there = there.ok_or_else(|| Error::NoDatabase(database.to_string()))?;
        there.networks().await
    })?;
    let rows: Vec<NetworkRow> = networks
        .ok_or(Error::NetworksUnlisted)?
        .into_iter()
        .map(|network| NetworkRow { network: network.name().to_string(), network_id: network.id() })
        .collect();
    let ending = if rows.is_empty() {
        "There is no network yet. `staffroom import ROSTER` begins the one that the roster names."
    } else {
        ""
    };
    let mut out = output::stdout();
    let printed: io::Result<()> = List::new(&mut out, context, &Head { database: database.to_string() })
        .and_then(|mut list| {
            rows.iter().try_for_each(|row| list.row(row))?;
            list.finish(ending)
        });
    output::finished(printed)?;
    Ok(Exit::Done)
}
