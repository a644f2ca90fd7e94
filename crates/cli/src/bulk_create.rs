//! `staffroom bulk-create`: read, preview, ask, commit, report.

use std::io;
use std::path::Path;
use std::sync::Arc;

use staffroom_core::store::Count;
use staffroom_core::{BulkCreate, Counts, Group, ListQuery, Partial, Plan, Who};

use crate::args::{BulkCreateArgs, OutputFormat};
use crate::ask;
use crate::error::{Error, Exit};
use crate::hand_off::{self, Sheet};
use crate::network::{Import, NOTHING_IS_KEPT, Network, Opening, place};
use crate::output::rows::{Answer, Rows};
use crate::output::table::Afterwards;
use crate::output::{self, say, words};
use crate::progress::Meter;
use crate::runtime;
use crate::selection::selection;

pub(crate) fn run(args: &BulkCreateArgs) -> Result<Exit, Error> {
    let selection = selection(&args.whom)?;
    if let Some(path) = &args.how.hand_off {
        hand_off::check_place(path)?;
    }
    let meter = Arc::new(Meter::new(args.output.quiet));
    let opening = Opening {
        source: &args.source,
        group: args.how.group.as_deref(),
        import: if args.how.dry_run { Import::Rehearsed } else { Import::Lasting },
        quiet: args.output.quiet,
    };
    runtime::block_on(async {
        let network = Network::open(&opening, &meter).await?;
        let group = args.how.group.as_deref().map(|name| network.group(name)).transpose()?;
        let mut request = BulkCreate::of(selection).with_partial(if args.how.all_or_nothing {
            Partial::Forbidden
        } else {
            Partial::Allowed
        });
        if let Some(group) = group {
            request = request.in_group(group.id());
        }
        let plan = network.staffroom.preview(&network.session(), &request).await?;
        meter.clear();
        let job = Job {
            args,
            network: &network,
            group,
            place: network.words_for(place(args.whom.works_here)),
            others: others(&network, args, plan.counts()).await?,
            meter: &meter,
        };
        if args.how.dry_run {
            job.show(Rows::Planned(&plan), None)?;
            return Ok(exit(plan.counts()));
        }
        if !job.is_wanted(&plan)? {
            say("Nothing was created.");
            return Ok(Exit::Done);
        }
        job.carry_out(&plan).await
    })?
}

/// One call of the command, once the network is open.
struct Job<'a> {
    args: &'a BulkCreateArgs,
    network: &'a Network,
    group: Option<&'a Group>,
    /// Where the people are, in words.
    place: String,
    /// How many people are no candidates, and so were not asked for.
    others: u64,
    meter: &'a Meter,
}

impl Job<'_> {
    /// Shows what would be done and asks, if there is somebody to ask and something to do.
    fn is_wanted(&self, plan: &Plan) -> Result<bool, Error> {
        if self.args.how.yes || plan.counts().created == 0 || !ask::somebody_is_there() {
            return Ok(true);
        }
        let answer = self.answer(Rows::Planned(plan));
        output::finished(output::table::preview(&mut io::stderr().lock(), &answer))?;
        ask::confirm(&words::question(&answer))
    }

    /// Commits the plan, writes the hand-off sheet and prints the report.
    async fn carry_out(&self, plan: &Plan) -> Result<Exit, Error> {
        let sheet = match &self.args.how.hand_off {
            Some(path) if plan.counts().created > 0 => Some(Sheet::create(path)?),
            _ => None,
        };
        let committed = self.network.staffroom.commit(&self.network.session(), plan).await;
        self.meter.clear();
        let committed = match committed {
            Ok(committed) => committed,
            Err(error) => {
                if let Some(sheet) = sheet {
                    sheet.discard();
                }
                return Err(error.into());
            }
        };
        let sheet = sheet.map(|sheet| sheet.write(&committed.hand_off)).transpose();
        let path = sheet.as_ref().ok().and_then(Option::as_deref);
        self.show(Rows::Done(&committed.report), path)?;
        // The report is out, whatever became of the sheet.
        sheet?;
        if !self.args.output.quiet && !self.network.is_lasting {
            say(NOTHING_IS_KEPT);
        }
        Ok(exit(committed.report.counts()))
    }

    fn answer<'b>(&'b self, rows: Rows<'b>) -> Answer<'b> {
        Answer {
            network: (self.network.id, &self.network.name),
            school: &self.network.school,
            group: self.group,
            place: &self.place,
            rows,
        }
    }

    /// Prints the answer in the form asked for.
    fn show(&self, rows: Rows<'_>, sheet: Option<&Path>) -> Result<(), Error> {
        let answer = self.answer(rows);
        let mut out = output::stdout();
        let printed = match self.args.output.format {
            OutputFormat::Table => output::table::bulk_create(
                &mut out,
                answer,
                Afterwards { others: self.others, place: place(self.args.whom.works_here), sheet },
            ),
            OutputFormat::Json => output::json::bulk_create(&mut out, answer),
            OutputFormat::Csv => output::csv::bulk_create(&mut out, answer),
        };
        output::finished(printed)?;
        if self.args.output.format != OutputFormat::Table && !self.args.output.quiet {
            say(words::summary(&answer).join(" ").trim_end());
        }
        Ok(())
    }
}

/// How many people a selection by rule leaves out because they are no candidates. Asked before anything is done: after
/// it, nothing may come between the accounts and their report.
async fn others(network: &Network, args: &BulkCreateArgs, counts: Counts) -> Result<u64, Error> {
    let whom = &args.whom;
    if args.output.format != OutputFormat::Table || (!whom.all && !whom.works_here) {
        return Ok(0);
    }
    let query = ListQuery { who: Who::Everyone, place: place(whom.works_here), search: None };
    let everyone = network.staffroom.count(&network.session(), &query, u64::MAX).await?;
    let (Count::Exactly(everyone) | Count::MoreThan(everyone)) = everyone;
    let asked = u64::try_from(counts.requested).unwrap_or(u64::MAX);
    Ok(everyone.saturating_sub(asked))
}

const fn exit(counts: Counts) -> Exit {
    if counts.refused == 0 { Exit::Done } else { Exit::SomeRefused }
}
