//! `staffroom users`: looking at accounts, and acts on one of them.

mod edit;
mod list;
mod show;

use clap::Subcommand;
use staffroom_core::{Email, UserKey};

use crate::context::Context;
use crate::error::{Error, Exit};

/// Look at user accounts, and change one of them.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    List(list::Args),
    Show(show::Args),
    Disable(edit::DisableArgs),
    Enable(edit::EnableArgs),
    Grant(edit::GrantArgs),
    Revoke(edit::RevokeArgs),
    Link(edit::LinkArgs),
    Unlink(edit::UnlinkArgs),
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Error> {
    match &args.verb {
        Verb::List(args) => list::run(args, context),
        Verb::Show(args) => show::run(args, context),
        Verb::Disable(args) => edit::disable(args, context),
        Verb::Enable(args) => edit::enable(args, context),
        Verb::Grant(args) => edit::grant(args, context),
        Verb::Revoke(args) => edit::revoke(args, context),
        Verb::Link(args) => edit::link(args, context),
        Verb::Unlink(args) => edit::unlink(args, context),
    }
}

/// The user that was typed: by their email, or by their id.
fn key(typed: &str) -> Result<UserKey, Error> {
    if let Ok(id) = typed.trim().parse() {
        return Ok(UserKey::Id(id));
    }
    match Email::parse(typed) {
        Ok(email) => Ok(UserKey::Email(email)),
        Err(why) => Err(Error::Email { text: typed.to_owned(), why: why.to_string() }),
    }
}
