//! The verbs: one file each, with its flags, its help, and what it does.

mod audit;
mod backup;
mod batches;
pub(crate) mod bulk_create;
mod candidates;
mod follow_up;
mod groups;
mod hand_off;
mod import;
mod init;
mod migrate;
mod networks;
mod schools;
mod shell;
mod sign_in;
mod staff;
mod status;
mod sweep;
mod undo;
mod users;

use clap::Subcommand;

use crate::args::Cli;
use crate::context::Context;
use crate::error::{Error, Exit};

/// What to do, in the order of a first day.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Init(init::Args),
    Import(import::Args),
    Networks(networks::Args),
    Schools(schools::Args),
    Staff(staff::Args),
    Candidates(candidates::Args),
    BulkCreate(bulk_create::Args),
    Batches(batches::Args),
    Undo(undo::Args),
    HandOff(hand_off::Args),
    Users(users::Args),
    Groups(groups::Args),
    SignIn(sign_in::Args),
    Audit(audit::Args),
    FollowUp(follow_up::Args),
    Status(status::Args),
    Migrate(migrate::Args),
    Backup(backup::Args),
    Sweep(sweep::Args),
    Completions(shell::CompletionsArgs),
    Man(shell::ManArgs),
}

/// Does what was typed.
pub(crate) fn run(cli: &Cli) -> Result<Exit, Error> {
    let context = || Context::new(&cli.common);
    match &cli.verb {
        Verb::Init(args) => init::run(args, &context()?),
        Verb::Import(args) => import::run(args, &context()?),
        Verb::Networks(args) => networks::run(args, &context()?),
        Verb::Schools(args) => schools::run(args, &context()?),
        Verb::Staff(args) => staff::run(args, &context()?),
        Verb::Candidates(args) => candidates::run(args, &context()?),
        Verb::BulkCreate(args) => bulk_create::run(args, &context()?),
        Verb::Batches(args) => batches::run(args, &context()?),
        Verb::Undo(args) => undo::run(args, &context()?),
        Verb::HandOff(args) => hand_off::run(args, &context()?),
        Verb::Users(args) => users::run(args, &context()?),
        Verb::Groups(args) => groups::run(args, &context()?),
        Verb::SignIn(args) => sign_in::run(args, &context()?),
        Verb::Audit(args) => audit::run(args, &context()?),
        Verb::FollowUp(args) => follow_up::run(args, &context()?),
        Verb::Status(args) => status::run(args, &context()?),
        Verb::Migrate(args) => migrate::run(args, &context()?),
        Verb::Backup(args) => backup::run(args, &context()?),
        Verb::Sweep(args) => sweep::run(args, &context()?),
        Verb::Completions(args) => shell::completions(args.shell),
        Verb::Man(args) => shell::manual_page(&args.command),
    }
}
