//! `staffroom users`: looking at accounts, and acts on one of them.

mod edit;
mod invite;
mod list;
mod sessions;
mod show;
mod way_in;

use clap::Subcommand;
use staffroom_core::{Email, SeenUser, Session, UserKey};

use crate::context::Context;
use crate::error::{Error, Exit};
use crate::network::Network;

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
    SetPassword(way_in::SetPasswordArgs),
    SendReset(way_in::SendResetArgs),
    RevokeInitial(way_in::RevokeInitialArgs),
    Invite(invite::Args),
    Sessions(sessions::Args),
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
        Verb::SetPassword(args) => way_in::set_password(args, context),
        Verb::SendReset(args) => way_in::send_reset(args, context),
        Verb::RevokeInitial(args) => way_in::revoke_initial(args, context),
        Verb::Invite(args) => invite::run(args, context),
        Verb::Sessions(args) => sessions::run(args, context),
    }
}

/// The user that was typed, and the session to act on them in: the log has an act under a school, one of the user's own
/// unless another was named.
async fn find(network: &Network, context: &Context, typed: &str) -> Result<(Session, SeenUser), Error> {
    let key = key(typed)?;
    let anywhere = network.session_anywhere(context)?;
    let seen = network.staffroom.user(&anywhere, &key).await?;
    let seen = seen.ok_or_else(|| Error::UnknownUser(typed.to_owned()))?;
    let session = match &context.settings.school {
        Some(_) => anywhere,
        None => network.session_beside(&seen.user).unwrap_or(anywhere),
    };
    Ok((session, seen))
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
