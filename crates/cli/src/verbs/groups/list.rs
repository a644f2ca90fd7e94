//! `staffroom groups list`.

use serde::Serialize;
use staffroom_core::NetworkId;

use super::GroupRow;
use crate::args::help;
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::network::Network;
use crate::output;
use crate::output::records::List;

/// List the groups, with what each may do.
#[derive(Debug, clap::Args)]
#[command(after_help = help::with_exit_codes("Examples:\n  staffroom groups list"))]
pub(crate) struct Args {}

#[derive(Serialize)]
struct Head<'a> {
    network: &'a str,
    network_id: NetworkId,
}

pub(crate) fn run(_: &Args, context: &Context) -> Result<Exit, Error> {
    context.run(async {
        let network = Network::there(context).await?;
        let session = network.session_anywhere(context)?;
        let groups = network.staffroom.groups(&session).await?;
        let rows = groups.iter().map(|view| GroupRow::new(&view.group, Some(view.members)));
        let head = Head { network: network.name.as_str(), network_id: network.id };
        let ending =
            if groups.is_empty() { "There are no groups. `staffroom groups add` makes one." } else { "" };
        let mut out = output::stdout();
        output::finished(List::new(&mut out, context, &head).and_then(|mut list| {
            rows.into_iter().try_for_each(|row| list.row(&row))?;
            list.finish(ending)
        }))?;
        Ok(Exit::Done)
    })
}
