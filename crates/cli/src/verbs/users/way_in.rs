//! How a user gets in: an initial password is given or revoked, a link to set a password is sent.

use std::io::{self, Write};

use serde::Serialize;
use staffroom_core::{BatchId, InitialOf, NetworkId, UserId, ValidDays};

use super::edit::EditAnswer;
use super::find;
use crate::args::help;
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::network::Network;
use crate::output::records::{Answer, Record};
use crate::output::screen::Screen;
use crate::output::users::UserRow;
use crate::output::words::paragraph;
use crate::output::{self, records};
use crate::secret::PasswordArgs;
use crate::verbs::batches::WhichBatch;
use crate::{credentials, mail};

/// Give a user an initial password, in place of whatever they have.
#[derive(Debug, clap::Args)]
#[command(long_about = GIVE_LONG, after_help = help::with_exit_codes(GIVE_EXAMPLES))]
pub(crate) struct SetPasswordArgs {
    /// The user: their email, or their id
    #[arg(value_name = "USER")]
    user: String,
    /// For how many days it works [default: 30]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..))]
    valid_days: Option<u16>,
    #[command(flatten)]
    password: PasswordArgs,
}

/// Send a user a link to set a password, to the email that they sign in with.
#[derive(Debug, clap::Args)]
#[command(long_about = SEND_LONG, after_help = help::with_exit_codes("Examples:\n  staffroom users send-reset tom.whitaker@lakeside.example"))]
pub(crate) struct SendResetArgs {
    /// The user: their email, or their id
    #[arg(value_name = "USER")]
    user: String,
}

/// Make initial passwords stop working: of one user, or of a whole batch.
#[derive(Debug, clap::Args)]
#[command(long_about = REVOKE_LONG, after_help = help::with_exit_codes(REVOKE_EXAMPLES))]
#[group(required = true, multiple = false)]
pub(crate) struct RevokeInitialArgs {
    /// The user: their email, or their id
    #[arg(value_name = "USER")]
    user: Option<String>,
    /// All whom this batch created, by its id
    #[arg(long, value_name = "BATCH")]
    batch: Option<String>,
    /// All whom the newest batch created that created anybody
    #[arg(long)]
    last: bool,
}

const GIVE_LONG: &str = "\
Give a user an initial password, in place of whatever they have. They sign in with it once, and set one of their own then. \
Their sessions end, a link that was sent to them stops working, and a lock after too many failures is lifted.

You type the password twice, without seeing it, or hand it in with `--password-fd`. Tell it to the person, and to nobody else.";

const GIVE_EXAMPLES: &str = "\
Examples:
  staffroom users set-password tom.whitaker@lakeside.example
  staffroom users set-password tom.whitaker@lakeside.example --valid-days 3 --password-fd 3 3<password.txt";

const SEND_LONG: &str = "\
Send a user a link to set a password, to the email that they sign in with. It works once, for an hour, and in place of any \
before. Nobody else sees it. Until they use it, their password and their sessions stay as they are.

It takes the settings `mail`, `mail-from`, `sign-in-url` and `set-password-url`.";

const REVOKE_LONG: &str = "\
Make initial passwords stop working: of one user, or of a whole batch in one step. Whoever has set a password of their own \
keeps it; the others get in with \"Forgot your password?\".";

const REVOKE_EXAMPLES: &str = "\
Examples:
  staffroom users revoke-initial tom.whitaker@lakeside.example
  staffroom users revoke-initial --last";

pub(crate) fn set_password(args: &SetPasswordArgs, context: &Context) -> Result<Exit, Error> {
    let passwords = credentials::passwords()?;
    let secret =
        args.password.new_password(&context.interrupts, &format!("The password for {}", args.user.trim()))?;
    passwords.check(&secret, &[])?;
    let valid = args.valid_days.and_then(ValidDays::new).unwrap_or_default();
    context.interrupts.means("stopped: the user is as before");
    context.run(async {
        let network = Network::there(context).await?;
        let (session, user) = find(&network, context, &args.user).await?;
        let staffroom = credentials::with_passwords(&network.staffroom, passwords);
        let done = staffroom.give_initial_password(&session, user.user.id(), secret, valid).await?;
        context.meter.clear();
        context.interrupts.means("stopped: the password is given");
        let row = UserRow::new(&network, &done.user);
        let words = format!(
            "{} signs in with that password, within {} days, and then sets one of their own.",
            row.who(),
            valid.days()
        );
        print(context, &EditAnswer::told("set-password", true, row, words))
    })
}

pub(crate) fn send_reset(args: &SendResetArgs, context: &Context) -> Result<Exit, Error> {
    context.interrupts.means("stopped: no mail was sent");
    context.run(async {
        let network = Network::there(context).await?;
        let staffroom = mail::with_mail(&network.staffroom, &context.settings)?;
        let staffroom = credentials::with_passwords(&staffroom, credentials::passwords()?);
        let (session, seen) = find(&network, context, &args.user).await?;
        context.interrupts.means("stopped: the mail may be on its way");
        staffroom.send_reset(&session, seen.user.id()).await?;
        context.interrupts.means("stopped: the mail is sent");
        let row = UserRow::new(&network, &seen);
        let words = format!("A link to set a password is on its way to {}.", row.email);
        print(context, &EditAnswer::told("send-reset", true, row, words))
    })
}

pub(crate) fn revoke_initial(args: &RevokeInitialArgs, context: &Context) -> Result<Exit, Error> {
    context.interrupts.means("stopped: revoke again to be sure");
    context.run(async {
        let network = Network::there(context).await?;
        let anywhere = network.session_anywhere(context)?;
        let (session, of, email) = if let Some(typed) = &args.user {
            let (session, seen) = find(&network, context, typed).await?;
            (session, InitialOf::User(seen.user.id()), Some(seen.user.email().to_string()))
        } else {
            let batch = WhichBatch::of(args.batch.as_deref()).id(&network, &anywhere).await?;
            (anywhere, InitialOf::Batch(batch), None)
        };
        let revoked = network.staffroom.revoke_initial_passwords(&session, of).await?;
        context.meter.clear();
        context.interrupts.means("stopped: they are revoked");
        let (batch, user_id) = match of {
            InitialOf::Batch(batch) => (Some(batch), None),
            InitialOf::User(user) => (None, Some(user)),
        };
        let (network_id, users) = (network.id, revoked.users);
        let network = network.name.to_string();
        print(context, &RevokedAnswer { network, network_id, batch, user_id, user_email: email, users })
    })
}

fn print<A: Answer>(context: &Context, answer: &A) -> Result<Exit, Error> {
    let mut out = output::stdout();
    output::finished(records::answer(&mut out, context, answer))?;
    Ok(Exit::Done)
}

/// Whose initial passwords do not work any more.
#[derive(Debug, Serialize)]
struct RevokedAnswer {
    network: String,
    network_id: NetworkId,
    batch: Option<BatchId>,
    user_id: Option<UserId>,
    user_email: Option<String>,
    /// How many that concerns.
    users: usize,
}

impl Record for RevokedAnswer {
    const COLUMNS: &'static [&'static str] =
        &["network", "network_id", "batch", "user_id", "user_email", "users"];
}

impl Answer for RevokedAnswer {
    fn tell(&self, out: &mut dyn Write, screen: Screen) -> io::Result<()> {
        let words = match (self.users, &self.user_email) {
            (0, Some(email)) => format!("{email} has no initial password that works."),
            (0, None) => "The batch has no initial passwords that work.".to_owned(),
            (_, Some(email)) => format!(
                "The initial password of {email} does not work any more; they get in with \"Forgot your password?\"."
            ),
            (1, None) => "The initial password of the 1 user of the batch does not work any more. If they have set \
                          one of their own, they keep it; otherwise they get in with \"Forgot your password?\"."
                .to_owned(),
            (several, None) => format!(
                "The initial passwords of {several} users do not work any more. Whoever has set one of their own keeps \
                 it; the others get in with \"Forgot your password?\"."
            ),
        };
        paragraph(out, screen.width, &words)
    }
}
