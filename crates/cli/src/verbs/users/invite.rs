//! `staffroom users invite`: people who have never signed in are told how, by mail.

use serde::Serialize;
use staffroom_core::{FollowUp, Invite, Invited, Matter, NetworkId, ReportRow, Session, UserId};

use super::find;
use crate::args::help;
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::network::Network;
use crate::output::actors::Actors;
use crate::output::records::{List, Record, Row};
use crate::output::words::counted;
use crate::output::{self, say};
use crate::verbs::batches::WhichBatch;
use crate::{ask, mail};

/// Send people who have never signed in a mail that says how they do.
#[derive(Debug, clap::Args)]
#[command(long_about = LONG, after_help = help::with_exit_codes(EXAMPLES))]
pub(crate) struct Args {
    #[command(flatten)]
    whom: WhomArgs,
    /// Do not ask before sending. (Nothing is asked either if there is no terminal to ask on)
    #[arg(long, short)]
    yes: bool,
}

/// Whom to invite: one of these.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Whom to invite (one of these)")]
#[group(required = true, multiple = false)]
struct WhomArgs {
    /// These users: their emails, or their ids
    #[arg(value_name = "USER", num_args = 1..)]
    users: Vec<String>,
    /// All whom this batch created, by its id
    #[arg(long, value_name = "BATCH")]
    batch: Option<String>,
    /// All whom the newest batch created that created anybody
    #[arg(long)]
    last: bool,
    /// Everybody who can sign in and never has
    #[arg(long)]
    all_never_signed_in: bool,
}

const LONG: &str = "\
Send people who have never signed in a mail that says how they do: with the initial password that they were given, or with \
\"Forgot your password?\". No password and no link that lets anybody in is in it. Whoever has signed in, has set a password or \
was invited less than a day ago is sent none.

It takes the settings `mail`, `mail-from`, `sign-in-url` and `set-password-url`. Creating accounts never sends anything.";

const EXAMPLES: &str = "\
Examples:
  staffroom users invite --last
  staffroom users invite tom.whitaker@lakeside.example nadia.vance@lakeside.example
  staffroom users invite --all-never-signed-in --yes --format csv > invited.csv";

/// What stands before the rows.
#[derive(Serialize)]
struct Head<'a> {
    network: &'a str,
    network_id: NetworkId,
    sent: usize,
    left_out: usize,
}

/// Somebody who was to be invited.
#[derive(Debug, Serialize)]
struct InvitedRow {
    user_id: UserId,
    /// As far as it may be told.
    user_email: Option<String>,
    outcome: &'static str,
    #[serde(skip)]
    why: &'static str,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Error> {
    context.interrupts.means("stopped: nobody was invited");
    context.run(async {
        let network = Network::there(context).await?;
        let staffroom = mail::with_mail(&network.staffroom, &context.settings)?;
        let session = network.session_anywhere(context)?;
        let (invite, count) = args.whom.settle(&network, context, &session).await?;
        if !args.yes && ask::somebody_is_there() {
            let mails = counted(count, "mail", "mails");
            if !ask::confirm(&format!("Send up to {mails}, to those who have never signed in?"))? {
                say("Nobody was invited.");
                return Ok(Exit::Done);
            }
        }
        context
            .interrupts
            .means("stopped: some may be invited; to invite again sends nobody a second mail today");
        let report = staffroom.invite(&session, &invite).await?;
        context.meter.clear();
        context.interrupts.means("stopped: the invitations are sent");
        let mut actors = Actors::new(&network, session);
        let mut rows = Vec::with_capacity(report.rows.len());
        for row in &report.rows {
            let (outcome, why) = (row.outcome.code(), words(row.outcome));
            rows.push(InvitedRow {
                user_id: row.user,
                user_email: actors.email(row.user).await?,
                outcome,
                why,
            });
        }
        let (sent, left_out) = (report.sent(), rows.len().saturating_sub(report.sent()));
        let head = Head { network: network.name.as_str(), network_id: network.id, sent, left_out };
        let ending = match rows.len() {
            0 => "There is nobody to invite.".to_owned(),
            _ => format!("{} sent, {left_out} left out.", counted(sent, "invitation", "invitations")),
        };
        let mut out = output::stdout();
        output::finished(List::new(&mut out, context, &head).and_then(|mut list| {
            rows.iter().try_for_each(|row| list.row(row))?;
            list.finish(&ending)
        }))?;
        let has_failed = report.rows.iter().any(|row| row.outcome == Invited::NotSent);
        Ok(if has_failed { Exit::SomeRefused } else { Exit::Done })
    })
}

impl WhomArgs {
    /// Who is meant, and how many mails that may be.
    async fn settle(
        &self,
        network: &Network,
        context: &Context,
        session: &Session,
    ) -> Result<(Invite, usize), Error> {
        if self.all_never_signed_in {
            let mut count = 0_usize;
            let mut each = |found: FollowUp| {
                let is_new = found.matters.contains(&Matter::NeverSignedIn);
                count = count.saturating_add(usize::from(is_new));
            };
            network.staffroom.follow_up(session, &mut each).await?;
            return Ok((Invite::AllNeverSignedIn, count));
        }
        if self.users.is_empty() {
            let id = WhichBatch::of(self.batch.as_deref()).id(network, session).await?;
            let view = network.staffroom.batch(session, id).await?.ok_or(Error::NoSuchBatch(id))?;
            let users = view.batch.report.rows().iter().filter_map(ReportRow::user).count();
            return Ok((Invite::Batch(id), users));
        }
        let mut users = Vec::with_capacity(self.users.len());
        for typed in &self.users {
            users.push(find(network, context, typed).await?.1.user.id());
        }
        let count = users.len();
        Ok((Invite::Users(users), count))
    }
}

/// What became of it, in words.
const fn words(outcome: Invited) -> &'static str {
    match outcome {
        Invited::Sent => "invited",
        Invited::AlreadyInvited => "was invited less than a day ago",
        Invited::SignedIn => "knows how to get in",
        Invited::Disabled => "is disabled",
        Invited::NoAccess => "may enter no school",
        Invited::NotSent => "the mail could not be sent: invite them again",
        _ => "is not there, or not yours to see",
    }
}

impl Record for InvitedRow {
    const COLUMNS: &'static [&'static str] = &["user_id", "user_email", "outcome"];
}

impl Row for InvitedRow {
    const LIST: &'static str = "users";
    const HEADER: &'static [&'static str] = &["User", "What became of it"];

    fn cells(&self) -> Vec<String> {
        let user = self.user_email.clone().unwrap_or_else(|| self.user_id.to_string());
        vec![user, self.why.to_owned()]
    }
}
