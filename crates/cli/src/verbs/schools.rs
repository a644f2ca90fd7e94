//! `staffroom schools`: which schools the network has.

use serde::Serialize;
use staffroom_core::{AccessError, Denied, NetworkId, SchoolId, UserStatus};

use crate::args::help;
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::network::Network;
use crate::output;
use crate::output::records::{List, Record, Row};

/// List the schools of the network; with `--as`, those that the user may enter.
#[derive(Debug, clap::Args)]
#[command(after_help = help::with_exit_codes(EXAMPLES))]
pub(crate) struct Args {}

const EXAMPLES: &str = "\
Examples:
  staffroom schools
  staffroom schools --as head@lakeside.example";

#[derive(Serialize)]
struct Head<'a> {
    network: &'a str,
    network_id: NetworkId,
}

#[derive(Debug, Serialize)]
struct SchoolRow<'a> {
    school: &'a str,
    school_sis_id: &'a str,
    school_id: SchoolId,
}

impl Record for SchoolRow<'_> {
    const COLUMNS: &'static [&'static str] = &["school", "school_sis_id", "school_id"];
}

impl Row for SchoolRow<'_> {
    const LIST: &'static str = "schools";
    const HEADER: &'static [&'static str] = &["School", "SIS id"];

    fn cells(&self) -> Vec<String> {
        vec![self.school.to_owned(), self.school_sis_id.to_owned()]
    }
}

pub(crate) fn run(_: &Args, context: &Context) -> Result<Exit, Error> {
    let network = context.run(Network::there(context))?;
    if network.acting().is_some_and(|user| user.status() == UserStatus::Disabled) {
        return Err(AccessError::Denied(Denied::ActorDisabled).into());
    }
    let rows: Vec<SchoolRow<'_>> = network
        .schools()
        .iter()
        .map(|school| SchoolRow {
            school: school.name().as_str(),
            school_sis_id: school.sis_id().as_str(),
            school_id: school.id(),
        })
        .collect();
    let ending = match (rows.is_empty(), network.acting().is_some()) {
        (false, _) => "",
        (true, true) => "There is no school that this user may enter.",
        (true, false) => "There is no school yet. `staffroom import ROSTER` brings them.",
    };
    let head = Head { network: network.name.as_str(), network_id: network.id };
    let mut out = output::stdout();
    output::finished(List::new(&mut out, context, &head).and_then(|mut list| {
        rows.iter().try_for_each(|row| list.row(row))?;
        list.finish(ending)
    }))?;
    Ok(Exit::Done)
}
