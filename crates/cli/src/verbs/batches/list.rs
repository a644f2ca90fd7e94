//! `staffroom batches list`.

use serde::Serialize;
use staffroom_core::{BatchHead, BatchId, GroupId, NetworkId, SchoolId, Timestamp, UserId};

use crate::args::help;
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::network::Network;
use crate::output::records::{List, Record, Row};
use crate::output::{self, actors::Actors};

/// List the batches, newest first.
#[derive(Debug, clap::Args)]
#[command(after_help = help::with_exit_codes(EXAMPLES))]
pub(crate) struct Args {
    /// At most so many
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    limit: usize,
}

const EXAMPLES: &str = "\
Examples:
  staffroom batches list
  staffroom batches list --limit 1000 --format csv > batches.csv";

/// What stands before the rows.
#[derive(Serialize)]
struct Head<'a> {
    network: &'a str,
    network_id: NetworkId,
    /// There are older ones.
    more: bool,
}

/// A batch as `docs/json.md` has it.
#[derive(Debug, Serialize)]
struct BatchRow {
    batch: BatchId,
    at: Timestamp,
    actor: &'static str,
    actor_id: Option<UserId>,
    actor_email: Option<String>,
    school: Option<String>,
    school_id: SchoolId,
    group: Option<String>,
    group_id: Option<GroupId>,
    requested: usize,
    created: usize,
    refused: usize,
    /// Whether somebody has undone it, and how many of its users an undo has removed.
    undone: bool,
    removed: usize,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Error> {
    context.run(async {
        let network = Network::there(context).await?;
        let session = network.session_anywhere(context)?;
        let page = network.staffroom.batches(&session, None, args.limit).await?;
        let undone = network.staffroom.undone(&session, &page.rows).await?;
        let mut actors = Actors::new(&network, session);
        let more = page.next.is_some();
        let head = Head { network: network.name.as_str(), network_id: network.id, more };
        let mut rows = Vec::new();
        for head in &page.rows {
            let removed = undone.get(&head.id).copied();
            rows.push(BatchRow::new(&network, head, removed, &mut actors).await?);
        }
        let ending = match (rows.len(), more) {
            (0, _) => "There are no batches yet. `staffroom bulk-create` makes one.".to_owned(),
            (shown, true) => {
                format!("The newest {shown}; there are older ones: `--limit` lists more of them.")
            }
            (1, false) => "1 batch. `staffroom batches show --last` shows what became of it.".to_owned(),
            (shown, false) => format!("{shown} batches. `staffroom batches show BATCH` shows one."),
        };
        let mut out = output::stdout();
        output::finished(List::new(&mut out, context, &head).and_then(|mut list| {
            rows.iter().try_for_each(|row| list.row(row))?;
            list.finish(&ending)
        }))?;
        Ok(Exit::Done)
    })
}

impl BatchRow {
    async fn new(
        network: &Network,
        head: &BatchHead,
        removed: Option<usize>,
        actors: &mut Actors<'_>,
    ) -> Result<Self, Error> {
        let (actor, actor_id, actor_email) = actors.parts(head.actor).await?;
        Ok(Self {
            batch: head.id,
            at: head.at,
            actor,
            actor_id,
            actor_email,
            school: network.school_name(head.school).map(str::to_owned),
            school_id: head.school,
            group: head.group.and_then(|group| network.group_name(group)).map(str::to_owned),
            group_id: head.group,
            requested: head.counts.requested,
            created: head.counts.created,
            refused: head.counts.refused,
            undone: removed.is_some(),
            removed: removed.unwrap_or_default(),
        })
    }
}

impl Record for BatchRow {
    const COLUMNS: &'static [&'static str] = &[
        "batch",
        "at",
        "actor",
        "actor_id",
        "actor_email",
        "school",
        "school_id",
        "group",
        "group_id",
        "requested",
        "created",
        "refused",
        "undone",
        "removed",
    ];
}

impl Row for BatchRow {
    const LIST: &'static str = "batches";
    const HEADER: &'static [&'static str] = &["Batch", "When (UTC)", "School", "Group", "Created"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.batch.to_string(),
            self.at.as_datetime().format("%Y-%m-%d %H:%M").to_string(),
            self.school.clone().unwrap_or_default(),
            self.group.clone().unwrap_or_default(),
            match (self.undone, self.removed) {
                (false, _) => format!("{} of {}", self.created, self.requested),
                (true, 0) => format!("{} of {}, undone: all kept", self.created, self.requested),
                (true, removed) if removed == self.created => {
                    format!("{} of {}, all undone", self.created, self.requested)
                }
                (true, removed) => format!("{} of {}, {removed} undone", self.created, self.requested),
            },
        ]
    }
}
