//! `staffroom staff show`: one person, the verdict on them, and what could be done.

use std::io::{self, Write};

use serde::Serialize;
use staffroom_core::{Explained, Reason, RuleRow, SchoolId, Sighted, SisId, StaffKey, Warning};

use crate::args::help;
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::network::Network;
use crate::output::records::{Answer, Record, fields};
use crate::output::rows::Status;
use crate::output::screen::Screen;
use crate::output::staff::{StaffRow, seen};
use crate::output::words::{HAS_ONE, paragraph, wrapped};
use crate::output::{self, records};

/// Show one staff member, and explain why they can be given an account or not.
#[derive(Debug, clap::Args)]
#[command(after_help = help::with_exit_codes(EXAMPLES))]
pub(crate) struct Args {
    /// The staff member, by their SIS id
    #[arg(value_name = "SIS_ID")]
    staff: String,
}

const EXAMPLES: &str = "\
Examples:
  staffroom staff show 1054 --school \"North High\"";

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Error> {
    let sis_id = SisId::parse(&args.staff).map_err(|why| Error::StaffId { text: args.staff.clone(), why })?;
    context.run(async {
        let network = Network::there(context).await?;
        let session = network.session_anywhere(context)?;
        let explained = network.staffroom.explain(&session, &StaffKey::SisId(sis_id)).await?;
        let explained = explained.ok_or_else(|| Error::UnknownStaffMember(args.staff.clone()))?;
        let school = network.school_name(session.school()).unwrap_or_default();
        let answer =
            StaffAnswer::new(StaffRow::new(&network, &explained), &explained, school, session.school());
        let mut out = output::stdout();
        output::finished(records::answer(&mut out, context, &answer))?;
        Ok(Exit::Done)
    })
}

/// A staff member, and the explanation.
#[derive(Debug, Serialize)]
struct StaffAnswer {
    /// The school that the verdict is about.
    school: String,
    #[serde(flatten)]
    row: StaffRow,
    #[serde(skip)]
    account: String,
    #[serde(skip)]
    holder: String,
    /// Their user may enter the school already.
    #[serde(skip)]
    is_let_in: bool,
}

impl StaffAnswer {
    fn new(row: StaffRow, explained: &Explained, school: &str, school_id: SchoolId) -> Self {
        let sighted = |sighted: &Sighted| match sighted {
            Sighted::Nobody => String::new(),
            Sighted::Seen(seen) => {
                let linked = match &seen.staff_member {
                    Some(member) => format!(", linked to {} (SIS id {})", member.name(), member.sis_id()),
                    None => ", linked to nobody".to_owned(),
                };
                format!("{}{linked}", seen.user.email())
            }
            Sighted::Unseen => "a user whom you may not see".to_owned(),
        };
        Self {
            school: school.to_owned(),
            is_let_in: seen(&explained.linked_user)
                .is_some_and(|user| user.user.schools().contains(school_id)),
            account: sighted(&explained.linked_user),
            holder: sighted(&explained.email_holder),
            row,
        }
    }
}

impl StaffAnswer {
    /// What to do about a reason; nothing, if what is in the way is their own user and that is all right.
    fn remedy(&self, reason: RuleRow<Reason>) -> String {
        let is_own = self.row.user_id.is_some() && self.row.user_id == self.row.holder_id;
        match reason.fires {
            Reason::AlreadyLinked if self.is_let_in => {
                format!("nothing: their user may enter {} already", self.school)
            }
            Reason::AlreadyLinked => HAS_ONE.to_owned(),
            Reason::EmailTaken if is_own => "nothing: the holder is their own user".to_owned(),
            _ => reason.remedy.to_owned(),
        }
    }
}

impl Record for StaffAnswer {
    const COLUMNS: &'static [&'static str] = StaffRow::COLUMNS;
}

impl Answer for StaffAnswer {
    fn tell(&self, out: &mut dyn Write, screen: Screen) -> io::Result<()> {
        let Self { school, row, account, holder, .. } = self;
        let none = |texts: &[String]| if texts.is_empty() { "none".to_owned() } else { texts.join(", ") };
        fields(
            out,
            screen,
            &[
                ("Name", row.name.clone()),
                ("SIS id", row.sis_id.clone()),
                ("Email", row.email.clone().unwrap_or_else(|| "none".to_owned())),
                ("Status", if row.active { "active" } else { "inactive" }.to_owned()),
                ("Works in", none(&row.schools)),
                ("Account", if account.is_empty() { "none".to_owned() } else { account.clone() }),
                ("Email held by", holder.clone()),
                ("Email shared", row.shares_email_with.join(", ")),
            ],
        )?;
        writeln!(out)?;
        let verdict = match row.status {
            Status::Candidate => {
                format!("Is a candidate: an account can be created, with access to {school}.")
            }
            Status::Ineligible => "Is no candidate.".to_owned(),
        };
        paragraph(out, screen.width, &verdict)?;
        for reason in row.reasons.iter().map(Reason::row) {
            let text = format!("{}: {}. To do: {}.", reason.code, reason.meaning, self.remedy(reason));
            wrapped(out, screen.width, "  ", &text)?;
        }
        for warning in row.warnings.iter().filter(|_| row.status == Status::Candidate).map(Warning::row) {
            let text = format!("{}: {}. To do: {}.", warning.code, warning.meaning, warning.remedy);
            wrapped(out, screen.width, "  ", &text)?;
        }
        if let Some(proposal) = row.proposal(school) {
            let does = match row.resolution {
                Some("link") => "The user who holds the email can be linked to this staff member:".to_owned(),
                _ => format!("Their user can be given access to {school}:"),
            };
            writeln!(out)?;
            paragraph(out, screen.width, &does)?;
            writeln!(out, "  {proposal}")?;
        }
        Ok(())
    }
}
