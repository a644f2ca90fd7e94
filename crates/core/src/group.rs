//! A permission group: the one way by which permissions reach users.

use crate::{GroupId, GroupName, IdSource, Permission, PermissionSet, TextError};

/// Whether a group counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum GroupStatus {
    /// It gives its permissions to its members, and new members may join.
    Active,
    /// It gives nothing, and nobody may be put into it (R7).
    Inactive,
}

/// A named set of permissions.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Group {
    id: GroupId,
    name: GroupName,
    permissions: PermissionSet,
    status: GroupStatus,
}

impl Group {
    /// An active group.
    pub const fn new(id: GroupId, name: GroupName, permissions: PermissionSet) -> Self {
        Self { id, name, permissions, status: GroupStatus::Active }
    }

    /// Its id.
    pub const fn id(&self) -> GroupId {
        self.id
    }

    /// What it is called; unique inside the network in its folded form.
    pub const fn name(&self) -> &GroupName {
        &self.name
    }

    /// The permissions it holds, whether or not it is active.
    pub const fn permissions(&self) -> &PermissionSet {
        &self.permissions
    }

    /// Whether it counts.
    pub const fn status(&self) -> GroupStatus {
        self.status
    }

    /// This group with another status.
    #[must_use]
    pub fn with_status(mut self, status: GroupStatus) -> Self {
        self.status = status;
        self
    }

    /// This group with another name.
    #[must_use]
    pub fn with_name(mut self, name: GroupName) -> Self {
        self.name = name;
        self
    }

    /// This group with other permissions.
    #[must_use]
    pub fn with_permissions(mut self, permissions: PermissionSet) -> Self {
        self.permissions = permissions;
        self
    }
}

/// The groups that a new network starts with: who they are for, and what each may do. A network may change
/// them afterwards like any other.
pub const STARTER_GROUPS: [(&str, &[&str]); 4] = [
    ("Teacher", &["students.view", "attendance.record", "grades.record", "reports.view"]),
    (
        "School Leader",
        &[
            "students.view",
            "attendance.record",
            "attendance.edit",
            "grades.view",
            "reports.view",
            "reports.share",
            "staff.view",
            "users.view",
        ],
    ),
    ("Office", &["students.view", "students.edit", "attendance.record", "attendance.edit", "staff.view"]),
    (
        "Network Admin",
        &[
            "students.view",
            "students.edit",
            "attendance.record",
            "attendance.edit",
            "grades.view",
            "grades.record",
            "reports.view",
            "reports.share",
            "staff.view",
            "staff.import",
            "users.view",
            "users.manage",
            "users.link",
            "users.grant-access",
            "users.bulk-create",
            "groups.manage",
            "audit.view",
        ],
    ),
];

/// The starter groups as records, with ids from `ids`.
///
/// Example: [the main job](crate#the-main-job).
///
/// # Errors
/// None in practice: a test parses every name in [`STARTER_GROUPS`].
pub fn starter_groups(ids: &dyn IdSource) -> Result<Vec<Group>, TextError> {
    let group = |(name, codes): (&str, &[&'static str])| {
        let permissions = codes.iter().map(|code| Permission::known(code)).collect();
        Ok(Group::new(GroupId::from_uuid(ids.next_id()), GroupName::parse(name)?, permissions))
    };
    STARTER_GROUPS.into_iter().map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_starter_groups_are_well_formed() {
        for (name, codes) in STARTER_GROUPS {
            assert_eq!(GroupName::parse(name).unwrap().as_str(), name);
            for code in codes {
                Permission::parse(code).unwrap();
            }
        }
    }

    #[test]
    fn only_the_network_admin_may_create_users_in_bulk() {
        let may = STARTER_GROUPS.iter().filter(|(_, codes)| codes.contains(&"users.bulk-create"));
        assert_eq!(may.map(|(name, _)| *name).collect::<Vec<_>>(), ["Network Admin"]);
    }

    #[test]
    fn the_network_admin_may_do_all_that_the_library_asks_a_permission_for() {
        let [.., (_, admin)] = STARTER_GROUPS;
        for attempt in crate::Attempt::ALL {
            assert!(admin.contains(&attempt.needs().as_str()), "{attempt:?}");
        }
    }

    #[test]
    fn the_network_admin_may_assign_every_starter_group() {
        let [.., (_, admin)] = STARTER_GROUPS;
        for (name, codes) in STARTER_GROUPS {
            assert!(codes.iter().all(|code| admin.contains(code)), "{name}");
        }
    }
}
