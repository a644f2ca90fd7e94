//! `staffroom users sessions`: where somebody is signed in, and ending that.

use serde::Serialize;
use staffroom_core::{EndSessions, NetworkId, SchoolId, SeenSession, SessionId, Timestamp, UserId};

use super::find;
use crate::args::help;
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::network::Network;
use crate::output;
use crate::output::records::{List, Record, Row};
use crate::output::words::counted;

/// List where a user is signed in, and end it.
#[derive(Debug, clap::Args)]
#[command(after_help = help::with_exit_codes(EXAMPLES))]
pub(crate) struct Args {
    /// The user: their email, or their id
    #[arg(value_name = "USER")]
    user: String,
    /// End this session first, by its id
    #[arg(long, value_name = "SESSION", conflicts_with = "end_all")]
    end: Option<String>,
    /// End all of them first: they have to sign in again
    #[arg(long)]
    end_all: bool,
}

const EXAMPLES: &str = "\
Examples:
  staffroom users sessions tom.whitaker@lakeside.example
  staffroom users sessions tom.whitaker@lakeside.example --end-all";

/// What stands before the rows.
#[derive(Serialize)]
struct Head<'a> {
    network: &'a str,
    network_id: NetworkId,
    user_id: UserId,
    user_email: &'a str,
    /// How many were ended, if any were to be.
    ended: Option<usize>,
}

/// A session that is open.
#[derive(Debug, Serialize)]
struct SessionRow {
    session: SessionId,
    school: Option<String>,
    school_id: Option<SchoolId>,
    opened_at: Timestamp,
    expires_at: Timestamp,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Error> {
    let which = match (&args.end, args.end_all) {
        (Some(typed), _) => {
            let id = typed.trim().parse().map_err(|_| Error::NoSessionId(typed.clone()))?;
            Some(EndSessions::One(id))
        }
        (None, true) => Some(EndSessions::All),
        (None, false) => None,
    };
    context.interrupts.means("stopped: no session was ended");
    context.run(async {
        let network = Network::there(context).await?;
        let (session, seen) = find(&network, context, &args.user).await?;
        let user = seen.user.id();
        let ended = match which {
            Some(which) => Some(network.staffroom.end_sessions(&session, user, which).await?),
            None => None,
        };
        context.interrupts.means("stopped: what was to be ended is");
        let open = network.staffroom.sessions(&session, user).await?;
        let email = seen.user.email().to_string();
        let head = Head {
            network: network.name.as_str(),
            network_id: network.id,
            user_id: user,
            user_email: &email,
            ended,
        };
        let done = match ended {
            Some(count) => format!("Ended: {}. ", counted(count, "session", "sessions")),
            None => String::new(),
        };
        let ending = match open.len() {
            0 => format!("{done}{email} is signed in nowhere."),
            several => format!("{done}{}.", counted(several, "open session", "open sessions")),
        };
        let mut out = output::stdout();
        output::finished(List::new(&mut out, context, &head).and_then(|mut list| {
            open.iter().try_for_each(|open| list.row(&SessionRow::new(&network, open)))?;
            list.finish(&ending)
        }))?;
        Ok(Exit::Done)
    })
}

impl SessionRow {
    fn new(network: &Network, open: &SeenSession) -> Self {
        Self {
            session: open.id,
            school: open.school.and_then(|school| network.school_name(school)).map(str::to_owned),
            school_id: open.school,
            opened_at: open.opened_at,
            expires_at: open.expires_at,
        }
    }
}

impl Record for SessionRow {
    const COLUMNS: &'static [&'static str] = &["session", "school", "school_id", "opened_at", "expires_at"];
}

impl Row for SessionRow {
    const LIST: &'static str = "sessions";
    const HEADER: &'static [&'static str] = &["Session", "School", "Since (UTC)", "Until (UTC)"];

    fn cells(&self) -> Vec<String> {
        let minute = |at: Timestamp| at.as_datetime().format("%Y-%m-%d %H:%M").to_string();
        vec![
            self.session.to_string(),
            self.school.clone().unwrap_or_default(),
            minute(self.opened_at),
            minute(self.expires_at),
        ]
    }
}
