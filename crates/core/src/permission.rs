//! Permissions: what a user may do. They reach users only through groups.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

/// Why a text is not a permission code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a permission: use lower-case words joined by `-` and `.`, as in `users.bulk-create`")]
pub struct PermissionError(String);

/// The code of a permission, such as `users.bulk-create`: lower-case letters, digits and hyphens in parts
/// joined by dots.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "String", into = "String"))]
pub struct Permission(Cow<'static, str>);

impl Permission {
    /// To create users in bulk, and to undo it (R8).
    pub const USERS_BULK_CREATE: Self = Self(Cow::Borrowed("users.bulk-create"));
    /// To look at staff members and the verdict on each.
    pub const STAFF_VIEW: Self = Self(Cow::Borrowed("staff.view"));
    /// To see the users of the schools that one may enter oneself.
    pub const USERS_VIEW: Self = Self(Cow::Borrowed("users.view"));
    /// To disable and enable users, take access away, put them into groups and out of them, and unlink them; to give them
    /// initial passwords and revoke these, send them resets, invite them, and end their sessions.
    pub const USERS_MANAGE: Self = Self(Cow::Borrowed("users.manage"));
    /// To link a user to the staff member whose email they hold.
    pub const USERS_LINK: Self = Self(Cow::Borrowed("users.link"));
    /// To let a user who is there already enter the current school.
    pub const USERS_GRANT_ACCESS: Self = Self(Cow::Borrowed("users.grant-access"));
    /// To add groups and edit them.
    pub const GROUPS_MANAGE: Self = Self(Cow::Borrowed("groups.manage"));
    /// To read the audit log of the schools that one may enter.
    pub const AUDIT_VIEW: Self = Self(Cow::Borrowed("audit.view"));

    /// The most characters a code may have.
    pub const MAX_CHARS: usize = 100;

    /// Checks `code`.
    ///
    /// # Errors
    /// [`PermissionError`] if it is not of the form described above.
    pub fn parse(code: &str) -> Result<Self, PermissionError> {
        let part_is_fine = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        if code.len() <= Self::MAX_CHARS && code.split('.').all(part_is_fine) {
            Ok(Self(Cow::Owned(code.to_owned())))
        } else {
            Err(PermissionError(code.chars().take(Self::MAX_CHARS).collect()))
        }
    }

    /// For the codes written down in this crate; a test parses each.
    pub(crate) const fn known(code: &'static str) -> Self {
        Self(Cow::Borrowed(code))
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Permission({})", self.0)
    }
}

impl TryFrom<String> for Permission {
    type Error = PermissionError;

    fn try_from(code: String) -> Result<Self, PermissionError> {
        Self::parse(&code)
    }
}

impl From<Permission> for String {
    fn from(permission: Permission) -> Self {
        permission.0.into_owned()
    }
}

/// A set of permissions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct PermissionSet(BTreeSet<Permission>);

impl PermissionSet {
    /// The set with nothing in it.
    pub const fn empty() -> Self {
        Self(BTreeSet::new())
    }

    /// True if `permission` is in the set.
    pub fn contains(&self, permission: &Permission) -> bool {
        self.0.contains(permission)
    }

    /// The permissions, by code.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Permission> {
        self.0.iter()
    }

    /// What `self` has and `other` has not, by code. Empty exactly if `self` is a subset of `other`.
    pub fn beyond(&self, other: &Self) -> Vec<Permission> {
        self.0.difference(&other.0).cloned().collect()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().collect())
    }
}

impl Extend<Permission> for PermissionSet {
    fn extend<I: IntoIterator<Item = Permission>>(&mut self, permissions: I) {
        self.0.extend(permissions);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_checked() {
        for good in ["users.bulk-create", "x", "a.b.c-1"] {
            assert_eq!(Permission::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", ".", "a.", "Users.create", "a b", "é"] {
            assert!(Permission::parse(bad).is_err(), "{bad:?}");
        }
        for known in [
            Permission::USERS_BULK_CREATE,
            Permission::STAFF_VIEW,
            Permission::USERS_VIEW,
            Permission::USERS_MANAGE,
            Permission::USERS_LINK,
            Permission::USERS_GRANT_ACCESS,
            Permission::GROUPS_MANAGE,
            Permission::AUDIT_VIEW,
        ] {
            assert_eq!(Permission::parse(known.as_str()).unwrap(), known);
        }
    }
}
