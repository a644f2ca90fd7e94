//! Acts on one user: each is one change, audited, and harmless if it is so already.

use std::io::{self, Write};

use serde::Serialize;
use staffroom_core::{Edited, Session, SisId, StaffKey, UserEdit, UserEdited};

use super::find;
use crate::args::help;
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::network::Network;
use crate::output::records::{Answer, Record};
use crate::output::screen::Screen;
use crate::output::users::UserRow;
use crate::output::words::paragraph;
use crate::output::{self, records};

/// Keep a user from signing in. They keep their email, access and groups.
#[derive(Debug, clap::Args)]
#[command(after_help = help::with_exit_codes("Examples:\n  staffroom users disable tom.whitaker@lakeside.example"))]
pub(crate) struct DisableArgs {
    /// The user: their email, or their id
    #[arg(value_name = "USER")]
    user: String,
}

/// Let a user sign in again.
#[derive(Debug, clap::Args)]
#[command(after_help = help::with_exit_codes("Examples:\n  staffroom users enable tom.whitaker@lakeside.example"))]
pub(crate) struct EnableArgs {
    /// The user: their email, or their id
    #[arg(value_name = "USER")]
    user: String,
}

/// Give a user access to the school, or put them into a group.
#[derive(Debug, clap::Args)]
#[command(after_help = help::with_exit_codes(GRANT_EXAMPLES))]
pub(crate) struct GrantArgs {
    /// The user: their email, or their id
    #[arg(value_name = "USER")]
    user: String,
    /// Put them into this group, and leave their schools as they are
    #[arg(long, value_name = "NAME")]
    group: Option<String>,
}

/// Take access to the school from a user, or take them out of a group.
#[derive(Debug, clap::Args)]
#[command(after_help = help::with_exit_codes(REVOKE_EXAMPLES))]
pub(crate) struct RevokeArgs {
    /// The user: their email, or their id
    #[arg(value_name = "USER")]
    user: String,
    /// Take them out of this group, and leave their schools as they are
    #[arg(long, value_name = "NAME")]
    group: Option<String>,
}

/// Link a user whom nobody is linked to to the staff member with the same email.
#[derive(Debug, clap::Args)]
#[command(after_help = help::with_exit_codes(LINK_EXAMPLES))]
pub(crate) struct LinkArgs {
    /// The user: their email, or their id
    #[arg(value_name = "USER")]
    user: String,
    /// The staff member, by their SIS id
    #[arg(long, value_name = "SIS_ID")]
    staff: String,
}

/// Take the link between a user and their staff member away.
#[derive(Debug, clap::Args)]
#[command(after_help = help::with_exit_codes("Examples:\n  staffroom users unlink tom.whitaker@lakeside.example"))]
pub(crate) struct UnlinkArgs {
    /// The user: their email, or their id
    #[arg(value_name = "USER")]
    user: String,
}

const GRANT_EXAMPLES: &str = "\
Examples:
  Let somebody enter a second school:
    staffroom users grant tom.whitaker@lakeside.example --school \"North High\"

  Put somebody into a group:
    staffroom users grant tom.whitaker@lakeside.example --group \"School Leader\"";

const REVOKE_EXAMPLES: &str = "\
Examples:
  staffroom users revoke tom.whitaker@lakeside.example --school \"North High\"
  staffroom users revoke tom.whitaker@lakeside.example --group \"School Leader\"";

const LINK_EXAMPLES: &str = "\
Examples:
  Resolve `email-taken`, where the account is theirs; `staffroom staff show 1054` says whether it can be:
    staffroom users link tom.whitaker@lakeside.example --staff 1054";

pub(crate) fn disable(args: &DisableArgs, context: &Context) -> Result<Exit, Error> {
    act(context, &args.user, &Act::Plain(UserEdit::Disable))
}

pub(crate) fn enable(args: &EnableArgs, context: &Context) -> Result<Exit, Error> {
    act(context, &args.user, &Act::Plain(UserEdit::Enable))
}

pub(crate) fn grant(args: &GrantArgs, context: &Context) -> Result<Exit, Error> {
    match &args.group {
        Some(group) => act(context, &args.user, &Act::Join(group)),
        None => act(context, &args.user, &Act::InSchool(UserEdit::GrantAccess)),
    }
}

pub(crate) fn revoke(args: &RevokeArgs, context: &Context) -> Result<Exit, Error> {
    match &args.group {
        Some(group) => act(context, &args.user, &Act::Leave(group)),
        None => act(context, &args.user, &Act::InSchool(UserEdit::RevokeAccess)),
    }
}

pub(crate) fn link(args: &LinkArgs, context: &Context) -> Result<Exit, Error> {
    act(context, &args.user, &Act::Link(&args.staff))
}

pub(crate) fn unlink(args: &UnlinkArgs, context: &Context) -> Result<Exit, Error> {
    act(context, &args.user, &Act::Plain(UserEdit::Unlink))
}

/// What is to be done, as it was typed.
enum Act<'a> {
    /// About the user alone.
    Plain(UserEdit),
    /// About the user and the school, which must be said.
    InSchool(UserEdit),
    Join(&'a str),
    Leave(&'a str),
    Link(&'a str),
}

fn act(context: &Context, typed: &str, act: &Act<'_>) -> Result<Exit, Error> {
    context.interrupts.means("stopped: the user is as before");
    context.run(async {
        let network = Network::there(context).await?;
        let (beside, seen) = find(&network, context, typed).await?;
        let user = seen.user;
        let session = match act {
            Act::InSchool(_) => network.session(context)?,
            _ => beside,
        };
        let edit = settle(&network, &session, act).await?;
        let done = network.staffroom.edit_user(&session, user.id(), edit).await?;
        context.interrupts.means("stopped: the change is made");
        let answer = EditAnswer::new(&network, &session, edit, &done);
        let mut out = output::stdout();
        output::finished(records::answer(&mut out, context, &answer))?;
        Ok(Exit::Done)
    })
}

/// The names that were typed become ids.
async fn settle(network: &Network, session: &Session, act: &Act<'_>) -> Result<UserEdit, Error> {
    Ok(match act {
        Act::Plain(edit) | Act::InSchool(edit) => *edit,
        Act::Join(group) => UserEdit::JoinGroup(network.group(group)?.id()),
        Act::Leave(group) => UserEdit::LeaveGroup(network.group(group)?.id()),
        Act::Link(sis_id) => {
            let parsed =
                SisId::parse(sis_id).map_err(|why| Error::StaffId { text: (*sis_id).to_owned(), why })?;
            let found = network.staffroom.explain(session, &StaffKey::SisId(parsed)).await?;
            let found = found.ok_or_else(|| Error::UnknownStaffMember((*sis_id).to_owned()))?;
            UserEdit::Link(found.staff_member.id())
        }
    })
}

/// What was done to a user.
#[derive(Debug, Serialize)]
pub(super) struct EditAnswer {
    edit: &'static str,
    changed: bool,
    /// Whether the initial password that they had was revoked with it.
    initial_revoked: bool,
    #[serde(flatten)]
    user: UserRow,
    #[serde(skip)]
    words: String,
}

impl EditAnswer {
    /// Something was done to `user`, in these words.
    pub(super) const fn told(edit: &'static str, changed: bool, user: UserRow, words: String) -> Self {
        Self { edit, changed, initial_revoked: false, user, words }
    }

    fn new(network: &Network, session: &Session, edit: UserEdit, done: &UserEdited) -> Self {
        let user = UserRow::new(network, &done.user);
        let who = user.who();
        let school = network.school_name(session.school()).unwrap_or_default();
        let group = |id| network.group_name(id).unwrap_or_default();
        let now = match edit {
            UserEdit::Disable => format!("{who} cannot sign in any more."),
            UserEdit::Enable => format!("{who} may sign in."),
            UserEdit::GrantAccess => format!("{who} may enter {school}."),
            UserEdit::RevokeAccess => format!("{who} may not enter {school} any more."),
            UserEdit::JoinGroup(id) => format!("{who} is in the group {}.", group(id)),
            UserEdit::LeaveGroup(id) => format!("{who} is not in the group {} any more.", group(id)),
            UserEdit::Link(_) => format!("The user {} is linked to the staff member.", user.email),
            UserEdit::Unlink => format!("The user {} is linked to nobody any more.", user.email),
        };
        let changed = done.edited == Edited::Now;
        let words = match (changed, done.initial_revoked) {
            (false, _) => format!("{now} It was so already."),
            (true, false) => now,
            (true, true) => format!(
                "{now} The initial password that they were given does not work any more, because others know it: they \
                 get in with \"Forgot your password?\"."
            ),
        };
        Self { initial_revoked: done.initial_revoked, ..Self::told(edit.code(), changed, user, words) }
    }
}

impl Record for EditAnswer {
    const COLUMNS: &'static [&'static str] =
        &["edit", "changed", "user_id", "email", "name", "sis_id", "status", "initial_revoked"];
}

impl Answer for EditAnswer {
    fn tell(&self, out: &mut dyn Write, screen: Screen) -> io::Result<()> {
        paragraph(out, screen.width, &self.words)
    }
}
