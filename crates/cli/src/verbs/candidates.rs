//! `staffroom candidates`: who can be given an account, and why the others cannot.

use std::io;

use staffroom_core::{Assessed, Explained, ListQuery, Search, Session, Staffroom, Who};

use crate::args::{OutputFormat, RosterArgs, help};
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::network::{Import, Network, Opening, place};
use crate::output;
use crate::output::rows::CandidateRow;
use crate::output::{csv, json, table};

/// List the staff members for whom a user account can be created now.
#[derive(Debug, clap::Args)]
#[command(long_about = LONG, after_help = help::with_exit_codes(EXAMPLES))]
pub(crate) struct Args {
    /// List every staff member, with each reason why they are no candidate
    #[arg(long, help_heading = "Whom to list")]
    pub(crate) why: bool,
    /// Only those who work in the school
    #[arg(long, help_heading = "Whom to list")]
    pub(crate) works_here: bool,
    /// Only those whose name, email or SIS id starts with this; case and accents make no difference
    #[arg(long, value_name = "TEXT", help_heading = "Whom to list")]
    pub(crate) search: Option<String>,
    #[command(flatten)]
    pub(crate) roster: RosterArgs,
}

const LONG: &str = "\
List the staff members for whom a user account can be created now.

With `--why` everybody is listed, with each reason why they are no candidate, and what to do about it. `staffroom staff \
show` says more about one person.";

const EXAMPLES: &str = "\
Examples:
  Who can be given an account:
    staffroom candidates --school \"North High\"

  Why somebody is not among them:
    staffroom candidates --school \"North High\" --why --search muller

  Import a roster first:
    staffroom candidates --from roster.zip --school \"North High\"";

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Error> {
    let query = ListQuery {
        who: if args.why { Who::Everyone } else { Who::Candidates },
        place: place(args.works_here),
        search: args.search.as_deref().map(search).transpose()?,
    };
    context.run(async {
        let network = Network::open(context, &Opening::with(&args.roster, Import::Lasting)).await?;
        network.tell_imported(context, Import::Lasting);
        let school = network.school(context)?;
        let (staffroom, session) = (&network.staffroom, network.session_in(school));
        let mut out = output::stdout();
        let whom = if args.why { table::Whom::Everyone } else { table::Whom::Candidates };
        let printed = match context.format() {
            OutputFormat::Table => {
                let mut list = table::Candidates::new(&mut out, context.screen, whom, school);
                let visited = visit(staffroom, &session, &query, &mut |row| list.row(row)).await?;
                let endings = table::Endings {
                    place: &network.words_for(query.place, school),
                    searched: query.search.is_some(),
                };
                visited.and_then(|()| list.finish(&endings))
            }
            OutputFormat::Json => {
                let mut list = json::Candidates::new(&mut out);
                let visited = visit(staffroom, &session, &query, &mut |row| list.row(row)).await?;
                visited.and_then(|()| list.finish())
            }
            OutputFormat::Csv => {
                let mut list = csv::Candidates::new(&mut out);
                let visited = visit(staffroom, &session, &query, &mut |row| list.row(row)).await?;
                visited.and_then(|()| list.finish())
            }
        };
        output::finished(printed)?;
        Ok(Exit::Done)
    })
}

pub(crate) fn search(text: &str) -> Result<Search, Error> {
    Search::new(text).ok_or_else(|| Error::EmptySearch(text.to_owned()))
}

/// Hands everybody of `query` to `print`, until that fails: the inner result. The outer one is that of the list.
async fn visit(
    staffroom: &Staffroom,
    session: &Session,
    query: &ListQuery,
    print: &mut (dyn FnMut(&CandidateRow<'_>) -> io::Result<()> + Send),
) -> Result<io::Result<()>, Error> {
    let mut printed = Ok(());
    if query.who == Who::Everyone {
        // With who is in the way, as far as it is the actor's to see.
        let mut each = |explained: Explained| {
            if printed.is_ok() {
                printed = print(&CandidateRow::from(&explained));
            }
        };
        staffroom.explain_all(session, query, &mut each).await?;
    } else {
        let mut each = |assessed: Assessed| {
            if printed.is_ok() {
                printed = print(&CandidateRow::from(&assessed));
            }
        };
        staffroom.list_all(session, query, &mut each).await?;
    }
    Ok(printed)
}
