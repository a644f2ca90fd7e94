//! Resolving a taken email: what could be done for a staff member who has no user because one is in the way. Pure;
//! proposing is never doing.

use crate::{Facts, SchoolId, StaffId, StaffStatus, User, UserEdit, UserId};

/// Who else has the email of a staff member, as far as linking minds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    /// No other active staff member.
    Nobody,
    /// Another active staff member, or more than can be looked at.
    ActiveStaff,
}

/// Why a user is not linked to a staff member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LinkRefusal {
    /// The staff member does not work for the network now.
    #[error("the staff member is not active; make the record active in the SIS and import again")]
    StaffInactive,
    /// Another user is linked to the staff member.
    #[error("another user is linked to the staff member; unlink that user first")]
    StaffLinked,
    /// The user is linked to another staff member.
    #[error("the user is linked to another staff member; unlink the user first")]
    UserLinked,
    /// The user does not hold the email of the staff member.
    #[error(
        "the staff member has another email than the user; correct the email in the SIS and import again"
    )]
    OtherEmail,
    /// Another active staff member has the same email: it does not tell whose login the user is.
    #[error("another active staff member has the same email; correct the emails in the SIS and import again")]
    EmailShared,
}

impl LinkRefusal {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::StaffInactive => "inactive",
            Self::StaffLinked => "already-linked",
            Self::UserLinked => "user-linked",
            Self::OtherEmail => "other-email",
            Self::EmailShared => "email-shared",
        }
    }
}

/// Whether `user` may be linked to the staff member whom `facts` are about. A link says that a login is a person's, and
/// the email that both have is the only proof of it: so the staff member is active and linked to nobody, the user is
/// linked to nobody and holds their email, and no other active staff member has it.
///
/// Example: [the main job](crate#the-main-job).
///
/// # Errors
/// [`LinkRefusal`] with the first thing that stands against it.
pub fn check_link(facts: &Facts, user: &User, sharing: Sharing) -> Result<(), LinkRefusal> {
    let member = &facts.staff_member;
    if member.status() == StaffStatus::Inactive {
        return Err(LinkRefusal::StaffInactive);
    }
    if facts.linked_user.is_some_and(|linked| linked != user.id()) {
        return Err(LinkRefusal::StaffLinked);
    }
    if user.staff_member().is_some_and(|other| other != member.id()) {
        return Err(LinkRefusal::UserLinked);
    }
    if !member.email().valid().is_some_and(|email| email.is_same_address(user.email())) {
        return Err(LinkRefusal::OtherEmail);
    }
    if sharing == Sharing::ActiveStaff {
        return Err(LinkRefusal::EmailShared);
    }
    Ok(())
}

/// What could be done for a staff member, as an act of its own with a permission of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Resolution {
    /// Link the user who holds their email to them.
    Link {
        /// The user, who is linked to nobody.
        user: UserId,
        /// The staff member.
        staff_member: StaffId,
    },
    /// Let the user enter the current school: theirs, or the one who holds their email and is linked to another record.
    GrantAccess {
        /// The user.
        user: UserId,
    },
}

impl Resolution {
    /// The stable code: that of its edit.
    pub const fn code(self) -> &'static str {
        self.edit().code()
    }

    /// The user to be edited.
    pub const fn user(self) -> UserId {
        match self {
            Self::Link { user, .. } | Self::GrantAccess { user } => user,
        }
    }

    /// The edit that does it.
    pub const fn edit(self) -> UserEdit {
        match self {
            Self::Link { staff_member, .. } => UserEdit::Link(staff_member),
            Self::GrantAccess { .. } => UserEdit::GrantAccess,
        }
    }
}

/// What could be done for the staff member whom `facts` are about, by somebody logged into `school`; `None` if nothing.
///
/// Example: [the main job](crate#the-main-job).
///
/// `in_the_way` is the user who is linked to them, or else the one who holds their email: only if whoever asks may see
/// that user.
pub fn resolve(
    facts: &Facts,
    in_the_way: Option<&User>,
    sharing: Sharing,
    school: SchoolId,
) -> Option<Resolution> {
    let user = in_the_way?;
    let member = &facts.staff_member;
    let is_in_the_way = facts.linked_user.or(facts.email_holder) == Some(user.id());
    if member.status() == StaffStatus::Inactive || !is_in_the_way {
        return None;
    }
    if user.staff_member().is_some() {
        return (!user.schools().contains(school)).then_some(Resolution::GrantAccess { user: user.id() });
    }
    let link = Resolution::Link { user: user.id(), staff_member: member.id() };
    check_link(facts, user, sharing).is_ok().then_some(link)
}
