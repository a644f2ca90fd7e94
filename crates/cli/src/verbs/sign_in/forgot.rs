//! `staffroom sign-in forgot`: "Forgot your password?".

use std::io::{self, Write};

use serde::Serialize;
use staffroom_core::NetworkId;

use super::source;
use crate::args::help;
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::network::Network;
use crate::output::records::{Answer, Record};
use crate::output::screen::Screen;
use crate::output::words::paragraph;
use crate::output::{self, records};
use crate::{credentials, mail};

/// Do what "Forgot your password?" does: a link to set a password is mailed, if a user has that email.
#[derive(Debug, clap::Args)]
#[command(long_about = LONG, after_help = help::with_exit_codes(EXAMPLES))]
pub(crate) struct Args {
    /// The email that is typed
    #[arg(value_name = "EMAIL")]
    email: String,
}

const LONG: &str = "\
Do what \"Forgot your password?\" does: a link to set a password is mailed, if a user has that email and can sign in. As on the \
page, the answer is the same for every email. To send a link to a user whom you know, `staffroom users send-reset` is better.

For trying out, `--mail folder:mails` writes the mail into a folder.";

const EXAMPLES: &str = "\
Examples:
  staffroom sign-in forgot tom.whitaker@lakeside.example
  staffroom sign-in forgot tom.whitaker@lakeside.example --mail folder:mails";

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Error> {
    context.interrupts.means("stopped: the mail may be on its way");
    context.run(async {
        let network = Network::there(context).await?;
        let staffroom = mail::with_mail(&network.staffroom, &context.settings)?;
        let staffroom = credentials::with_passwords(&staffroom, credentials::passwords()?);
        let errand = staffroom.ask_for_reset(network.id, &args.email, &source()).await?;
        errand.run().await?;
        let answer = ForgotAnswer { network: network.name.to_string(), network_id: network.id };
        let mut out = output::stdout();
        output::finished(records::answer(&mut out, context, &answer))?;
        Ok(Exit::Done)
    })
}

/// The same for every email.
#[derive(Debug, Serialize)]
struct ForgotAnswer {
    network: String,
    network_id: NetworkId,
}

impl Record for ForgotAnswer {
    const COLUMNS: &'static [&'static str] = &["network", "network_id"];
}

impl Answer for ForgotAnswer {
    fn tell(&self, out: &mut dyn Write, screen: Screen) -> io::Result<()> {
        let words = "If a user of the network has this email and can sign in, a link to set a password is on its way to it. \
                     (Not more than one a minute.)";
        paragraph(out, screen.width, words)
    }
}
