//! Networks whose administrators look after users and groups, and what they do to them.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use staffroom_core::{
    Actor, Email, Group, GroupEdit, GroupName, PermissionSet, Session, StaffEmail, StaffMember, User,
    UserEdit,
};

use super::Preset;
use super::people::{permissions, staff_number};
use super::worlds::{ACTORS, CLERKS, GROUPS, SCHOOLS, World, world};
use crate::fixture::{self, ADMIN, ADMINS, NETWORK, SCHOOL, SUPERINTENDENTS};

/// What the administrators of an office world may hold.
const POWERS: [&str; 8] = [
    "users.view",
    "users.manage",
    "users.link",
    "users.grant-access",
    "groups.manage",
    "staff.view",
    "audit.view",
    "users.bulk-create",
];

/// A world in which the groups give powers over users, and some users hold the emails of staff members.
pub fn office_world(preset: Preset) -> impl Strategy<Value = World> {
    let powers = || subsequence(POWERS.to_vec(), 3..=POWERS.len());
    let holders = option::weighted(0.8, (any::<usize>(), any::<usize>()));
    (world(preset), powers(), powers(), holders).prop_map(|(mut world, clerks, more, holders)| {
        for network in &mut world.networks {
            for group in &mut network.groups {
                *group = empowered(group, &clerks, &more);
            }
            if let Some((user, member)) = holders {
                hand_over(&mut network.users, &network.staff, user, member);
            }
        }
        world
    })
}

fn empowered(group: &Group, clerks: &[&str], more: &[&str]) -> Group {
    let given: Vec<&str> = match group.id() {
        ADMINS => [&POWERS[..], &["students.view", "grades.record"]].concat(),
        CLERKS => clerks.to_vec(),
        SUPERINTENDENTS => [more, &["budget.sign"]].concat(),
        _ => return group.clone(),
    };
    let name = group.name().as_str();
    fixture::group(group.id(), name, &given).with_status(group.status())
}

/// Lets one user hold the email of one staff member, linked to nobody, if nobody holds it.
fn hand_over(users: &mut [User], staff: &[StaffMember], user: usize, member: usize) {
    let Some(member) = member.checked_rem(staff.len()).and_then(|place| staff.get(place)) else { return };
    let StaffEmail::Valid(email) = member.email() else { return };
    let is_held = |email: &Email| users.iter().any(|user| user.email().is_same_address(email));
    if is_held(email) {
        return;
    }
    let Some(place) = user.checked_rem(users.len()) else { return };
    if let Some(user) = users.get_mut(place) {
        *user = User::new(user.id(), email.clone(), user.created_at())
            .entering(user.schools().clone())
            .in_groups(user.groups().clone())
            .as_stored(user.status(), user.last_sign_in_at(), user.revision());
    }
}

/// An edit of a user by an actor. The user is named by their place in the list of all users by id, wrapping around.
pub type UserEditBy = (Session, usize, UserEdit);

/// A world as of [`office_world`], and edits of its users: any, and such as hit. Left to chance, a link is rare.
pub fn office_edits(preset: Preset) -> impl Strategy<Value = (World, Vec<UserEditBy>)> {
    office_world(preset).prop_flat_map(|world| {
        let any_edit = (office_session(), any::<usize>(), user_edit()).boxed();
        let hits = hits(&world);
        let one = if hits.is_empty() {
            any_edit
        } else {
            let hit = (office_session(), select(hits)).prop_map(|(by, (place, edit))| (by, place, edit));
            prop_oneof![3 => any_edit, 1 => hit].boxed()
        };
        (Just(world), vec(one, 1..12))
    })
}

/// Links of users to staff members with their email, and of linked users to nobody.
fn hits(world: &World) -> Vec<(usize, UserEdit)> {
    let Some(network) = world.network(NETWORK) else { return Vec::new() };
    let mut users: Vec<&User> = network.users.iter().collect();
    users.sort_by_key(|user| user.id());
    let mut hits = Vec::new();
    for (place, user) in users.into_iter().enumerate() {
        let has_it = |member: &&StaffMember| {
            member.email().valid().is_some_and(|email| email.is_same_address(user.email()))
        };
        hits.extend(network.staff.iter().filter(has_it).map(|member| (place, UserEdit::Link(member.id()))));
        hits.extend(user.staff_member().map(|_| (place, UserEdit::Unlink)));
    }
    hits
}

/// Somebody who acts in the first network: mostly the administrator, where they may.
pub fn office_session() -> impl Strategy<Value = Session> {
    let actor = prop_oneof![
        5 => Just(Actor::User(ADMIN)),
        5 => select(&ACTORS).prop_map(Actor::User),
        1 => (1_u32..9).prop_map(|number| Actor::User(fixture::user_id(number))),
        1 => Just(Actor::Operator),
    ];
    let school = prop_oneof![2 => Just(SCHOOL), 1 => select(&SCHOOLS)];
    (actor, school).prop_map(|(actor, school)| Session::new(NETWORK, actor, school))
}

/// An edit that an actor makes of a user.
pub fn user_edit() -> impl Strategy<Value = UserEdit> {
    prop_oneof![
        Just(UserEdit::Disable),
        Just(UserEdit::Enable),
        Just(UserEdit::GrantAccess),
        Just(UserEdit::RevokeAccess),
        select(&GROUPS).prop_map(UserEdit::JoinGroup),
        select(&GROUPS).prop_map(UserEdit::LeaveGroup),
        staff_number().prop_map(|number| UserEdit::Link(fixture::staff_id(number))),
        Just(UserEdit::Unlink),
    ]
}

/// An edit that an actor makes of a group.
pub fn group_edit() -> impl Strategy<Value = GroupEdit> {
    let name = select(&["Teachers", "TEACHERS", "Registrars", "Clerks"]);
    let name = name.prop_filter_map("a name", |name| GroupName::parse(name).ok());
    let powers = subsequence(POWERS.to_vec(), 0..=POWERS.len());
    let powers = powers
        .prop_map(|codes| -> PermissionSet { fixture::group(ADMINS, "Codes", &codes).permissions().clone() });
    prop_oneof![
        name.prop_map(GroupEdit::Rename),
        powers.prop_map(GroupEdit::SetPermissions),
        permissions().prop_map(GroupEdit::SetPermissions),
        Just(GroupEdit::Activate),
        Just(GroupEdit::Deactivate),
    ]
}
