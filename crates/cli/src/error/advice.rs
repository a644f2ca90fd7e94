//! What to do about an error, and how it is told.

use std::error::Error as _;
use std::io::{self, Write};

use staffroom_core::{AccessError, Denied, ErrandError, ImportError, UserActError};

use super::Error;
use crate::database;
use crate::output::screen::Screen;

impl Error {
    /// What to do, where the message does not say it.
    fn advice(&self) -> Option<&'static str> {
        match self {
            Self::Strict(_) => Some("mend these lines, or leave out `--strict` to go on with the good ones"),
            Self::NoSchools => Some(
                "people are given access to a school, so the roster must name it: give a plain CSV file a column \
                 `School`, and a OneRoster export its schools in `orgs.csv`",
            ),
            Self::NoRoster => {
                Some("or name a database that has it already with `--database` and `--network`")
            }
            Self::NoNetworks | Self::NoDatabase(_) => Some(
                "import a roster with `staffroom import PATH`, or begin with an empty network: `staffroom init --network NAME`",
            ),
            Self::NoSchoolThere => Some("import its roster: `staffroom import PATH`"),
            Self::Import(ImportError::TooManyDepartures { .. }) => Some(
                "is this the whole roster, and of this network? `--dry-run` shows what would change; \
                 `--allow-departures` imports it all the same",
            ),
            Self::Email { .. } => Some("`staffroom users list` lists the users, with their emails"),
            Self::NoNetworkNamed => Some("a OneRoster export names its network, a plain CSV file does not"),
            Self::UnknownActor(_) => Some("`staffroom users list` lists the users"),
            Self::OperatorOnly(_) => Some("leave out `--as`"),
            Self::NoSuchNetwork { .. } => Some(
                "import its roster with `--from`, or check the name: case, accents and spaces make no difference, \
                 spelling does",
            ),
            Self::Database(error) => error.advice(),
            Self::NetworkName { .. } => Some("give another name with `--network`"),
            Self::StaffId { .. } | Self::StaffFileLine { .. } => {
                Some("give the ids as the roster has them: `staffroom candidates` lists them")
            }
            Self::StaffFileEmpty { .. } => Some("write one SIS id on each line"),
            Self::StaffFile { .. } => Some("check the path; `-` reads the ids from standard input"),
            Self::HandOffExists(_) => Some("move the old sheet away, or give another path"),
            Self::Secret(error) => error.advice(),
            Self::MailSetup(error) => error.advice(),
            Self::UserAct(UserActError::Disabled) => Some("`staffroom users enable` does it"),
            Self::UserAct(UserActError::Mail(_)) | Self::Errand(ErrandError::Mail(_)) => {
                Some("nothing was sent; `staffroom status` shows where mail goes")
            }
            Self::NoSessionId(_) => Some("`staffroom users sessions USER` lists them"),
            Self::NoSheetForPasswords => {
                Some("`--hand-off slips.html` makes slips to print, `--hand-off sheet.csv` a table")
            }
            Self::PasswordsLost { .. } => Some(
                "nobody knows these passwords, and nobody needs them: people get in with \"Forgot your password?\"; \
                 `staffroom hand-off --last` makes slips that say so",
            ),
            Self::StdinTwice => Some("give one of them by another descriptor: `--password-fd 3 3<file`"),
            Self::HandOffKind(_) => {
                Some("let it end with `.csv` for a table, or with `.html` for slips to print")
            }
            Self::HandOff { .. } => Some("check the folder, its permissions and the space on the disk"),
            Self::EmptySearch(_) => Some("give the start of a name, an email or a SIS id"),
            Self::NoCsv(_) => Some("use `--format json`"),
            Self::NoSuchPage(_) => Some("`staffroom --help` lists the commands"),
            Self::NetworksUnlisted => Some(
                "name the network you mean with `--network`, or connect as the role that owns the tables",
            ),
            Self::NothingLasts => Some("name a file: `--database sqlite:staffroom.db`"),
            Self::NoBatchId(_) | Self::NoSuchBatch(_) => Some("`staffroom batches list` lists them"),
            Self::NoBatches => Some("`staffroom bulk-create` makes one"),
            Self::UnknownUser(_) => Some("`staffroom users list` lists the users that you may see"),
            Self::UnknownStaffMember(_) => Some("`staffroom staff list` lists the staff members"),
            error => match (error.access(), error.store()) {
                (Some(AccessError::InactiveGroup(_)), _) => Some("name another group"),
                (Some(AccessError::Denied(denied)), _) => Some(after_denial(denied)),
                (_, Some(error)) => database::advice_for(error),
                _ => None,
            },
        }
    }

    /// Writes the message, its causes and the advice to stderr. A stderr that is gone is nobody's concern.
    pub(crate) fn print(&self, screen: Screen) {
        let mut text = format!("{} {self}", screen.alarm("error:"));
        for cause in std::iter::successors(self.hidden_cause(), |error| (*error).source()) {
            let cause = cause.to_string();
            // Some messages end with those of their causes.
            if !text.ends_with(&cause) {
                text = format!("{text}: {cause}");
            }
        }
        if let Some(advice) = self.advice() {
            text = format!("{text}\n  {advice}");
        }
        drop(writeln!(io::stderr().lock(), "{text}"));
    }

    /// The cause, where the message does not name it already.
    fn hidden_cause(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Import(_)
            | Self::Access(_)
            | Self::Commit(_)
            | Self::Store(_)
            | Self::UserAct(_)
            | Self::Errand(_)
            | Self::MailSetup(_) => self.source(),
            _ => None,
        }
    }
}

/// What somebody can do who may not. Only who acts with `--as` is ever denied anything: the operator may do everything.
const fn after_denial(denied: &Denied) -> &'static str {
    match denied {
        Denied::NoSchoolAccess => "name a school that they may enter with `--school`",
        Denied::MissingPermission(_) => {
            "`staffroom groups list` shows which group gives it, and `staffroom users grant EMAIL --group NAME` puts them \
             into it; the operator of the machine, without `--as`, may do both"
        }
        Denied::GroupBeyondActor(_) | Denied::UserBeyondActor(_) | Denied::UserElsewhere => {
            "nobody can give or take what is not theirs; somebody who may do more has to do it, or the operator, without \
             `--as`"
        }
        Denied::ActorDisabled => {
            "`staffroom users enable EMAIL` lets them in again; without `--as`, the operator acts"
        }
        _ => "`staffroom users list` lists the users; without `--as`, the operator acts",
    }
}
