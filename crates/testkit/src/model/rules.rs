//! The rules, in the model's own words.

use staffroom_core::{
    Actor, GroupId, GroupStatus, NetworkId, PasswordState, Reason, ReasonSet, SchoolId, StaffEmail, StaffId,
    StaffMember, StaffStatus, User, UserId, UserStatus, Warning, WarningSet,
};

use super::state::{Basis, Model, ModelNetwork};

impl ModelNetwork {
    pub(super) fn member(&self, id: StaffId) -> Option<&StaffMember> {
        self.staff.iter().find(|member| member.id() == id)
    }

    pub(super) fn user(&self, id: UserId) -> Option<&User> {
        self.users.iter().find(|user| user.id() == id)
    }

    /// The user who is linked to `member`.
    pub(super) fn linked(&self, member: &StaffMember) -> Option<&User> {
        self.users.iter().find(|user| user.staff_member() == Some(member.id()))
    }

    /// The user, enabled or not, who signs in with the address of `member`.
    pub(super) fn holder(&self, member: &StaffMember) -> Option<&User> {
        let address = address(member)?;
        self.users.iter().find(|user| user.email().canonical() == address)
    }

    /// The others with the address of `member`.
    pub(super) fn sharers(&self, member: &StaffMember) -> Vec<&StaffMember> {
        let same = |other: &&StaffMember| {
            other.id() != member.id() && address(member).is_some() && address(other) == address(member)
        };
        self.staff.iter().filter(same).collect()
    }

    /// The SIS ids of the others with the address of `member`.
    pub(super) fn sharers_named(&self, member: &StaffMember) -> Vec<String> {
        let mut named: Vec<String> =
            self.sharers(member).into_iter().map(|other| other.sis_id().to_string()).collect();
        named.sort();
        named
    }

    /// R1.
    pub(super) fn reasons(&self, member: &StaffMember) -> ReasonSet {
        let mut reasons = ReasonSet::empty();
        if member.status() != StaffStatus::Active {
            reasons = reasons.with(Reason::Inactive);
        }
        if self.linked(member).is_some() {
            reasons = reasons.with(Reason::AlreadyLinked);
        }
        if self.holder(member).is_some() {
            reasons = reasons.with(Reason::EmailTaken);
        }
        match member.email() {
            StaffEmail::Valid(_) => reasons,
            StaffEmail::Missing => reasons.with(Reason::NoEmail),
            StaffEmail::Invalid(_) => reasons.with(Reason::InvalidEmail),
        }
    }

    /// R5, R6.
    pub(super) fn warnings(&self, member: &StaffMember, school: SchoolId) -> WarningSet {
        let mut warnings = WarningSet::empty();
        if !member.schools().iter().any(|works_in| works_in == school) {
            warnings = warnings.with(Warning::WorksElsewhere);
        }
        if !self.sharers(member).is_empty() {
            warnings = warnings.with(Warning::EmailShared);
        }
        warnings
    }

    pub(super) fn basis(&self, member: &StaffMember) -> Basis {
        Basis {
            member: member.clone(),
            linked: self.linked(member).map(User::id),
            holder: self.holder(member).map(User::id),
            sharers: self.sharers_named(member),
        }
    }

    /// The codes of the permissions that a user holds.
    pub(super) fn held(&self, user: &User) -> Vec<String> {
        let mut held = Vec::new();
        for group in &self.groups {
            if group.status() == GroupStatus::Active && user.groups().iter().any(|id| id == group.id()) {
                held.extend(group.permissions().iter().map(ToString::to_string));
            }
        }
        held
    }
}

impl Model {
    /// R7, R8: why `actor` may not do what takes `needed` in `school`, with `group`; `None` if they may. The flag says whether the
    /// refusal is one of authority, which is recorded.
    pub(super) fn refusal(
        &self,
        network: NetworkId,
        actor: Actor,
        school: SchoolId,
        group: Option<GroupId>,
        needed: &str,
    ) -> Option<(&'static str, bool)> {
        let here = self.network(network);
        let mut held = None;
        match actor {
            Actor::Operator => {
                let known = here.is_some_and(|here| here.schools.iter().any(|known| known.id() == school));
                if !known {
                    return Some(("no-school-access", true));
                }
            }
            Actor::User(id) => {
                let Some((here, user)) = here.and_then(|here| Some((here, here.user(id)?))) else {
                    return Some(("unknown-actor", true));
                };
                if user.status() == UserStatus::Disabled {
                    return Some(("actor-disabled", true));
                }
                if !user.schools().iter().any(|may_enter| may_enter == school) {
                    return Some(("no-school-access", true));
                }
                let permissions = here.held(user);
                if !permissions.iter().any(|code| code == needed) {
                    return Some(("missing-permission", true));
                }
                held = Some(permissions);
            }
        }
        let id = group?;
        let Some(group) = here?.groups.iter().find(|group| group.id() == id) else {
            return Some(("unknown-group", false));
        };
        if group.status() == GroupStatus::Inactive {
            return Some(("inactive-group", false));
        }
        let held = held?;
        let beyond = group.permissions().iter().any(|given| !held.contains(&given.to_string()));
        beyond.then_some(("group-beyond-actor", true))
    }
}

/// R15: what has happened to a user since it was created.
pub(super) fn touches(user: &User) -> Vec<&'static str> {
    let mut touches = Vec::new();
    if user.last_sign_in_at().is_some() {
        touches.push("signed-in");
    }
    if let PasswordState::Chosen { .. } = user.password() {
        touches.push("password-set");
    }
    if touches.is_empty() && user.revision().number() != 1 {
        touches.push("edited");
    }
    touches
}

pub(super) fn address(member: &StaffMember) -> Option<&str> {
    match member.email() {
        StaffEmail::Valid(email) => Some(email.canonical()),
        StaffEmail::Missing | StaffEmail::Invalid(_) => None,
    }
}
