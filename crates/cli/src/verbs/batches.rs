//! `staffroom batches`: the bulk creates that were carried out.

mod list;
mod show;

use clap::Subcommand;
use staffroom_core::store::BatchCursor;
use staffroom_core::{BatchId, Session};

use crate::context::Context;
use crate::error::{Error, Exit};
use crate::network::Network;

/// Look at the batches: the bulk creates that were carried out.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    List(list::Args),
    Show(show::Args),
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Error> {
    match &args.verb {
        Verb::List(args) => list::run(args, context),
        Verb::Show(args) => show::run(args, context),
    }
}

/// How many batches are looked at together.
const PAGE: usize = 50;

/// Which batch is meant: one of the two.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct WhichBatch {
    /// The batch, by its id; `staffroom batches list` has it
    #[arg(value_name = "BATCH")]
    batch: Option<String>,
    /// The newest batch that created anybody
    #[arg(long)]
    last: bool,
}

impl WhichBatch {
    /// The batch of that id, or else the newest.
    pub(crate) fn of(batch: Option<&str>) -> Self {
        Self { batch: batch.map(str::to_owned), last: batch.is_none() }
    }

    /// The id of the batch.
    pub(crate) async fn id(&self, network: &Network, session: &Session) -> Result<BatchId, Error> {
        if let Some(typed) = &self.batch {
            return typed.trim().parse().map_err(|_| Error::NoBatchId(typed.clone()));
        }
        let mut after: Option<BatchCursor> = None;
        loop {
            let page = network.staffroom.batches(session, after.as_ref(), PAGE).await?;
            if let Some(head) = page.rows.iter().find(|head| head.counts.created > 0) {
                return Ok(head.id);
            }
            after = Some(page.next.ok_or(Error::NoBatches)?);
        }
    }
}
