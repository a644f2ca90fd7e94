//! `staffroom sign-in set-password`: what the page does that the link in the mail leads to.

use std::io::{self, Write};

use serde::Serialize;
use staffroom_core::{Confirmation, NetworkId, UserId};

use crate::args::help;
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::network::Network;
use crate::output::records::{Answer, Record};
use crate::output::screen::Screen;
use crate::output::words::paragraph;
use crate::output::{self, records};
use crate::secret::{PasswordArgs, TokenArgs};
use crate::{credentials, mail};

/// Set a password with the link of a mail, as its page does.
#[derive(Debug, clap::Args)]
#[command(long_about = LONG, after_help = help::with_exit_codes(EXAMPLES))]
pub(crate) struct Args {
    #[command(flatten)]
    token: TokenArgs,
    #[command(flatten)]
    password: PasswordArgs,
}

const LONG: &str = "\
Set a password with the link of a mail, as its page does. The link, or the token at its end, is typed without being seen, or \
comes by `--token-fd`; then the new password. All sessions of the user end, and a mail tells them, if `mail` is set.";

const EXAMPLES: &str = "\
Examples:
  staffroom sign-in set-password
  staffroom sign-in set-password --token-fd 3 --password-fd 4 3<token.txt 4<password.txt";

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Error> {
    if args.token.token_fd == Some(0) && args.password.password_fd == Some(0) {
        return Err(Error::StdinTwice);
    }
    let passwords = credentials::passwords()?;
    let token = args.token.token(&context.interrupts)?;
    let secret = args.password.new_password(&context.interrupts, "The new password")?;
    context.interrupts.means("stopped: the password is as before");
    context.run(async {
        let network = Network::there(context).await?;
        let mut staffroom = credentials::with_passwords(&network.staffroom, passwords);
        if let Some(mailer) = mail::mailer(&context.settings)? {
            staffroom = staffroom.with_mail(mailer);
        }
        let set = staffroom.set_password(network.id, &token, secret).await?;
        context.interrupts.means("stopped: the password is set");
        let answer = SetAnswer {
            network: network.name.to_string(),
            network_id: network.id,
            user_id: set.user,
            confirmation: match set.confirmation {
                Confirmation::Sent => "sent",
                Confirmation::NoMail => "no-mail",
                Confirmation::Failed(_) => "failed",
            },
        };
        let mut out = output::stdout();
        output::finished(records::answer(&mut out, context, &answer))?;
        Ok(Exit::Done)
    })
}

/// Whose password is set.
#[derive(Debug, Serialize)]
struct SetAnswer {
    network: String,
    network_id: NetworkId,
    user_id: UserId,
    /// Whether a mail told them so.
    confirmation: &'static str,
}

impl Record for SetAnswer {
    const COLUMNS: &'static [&'static str] = &["network", "network_id", "user_id", "confirmation"];
}

impl Answer for SetAnswer {
    fn tell(&self, out: &mut dyn Write, screen: Screen) -> io::Result<()> {
        let told = match self.confirmation {
            "sent" => "A mail tells them so.",
            "failed" => "The mail that was to tell them so could not be sent.",
            _ => "No mail tells them so: `mail` is not set.",
        };
        paragraph(out, screen.width, &format!("The password is set, and all sessions have ended. {told}"))
    }
}
