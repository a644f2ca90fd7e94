//! The edits that an actor makes of a user: what each changes, and which permission it takes.

use crate::{Attempt, GroupId, Permission, SchoolId, StaffId, User, UserStatus};

/// One edit of a user. Made twice it is made once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum UserEdit {
    /// They may not sign in any more, and are signed out. They still hold their email.
    Disable,
    /// They may sign in again.
    Enable,
    /// They may enter the current school.
    GrantAccess,
    /// They may not enter the current school any more.
    RevokeAccess,
    /// They belong to this group, which must be active (R7) and give nothing that the actor lacks (R8).
    JoinGroup(GroupId),
    /// They do not belong to this group any more.
    LeaveGroup(GroupId),
    /// They are linked to this staff member, whose email they hold (see [`check_link`](crate::check_link)).
    Link(StaffId),
    /// They are linked to nobody.
    Unlink,
}

impl UserEdit {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Enable => "enable",
            Self::GrantAccess => "grant-access",
            Self::RevokeAccess => "revoke-access",
            Self::JoinGroup(_) => "join-group",
            Self::LeaveGroup(_) => "leave-group",
            Self::Link(_) => "link",
            Self::Unlink => "unlink",
        }
    }

    /// What an actor who makes it attempts: this says which permission it takes.
    pub const fn attempt(self) -> Attempt {
        match self {
            Self::GrantAccess => Attempt::GrantAccess,
            Self::Link(_) => Attempt::LinkUser,
            Self::Disable
            | Self::Enable
            | Self::RevokeAccess
            | Self::JoinGroup(_)
            | Self::LeaveGroup(_)
            | Self::Unlink => Attempt::EditUser,
        }
    }

    /// The permission that it takes, besides `users.view`.
    pub const fn permission(self) -> Permission {
        self.attempt().needs()
    }

    /// The group that it is about.
    pub const fn group(self) -> Option<GroupId> {
        match self {
            Self::JoinGroup(group) | Self::LeaveGroup(group) => Some(group),
            _ => None,
        }
    }

    /// True if the user may do or see more by it: whoever gave them an initial password may be allowed less than that
    /// (R8).
    pub const fn gives(self) -> bool {
        matches!(self, Self::GrantAccess | Self::JoinGroup(_))
    }

    /// `user` after the edit, made by somebody logged into `school`; `None` if the user is so already.
    pub fn applied_to(self, user: &User, school: SchoolId) -> Option<User> {
        let (schools, groups) = (user.schools(), user.groups());
        match self {
            Self::Disable => {
                (user.status() != UserStatus::Disabled).then(|| user.set_status(UserStatus::Disabled))
            }
            Self::Enable => {
                (user.status() != UserStatus::Enabled).then(|| user.set_status(UserStatus::Enabled))
            }
            Self::GrantAccess => (!schools.contains(school)).then(|| user.set_schools(schools.with(school))),
            Self::RevokeAccess => schools.contains(school).then(|| user.set_schools(schools.without(school))),
            Self::JoinGroup(group) => (!groups.contains(group)).then(|| user.set_groups(groups.with(group))),
            Self::LeaveGroup(group) => groups.contains(group).then(|| user.set_groups(groups.without(group))),
            Self::Link(member) => {
                (user.staff_member() != Some(member)).then(|| user.set_staff_member(Some(member)))
            }
            Self::Unlink => user.staff_member().map(|_| user.set_staff_member(None)),
        }
    }
}
