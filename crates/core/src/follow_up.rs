//! Following up: which users somebody should look after. Pure.

use std::fmt;

use crate::{SeenUser, StaffMember, StaffStatus, User, UserStatus};

/// What is the matter with a user. Disabled users are nobody's matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Matter {
    /// They have never signed in.
    NeverSignedIn,
    /// The staff member they are linked to does not work for the network any more.
    StaffInactive,
    /// The staff member they are linked to has another email now, or none that is an address.
    EmailDrifted,
}

impl Matter {
    /// Every matter, in the order in which they are told.
    pub const ALL: [Self; 3] = [Self::NeverSignedIn, Self::StaffInactive, Self::EmailDrifted];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NeverSignedIn => "never-signed-in",
            Self::StaffInactive => "staff-inactive",
            Self::EmailDrifted => "email-drifted",
        }
    }

    /// Everything that is the matter with `user`, who is linked to `staff_member`.
    pub fn of(user: &User, staff_member: Option<&StaffMember>) -> Vec<Self> {
        if user.status() == UserStatus::Disabled {
            return Vec::new();
        }
        let is_inactive = |member: &StaffMember| member.status() == StaffStatus::Inactive;
        let has_drifted = |member: &StaffMember| {
            !member.email().valid().is_some_and(|email| email.is_same_address(user.email()))
        };
        let holds = |matter| match matter {
            Self::NeverSignedIn => user.last_sign_in_at().is_none(),
            Self::StaffInactive => staff_member.is_some_and(is_inactive),
            Self::EmailDrifted => staff_member.is_some_and(has_drifted),
        };
        Self::ALL.into_iter().filter(|matter| holds(*matter)).collect()
    }
}

impl fmt::Display for Matter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::NeverSignedIn => "has never signed in",
            Self::StaffInactive => "is no longer an active staff member",
            Self::EmailDrifted => "has another email on their record",
        })
    }
}

/// A user to look after, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct FollowUp {
    /// The user.
    pub user: SeenUser,
    /// What is the matter: at least one thing.
    pub matters: Vec<Matter>,
}
