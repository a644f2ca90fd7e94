//! The hand-off sheet: what an administrator tells the new users, because nobody else does (R10).

use std::fmt;

use crate::{
    Email, PasswordState, PersonName, ReportRow, SchoolId, Secret, StaffEmail, StaffId, Subject, Timestamp,
    User, UserId, UserStatus,
};

/// Who was created, which email they sign in with, and how they get in.
#[derive(Debug, Clone)]
pub struct HandOff {
    /// One entry for each user created, in the order of the report.
    pub entries: Vec<HandOffEntry>,
}

/// One new user.
#[derive(Debug, Clone)]
pub struct HandOffEntry {
    /// The staff member.
    pub staff_member: StaffId,
    /// The user.
    pub user: UserId,
    /// What they are called.
    pub name: PersonName,
    /// What they sign in with.
    pub email: Email,
    /// How they get in the first time.
    pub way_in: WayIn,
}

/// How a new user gets in the first time.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum WayIn {
    /// They use "Forgot your password?" with their email.
    ForgotPassword,
    /// With the password of the batch, which the administrator knows.
    SharedPassword {
        /// When it stops working.
        expires_at: Timestamp,
    },
    /// With this password. It is not kept anywhere: this is the one time it is shown.
    GeneratedPassword {
        /// The password.
        password: Secret,
        /// When it stops working.
        expires_at: Timestamp,
    },
    /// With a generated password that an earlier answer to the same commit showed. If that answer was lost, they use
    /// "Forgot your password?".
    PasswordShownBefore {
        /// When it stops working.
        expires_at: Timestamp,
    },
}

impl HandOffEntry {
    /// The entry for a report row that created `user`.
    pub(crate) fn new(subject: &Subject, user: UserId, way_in: WayIn) -> Option<Self> {
        match subject {
            Subject::StaffMember { id, name, email: StaffEmail::Valid(email), .. } => {
                Some(Self { staff_member: *id, user, name: name.clone(), email: email.clone(), way_in })
            }
            Subject::StaffMember { .. } | Subject::Unknown(_) => None,
        }
    }
}

/// The hand-off sheet of a batch, made again later: as its users are now. No password is shown a second time.
#[derive(Debug, Clone)]
pub struct HandOffAgain {
    /// The users who need to be told how to get in, in the order of the report.
    pub hand_off: HandOff,
    /// The others whom the batch created, in the order of the report.
    pub left_out: Vec<NoSlip>,
}

/// A user whom a batch created and who needs no slip.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct NoSlip {
    /// The staff member.
    pub subject: Subject,
    /// The user.
    pub user: UserId,
    /// Why.
    pub why: NoSlipReason,
}

/// Why a user needs no slip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum NoSlipReason {
    /// The user is not there any more.
    Removed,
    /// The user may not enter the school of the batch any more.
    NoAccess,
    /// The user is disabled.
    Disabled,
    /// The person has signed in: they know how.
    SignedIn,
    /// The person has set a password of their own.
    PasswordSet,
}

impl NoSlipReason {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::NoAccess => "no-access",
            Self::Disabled => "disabled",
            Self::SignedIn => "signed-in",
            Self::PasswordSet => "password-set",
        }
    }
}

impl fmt::Display for NoSlipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Removed => "the user was removed",
            Self::NoAccess => "may not enter the school any more",
            Self::Disabled => "is disabled",
            Self::SignedIn => "has signed in",
            Self::PasswordSet => "has set a password",
        })
    }
}

/// The user, if they need a slip to get into `school`; otherwise the first thing that speaks against it.
fn slip_for(user: Option<&User>, school: SchoolId) -> Result<&User, NoSlipReason> {
    let user = user.ok_or(NoSlipReason::Removed)?;
    // Nothing more is said of a user who may not be seen from this school any more.
    if !user.schools().contains(school) {
        return Err(NoSlipReason::NoAccess);
    }
    if user.status() == UserStatus::Disabled {
        return Err(NoSlipReason::Disabled);
    }
    if user.last_sign_in_at().is_some() {
        return Err(NoSlipReason::SignedIn);
    }
    match user.password() {
        PasswordState::Chosen { .. } => Err(NoSlipReason::PasswordSet),
        _ => Ok(user),
    }
}

impl HandOffAgain {
    /// Nobody yet.
    pub(crate) const fn empty() -> Self {
        Self { hand_off: HandOff { entries: Vec::new() }, left_out: Vec::new() }
    }

    /// Adds the user whom `row` created, as they are `now`; `is_revoked` is the password that the batch shares.
    pub(crate) fn add(
        &mut self,
        row: &ReportRow,
        user: Option<&User>,
        school: SchoolId,
        is_revoked: bool,
        now: Timestamp,
    ) {
        let Some(id) = row.user() else { return };
        match slip_for(user, school) {
            Err(why) => self.left_out.push(NoSlip { subject: row.subject().clone(), user: id, why }),
            Ok(user) => {
                let entry =
                    HandOffEntry::new(row.subject(), id, WayIn::later(user.password(), is_revoked, now));
                // They sign in with the email they have now.
                self.hand_off
                    .entries
                    .extend(entry.map(|entry| HandOffEntry { email: user.email().clone(), ..entry }));
            }
        }
    }
}

impl WayIn {
    /// How somebody with that password gets in at `now`, if they have never been in; `is_revoked` is the shared one.
    fn later(password: PasswordState, is_revoked: bool, now: Timestamp) -> Self {
        match (password, initial_until(password, is_revoked, now)) {
            (PasswordState::InitialShared { .. }, Some(expires_at)) => Self::SharedPassword { expires_at },
            (PasswordState::InitialGenerated { .. }, Some(expires_at)) => {
                Self::PasswordShownBefore { expires_at }
            }
            _ => Self::ForgotPassword,
        }
    }
}

/// Until when an initial password works, if that is what it is, and it does at `now`; `is_revoked` is the shared one.
pub(crate) fn initial_until(password: PasswordState, is_revoked: bool, now: Timestamp) -> Option<Timestamp> {
    match password {
        PasswordState::InitialShared { expires_at, .. } if !is_revoked => Some(expires_at),
        PasswordState::InitialGenerated { expires_at } => Some(expires_at),
        _ => None,
    }
    .filter(|expires_at| *expires_at > now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_initial_password_that_ends_now_is_over() {
        let now = Timestamp::new(chrono::DateTime::UNIX_EPOCH);
        let password = PasswordState::InitialGenerated { expires_at: now };
        assert_eq!(initial_until(password, false, now), None);
        let before = Timestamp::from_unix_micros(now.unix_micros() - 1).unwrap();
        assert_eq!(initial_until(password, false, before), Some(now));
    }
}
