//! The hand-off sheet: what an administrator tells the new users, because nobody else does (R10).

use crate::{Email, PersonName, Secret, StaffEmail, StaffId, Subject, Timestamp, UserId};

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
