//! `staffroom undo`: a batch is taken back, as far as nobody has touched its users since.

use std::io::{self, Write};

use serde::Serialize;
use staffroom_core::{BatchId, BatchView, NetworkId, Since, Subject, Timestamp, Touch, UndoOutcome, UserId};

use crate::args::{OutputFormat, help};
use crate::ask;
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::network::Network;
use crate::output::records::{List, Record, Row};
use crate::output::words::{counted, paragraph};
use crate::output::{self, say};
use crate::verbs::batches::WhichBatch;

/// Undo a batch: remove the users that it created, as far as nobody has touched them since.
#[derive(Debug, clap::Args)]
#[command(long_about = LONG, after_help = help::with_exit_codes(EXAMPLES))]
pub(crate) struct Args {
    #[command(flatten)]
    which: WhichBatch,
    /// Show what would happen, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Do not ask before undoing. (Nothing is asked either if there is no terminal to ask on)
    #[arg(long, short)]
    yes: bool,
}

const LONG: &str = "\
Undo a batch: remove the users that it created, as far as nobody has touched them since.

Whoever has signed in, set a password or been edited otherwise is kept, and listed with the reason. The staff members of \
those who are removed are candidates again. To undo twice does no harm.";

const EXAMPLES: &str = "\
Examples:
  See what undoing the newest batch would do:
    staffroom undo --last --dry-run

  Undo one batch without being asked:
    staffroom undo 019a3f52-7c1e-7000-8000-5f2a9c0d1b3e --yes";

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Error> {
    context.interrupts.means("stopped: nothing was undone");
    context.run(async {
        let network = Network::there(context).await?;
        let session = network.session_anywhere(context)?;
        let id = args.which.id(&network, &session).await?;
        let view = network.staffroom.batch(&session, id).await?.ok_or(Error::NoSuchBatch(id))?;
        let before = view.removed();
        if args.dry_run {
            let rows = planned(&view);
            return print(context, &network, Undone { batch: id, at: None, before }, &rows);
        }
        let asks = !args.yes && ask::somebody_is_there();
        if asks && view.untouched() > 0 && !is_wanted(&view)? {
            say("Nothing was undone.");
            return Ok(Exit::Done);
        }
        let report = network.staffroom.undo(&session, id).await?;
        context.interrupts.means("stopped: the batch is undone; `staffroom batches show` shows it");
        context.meter.clear();
        let rows: Vec<UndoneRow<'_>> = report
            .rows
            .iter()
            .map(|row| {
                let touches = match &row.outcome {
                    UndoOutcome::Removed => None,
                    UndoOutcome::Kept(touches) => Some(touches.as_slice()),
                };
                UndoneRow::new(&row.subject, row.user, touches)
            })
            .collect();
        print(context, &network, Undone { batch: id, at: Some(report.at), before }, &rows)
    })
}

/// What is undone, or would be.
#[derive(Clone, Copy)]
struct Undone {
    batch: BatchId,
    /// When; not in a dry run.
    at: Option<Timestamp>,
    /// How many of its users were gone before.
    before: usize,
}

fn is_wanted(view: &BatchView) -> Result<bool, Error> {
    let report = &view.batch.report;
    say(&format!(
        "The batch of {} created {}. {} would be removed, {} kept because of what has happened since.",
        report.at(),
        counted(report.counts().created, "user", "users"),
        view.untouched(),
        view.touched()
    ));
    ask::confirm(&match view.untouched() {
        1 => "Remove this user?".to_owned(),
        several => format!("Remove these {several} users?"),
    })
}

/// What an undo would do now.
fn planned(view: &BatchView) -> Vec<UndoneRow<'_>> {
    let rows = view.batch.report.rows().iter().zip(&view.since);
    rows.filter_map(|(row, since)| {
        let touches = match since {
            Since::Touched(touches) => Some(touches.as_slice()),
            _ => None,
        };
        Some(UndoneRow::new(row.subject(), row.user()?, touches))
    })
    .collect()
}

/// What stands before the rows.
#[derive(Serialize)]
struct Head<'a> {
    batch: BatchId,
    at: Option<Timestamp>,
    network: &'a str,
    network_id: NetworkId,
    dry_run: bool,
    removed: usize,
    kept: usize,
    /// Of the removed: those who were gone before.
    removed_before: usize,
}

/// One user of the batch.
#[derive(Debug, Serialize)]
struct UndoneRow<'a> {
    sis_id: Option<&'a str>,
    name: Option<String>,
    email: Option<&'a str>,
    user_id: UserId,
    outcome: &'static str,
    reasons: Vec<&'static str>,
    #[serde(skip)]
    why: String,
}

impl<'a> UndoneRow<'a> {
    fn new(subject: &'a Subject, user_id: UserId, kept: Option<&[Touch]>) -> Self {
        let touches = kept.unwrap_or_default();
        Self {
            sis_id: subject.sis_id().map(staffroom_core::SisId::as_str),
            name: subject.name().map(ToString::to_string),
            email: subject.email().and_then(staffroom_core::StaffEmail::as_given),
            user_id,
            outcome: if kept.is_some() { "kept" } else { "removed" },
            reasons: touches.iter().copied().map(Touch::code).collect(),
            why: touches.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        }
    }
}

impl Record for UndoneRow<'_> {
    const COLUMNS: &'static [&'static str] = &["sis_id", "name", "email", "user_id", "outcome", "reasons"];
}

impl Row for UndoneRow<'_> {
    const LIST: &'static str = "outcomes";
    const HEADER: &'static [&'static str] = &["SIS id", "Name", "Email", "Why"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.sis_id.unwrap_or_default().to_owned(),
            self.name.clone().unwrap_or_default(),
            self.email.unwrap_or_default().to_owned(),
            self.why.clone(),
        ]
    }
}

fn print(
    context: &Context,
    network: &Network,
    undone: Undone,
    rows: &[UndoneRow<'_>],
) -> Result<Exit, Error> {
    let Undone { batch, at, before } = undone;
    let kept = rows.iter().filter(|row| row.outcome == "kept").count();
    let removed = rows.len().saturating_sub(kept);
    let head = Head {
        batch,
        at,
        network: network.name.as_str(),
        network_id: network.id,
        dry_run: at.is_none(),
        removed,
        kept,
        removed_before: before.min(removed),
    };
    let mut out = output::stdout();
    output::finished(match context.format() {
        OutputFormat::Table => tell(&mut out, context, &head, rows),
        _ => List::new(&mut out, context, &head).and_then(|mut list| {
            rows.iter().try_for_each(|row| list.row(row))?;
            list.finish("")
        }),
    })?;
    Ok(if kept == 0 { Exit::Done } else { Exit::SomeRefused })
}

fn tell(out: &mut output::Out, context: &Context, head: &Head<'_>, rows: &[UndoneRow<'_>]) -> io::Result<()> {
    let screen = context.screen;
    let total = counted(rows.len(), "user", "users");
    let is_done_already = head.removed == head.removed_before;
    if head.dry_run {
        paragraph(out, screen.width, "Dry run: nothing is done.")?;
    }
    let first = if head.removed > 0 && is_done_already {
        format!(
            "The batch is undone already: of its {total}, {} went with an earlier undo; {} kept.",
            head.removed, head.kept
        )
    } else if head.dry_run {
        format!("Would remove {} of the {total} of the batch; {} kept.", head.removed, head.kept)
    } else {
        let gone = if head.removed == 1 { "is" } else { "are" };
        format!("Of the {total} of the batch, {} {gone} removed; {} kept.", head.removed, head.kept)
    };
    paragraph(out, screen.width, &first)?;
    if head.kept > 0 {
        writeln!(out, "\n{}\n", screen.alarm(&format!("Kept ({})", head.kept)))?;
        let mut list = List::new(out, context, head)?;
        rows.iter().filter(|row| row.outcome == "kept").try_for_each(|row| list.row(row))?;
        list.finish("")?;
    }
    if head.removed > 0 {
        writeln!(out)?;
        paragraph(
            out,
            screen.width,
            "Whoever was removed can be a candidate again: `staffroom candidates`.",
        )?;
    }
    out.flush()
}
