//! Edits that an actor makes of a user, as the model understands them (R8, R16).

use staffroom_core::{
    Actor, GroupId, GroupStatus, IdSet, PasswordState, SchoolId, Session, StaffId, StaffStatus, User,
    UserEdit, UserStatus,
};

use super::rules::address;
use super::state::{Model, ModelNetwork};
use super::view::{Answer, audit_line};

impl Model {
    pub(super) fn edit_user(&mut self, by: &Session, place: usize, edit: UserEdit) -> Answer {
        let (attempt, joined, group) = match edit {
            UserEdit::GrantAccess => ("grant-access", None, None),
            UserEdit::Link(_) => ("link-user", None, None),
            UserEdit::JoinGroup(group) => ("edit-user", Some(group), Some(group)),
            UserEdit::LeaveGroup(group) => ("edit-user", None, Some(group)),
            _ => ("edit-user", None, None),
        };
        if let Some(refused) = self.refuse(by, by.school(), joined, None, attempt) {
            return refused;
        }
        let Some(here) = self.network_mut(by.network()) else { return Answer::Refused("unknown-network") };
        let Some(before) = here.user_at(place).filter(|user| here.sees(by.actor(), user)).cloned() else {
            return Answer::Refused("unknown-user");
        };
        if here.is_beyond(by.actor(), &before) {
            let event = format!("denied {attempt} user-beyond-actor");
            here.audit.push(audit_line(by.actor(), by.school(), group, None, &event));
            return Answer::Refused("user-beyond-actor");
        }
        if joined.is_some() && here.enters_elsewhere(by.actor(), &before) {
            let event = format!("denied {attempt} user-elsewhere");
            here.audit.push(audit_line(by.actor(), by.school(), group, None, &event));
            return Answer::Refused("user-elsewhere");
        }
        let Some(after) = edited(&before, edit, by.school()) else {
            return Answer::UserEdited { now: false, revoked: false };
        };
        if let UserEdit::Link(member) = edit
            && let Some(refused) = here.against_a_link(&before, member)
        {
            return Answer::Refused(refused);
        }
        if by.actor() == Actor::User(before.id()) && here.is_locked_out(&before, &after, edit, by.school()) {
            return Answer::Refused("locks-out");
        }
        // Whoever handed them a password may be allowed less than they are now.
        let is_given = matches!(edit, UserEdit::GrantAccess | UserEdit::JoinGroup(_));
        let revoked = initial_is_shared(&before).filter(|_| is_given);
        here.users.retain(|user| user.id() != before.id());
        here.users.push(if revoked.is_some() { after.with_password(PasswordState::Unset) } else { after });
        let event = format!("user-edit {}", edit.code());
        here.audit.push(audit_line(by.actor(), by.school(), group, None, &event));
        if let Some(shared) = revoked {
            here.hashes.retain(|id| *id != before.id());
            let event = format!("initial-revoked 1 {shared}");
            here.audit.push(audit_line(by.actor(), by.school(), group, None, &event));
        }
        Answer::UserEdited { now: true, revoked: revoked.is_some() }
    }
}

/// Of a user with an initial password: whether a batch shares it.
pub(super) const fn initial_is_shared(user: &User) -> Option<bool> {
    match user.password() {
        PasswordState::InitialShared { .. } => Some(true),
        PasswordState::InitialGenerated { .. } => Some(false),
        PasswordState::Unset | PasswordState::Chosen { .. } => None,
    }
}

impl ModelNetwork {
    /// The user at that place in the list by address, wrapping around.
    fn user_at(&self, place: usize) -> Option<&User> {
        let mut users: Vec<&User> = self.users.iter().collect();
        users.sort_by(|one, other| one.email().canonical().cmp(other.email().canonical()));
        users.get(place.checked_rem(users.len())?).copied()
    }

    fn sees(&self, actor: Actor, user: &User) -> bool {
        let Actor::User(id) = actor else { return true };
        self.user(id).is_some_and(|actor| {
            let shared =
                actor.schools().iter().any(|school| user.schools().iter().any(|other| other == school));
            shared && self.held(actor).iter().any(|code| code == "users.view")
        })
    }

    /// Whether the user may enter a school that the actor may not.
    fn enters_elsewhere(&self, actor: Actor, user: &User) -> bool {
        let Actor::User(id) = actor else { return false };
        let enters =
            |school| self.user(id).is_some_and(|actor| actor.schools().iter().any(|own| own == school));
        user.schools().iter().any(|school| !enters(school))
    }

    /// Whether a group of the user's, active or not, gives what the actor lacks.
    fn is_beyond(&self, actor: Actor, user: &User) -> bool {
        self.give_beyond(actor, user.groups().as_slice())
    }

    /// Whether one of these groups, active or not, gives what the actor lacks.
    pub(super) fn give_beyond(&self, actor: Actor, groups: &[GroupId]) -> bool {
        let Actor::User(id) = actor else { return false };
        let held = self.user(id).map(|actor| self.held(actor)).unwrap_or_default();
        let groups = self.groups.iter().filter(|group| groups.contains(&group.id()));
        let mut given = groups.flat_map(|group| group.permissions().iter());
        given.any(|given| !held.contains(&given.to_string()))
    }

    /// What speaks against linking the user to that staff member.
    fn against_a_link(&self, user: &User, member: StaffId) -> Option<&'static str> {
        let Some(member) = self.member(member) else { return Some("unknown-staff-member") };
        if member.status() == StaffStatus::Inactive {
            return Some("inactive");
        }
        if self.linked(member).is_some() {
            return Some("already-linked");
        }
        if user.staff_member().is_some() {
            return Some("user-linked");
        }
        if address(member) != Some(user.email().canonical()) {
            return Some("other-email");
        }
        let shared = self.sharers(member).iter().any(|other| other.status() == StaffStatus::Active);
        shared.then_some("email-shared")
    }

    /// Whether the user could not take that edit of themselves back.
    fn is_locked_out(&self, before: &User, after: &User, edit: UserEdit, school: SchoolId) -> bool {
        let needed = match edit {
            UserEdit::RevokeAccess => "users.grant-access",
            UserEdit::Unlink => "users.link",
            _ => "users.manage",
        };
        let held = self.held(after);
        let lacks = |code: &str| !held.iter().any(|held| held == code);
        let cannot_join = |id: GroupId| {
            let group = self.groups.iter().find(|group| group.id() == id);
            group.is_none_or(|group| {
                group.status() == GroupStatus::Inactive
                    || group.permissions().iter().any(|code| lacks(code.as_str()))
            })
        };
        let left = before.groups().iter().filter(|group| !after.groups().contains(*group));
        after.status() == UserStatus::Disabled
            || !after.schools().iter().any(|may_enter| may_enter == school)
            || lacks(needed)
            || lacks("users.view")
            || self.is_beyond(Actor::User(after.id()), after)
            || left.into_iter().any(cannot_join)
    }
}

/// The user after the edit; `None` if they are so already.
fn edited(user: &User, edit: UserEdit, school: SchoolId) -> Option<User> {
    let enters = user.schools().iter().any(|may_enter| may_enter == school);
    let all_but_here: IdSet<SchoolId> = user.schools().iter().filter(|other| *other != school).collect();
    let belongs = |group| user.groups().iter().any(|other| other == group);
    Some(match edit {
        UserEdit::Disable if user.status() == UserStatus::Enabled => user.set_status(UserStatus::Disabled),
        UserEdit::Enable if user.status() == UserStatus::Disabled => user.set_status(UserStatus::Enabled),
        UserEdit::GrantAccess if !enters => user.set_schools(user.schools().iter().chain([school]).collect()),
        UserEdit::RevokeAccess if enters => user.set_schools(all_but_here),
        UserEdit::JoinGroup(group) if !belongs(group) => {
            user.set_groups(user.groups().iter().chain([group]).collect())
        }
        UserEdit::LeaveGroup(group) if belongs(group) => {
            user.set_groups(user.groups().iter().filter(|other| *other != group).collect())
        }
        UserEdit::Link(member) if user.staff_member() != Some(member) => user.set_staff_member(Some(member)),
        UserEdit::Unlink if user.staff_member().is_some() => user.set_staff_member(None),
        _ => return None,
    })
}
