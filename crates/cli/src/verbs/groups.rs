//! `staffroom groups`: the permission groups of the network.

mod edit;
mod list;

use std::io::{self, Write};

use clap::Subcommand;
use serde::Serialize;
use staffroom_core::{Group, GroupId, GroupStatus, Permission};

use crate::context::Context;
use crate::error::{Error, Exit};
use crate::output::records::{Answer, Record, Row};
use crate::output::screen::Screen;
use crate::output::words::paragraph;

/// Look at the permission groups, and change them.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    List(list::Args),
    Add(edit::AddArgs),
    Edit(edit::EditArgs),
    Deactivate(edit::DeactivateArgs),
    Activate(edit::ActivateArgs),
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Error> {
    match &args.verb {
        Verb::List(args) => list::run(args, context),
        Verb::Add(args) => edit::add(args, context),
        Verb::Edit(args) => edit::edit(args, context),
        Verb::Deactivate(args) => edit::deactivate(args, context),
        Verb::Activate(args) => edit::activate(args, context),
    }
}

/// A group as `docs/json.md` has it.
#[derive(Debug, Serialize)]
struct GroupRow {
    group: String,
    group_id: GroupId,
    status: &'static str,
    permissions: Vec<Permission>,
    /// Members whom the actor may see; left out where nobody counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<usize>,
}

impl GroupRow {
    fn new(group: &Group, members: Option<usize>) -> Self {
        Self {
            group: group.name().to_string(),
            group_id: group.id(),
            status: match group.status() {
                GroupStatus::Active => "active",
                GroupStatus::Inactive => "inactive",
            },
            permissions: group.permissions().iter().cloned().collect(),
            members,
        }
    }

    fn listed(&self) -> String {
        self.permissions.iter().map(Permission::as_str).collect::<Vec<_>>().join(", ")
    }
}

impl Record for GroupRow {
    const COLUMNS: &'static [&'static str] = &["group", "group_id", "status", "permissions", "members"];
}

impl Row for GroupRow {
    const LIST: &'static str = "groups";
    const HEADER: &'static [&'static str] = &["Group", "Status", "Members", "Permissions"];

    fn cells(&self) -> Vec<String> {
        let members = self.members.map(|members| members.to_string()).unwrap_or_default();
        vec![self.group.clone(), self.status.to_owned(), members, self.listed()]
    }
}

/// What was done to a group.
#[derive(Debug, Serialize)]
struct GroupAnswer {
    edit: &'static str,
    changed: bool,
    #[serde(flatten)]
    group: GroupRow,
    #[serde(skip)]
    words: String,
}

impl Record for GroupAnswer {
    const COLUMNS: &'static [&'static str] =
        &["edit", "changed", "group", "group_id", "status", "permissions"];
}

impl Answer for GroupAnswer {
    fn tell(&self, out: &mut dyn Write, screen: Screen) -> io::Result<()> {
        paragraph(out, screen.width, &self.words)
    }
}
