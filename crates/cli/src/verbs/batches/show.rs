//! `staffroom batches show`: the report of a batch, and what became of its users since.

use std::io::{self, Write};

use serde::Serialize;
use staffroom_core::{BatchView, NetworkId, Since, Touch};

use super::WhichBatch;
use crate::args::help;
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::network::Network;
use crate::output::records::{List, Record, Row};
use crate::output::rows::{OutcomeRow, OutcomeWord};
use crate::output::users::day;
use crate::output::words::{counted, paragraph};
use crate::output::{self, actors::Actors};

/// Show one batch: its report, and what became of its users since.
#[derive(Debug, clap::Args)]
#[command(after_help = help::with_exit_codes(EXAMPLES))]
pub(crate) struct Args {
    #[command(flatten)]
    which: WhichBatch,
}

const EXAMPLES: &str = "\
Examples:
  staffroom batches show --last
  staffroom batches show 019a3f52-7c1e-7000-8000-5f2a9c0d1b3e --format json";

/// What stands before the rows.
#[derive(Serialize)]
struct Head<'a> {
    batch: staffroom_core::BatchId,
    at: staffroom_core::Timestamp,
    network: &'a str,
    network_id: NetworkId,
    actor: &'static str,
    actor_id: Option<staffroom_core::UserId>,
    actor_email: Option<String>,
    school: Option<&'a str>,
    school_id: staffroom_core::SchoolId,
    group: Option<&'a str>,
    group_id: Option<staffroom_core::GroupId>,
    requested: usize,
    created: usize,
    refused: usize,
    untouched: usize,
    touched: usize,
    removed: usize,
}

/// One row of the report.
#[derive(Serialize)]
struct BatchShowRow<'a> {
    #[serde(flatten)]
    outcome: OutcomeRow<'a>,
    /// `untouched`, `touched` or `removed`; of the refused there is none.
    since: Option<&'static str>,
    /// How they were touched.
    touches: Vec<&'static str>,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Error> {
    context.run(async {
        let network = Network::there(context).await?;
        let session = network.session_anywhere(context)?;
        let id = args.which.id(&network, &session).await?;
        let view = network.staffroom.batch(&session, id).await?.ok_or(Error::NoSuchBatch(id))?;
        let report = &view.batch.report;
        let (actor, actor_id, actor_email) = Actors::new(&network, session).parts(report.actor()).await?;
        let counts = report.counts();
        let head = Head {
            batch: id,
            at: report.at(),
            network: network.name.as_str(),
            network_id: network.id,
            actor,
            actor_id,
            actor_email,
            school: network.school_name(report.school()),
            school_id: report.school(),
            group: report.group().and_then(|group| network.group_name(group)),
            group_id: report.group(),
            requested: counts.requested,
            created: counts.created,
            refused: counts.refused,
            untouched: view.untouched(),
            touched: view.touched(),
            removed: view.removed(),
        };
        output::finished(print(context, &head, &view))?;
        Ok(Exit::Done)
    })
}

fn print(context: &Context, head: &Head<'_>, view: &BatchView) -> io::Result<()> {
    let mut out = output::stdout();
    if context.format() == crate::args::OutputFormat::Table {
        let by = match (&head.actor_email, head.actor_id) {
            (Some(email), _) => email.clone(),
            (None, Some(id)) => format!("the user {id}"),
            (None, None) => "the operator".to_owned(),
        };
        let school = head.school.unwrap_or_default();
        let group = head.group.map_or_else(|| "no group".to_owned(), |name| format!("the group {name}"));
        let asked = counted(head.requested, "account", "accounts");
        let first = format!("Created {} of {asked} on {}, by {by}.", head.created, day(head.at));
        paragraph(&mut out, context.screen.width, &first)?;
        paragraph(&mut out, context.screen.width, &format!("Access to {school}, in {group}."))?;
        writeln!(out)?;
    }
    let ending = if head.created == 0 {
        String::new()
    } else {
        format!(
            "Of the {}, {} as created, {} touched since, {} removed. An undo removes those who are as they were created.",
            counted(head.created, "user", "users"),
            head.untouched,
            head.touched,
            head.removed
        )
    };
    let mut list = List::new(&mut out, context, head)?;
    for (row, since) in view.batch.report.rows().iter().zip(&view.since) {
        list.row(&BatchShowRow::new(OutcomeRow::done(row), since))?;
    }
    list.finish(&ending)
}

impl<'a> BatchShowRow<'a> {
    fn new(outcome: OutcomeRow<'a>, since: &Since) -> Self {
        let (since, touches) = match since {
            Since::NotCreated => (None, Vec::new()),
            Since::Untouched => (Some("untouched"), Vec::new()),
            Since::Removed => (Some("removed"), Vec::new()),
            Since::Touched(touches) => (Some("touched"), touches.iter().copied().map(Touch::code).collect()),
        };
        Self { outcome, since, touches }
    }
}

impl Record for BatchShowRow<'_> {
    const COLUMNS: &'static [&'static str] = &[
        "staff_id",
        "sis_id",
        "name",
        "email",
        "outcome",
        "user_id",
        "reasons",
        "warnings",
        "shares_email_with",
        "since",
        "touches",
    ];
}

impl Row for BatchShowRow<'_> {
    const LIST: &'static str = "outcomes";
    const HEADER: &'static [&'static str] = &["SIS id", "Name", "Email", "Outcome", "Since"];

    fn cells(&self) -> Vec<String> {
        let person = &self.outcome.person;
        let outcome = match self.outcome.outcome {
            OutcomeWord::Created => "created".to_owned(),
            OutcomeWord::Refused => {
                let codes: Vec<&str> = self.outcome.findings.shown().codes().collect();
                format!("refused: {}", codes.join(", "))
            }
        };
        let since = match self.touches.as_slice() {
            [] => self.since.unwrap_or_default().to_owned(),
            touches => touches.join(", "),
        };
        vec![
            person.sis_id.unwrap_or_default().to_owned(),
            person.name.clone().unwrap_or_default(),
            person.email.unwrap_or_default().to_owned(),
            outcome,
            since,
        ]
    }
}
