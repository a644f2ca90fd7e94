//! R8: what the edits of users and groups change, which permission each takes, and whom to follow up.

#![expect(clippy::unwrap_used, reason = "what a helper cannot make fails its test")]

mod common;

use common::{ADMIN, OTHER_SCHOOL, SCHOOL, group, group_id, member, moment, permissions, staff_id};
use staffroom_core::{
    Attempt, Authority, Denied, Email, GroupEdit, GroupName, GroupStatus, IdSet, Matter, StaffEmail,
    StaffMember, StaffStatus, User, UserEdit, UserStatus,
};

const EDITS: [UserEdit; 8] = [
    UserEdit::Disable,
    UserEdit::Enable,
    UserEdit::GrantAccess,
    UserEdit::RevokeAccess,
    UserEdit::JoinGroup(group_id(1)),
    UserEdit::LeaveGroup(group_id(1)),
    UserEdit::Link(staff_id(1)),
    UserEdit::Unlink,
];

fn user() -> User {
    User::new(ADMIN, Email::parse("s1@school.example").unwrap(), moment()).entering(IdSet::only(OTHER_SCHOOL))
}

#[test]
fn the_codes_and_permissions_of_edits_are_part_of_the_api() {
    let said = EDITS.map(|edit| (edit.code(), edit.permission().as_str().to_owned()));
    let said: Vec<(&str, &str)> =
        said.iter().map(|(code, permission)| (*code, permission.as_str())).collect();
    assert_eq!(
        said,
        [
            ("disable", "users.manage"),
            ("enable", "users.manage"),
            ("grant-access", "users.grant-access"),
            ("revoke-access", "users.manage"),
            ("join-group", "users.manage"),
            ("leave-group", "users.manage"),
            ("link", "users.link"),
            ("unlink", "users.manage"),
        ]
    );
    let attempts: Vec<String> = Attempt::ALL.iter().map(|attempt| attempt.code().to_owned()).collect();
    let written = serde_json::to_value(Attempt::ALL).unwrap();
    assert_eq!(written, serde_json::to_value(attempts).unwrap());
}

#[test]
fn an_edit_made_twice_is_made_once() {
    let user = user();
    for edit in EDITS {
        let Some(once) = edit.applied_to(&user, SCHOOL) else {
            continue;
        };
        assert_eq!(once.revision(), user.revision().next(), "{edit:?}");
        assert_eq!(edit.applied_to(&once, SCHOOL), None, "{edit:?}");
    }
    let already =
        [UserEdit::Enable, UserEdit::RevokeAccess, UserEdit::LeaveGroup(group_id(1)), UserEdit::Unlink];
    for edit in already {
        assert_eq!(edit.applied_to(&user, SCHOOL), None, "{edit:?}");
    }
}

#[test]
fn an_edit_changes_one_thing() {
    let user = user().in_groups(IdSet::only(group_id(2)));
    let after = |edit: UserEdit| edit.applied_to(&user, SCHOOL).unwrap();
    assert_eq!(after(UserEdit::Disable), user.set_status(UserStatus::Disabled));
    let both = [SCHOOL, OTHER_SCHOOL].into_iter().collect();
    assert_eq!(after(UserEdit::GrantAccess), user.set_schools(both));
    let groups = [group_id(1), group_id(2)].into_iter().collect();
    assert_eq!(after(UserEdit::JoinGroup(group_id(1))), user.set_groups(groups));
    assert_eq!(after(UserEdit::LeaveGroup(group_id(2))), user.set_groups(IdSet::empty()));
    assert_eq!(after(UserEdit::Link(staff_id(1))), user.set_staff_member(Some(staff_id(1))));
}

#[test]
fn an_edit_of_a_group_made_twice_is_made_once() {
    let group = group(1, &["students.view"]);
    let name = GroupName::parse("Group ONE").unwrap();
    let edits = [
        GroupEdit::Rename(name.clone()),
        GroupEdit::SetPermissions(permissions(&["grades.view"])),
        GroupEdit::Deactivate,
    ];
    for edit in &edits {
        let once = edit.applied_to(&group).unwrap();
        assert_eq!(edit.applied_to(&once), None, "{edit:?}");
        assert_eq!(once.id(), group.id());
    }
    assert_eq!(GroupEdit::Activate.applied_to(&group), None);
    let inactive = GroupEdit::Deactivate.applied_to(&group).unwrap();
    assert_eq!(inactive, group.clone().with_status(GroupStatus::Inactive));
    assert_eq!(edits[0].applied_to(&group), Some(group.with_name(name)));
}

#[test]
fn a_user_who_holds_more_is_beyond_the_actor_also_by_an_inactive_group() {
    let actor = Authority::Holding(permissions(&["students.view", "users.manage"]));
    let fine = group(1, &["students.view"]);
    let more = group(2, &["students.view", "budget.sign"]);
    assert_eq!(actor.may_edit_member_of(&[]), Ok(()));
    assert_eq!(actor.may_edit_member_of(std::slice::from_ref(&fine)), Ok(()));
    for status in [GroupStatus::Active, GroupStatus::Inactive] {
        let groups = [fine.clone(), more.clone().with_status(status)];
        let denied = actor.may_edit_member_of(&groups).unwrap_err();
        assert_eq!(denied.code(), "user-beyond-actor");
        assert!(matches!(denied, Denied::UserBeyondActor(lacking) if lacking.len() == 1));
        assert_eq!(Authority::Everything.may_edit_member_of(&groups), Ok(()));
    }
}

fn codes(user: &User, staff: Option<&StaffMember>) -> Vec<&'static str> {
    Matter::of(user, staff).into_iter().map(Matter::code).collect()
}

#[test]
fn every_matter_is_told_and_none_of_a_disabled_user() {
    let member = member(1);
    let inactive = member.clone().with_status(StaffStatus::Inactive);
    let been = user().signed_in(moment());
    assert!(codes(&been, Some(&member)).is_empty());
    assert!(codes(&been, None).is_empty());
    assert_eq!(codes(&user(), None), ["never-signed-in"]);
    assert_eq!(codes(&been, Some(&inactive)), ["staff-inactive"]);
    for email in ["other@school.example", "n/a", ""] {
        let drifted = member.clone().with_email(StaffEmail::read(email));
        assert_eq!(codes(&been, Some(&drifted)), ["email-drifted"], "{email}");
    }
    let respelled = member.with_email(StaffEmail::read("S1@School.Example"));
    assert!(codes(&been, Some(&respelled)).is_empty());
    let all = inactive.with_email(StaffEmail::Missing);
    assert_eq!(codes(&user(), Some(&all)), ["never-signed-in", "staff-inactive", "email-drifted"]);
    assert!(codes(&user().set_status(UserStatus::Disabled), Some(&all)).is_empty());
}
