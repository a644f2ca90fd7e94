//! `staffroom users show`.

use std::io::{self, Write};

use serde::Serialize;
use staffroom_core::store::Mode;
use staffroom_core::{Clock, PasswordState, Timestamp};
use staffroom_system::SystemClock;

use super::key;
use crate::args::help;
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::network::Network;
use crate::output::records::{Answer, Record};
use crate::output::screen::Screen;
use crate::output::users::UserRow;
use crate::output::{self, records};

/// Show one user: who they are, where they may go, and whether they have come.
#[derive(Debug, clap::Args)]
#[command(after_help = help::with_exit_codes(EXAMPLES))]
pub(crate) struct Args {
    /// The user: their email, or their id
    #[arg(value_name = "USER")]
    user: String,
}

const EXAMPLES: &str = "\
Examples:
  staffroom users show tom.whitaker@lakeside.example";

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Error> {
    let key = key(&args.user)?;
    context.run(async {
        let network = Network::there(context).await?;
        let session = network.session_anywhere(context)?;
        let seen = network.staffroom.user(&session, &key).await?;
        let seen = seen.ok_or_else(|| Error::UnknownUser(args.user.clone()))?;
        let answer = UserAnswer {
            password_revoked_at: revoked_at(&network, seen.user.password()).await?,
            row: UserRow::new(&network, &seen),
            now: SystemClock.now(),
        };
        let mut out = output::stdout();
        output::finished(records::answer(&mut out, context, &answer))?;
        Ok(Exit::Done)
    })
}

/// When the password that the user's batch shares was revoked.
async fn revoked_at(network: &Network, password: PasswordState) -> Result<Option<Timestamp>, Error> {
    let PasswordState::InitialShared { secret, .. } = password else {
        return Ok(None);
    };
    let mut uow = network.staffroom.store().begin(network.id, Mode::Read).await?;
    let shared = uow.passwords().find_shared(secret).await?;
    Ok(shared.and_then(|shared| shared.revoked_at))
}

/// A user, and whether their password works.
#[derive(Debug, Serialize)]
struct UserAnswer {
    #[serde(flatten)]
    row: UserRow,
    password_revoked_at: Option<Timestamp>,
    #[serde(skip)]
    now: Timestamp,
}

impl Record for UserAnswer {
    const COLUMNS: &'static [&'static str] = &[
        "user_id",
        "email",
        "status",
        "name",
        "staff_id",
        "sis_id",
        "schools",
        "school_ids",
        "groups",
        "group_ids",
        "password",
        "password_expires_at",
        "batch",
        "created_at",
        "last_sign_in_at",
        "password_revoked_at",
    ];
}

impl Answer for UserAnswer {
    fn tell(&self, out: &mut dyn Write, screen: Screen) -> io::Result<()> {
        self.row.tell(out, screen, self.password_revoked_at, self.now)
    }
}
