//! The edits that an actor makes of a group.

use crate::{Group, GroupName, GroupStatus, PermissionSet};

/// One edit of a group. Made twice it is made once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupEdit {
    /// It is called this.
    Rename(GroupName),
    /// It gives these permissions, and no others.
    SetPermissions(PermissionSet),
    /// It gives its permissions to its members, and new members may join.
    Activate,
    /// It gives nothing, and nobody may join. Its members stay in it.
    Deactivate,
}

impl GroupEdit {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Rename(_) => "rename",
            Self::SetPermissions(_) => "set-permissions",
            Self::Activate => "activate",
            Self::Deactivate => "deactivate",
        }
    }

    /// `group` after the edit; `None` if the group is so already.
    pub fn applied_to(&self, group: &Group) -> Option<Group> {
        let edited = match self {
            Self::Rename(name) => group.clone().with_name(name.clone()),
            Self::SetPermissions(permissions) => group.clone().with_permissions(permissions.clone()),
            Self::Activate => group.clone().with_status(GroupStatus::Active),
            Self::Deactivate => group.clone().with_status(GroupStatus::Inactive),
        };
        (edited != *group).then_some(edited)
    }
}
