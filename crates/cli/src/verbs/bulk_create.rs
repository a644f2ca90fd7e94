//! `staffroom bulk-create`: read, preview, ask, commit, report.

mod initial;

use std::io;
use std::path::{Path, PathBuf};

use clap::ValueHint;
use staffroom_core::store::Count;
use staffroom_core::{
    Assessed, BulkCreate, Counts, Group, InitialPassword, ListQuery, Partial, Plan, School, Session,
    Staffroom, Timestamp, Who,
};

use crate::args::{OutputFormat, RosterArgs, help};
use crate::ask;
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::hand_off::{self, Place, Sheet, expiry};
use crate::network::{Import, NOTHING_IS_KEPT, Network, Opening, place};
use crate::output::rows::{Answer, Initially, Rows};
use crate::output::table::{Afterwards, Others};
use crate::output::{self, words};
use crate::selection::selection;
use initial::Initial;

/// Create user accounts for many staff members at once, and report what became of each.
#[derive(Debug, clap::Args)]
#[command(long_about = LONG, after_help = help::with_exit_codes(EXAMPLES))]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) whom: WhomArgs,
    #[command(flatten)]
    pub(crate) how: HowArgs,
    #[command(flatten)]
    pub(crate) initial: initial::InitialArgs,
    #[command(flatten)]
    pub(crate) roster: RosterArgs,
}

/// Whom to create users for: exactly one of these.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Whom to create accounts for (one of these)")]
#[group(required = true, multiple = false)]
pub(crate) struct WhomArgs {
    /// Every candidate of the network
    #[arg(long)]
    pub(crate) all: bool,
    /// Every candidate who works in the school
    #[arg(long)]
    pub(crate) works_here: bool,
    /// These staff members, by their SIS ids
    #[arg(long, value_name = "SIS_ID", num_args = 1..)]
    pub(crate) staff: Vec<String>,
    /// The staff members in this file, one SIS id on each line; `-` reads standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) staff_file: Option<PathBuf>,
}

/// How to go about it.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "How")]
pub(crate) struct HowArgs {
    /// The permission group that the new users belong to; a new network has Teacher, School Leader, Office and
    /// Network Admin [default: none]
    #[arg(long, value_name = "NAME")]
    pub(crate) group: Option<String>,
    /// Show what would happen, and do nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Create nobody if anybody is refused
    #[arg(long)]
    pub(crate) all_or_nothing: bool,
    /// Do not ask before creating. (Nothing is asked either if there is no terminal to ask on)
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Write the hand-off sheet to this file, which must not exist yet: who can sign in now, and how. A table if its name
    /// ends with `.csv`, slips to print if it ends with `.html`
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "dry_run")]
    pub(crate) hand_off: Option<PathBuf>,
}

const LONG: &str = "\
Create user accounts for many staff members at once, and report what became of each.

Decides for everybody asked for whether an account can be created, shows that and asks, and then creates all of them in \
one step. Whoever cannot be given an account is refused, with every reason; the others are not held up, unless you ask \
for `--all-or-nothing`. Nobody is told: `--hand-off`, or `staffroom hand-off`, writes a sheet to tell people by.

Without `--initial-password`, people get in with \"Forgot your password?\" and their work email. With it, they have a password \
that works for 30 days and must be changed at the first sign-in.";

const EXAMPLES: &str = "\
Examples:
  See what would happen for everybody who works in a school:
    staffroom bulk-create --school \"North High\" --works-here --dry-run

  Create accounts for three people, as teachers:
    staffroom bulk-create --school \"North High\" --staff 1001 1002 1017 --group Teacher

  Create accounts for all, without being asked, and write slips to print:
    staffroom bulk-create --school \"North High\" --all --yes --hand-off slips.html

  Give each of them a password of their own, which they change when they first sign in:
    staffroom bulk-create --school \"North High\" --works-here --initial-password generated --hand-off slips.html

  Give all of them one password, read from a file that is deleted afterwards:
    staffroom bulk-create --school \"North High\" --all --initial-password shared --password-fd 3 3<password.txt

  Import a roster first, in one go:
    staffroom bulk-create --from roster.zip --school \"North High\" --works-here --group Teacher";

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Error> {
    let selection = selection(&args.whom)?;
    if let Some(path) = &args.how.hand_off {
        hand_off::check_place(path)?;
    }
    let initial = Initial::settle(args, context)?;
    let import = if args.how.dry_run { Import::Rehearsed } else { Import::Lasting };
    let opening = Opening { group: args.how.group.as_deref(), ..Opening::with(&args.roster, import) };
    context.run(async {
        let network = Network::open(context, &opening).await?;
        network.tell_imported(context, import);
        let school = network.school(context)?;
        let session = network.session_in(school);
        context.interrupts.means(match network.imported {
            Some(_) => "stopped: the roster is imported, and no account was created",
            None => "stopped: no account was created",
        });
        let group = args.how.group.as_deref().map(|name| network.group(name)).transpose()?;
        let staffroom = initial.in_network(&network, school.name().as_str())?;
        let partial = if args.how.all_or_nothing { Partial::Forbidden } else { Partial::Allowed };
        let mut request = BulkCreate::of(selection).with_partial(partial).with_initial_password(initial.kind);
        if let Some(group) = group {
            request = request.in_group(group.id());
        }
        let plan = staffroom.preview(&session, &request).await?;
        context.meter.clear();
        let job = Job {
            args,
            context,
            network: &network,
            staffroom,
            initial: &initial,
            school,
            session,
            group,
            place: network.words_for(place(args.whom.works_here), school),
            others: others(&network, &session, args, context, plan.counts()).await?,
        };
        if args.how.dry_run {
            job.show(Rows::Planned(&plan), Afterward::default())?;
            return Ok(exit(plan.counts()));
        }
        // A batch of nobody would be no more than one more line in the list of batches.
        if plan.counts().requested == 0 {
            job.show(Rows::Nobody, Afterward::default())?;
            return Ok(Exit::Done);
        }
        if !job.is_wanted(&plan)? {
            output::say("Nothing was created.");
            return Ok(Exit::Done);
        }
        job.carry_out(&plan).await
    })
}

/// One call of the command, once the network is open.
struct Job<'a> {
    args: &'a Args,
    context: &'a Context,
    network: &'a Network,
    /// The library, able to give the passwords that were asked for.
    staffroom: Staffroom,
    initial: &'a Initial,
    school: &'a School,
    session: Session,
    group: Option<&'a Group>,
    /// Where the people are, in words.
    place: String,
    /// The people who are no candidates, and so were not asked for.
    others: Others,
}

impl Job<'_> {
    /// Shows what would be done and asks, if there is somebody to ask and something to do.
    fn is_wanted(&self, plan: &Plan) -> Result<bool, Error> {
        if self.args.how.yes || plan.counts().created == 0 || !ask::somebody_is_there() {
            return Ok(true);
        }
        let answer = self.answer(Rows::Planned(plan), None);
        let screen = self.context.stderr();
        output::finished(output::table::preview(&mut io::stderr().lock(), screen, &answer))?;
        ask::confirm(&words::question(&answer))
    }

    /// Commits the plan, writes the hand-off sheet and prints the report.
    async fn carry_out(&self, plan: &Plan) -> Result<Exit, Error> {
        let sheet = match &self.args.how.hand_off {
            Some(path) if plan.counts().created > 0 => Some(self.make_sheet(path)?),
            _ => None,
        };
        let (library, session) = (&self.staffroom, &self.session);
        let committed = match self.initial.shared() {
            Some(secret) => library.commit_with_shared_password(session, plan, secret.clone()).await,
            None => library.commit(session, plan).await,
        };
        self.context.meter.clear();
        let committed = match committed {
            Ok(committed) => committed,
            Err(error) => {
                if let Some(sheet) = sheet {
                    sheet.discard();
                }
                return Err(error.into());
            }
        };
        let place = Place {
            network: self.network.name.as_str(),
            school: self.school.name().as_str(),
            url: self.context.sign_in_url(),
        };
        // At once: until it is written, nobody has the passwords that were generated.
        let sheet = sheet.map(|sheet| sheet.write(place, &committed.hand_off())).transpose();
        self.context.interrupts.keep();
        self.context.interrupts.means("stopped: the accounts are created; `staffroom batches list` has them");
        let path = sheet.as_ref().ok().and_then(Option::as_deref);
        let expires_at = committed.hand_off_entries().next().and_then(|entry| expiry(&entry.way_in));
        self.show(Rows::Done(&committed.report), Afterward { sheet: path, expires_at })?;
        // The report is out, whatever became of the sheet.
        match (sheet, self.initial.kind) {
            (Err(Error::HandOff { path, source }), InitialPassword::Generated(_)) => {
                return Err(Error::PasswordsLost { path, source });
            }
            (sheet, _) => drop(sheet?),
        }
        if !self.network.is_lasting {
            self.context.note(NOTHING_IS_KEPT);
        }
        Ok(exit(committed.report.counts()))
    }

    /// Makes the sheet, which is taken away again if the command is stopped before there is anything to write.
    fn make_sheet(&self, path: &Path) -> Result<Sheet, Error> {
        let sheet = Sheet::create(path)?;
        self.context.interrupts.discard(path);
        Ok(sheet)
    }

    fn answer<'b>(&'b self, rows: Rows<'b>, expires_at: Option<Timestamp>) -> Answer<'b> {
        Answer {
            initial: Initially { password: self.initial.kind, expires_at },
            network: (self.network.id, &self.network.name),
            school: self.school,
            group: self.group,
            place: &self.place,
            rows,
        }
    }

    /// Prints the answer in the form asked for.
    fn show(&self, rows: Rows<'_>, afterward: Afterward<'_>) -> Result<(), Error> {
        let Afterward { sheet, expires_at } = afterward;
        let answer = self.answer(rows, expires_at);
        let mut out = output::stdout();
        let printed = match self.context.format() {
            OutputFormat::Table => output::table::bulk_create(
                &mut out,
                self.context.screen,
                answer,
                Afterwards {
                    others: &self.others,
                    place: place(self.args.whom.works_here),
                    is_lasting: self.network.is_lasting,
                    sheet,
                },
            ),
            OutputFormat::Json => output::json::bulk_create(&mut out, answer),
            OutputFormat::Csv => output::csv::bulk_create(&mut out, answer),
        };
        output::finished(printed)?;
        if self.context.format() != OutputFormat::Table {
            self.context.note(words::summary(&answer).join(" ").trim_end());
        }
        Ok(())
    }
}

/// What there is to tell besides the rows, once it is done.
#[derive(Debug, Clone, Copy, Default)]
struct Afterward<'a> {
    sheet: Option<&'a Path>,
    /// When the initial passwords stop working.
    expires_at: Option<Timestamp>,
}

/// The people whom a selection by rule leaves out because they are no candidates. Asked before anything is done: after
/// it, nothing may come between the accounts and their report.
async fn others(
    network: &Network,
    session: &Session,
    args: &Args,
    context: &Context,
    counts: Counts,
) -> Result<Others, Error> {
    let whom = &args.whom;
    let mut others = Others::default();
    if context.format() != OutputFormat::Table || (!whom.all && !whom.works_here) {
        return Ok(others);
    }
    let query = ListQuery { who: Who::Everyone, place: place(whom.works_here), search: None };
    if counts.requested == 0 {
        // Then they are all there is to tell about.
        let mut each = |assessed: Assessed| others.met(assessed.assessment);
        network.staffroom.list_all(session, &query, &mut each).await?;
        return Ok(others);
    }
    let everyone = network.staffroom.count(session, &query, u64::MAX).await?;
    let (Count::Exactly(everyone) | Count::MoreThan(everyone)) = everyone;
    let asked = u64::try_from(counts.requested).unwrap_or(u64::MAX);
    others.count = everyone.saturating_sub(asked);
    Ok(others)
}

const fn exit(counts: Counts) -> Exit {
    if counts.refused == 0 { Exit::Done } else { Exit::SomeRefused }
}
