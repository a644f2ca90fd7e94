//! What a commit answers with: the report, and the hand-off.

use std::collections::HashMap;
use std::fmt;

use crate::{HandOff, HandOffEntry, InitialPassword, Report, Secret, UserId, WayIn};

/// What a commit answers with.
#[derive(Clone)]
pub struct Committed {
    /// One outcome for every staff member asked for.
    pub report: Report,
    /// Whether this commit did it, or one before.
    pub repeat: Repeat,
    pub(super) password: InitialPassword,
    /// The one place where they are in clear.
    pub(super) generated: HashMap<UserId, Secret>,
}

impl Committed {
    /// What to tell the new users: made when it is asked for, so that a host that does not, has no memory for it.
    pub fn hand_off(&self) -> HandOff {
        HandOff { entries: self.hand_off_entries().collect() }
    }

    /// The entries of the [`hand_off`](Self::hand_off) one by one, in the order of the report.
    pub fn hand_off_entries(&self) -> impl Iterator<Item = HandOffEntry> {
        self.report.rows().iter().filter_map(|row| {
            let user = row.user()?;
            HandOffEntry::new(row.subject(), user, self.way_in(user))
        })
    }

    fn way_in(&self, user: UserId) -> WayIn {
        match self.password {
            InitialPassword::None => WayIn::ForgotPassword,
            InitialPassword::Shared(valid) => {
                WayIn::SharedPassword { expires_at: self.report.at().plus_days(valid.days()) }
            }
            InitialPassword::Generated(valid) => {
                let expires_at = self.report.at().plus_days(valid.days());
                match self.generated.get(&user).cloned() {
                    Some(password) => WayIn::GeneratedPassword { password, expires_at },
                    None => WayIn::PasswordShownBefore { expires_at },
                }
            }
        }
    }
}

/// Says how many passwords there are, and no more of them.
impl fmt::Debug for Committed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Committed")
            .field("report", &self.report)
            .field("repeat", &self.repeat)
            .field("password", &self.password)
            .field("generated", &self.generated.len())
            .finish()
    }
}

/// Whether a commit did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// This commit carried the plan out.
    First,
    /// The plan had been carried out before; nothing was changed, and the report is the first one (R11).
    Again,
}
