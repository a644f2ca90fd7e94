//! Authority: what an actor may do (R8). Pure: the store's answers come in, a verdict comes out.

use crate::{Group, GroupStatus, Permission, PermissionSet, SchoolId, User, UserStatus};

/// Why an actor may not do what they asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Denied {
    /// The network has no such user.
    #[error("the acting user does not exist in this network")]
    UnknownActor,
    /// The acting user is disabled.
    #[error("the acting user is disabled")]
    ActorDisabled,
    /// The acting user may not enter the school, or there is no such school.
    #[error("the acting user has no access to this school")]
    NoSchoolAccess,
    /// The acting user lacks a permission.
    #[error("the acting user lacks the permission `{0}`")]
    MissingPermission(Permission),
    /// The user may enter schools that the acting user may not: a group that they join would give them permissions there, and a
    /// password that they are given would let whoever knows it in there.
    #[error(
        "the user may also enter schools that the acting user may not, and this would count in every school"
    )]
    UserElsewhere,
    /// The group gives permissions that the acting user lacks.
    #[error("the group gives permissions that the acting user lacks: {}", list(.0))]
    GroupBeyondActor(Vec<Permission>),
    /// The user to be edited holds permissions that the acting user lacks.
    #[error("the user holds permissions that the acting user lacks: {}", list(.0))]
    UserBeyondActor(Vec<Permission>),
}

impl Denied {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownActor => "unknown-actor",
            Self::ActorDisabled => "actor-disabled",
            Self::NoSchoolAccess => "no-school-access",
            Self::MissingPermission(_) => "missing-permission",
            Self::UserElsewhere => "user-elsewhere",
            Self::GroupBeyondActor(_) => "group-beyond-actor",
            Self::UserBeyondActor(_) => "user-beyond-actor",
        }
    }
}

fn list(permissions: &[Permission]) -> String {
    permissions.iter().map(|permission| format!("`{permission}`")).collect::<Vec<_>>().join(", ")
}

/// What a store says about an actor: for a user, the record if there is one, and the groups it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActorFacts {
    /// A user, and their groups.
    User {
        /// The record, unless the network has none.
        user: Option<User>,
        /// The groups it belongs to, active or not.
        groups: Vec<Group>,
    },
    /// The operator, and whether the school exists.
    Operator {
        /// True if the network has the school.
        school_exists: bool,
    },
}

/// What the actor may do with `needed` in `school`; nothing, unless they may act there at all.
///
/// Example: [the main job](crate#the-main-job).
///
/// # Errors
/// [`Denied`], with the first thing that is missing. Somebody without access to a school is not told whether
/// it exists.
pub fn authorize(facts: &ActorFacts, needed: &Permission, school: SchoolId) -> Result<Authority, Denied> {
    let (user, groups) = match facts {
        ActorFacts::Operator { school_exists: true } => return Ok(Authority::Everything),
        ActorFacts::Operator { school_exists: false } => return Err(Denied::NoSchoolAccess),
        ActorFacts::User { user: None, .. } => return Err(Denied::UnknownActor),
        ActorFacts::User { user: Some(user), groups } => (user, groups),
    };
    if user.status() == UserStatus::Disabled {
        return Err(Denied::ActorDisabled);
    }
    if !user.schools().contains(school) {
        return Err(Denied::NoSchoolAccess);
    }
    let mut held = PermissionSet::empty();
    for group in groups.iter().filter(|group| group.status() == GroupStatus::Active) {
        held.extend(group.permissions().iter().cloned());
    }
    if !held.contains(needed) {
        return Err(Denied::MissingPermission(needed.clone()));
    }
    Ok(Authority::Holding(held))
}

/// What an actor has been found to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authority {
    /// The operator's: nothing is asked for.
    Everything,
    /// A user's: the permissions of their active groups.
    Holding(PermissionSet),
}

impl Authority {
    /// Whether the actor may put people into `group`: only if it gives nothing that they lack themselves.
    ///
    /// # Errors
    /// [`Denied::GroupBeyondActor`] with what they lack.
    pub fn may_assign(&self, group: &Group) -> Result<(), Denied> {
        self.may_give(group.permissions())
    }

    /// Whether the actor may put `permissions` into a group, or edit a group that has them: only if they lack none.
    ///
    /// # Errors
    /// [`Denied::GroupBeyondActor`] with what they lack.
    pub fn may_give(&self, permissions: &PermissionSet) -> Result<(), Denied> {
        match self.lacks(permissions) {
            lacking if lacking.is_empty() => Ok(()),
            lacking => Err(Denied::GroupBeyondActor(lacking)),
        }
    }

    /// Whether the actor may edit a user who belongs to `groups`: only if these give nothing that they lack themselves. An
    /// inactive group counts as if it were active, because it may be so again.
    ///
    /// # Errors
    /// [`Denied::UserBeyondActor`] with what they lack.
    pub fn may_edit_member_of(&self, groups: &[Group]) -> Result<(), Denied> {
        let given = groups.iter().flat_map(|group| group.permissions().iter().cloned()).collect();
        match self.lacks(&given) {
            lacking if lacking.is_empty() => Ok(()),
            lacking => Err(Denied::UserBeyondActor(lacking)),
        }
    }

    /// True if the actor may do what takes `permission`.
    pub fn holds(&self, permission: &Permission) -> bool {
        match self {
            Self::Everything => true,
            Self::Holding(held) => held.contains(permission),
        }
    }

    fn lacks(&self, permissions: &PermissionSet) -> Vec<Permission> {
        match self {
            Self::Everything => Vec::new(),
            Self::Holding(held) => permissions.beyond(held),
        }
    }
}
