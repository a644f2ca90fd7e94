//! `staffroom users show`.

use super::key;
use crate::args::help;
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::network::Network;
use crate::output::users::UserRow;
use crate::output::{self, records};

/// Show one user: who they are, where they may go, and whether they have come.
#[derive(Debug, clap::Args)]
#[command(after_help = help::with_exit_codes(EXAMPLES))]
pub(crate) struct Args {
    /// The user: their email, or their id
    #[arg(value_name = "USER")]
    user: String,
}

const EXAMPLES: &str = "\
Examples:
  staffroom users show tom.whitaker@lakeside.example";

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Error> {
    let key = key(&args.user)?;
    context.run(async {
        let network = Network::there(context).await?;
        let session = network.session_anywhere(context)?;
        let seen = network.staffroom.user(&session, &key).await?;
        let seen = seen.ok_or_else(|| Error::UnknownUser(args.user.clone()))?;
        let mut out = output::stdout();
        output::finished(records::answer(&mut out, context, &UserRow::new(&network, &seen)))?;
        Ok(Exit::Done)
    })
}
