//! `staffroom follow-up`: accounts that somebody should look after.

use std::io;

use serde::Serialize;
use staffroom_core::{FollowUp, Matter, NetworkId};

use crate::args::help;
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::network::Network;
use crate::output;
use crate::output::records::{List, Record, Row};
use crate::output::users::UserRow;

/// List the accounts that somebody should look after.
#[derive(Debug, clap::Args)]
#[command(long_about = LONG, after_help = help::with_exit_codes(EXAMPLES))]
pub(crate) struct Args {
    /// Only these matters
    #[arg(long, value_name = "MATTER", num_args = 1.., value_parser = clap::builder::PossibleValuesParser::new(Matter::ALL.map(Matter::code)))]
    only: Vec<String>,
}

const LONG: &str = "\
List the accounts that somebody should look after: created but never signed in (`never-signed-in`), staff members who went \
inactive while their user can sign in (`staff-inactive`), and emails of staff records that are not the user's any more \
(`email-drifted`).";

const EXAMPLES: &str = "\
Examples:
  staffroom follow-up
  staffroom follow-up --only staff-inactive --format csv > to-disable.csv";

#[derive(Serialize)]
struct Head<'a> {
    network: &'a str,
    network_id: NetworkId,
}

#[derive(Debug, Serialize)]
struct FollowUpRow {
    matters: Vec<&'static str>,
    /// The email on the staff record, if it is another.
    staff_email: Option<String>,
    #[serde(flatten)]
    user: UserRow,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Error> {
    let is_wanted =
        |matter: &&Matter| args.only.is_empty() || args.only.iter().any(|code| code == matter.code());
    context.run(async {
        let network = Network::there(context).await?;
        let session = network.session_anywhere(context)?;
        let mut out = output::stdout();
        let head = Head { network: network.name.as_str(), network_id: network.id };
        let mut list = List::new(&mut out, context, &head).map_err(Error::Output)?;
        let mut met = Matter::ALL.map(|matter| (matter, 0_u64));
        let mut printed: io::Result<()> = Ok(());
        let mut each = |found: FollowUp| {
            let matters: Vec<Matter> = found.matters.iter().filter(is_wanted).copied().collect();
            if matters.is_empty() || printed.is_err() {
                return;
            }
            for (matter, times) in &mut met {
                *times = times.saturating_add(u64::from(matters.contains(matter)));
            }
            printed = list.row(&FollowUpRow::new(&network, &found, &matters));
        };
        network.staffroom.follow_up(&session, &mut each).await?;
        let legend: Vec<String> = met
            .into_iter()
            .filter(|(_, times)| *times > 0)
            .map(|(matter, times)| format!("{} ({times}): {}", matter.code(), remedy(matter)))
            .collect();
        let ending =
            if legend.is_empty() { "There is nothing to follow up.".to_owned() } else { legend.join("\n") };
        output::finished(printed.and_then(|()| list.finish(&ending)))?;
        Ok(Exit::Done)
    })
}

/// What it is, and what to do.
const fn remedy(matter: Matter) -> &'static str {
    match matter {
        Matter::NeverSignedIn => {
            "has not signed in yet. To do: tell them how to get in: `staffroom hand-off` makes the slips again, `staffroom \
             users invite` mails them."
        }
        Matter::StaffInactive => {
            "is no active staff member, and can still sign in. To do: `staffroom users disable`, if they have left."
        }
        Matter::EmailDrifted => {
            "has another email on the staff record than on the account. To do: find out which is right."
        }
        _ => "should be looked at.",
    }
}

impl FollowUpRow {
    fn new(network: &Network, found: &FollowUp, matters: &[Matter]) -> Self {
        let member = found.user.staff_member.as_ref();
        let drifted = matters.contains(&Matter::EmailDrifted);
        let staff_email = member.filter(|_| drifted).and_then(|member| member.email().as_given());
        Self {
            matters: matters.iter().copied().map(Matter::code).collect(),
            staff_email: staff_email.map(str::to_owned),
            user: UserRow::new(network, &found.user),
        }
    }
}

impl Record for FollowUpRow {
    const COLUMNS: &'static [&'static str] = &[
        "matters",
        "user_id",
        "email",
        "staff_email",
        "name",
        "sis_id",
        "schools",
        "groups",
        "batch",
        "created_at",
        "last_sign_in_at",
    ];
}

impl Row for FollowUpRow {
    const LIST: &'static str = "users";
    const HEADER: &'static [&'static str] = &["Email", "Name", "Matters"];

    fn cells(&self) -> Vec<String> {
        let matters = self.matters.join(", ");
        vec![
            self.user.email.clone(),
            self.user.name.clone().unwrap_or_default(),
            match &self.staff_email {
                Some(email) => format!("{matters} to {email}"),
                None => matters,
            },
        ]
    }
}
