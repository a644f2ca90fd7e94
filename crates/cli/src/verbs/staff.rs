//! `staffroom staff`: the people whom the roster lists.

mod list;
mod show;

use clap::Subcommand;

use crate::context::Context;
use crate::error::{Error, Exit};

/// Look at the staff members that the roster lists.
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
