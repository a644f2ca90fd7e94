//! Edits that hit: those that a plan in waiting, a user whom a batch made, or an initial password has something to do
//! with. Left to chance, they are rare.

use proptest::prelude::*;
use proptest::sample::select;
use staffroom_core::{
    Actor, Email, GroupStatus, IdSet, NetworkId, SchoolId, Session, StaffEmail, StaffId, StaffStatus, User,
    UserEdit, UserId, UserStatus,
};

use super::state::{Model, ModelNetwork, PlanLine, is_made_by_the_model};
use super::transition::Transition;
use super::user_edits::initial_is_shared;
use crate::fixture;
use crate::strategies::{Edit, GROUPS, Preset, SCHOOLS, permissions, raw_email, staff_email};

/// Spoils the newest plan: its people, its group, or whoever made it.
pub(super) fn edit_of_the_newest_plan(model: &Model) -> BoxedStrategy<Transition> {
    let Some(plan) = model.plans.last() else { return sign_in().boxed() };
    let Some(here) = model.network(plan.network) else { return sign_in().boxed() };
    let mut edits: Vec<BoxedStrategy<Edit>> = Vec::new();
    let chosen: Vec<&PlanLine> = plan.lines.iter().filter(|line| line.reasons.is_empty()).collect();
    let members =
        chosen.iter().filter_map(|line| line.member).filter(|id| !is_made_by_the_model(id.as_uuid()));
    let members: Vec<StaffId> = members.collect();
    if !members.is_empty() {
        let member = edit_of_a_member(members, addresses(&chosen));
        edits.extend([member.clone(), member.clone(), member]);
    }
    if let Some(group) = plan.group {
        let status = prop_oneof![Just(GroupStatus::Inactive), Just(GroupStatus::Active)];
        let status = status.prop_map(move |status| Edit::GroupStatus(group, status));
        let held = permissions().prop_map(move |held| Edit::GroupPermissions(group, held));
        edits.push(prop_oneof![2 => status, 1 => held].boxed());
    }
    if let Actor::User(actor) = plan.actor
        && let Some(place) = place_of(here, actor)
        && let Some(user) = here.user(actor)
    {
        edits.push(edit_of_the_actor(place, user, plan.school));
    }
    let network = plan.network;
    if edits.is_empty() {
        return sign_in().boxed();
    }
    select(edits).prop_flat_map(|edit| edit).prop_map(move |edit| Transition::Edit(network, edit)).boxed()
}

/// The actor loses what they need for it, or gets it back.
fn edit_of_the_actor(place: usize, user: &User, school: SchoolId) -> BoxedStrategy<Edit> {
    let with = Edit::UserSchools(place, user.schools().with(school));
    let without = Edit::UserSchools(place, user.schools().without(school));
    prop_oneof![
        1 => Just(Edit::UserStatus(place, UserStatus::Disabled)),
        2 => Just(Edit::UserStatus(place, UserStatus::Enabled)),
        1 => Just(without),
        2 => Just(with),
        1 => Just(Edit::UserGroups(place, IdSet::only(fixture::TEACHERS))),
        2 => Just(Edit::UserGroups(place, IdSet::only(fixture::ADMINS))),
    ]
    .boxed()
}

/// The member leaves, changes or loses their email, gets a user, or finds their email taken.
fn edit_of_a_member(members: Vec<StaffId>, emails: Vec<Email>) -> BoxedStrategy<Edit> {
    let member = move || select(members.clone());
    let taken = move || select(emails.clone());
    prop_oneof![
        1 => member().prop_map(|id| Edit::StaffStatus(id, StaffStatus::Inactive)),
        2 => (member(), staff_email(Preset::Ordinary)).prop_map(|(id, email)| Edit::StaffEmail(id, email)),
        2 => (member(), taken()).prop_map(|(id, email)| Edit::StaffEmail(id, StaffEmail::Valid(email))),
        2 => (any::<usize>(), member()).prop_map(|(user, id)| Edit::Link(user, Some(id))),
        1 => (any::<usize>(), taken()).prop_map(|(user, email)| Edit::UserEmail(user, email)),
        2 => (40_u32..60, taken()).prop_map(|(number, email)| {
            Edit::NewUser(User::new(fixture::user_id(number), email, fixture::moment()))
        }),
    ]
    .boxed()
}

fn addresses(chosen: &[&PlanLine]) -> Vec<Email> {
    chosen.iter().filter_map(|line| line.email.valid().cloned()).collect()
}

/// Somebody whom a batch created signs in, chooses a password, or is edited.
pub(super) fn edit_of_somebody_created(model: &Model) -> BoxedStrategy<Transition> {
    let places = places(model, |user| user.batch().is_some());
    if places.is_empty() {
        return sign_in().boxed();
    }
    let email = raw_email(Preset::Ordinary).prop_filter_map("an address", |text| Email::parse(&text).ok());
    (select(places), 0..6, email)
        .prop_map(|((network, place), what, email)| {
            let edit = match what {
                1 => Edit::ChoosePassword(place),
                2 => Edit::UserStatus(place, UserStatus::Disabled),
                3 => Edit::Link(place, None),
                4 => Edit::UserEmail(place, email),
                _ => Edit::SignIn(place),
            };
            Transition::Edit(network, edit)
        })
        .boxed()
}

/// Somebody who has an initial password is let into a school or put into a group, by those who may as a rule.
pub(super) fn gift_to_somebody_with_an_initial_password(model: &Model) -> BoxedStrategy<Transition> {
    let places = places(model, |user| initial_is_shared(user).is_some());
    if places.is_empty() {
        return sign_in().boxed();
    }
    let by = prop_oneof![2 => Just(Actor::Operator), 1 => Just(Actor::User(fixture::ADMIN))];
    let gift = prop_oneof![Just(UserEdit::GrantAccess), select(&GROUPS).prop_map(UserEdit::JoinGroup)];
    (select(places), by, select(&SCHOOLS), gift)
        .prop_map(|((network, place), by, school, gift)| {
            Transition::EditUser(Session::new(network, by, school), place, gift)
        })
        .boxed()
}

fn sign_in() -> impl Strategy<Value = Transition> {
    any::<usize>().prop_map(|place| Transition::Edit(fixture::NETWORK, Edit::SignIn(place)))
}

/// Where those users are, of all networks.
fn places(model: &Model, which: impl Fn(&User) -> bool) -> Vec<(NetworkId, usize)> {
    let mut places = Vec::new();
    for here in &model.networks {
        for user in here.users.iter().filter(|user| which(user)) {
            places.extend(place_of(here, user.id()).map(|place| (here.id, place)));
        }
    }
    places
}

/// The user's place in the list by address.
fn place_of(here: &ModelNetwork, id: UserId) -> Option<usize> {
    let mut users: Vec<&User> = here.users.iter().collect();
    users.sort_by(|one, other| one.email().canonical().cmp(other.email().canonical()));
    users.iter().position(|user| user.id() == id)
}
