//! The verbs: one file each, with its flags, its help, and what it does.

pub(crate) mod bulk_create;
mod candidates;
mod migrate;
mod shell;

use clap::Subcommand;

use crate::args::Cli;
use crate::context::Context;
use crate::error::{Error, Exit};

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Candidates(candidates::Args),
    BulkCreate(bulk_create::Args),
    Migrate(migrate::Args),
    Completions(shell::CompletionsArgs),
    Man(shell::ManArgs),
}

/// Does what was typed.
pub(crate) fn run(cli: &Cli) -> Result<Exit, Error> {
    let context = || Context::new(&cli.common);
    match &cli.verb {
        Verb::Candidates(args) => candidates::run(args, &context()?),
        Verb::BulkCreate(args) => bulk_create::run(args, &context()?),
        Verb::Migrate(args) => migrate::run(args, &context()?),
        Verb::Completions(args) => shell::completions(args.shell),
        Verb::Man(args) => shell::manual_page(&args.command),
    }
}
