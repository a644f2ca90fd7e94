//! `staffroom audit`: what was done, by whom, and what was denied.

use serde::Serialize;
use staffroom_core::store::AuditCursor;
use staffroom_core::{
    AuditEvent, AuditId, AuditRecord, BatchId, GroupId, NetworkId, SchoolId, StaffId, Timestamp, UserId,
};

use crate::args::help;
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::network::Network;
use crate::output::records::{List, Record, Row};
use crate::output::words::counted;
use crate::output::{self, actors::Actors};

/// Show the audit log, newest first: what was done, by whom, and what was denied.
#[derive(Debug, clap::Args)]
#[command(after_help = help::with_exit_codes(EXAMPLES))]
pub(crate) struct Args {
    /// At most so many records
    #[arg(long, value_name = "NUMBER", default_value_t = 50, conflicts_with = "all")]
    limit: usize,
    /// All records
    #[arg(long)]
    all: bool,
}

const EXAMPLES: &str = "\
Examples:
  staffroom audit
  staffroom audit --all --format csv > audit.csv";

#[derive(Serialize)]
struct Head<'a> {
    network: &'a str,
    network_id: NetworkId,
}

/// A record as `docs/json.md` has it: ids and codes, and what they are called where the actor may know.
#[derive(Debug, Serialize)]
struct AuditRow {
    id: AuditId,
    at: Timestamp,
    actor: &'static str,
    actor_id: Option<UserId>,
    actor_email: Option<String>,
    event: &'static str,
    /// What was edited, tried or counted.
    detail: String,
    /// The code of a denial.
    code: Option<String>,
    school: Option<String>,
    school_id: Option<SchoolId>,
    group: Option<String>,
    group_id: Option<GroupId>,
    batch: Option<BatchId>,
    user_id: Option<UserId>,
    user_email: Option<String>,
    staff_id: Option<StaffId>,
}

/// How many records are read at once.
const PAGE: usize = 500;

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Error> {
    let limit = if args.all { usize::MAX } else { args.limit };
    context.run(async {
        let network = Network::there(context).await?;
        let session = network.session_anywhere(context)?;
        let mut actors = Actors::new(&network, session);
        let mut out = output::stdout();
        let head = Head { network: network.name.as_str(), network_id: network.id };
        let mut list = List::new(&mut out, context, &head).map_err(Error::Output)?;
        let mut after: Option<AuditCursor> = None;
        let mut left = limit;
        let more = loop {
            let page = network.staffroom.audit(&session, after.as_ref(), left.min(PAGE)).await?;
            for record in &page.rows {
                let row = AuditRow::new(&network, record, &mut actors).await?;
                if let Err(error) = list.row(&row) {
                    output::finished(Err(error))?;
                    return Ok(Exit::Done);
                }
            }
            left = left.saturating_sub(page.rows.len());
            after = page.next;
            if after.is_none() || left == 0 {
                break after.is_some();
            }
        };
        let ending = match (list.rows(), more) {
            (0, _) => "The audit log is empty.".to_owned(),
            (shown, true) => format!("The newest {shown}; `--all` shows the others as well."),
            (1, false) => "1 record.".to_owned(),
            (shown, false) => format!("{shown} records."),
        };
        output::finished(list.finish(&ending))?;
        Ok(Exit::Done)
    })
}

impl AuditRow {
    async fn new(network: &Network, record: &AuditRecord, actors: &mut Actors<'_>) -> Result<Self, Error> {
        let (actor, actor_id, actor_email) = actors.parts(record.actor).await?;
        let (detail, code, user_id, staff_id) = match &record.event {
            AuditEvent::BulkCreate { requested, created, .. } => {
                (format!("{created} of {requested} created"), None, None, None)
            }
            AuditEvent::Undo { removed, kept } => {
                (format!("{removed} removed, {kept} kept"), None, None, None)
            }
            AuditEvent::UserEdit { user, edit, staff_member } => {
                (edit.clone(), None, Some(*user), *staff_member)
            }
            AuditEvent::GroupAdded { permissions } => {
                (format!("{} permissions", permissions.iter().len()), None, None, None)
            }
            AuditEvent::GroupEdit { edit, .. } => (edit.clone(), None, None, None),
            AuditEvent::Denied { attempt, code, user } => {
                (attempt.code().to_owned(), Some(code.clone()), *user, None)
            }
            AuditEvent::PasswordReset { user }
            | AuditEvent::PasswordGiven { user }
            | AuditEvent::ResetSent { user }
            | AuditEvent::SignInLocked { user } => (String::new(), None, Some(*user), None),
            AuditEvent::InitialRevoked { users, shared, user } => {
                let kind = if *shared { "shared" } else { "of their own" };
                (format!("{}, {kind}", counted(*users, "user", "users")), None, *user, None)
            }
            AuditEvent::SessionsEnded { user, count } => {
                (counted(*count, "session", "sessions"), None, Some(*user), None)
            }
            AuditEvent::Invited { sent, left_out } => {
                (format!("{sent} sent, {left_out} left out"), None, None, None)
            }
            _ => (String::new(), None, None, None),
        };
        let user_email = match user_id {
            Some(id) => actors.email(id).await?,
            None => None,
        };
        Ok(Self {
            id: record.id,
            at: record.at,
            actor,
            actor_id,
            actor_email,
            event: record.event.code(),
            detail,
            code,
            school: record.school.and_then(|school| network.school_name(school)).map(str::to_owned),
            school_id: record.school,
            group: record.group.and_then(|group| network.group_name(group)).map(str::to_owned),
            group_id: record.group,
            batch: record.batch,
            user_id,
            user_email,
            staff_id,
        })
    }
}

impl Record for AuditRow {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "at",
        "actor",
        "actor_id",
        "actor_email",
        "event",
        "detail",
        "code",
        "school",
        "school_id",
        "group",
        "group_id",
        "batch",
        "user_id",
        "user_email",
        "staff_id",
    ];
}

impl Row for AuditRow {
    const LIST: &'static str = "records";
    const HEADER: &'static [&'static str] = &["When (UTC)", "Who", "What", "About"];

    fn cells(&self) -> Vec<String> {
        let short = |id: UserId| format!("user {id}");
        let who = match (&self.actor_email, self.actor_id) {
            (Some(email), _) => email.clone(),
            (None, Some(id)) => short(id),
            (None, None) => "the operator".to_owned(),
        };
        let what = match &self.code {
            Some(code) => format!("{} {}: {code}", self.event, self.detail),
            None if self.detail.is_empty() => self.event.to_owned(),
            None => format!("{}: {}", self.event, self.detail),
        };
        let user = self.user_email.clone().or_else(|| self.user_id.map(short));
        let about: Vec<String> =
            [user, self.group.clone(), self.school.clone()].into_iter().flatten().collect();
        vec![self.at.as_datetime().format("%Y-%m-%d %H:%M").to_string(), who, what, about.join(", ")]
    }
}
