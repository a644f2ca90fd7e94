//! Changing groups: each act is one change, audited, and harmless if it is so already.

use staffroom_core::{Edited, Group, GroupEdit, GroupName, Permission, PermissionSet};

use super::{GroupAnswer, GroupRow};
use crate::args::help;
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::network::Network;
use crate::output::{self, records};

/// Add a group.
#[derive(Debug, clap::Args)]
#[command(after_help = help::with_exit_codes(ADD_EXAMPLES))]
pub(crate) struct AddArgs {
    /// What it is called
    #[arg(value_name = "NAME")]
    group: String,
    /// What its members may do
    #[arg(long, value_name = "PERMISSION", num_args = 1..)]
    permissions: Vec<String>,
}

/// Rename a group, or change what its members may do.
#[derive(Debug, clap::Args)]
#[command(after_help = help::with_exit_codes(EDIT_EXAMPLES))]
#[command(group(clap::ArgGroup::new("change").required(true).multiple(true)))]
pub(crate) struct EditArgs {
    /// The group
    #[arg(value_name = "NAME")]
    group: String,
    /// Call it this from now on
    #[arg(long, value_name = "NEW_NAME", group = "change", conflicts_with_all = ["allow", "forbid"])]
    rename: Option<String>,
    /// What its members may do from now on as well
    #[arg(long, value_name = "PERMISSION", num_args = 1.., group = "change")]
    allow: Vec<String>,
    /// What its members may not do any more
    #[arg(long, value_name = "PERMISSION", num_args = 1.., group = "change")]
    forbid: Vec<String>,
}

/// Take a group out of use: it gives nothing any more, and nobody can be put into it.
#[derive(Debug, clap::Args)]
#[command(after_help = help::with_exit_codes("Examples:\n  staffroom groups deactivate Substitute"))]
pub(crate) struct DeactivateArgs {
    /// The group
    #[arg(value_name = "NAME")]
    group: String,
}

/// Put a group into use again.
#[derive(Debug, clap::Args)]
#[command(after_help = help::with_exit_codes("Examples:\n  staffroom groups activate Substitute"))]
pub(crate) struct ActivateArgs {
    /// The group
    #[arg(value_name = "NAME")]
    group: String,
}

const ADD_EXAMPLES: &str = "\
Examples:
  staffroom groups add Substitute --permissions students.view attendance.record";

const EDIT_EXAMPLES: &str = "\
Examples:
  staffroom groups edit Substitute --allow grades.view --forbid attendance.record
  staffroom groups edit Substitute --rename \"Substitute Teacher\"";

pub(crate) fn add(args: &AddArgs, context: &Context) -> Result<Exit, Error> {
    let name = group_name(&args.group)?;
    let permissions: PermissionSet = permissions(&args.permissions)?.into_iter().collect();
    context.interrupts.means("stopped: no group was added");
    context.run(async {
        let network = Network::there(context).await?;
        let session = network.session_anywhere(context)?;
        let group = network.staffroom.add_group(&session, &name, &permissions).await?;
        context.interrupts.means("stopped: the group is added");
        let words = format!("The group {} is added.", group.name());
        let group = GroupRow::new(&group, None);
        print(context, &GroupAnswer { edit: "add", changed: true, group, words })
    })
}

pub(crate) fn edit(args: &EditArgs, context: &Context) -> Result<Exit, Error> {
    let rename = args.rename.as_deref().map(group_name).transpose()?;
    let (allow, forbid) = (permissions(&args.allow)?, permissions(&args.forbid)?);
    change(context, &args.group, |group| {
        if let Some(name) = rename {
            return GroupEdit::Rename(name);
        }
        let stays = group.permissions().iter().filter(|permission| !forbid.contains(permission)).cloned();
        GroupEdit::SetPermissions(stays.chain(allow).collect())
    })
}

pub(crate) fn deactivate(args: &DeactivateArgs, context: &Context) -> Result<Exit, Error> {
    change(context, &args.group, |_| GroupEdit::Deactivate)
}

pub(crate) fn activate(args: &ActivateArgs, context: &Context) -> Result<Exit, Error> {
    change(context, &args.group, |_| GroupEdit::Activate)
}

fn change(context: &Context, typed: &str, edit: impl FnOnce(&Group) -> GroupEdit) -> Result<Exit, Error> {
    context.interrupts.means("stopped: the group is as before");
    context.run(async {
        let network = Network::there(context).await?;
        let session = network.session_anywhere(context)?;
        let group = network.group(typed)?;
        let edit = edit(group);
        let done = network.staffroom.edit_group(&session, group.id(), &edit).await?;
        context.interrupts.means("stopped: the change is made");
        let (name, row) = (done.group.name(), GroupRow::new(&done.group, None));
        let now = match &edit {
            GroupEdit::Rename(_) => format!("The group is called {name}."),
            GroupEdit::SetPermissions(_) if row.permissions.is_empty() => {
                format!("Members of the group {name} may do nothing.")
            }
            GroupEdit::SetPermissions(_) => format!("Members of the group {name} may: {}.", row.listed()),
            GroupEdit::Activate => format!("The group {name} is active."),
            GroupEdit::Deactivate => {
                format!("The group {name} is inactive: it gives nothing, and nobody can join.")
            }
        };
        let changed = done.edited == Edited::Now;
        let words = if changed { now } else { format!("{now} It was so already.") };
        print(context, &GroupAnswer { edit: edit.code(), changed, group: row, words })
    })
}

fn print(context: &Context, answer: &GroupAnswer) -> Result<Exit, Error> {
    let mut out = output::stdout();
    output::finished(records::answer(&mut out, context, answer))?;
    Ok(Exit::Done)
}

fn group_name(text: &str) -> Result<GroupName, Error> {
    GroupName::parse(text).map_err(|why| Error::GroupName { text: text.to_owned(), why })
}

fn permissions(codes: &[String]) -> Result<Vec<Permission>, Error> {
    codes.iter().map(|code| Permission::parse(code).map_err(Error::from)).collect()
}
