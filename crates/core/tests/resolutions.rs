//! R8: when a user may be linked to a staff member, and what is proposed about a taken email.

#![expect(clippy::unwrap_used, reason = "what a helper cannot make fails its test")]

mod common;

use common::{ADMIN, OTHER_SCHOOL, SCHOOL, facts, member, moment, staff_id};
use staffroom_core::{
    Email, EmailStart, Facts, IdSet, LinkRefusal, Resolution, Sharing, StaffStatus, User, UserId, UserQuery,
    UserStatus, check_link, resolve,
};
use uuid::Uuid;

const SOMEBODY: UserId = UserId::from_uuid(Uuid::from_u128(0xF1));

/// Somebody who holds the email of staff member 1.
fn holder() -> User {
    User::new(SOMEBODY, Email::parse("S1@School.Example").unwrap(), moment()).entering(IdSet::only(SCHOOL))
}

fn taken() -> Facts {
    Facts { email_holder: Some(SOMEBODY), ..facts(1) }
}

fn inactive() -> Facts {
    Facts { staff_member: member(1).with_status(StaffStatus::Inactive), ..taken() }
}

fn refusal(facts: &Facts, user: &User, sharing: Sharing) -> Option<&'static str> {
    check_link(facts, user, sharing).err().map(LinkRefusal::code)
}

#[test]
fn each_thing_against_a_link_refuses_alone() {
    let linked_to_another = Facts { linked_user: Some(ADMIN), ..taken() };
    let other = holder().set_email(Email::parse("other@school.example").unwrap());
    assert_eq!(refusal(&taken(), &holder(), Sharing::Nobody), None);
    assert_eq!(refusal(&inactive(), &holder(), Sharing::Nobody), Some("inactive"));
    assert_eq!(refusal(&linked_to_another, &holder(), Sharing::Nobody), Some("already-linked"));
    let elsewhere = holder().linked_to(staff_id(2));
    assert_eq!(refusal(&taken(), &elsewhere, Sharing::Nobody), Some("user-linked"));
    assert_eq!(refusal(&taken(), &other, Sharing::Nobody), Some("other-email"));
    assert_eq!(refusal(&taken(), &holder(), Sharing::ActiveStaff), Some("email-shared"));
}

#[test]
fn the_holder_is_proposed_to_be_linked_exactly_if_they_may_be() {
    let link = Resolution::Link { user: SOMEBODY, staff_member: staff_id(1) };
    let proposed = |facts: &Facts, user: Option<&User>, sharing| resolve(facts, user, sharing, SCHOOL);
    assert_eq!(proposed(&taken(), Some(&holder()), Sharing::Nobody), Some(link));
    let disabled = holder().set_status(UserStatus::Disabled);
    assert_eq!(proposed(&taken(), Some(&disabled), Sharing::Nobody), Some(link));
    assert_eq!(proposed(&taken(), Some(&holder()), Sharing::ActiveStaff), None);
    assert_eq!(proposed(&inactive(), Some(&holder()), Sharing::Nobody), None);
    assert_eq!(proposed(&taken(), None, Sharing::Nobody), None);
    let not_in_the_way = facts(1);
    assert_eq!(proposed(&not_in_the_way, Some(&holder()), Sharing::Nobody), None);
    assert_eq!((link.code(), link.edit().code()), ("link", "link"));
}

#[test]
fn access_is_proposed_for_a_linked_user_who_has_none_here() {
    let grant = Some(Resolution::GrantAccess { user: SOMEBODY });
    let theirs = Facts { linked_user: Some(SOMEBODY), ..taken() };
    let mine = holder().linked_to(staff_id(1));
    assert_eq!(resolve(&theirs, Some(&mine), Sharing::Nobody, SCHOOL), None);
    assert_eq!(resolve(&theirs, Some(&mine), Sharing::Nobody, OTHER_SCHOOL), grant);
    let of_another_record = holder().linked_to(staff_id(2));
    assert_eq!(resolve(&taken(), Some(&of_another_record), Sharing::Nobody, SCHOOL), None);
    assert_eq!(resolve(&taken(), Some(&of_another_record), Sharing::ActiveStaff, OTHER_SCHOOL), grant);
    let gone = Facts { linked_user: Some(SOMEBODY), ..inactive() };
    assert_eq!(resolve(&gone, Some(&mine), Sharing::Nobody, OTHER_SCHOOL), None);
}

#[test]
fn somebody_unseen_who_is_linked_is_not_passed_over_for_the_holder() {
    // The linked user is in the way, and not to be seen; whoever holds the email is not asked for instead.
    let facts = Facts { linked_user: Some(ADMIN), ..taken() };
    assert_eq!(resolve(&facts, Some(&holder()), Sharing::Nobody, OTHER_SCHOOL), None);
}

#[test]
fn the_start_of_an_email_is_compared_as_emails_are() {
    let query = |typed: &str| UserQuery { email_start: EmailStart::new(typed), ..UserQuery::default() };
    for typed in ["s1", " S1@sch", "S1@School.Example", "s1@school.example"] {
        assert!(query(typed).includes(&holder()), "{typed}");
    }
    for typed in ["1", "s1@school.examples", "s2"] {
        assert!(!query(typed).includes(&holder()), "{typed}");
    }
    assert_eq!(EmailStart::new("  "), None);
    let long = User::new(SOMEBODY, Email::parse("a@b\u{FC}cher.example").unwrap(), moment());
    assert!(query("A@B\u{DC}CHER.EXAMPLE").includes(&long));
}
