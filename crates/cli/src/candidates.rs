//! `staffroom candidates`: who can be given an account, and why the others cannot.

use std::io;
use std::sync::Arc;

use staffroom_core::{Assessed, ListQuery, Search, Who};

use crate::args::{CandidatesArgs, OutputFormat};
use crate::error::{Error, Exit};
use crate::network::{Import, Network, Opening, place};
use crate::output;
use crate::output::rows::CandidateRow;
use crate::output::{csv, json, table};
use crate::progress::Meter;
use crate::runtime;

pub(crate) fn run(args: &CandidatesArgs) -> Result<Exit, Error> {
    let query = ListQuery {
        who: if args.why { Who::Everyone } else { Who::Candidates },
        place: place(args.works_here),
        search: args.search.as_deref().map(search).transpose()?,
    };
    let meter = Arc::new(Meter::new(args.output.quiet));
    let opening =
        Opening { source: &args.source, group: None, import: Import::Lasting, quiet: args.output.quiet };
    runtime::block_on(async {
        let network = Network::open(&opening, &meter).await?;
        let mut out = output::stdout();
        let whom = if args.why { table::Whom::Everyone } else { table::Whom::Candidates };
        let printed = match args.output.format {
            OutputFormat::Table => {
                let mut list = table::Candidates::new(&mut out, whom);
                let visited = visit(&network, &query, &mut |row| list.row(row)).await?;
                let endings = table::Endings {
                    place: &network.words_for(query.place),
                    searched: query.search.is_some(),
                };
                visited.and_then(|()| list.finish(&endings))
            }
            OutputFormat::Json => {
                let mut list = json::Candidates::new(&mut out);
                let visited = visit(&network, &query, &mut |row| list.row(row)).await?;
                visited.and_then(|()| list.finish())
            }
            OutputFormat::Csv => {
                let mut list = csv::Candidates::new(&mut out);
                let visited = visit(&network, &query, &mut |row| list.row(row)).await?;
                visited.and_then(|()| list.finish())
            }
        };
        output::finished(printed)?;
        Ok(Exit::Done)
    })?
}

fn search(text: &str) -> Result<Search, Error> {
    Search::new(text).ok_or_else(|| Error::EmptySearch(text.to_owned()))
}

/// Hands everybody of `query` to `print`, until that fails: the inner result. The outer one is that of the list.
async fn visit(
    network: &Network,
    query: &ListQuery,
    print: &mut (dyn FnMut(&CandidateRow<'_>) -> io::Result<()> + Send),
) -> Result<io::Result<()>, Error> {
    let mut printed = Ok(());
    let mut each = |assessed: Assessed| {
        if printed.is_ok() {
            printed = print(&CandidateRow::from(&assessed));
        }
    };
    network.staffroom.list_all(&network.session(), query, &mut each).await?;
    Ok(printed)
}
