//! R1 and R2: who is a candidate, and why the others are not.

mod common;

use common::{OTHER_SCHOOL, SCHOOL, facts, member, staff_id};
use staffroom_core::{
    EmailSharer, Facts, IdSet, Reason, StaffEmail, StaffMember, StaffStatus, UserId, Warning, assess,
};
use uuid::Uuid;

const SOMEBODY: UserId = UserId::from_uuid(Uuid::from_u128(0xF1));

fn codes(facts: &Facts) -> Vec<&'static str> {
    assess(facts, SCHOOL).reasons.iter().map(Reason::code).collect()
}

fn with_email(text: &str) -> Facts {
    Facts { staff_member: member(1).with_email(StaffEmail::read(text)), ..facts(1) }
}

#[test]
fn an_active_unlinked_person_with_a_free_email_is_a_candidate() {
    let verdict = assess(&facts(1), SCHOOL);
    assert!(verdict.is_eligible() && verdict.warnings.is_empty());
}

#[test]
fn each_rule_refuses_alone() {
    let inactive = Facts { staff_member: member(1).with_status(StaffStatus::Inactive), ..facts(1) };
    assert_eq!(codes(&inactive), ["inactive"]);
    assert_eq!(codes(&Facts { linked_user: Some(SOMEBODY), ..facts(1) }), ["already-linked"]);
    assert_eq!(codes(&Facts { email_holder: Some(SOMEBODY), ..facts(1) }), ["email-taken"]);
    assert_eq!(codes(&with_email(" \u{A0}")), ["no-email"]);
    assert_eq!(codes(&with_email("mary at school")), ["invalid-email"]);
}

#[test]
fn every_failing_rule_is_reported() {
    let taken = Facts {
        staff_member: member(1).with_status(StaffStatus::Inactive),
        linked_user: Some(SOMEBODY),
        email_holder: Some(SOMEBODY),
        ..facts(1)
    };
    assert_eq!(codes(&taken), ["inactive", "already-linked", "email-taken"]);
    let bad = Facts {
        staff_member: taken.staff_member.clone().with_email(StaffEmail::read("n/a")),
        email_holder: None,
        ..taken
    };
    assert_eq!(codes(&bad), ["inactive", "already-linked", "invalid-email"]);
}

#[test]
fn whoever_is_linked_to_the_user_that_holds_their_email_has_both_reasons() {
    let facts = Facts { linked_user: Some(SOMEBODY), email_holder: Some(SOMEBODY), ..facts(1) };
    assert_eq!(codes(&facts), ["already-linked", "email-taken"]);
}

#[test]
fn an_email_that_is_none_cannot_be_taken() {
    for text in ["", "n/a"] {
        let facts = Facts { email_holder: Some(SOMEBODY), ..with_email(text) };
        assert!(!codes(&facts).contains(&"email-taken"), "{text:?}");
    }
}

#[test]
fn working_elsewhere_and_sharing_an_email_are_warnings_and_no_reasons() {
    let colleague = EmailSharer::from(&member(2));
    let facts = Facts { email_sharers: vec![colleague], ..facts(1) };
    let verdict = assess(&facts, OTHER_SCHOOL);
    assert!(verdict.is_eligible());
    assert_eq!(verdict.warnings.iter().collect::<Vec<_>>(), [Warning::WorksElsewhere, Warning::EmailShared]);
}

#[test]
fn whoever_works_nowhere_works_elsewhere() {
    let one = member(1);
    let nowhere = StaffMember::new(
        staff_id(1),
        one.sis_id().clone(),
        one.name().clone(),
        one.status(),
        one.email().clone(),
        IdSet::empty(),
    );
    let facts = Facts { staff_member: nowhere, ..facts(1) };
    assert_eq!(assess(&facts, SCHOOL).warnings.iter().collect::<Vec<_>>(), [Warning::WorksElsewhere]);
}

#[test]
fn the_codes_are_part_of_the_api() {
    assert_eq!(
        Reason::TABLE.map(|row| row.code),
        [
            "inactive",
            "already-linked",
            "no-email",
            "invalid-email",
            "email-taken",
            "unknown",
            "email-shared",
            "email-changed",
            "all-or-nothing"
        ]
    );
    assert_eq!(
        Warning::TABLE.map(|row| row.code),
        ["works-elsewhere", "email-shared", "changed-since-preview"]
    );
    assert_eq!(
        Reason::ELIGIBILITY.map(Reason::code),
        ["inactive", "already-linked", "no-email", "invalid-email", "email-taken"]
    );
}

#[test]
fn a_fingerprint_tells_apart_whatever_a_decision_rests_on() {
    let one = facts(1);
    let others = [
        facts(2),
        with_email("S1@school.example"),
        with_email("s1@school.exampl"),
        with_email(""),
        Facts { staff_member: member(1).with_status(StaffStatus::Inactive), ..facts(1) },
        Facts { linked_user: Some(SOMEBODY), ..facts(1) },
        Facts { email_holder: Some(SOMEBODY), ..facts(1) },
        Facts { email_sharers: vec![EmailSharer::from(&member(2))], ..facts(1) },
    ];
    assert_eq!(one.fingerprint(), facts(1).fingerprint());
    for (index, other) in others.iter().enumerate() {
        assert_ne!(one.fingerprint(), other.fingerprint(), "{other:?}");
        for another in &others[..index] {
            assert_ne!(another.fingerprint(), other.fingerprint(), "{another:?} and {other:?}");
        }
    }
}
