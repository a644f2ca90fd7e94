//! `staffroom staff list`.

use std::io;

use serde::Serialize;
use staffroom_core::{Explained, ListQuery, NetworkId, Who};

use crate::args::help;
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::network::{Network, place};
use crate::output;
use crate::output::records::List;
use crate::output::staff::StaffRow;
use crate::verbs::candidates::search;

/// List the staff members of the network, with or without an account.
#[derive(Debug, clap::Args)]
#[command(after_help = help::with_exit_codes(EXAMPLES))]
pub(crate) struct Args {
    /// Only those who work in the school
    #[arg(long, help_heading = "Whom to list")]
    works_here: bool,
    /// Only those whose name, email or SIS id starts with this; case and accents make no difference
    #[arg(long, value_name = "TEXT", help_heading = "Whom to list")]
    search: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  Everybody who works in a school:
    staffroom staff list --school \"North High\" --works-here

  Find somebody:
    staffroom staff list --search whitaker";

/// What stands before the rows.
#[derive(Serialize)]
struct Head<'a> {
    network: &'a str,
    network_id: NetworkId,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Error> {
    let query = ListQuery {
        who: Who::Everyone,
        place: place(args.works_here),
        search: args.search.as_deref().map(search).transpose()?,
    };
    context.run(async {
        let network = Network::there(context).await?;
        let session =
            if args.works_here { network.session(context) } else { network.session_anywhere(context) }?;
        let mut out = output::stdout();
        let head = Head { network: network.name.as_str(), network_id: network.id };
        let mut list = List::new(&mut out, context, &head).map_err(Error::Output)?;
        let mut printed: io::Result<()> = Ok(());
        let mut each = |explained: Explained| {
            if printed.is_ok() {
                printed = list.row(&StaffRow::new(&network, &explained));
            }
        };
        network.staffroom.explain_all(&session, &query, &mut each).await?;
        let ending = match list.rows() {
            0 if args.works_here || args.search.is_some() => "There are no such staff members.".to_owned(),
            0 => "There are no staff members yet. `staffroom import ROSTER` brings them.".to_owned(),
            1 => "1 staff member.".to_owned(),
            several => format!("{several} staff members."),
        };
        output::finished(printed.and_then(|()| list.finish(&ending)))?;
        Ok(Exit::Done)
    })
}
