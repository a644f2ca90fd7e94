//! R8: what an actor may do.

#![expect(clippy::unwrap_used, reason = "what a helper cannot make fails its test")]

mod common;

use common::{ADMIN, OTHER_SCHOOL, SCHOOL, group, moment};
use staffroom_core::{
    ActorFacts, Authority, Denied, Email, Group, GroupStatus, IdSet, Permission, SchoolId, User, UserStatus,
    authorize,
};

const NEEDED: Permission = Permission::USERS_BULK_CREATE;

fn admin() -> User {
    let email = Email::parse("admin@school.example").unwrap();
    User::new(ADMIN, email, moment()).entering(IdSet::only(SCHOOL))
}

fn verdict(user: Option<User>, groups: &[Group], school: SchoolId) -> Result<Authority, Denied> {
    authorize(&ActorFacts::User { user, groups: groups.to_vec() }, &NEEDED, school)
}

#[test]
fn whoever_has_the_permission_and_may_enter_the_school_may() {
    let groups = [group(1, &["students.view"]), group(2, &["users.bulk-create"])];
    let authority = verdict(Some(admin()), &groups, SCHOOL).unwrap();
    assert_eq!(authority, Authority::Holding(common::permissions(&["students.view", "users.bulk-create"])));
}

#[test]
fn an_authority_holds_what_its_groups_give_and_the_operator_everything() {
    let authority = verdict(Some(admin()), &[group(1, &["users.bulk-create"])], SCHOOL).unwrap();
    assert!(authority.holds(&NEEDED));
    assert!(!authority.holds(&Permission::USERS_VIEW));
    assert!(Authority::Everything.holds(&Permission::USERS_VIEW));
}

#[test]
fn whoever_is_denied_is_told_which_permissions_are_beyond_them() {
    let denied = Denied::GroupBeyondActor(vec![Permission::USERS_VIEW, NEEDED]);
    assert!(denied.to_string().contains("`users.view`, `users.bulk-create`"), "{denied}");
}

#[test]
fn whoever_lacks_the_permission_may_not() {
    let denied = verdict(Some(admin()), &[group(1, &["students.view"])], SCHOOL);
    assert_eq!(denied, Err(Denied::MissingPermission(NEEDED)));
    assert_eq!(verdict(Some(admin()), &[], SCHOOL), Err(Denied::MissingPermission(NEEDED)));
}

#[test]
fn an_inactive_group_gives_nothing() {
    let former = group(1, &["users.bulk-create"]).with_status(GroupStatus::Inactive);
    assert_eq!(verdict(Some(admin()), &[former], SCHOOL), Err(Denied::MissingPermission(NEEDED)));
}

#[test]
fn a_disabled_user_may_nothing() {
    let disabled = admin().set_status(UserStatus::Disabled);
    let denied = verdict(Some(disabled), &[group(1, &["users.bulk-create"])], SCHOOL);
    assert_eq!(denied, Err(Denied::ActorDisabled));
}

#[test]
fn nobody_acts_in_a_school_that_they_may_not_enter() {
    let groups = [group(1, &["users.bulk-create"])];
    assert_eq!(verdict(Some(admin()), &groups, OTHER_SCHOOL), Err(Denied::NoSchoolAccess));
}

#[test]
fn somebody_who_is_not_there_may_nothing() {
    assert_eq!(verdict(None, &[group(1, &["users.bulk-create"])], SCHOOL), Err(Denied::UnknownActor));
}

#[test]
fn the_operator_needs_a_school_and_nothing_else() {
    let operator = |school_exists| authorize(&ActorFacts::Operator { school_exists }, &NEEDED, SCHOOL);
    assert_eq!(operator(true), Ok(Authority::Everything));
    assert_eq!(operator(false), Err(Denied::NoSchoolAccess));
}

#[test]
fn a_group_may_be_assigned_if_the_actor_holds_all_it_gives() {
    let held = Authority::Holding(common::permissions(&["students.view", "users.bulk-create"]));
    assert_eq!(held.may_assign(&group(1, &["students.view"])), Ok(()));
    assert_eq!(held.may_assign(&group(1, &["students.view", "users.bulk-create"])), Ok(()));
    assert_eq!(held.may_assign(&group(1, &[])), Ok(()));
}

#[test]
fn a_group_that_gives_more_than_the_actor_holds_is_denied_with_what_is_missing() {
    let held = Authority::Holding(common::permissions(&["users.bulk-create"]));
    let denied = held.may_assign(&group(1, &["grades.record", "budget.sign", "users.bulk-create"]));
    let missing = ["budget.sign", "grades.record"].map(|code| Permission::parse(code).unwrap());
    assert_eq!(denied, Err(Denied::GroupBeyondActor(missing.to_vec())));
    assert!(Authority::Everything.may_assign(&group(1, &["budget.sign"])).is_ok());
}

#[test]
fn a_part_of_a_permission_is_another_permission() {
    let held = Authority::Holding(common::permissions(&["users"]));
    assert!(held.may_assign(&group(1, &["users.manage"])).is_err());
    let denied = verdict(Some(admin()), &[group(1, &["users", "users.bulk"])], SCHOOL);
    assert_eq!(denied, Err(Denied::MissingPermission(NEEDED)));
}
