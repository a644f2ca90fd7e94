//! `staffroom users list`.

use std::io;

use clap::ValueEnum;
use serde::Serialize;
use staffroom_core::{EmailStart, NetworkId, SeenUser, UserQuery, UserStatus};

use crate::args::help;
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::network::Network;
use crate::output;
use crate::output::records::List;
use crate::output::users::UserRow;

/// List the users of the network.
#[derive(Debug, clap::Args)]
#[command(after_help = help::with_exit_codes(EXAMPLES))]
pub(crate) struct Args {
    /// Only those whose email starts with this
    #[arg(long, value_name = "TEXT", help_heading = "Whom to list")]
    search: Option<String>,
    /// Only those who may enter this school: its name, or its SIS id
    #[arg(long, value_name = "NAME", help_heading = "Whom to list")]
    entering: Option<String>,
    /// Only those in this group
    #[arg(long, value_name = "NAME", help_heading = "Whom to list")]
    group: Option<String>,
    /// Only those with this status
    #[arg(long, value_name = "STATUS", value_enum, help_heading = "Whom to list")]
    status: Option<Status>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Status {
    /// May sign in
    Enabled,
    /// May not
    Disabled,
}

const EXAMPLES: &str = "\
Examples:
  Everybody with an account:
    staffroom users list

  Who may enter a school as a teacher:
    staffroom users list --entering \"North High\" --group Teacher

  Whose account is disabled, for a spreadsheet:
    staffroom users list --status disabled --format csv > disabled.csv";

/// What stands before the rows.
#[derive(Serialize)]
struct Head<'a> {
    network: &'a str,
    network_id: NetworkId,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Error> {
    context.run(async {
        let network = Network::there(context).await?;
        let session = network.session_anywhere(context)?;
        let school = match &args.entering {
            Some(typed) => Some(network.school_named(typed)?.id()),
            None => None,
        };
        let start = |text: &String| EmailStart::new(text).ok_or_else(|| Error::EmptySearch(text.clone()));
        let query = UserQuery {
            email_start: args.search.as_ref().map(start).transpose()?,
            school,
            group: args
                .group
                .as_deref()
                .map(|name| network.group(name))
                .transpose()?
                .map(staffroom_core::Group::id),
            status: args.status.map(|status| match status {
                Status::Enabled => UserStatus::Enabled,
                Status::Disabled => UserStatus::Disabled,
            }),
        };
        let mut out = output::stdout();
        let head = Head { network: network.name.as_str(), network_id: network.id };
        let mut list = List::new(&mut out, context, &head).map_err(Error::Output)?;
        let mut printed: io::Result<()> = Ok(());
        let mut each = |seen: SeenUser| {
            if printed.is_ok() {
                printed = list.row(&UserRow::new(&network, &seen));
            }
        };
        network.staffroom.all_users(&session, &query, &mut each).await?;
        let ending = match (list.rows(), query == UserQuery::default()) {
            (0, true) => "There are no users yet. `staffroom bulk-create` makes them.".to_owned(),
            (0, false) => "There are no such users.".to_owned(),
            (1, _) => "1 user.".to_owned(),
            (several, _) => format!("{several} users."),
        };
        output::finished(printed.and_then(|()| list.finish(&ending)))?;
        Ok(Exit::Done)
    })
}
