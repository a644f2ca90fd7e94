//! R15: what an undo minds.

#![expect(clippy::unwrap_used, reason = "what a helper cannot make fails its test")]

mod common;

use common::{ADMIN, OTHER_SCHOOL, group_id, member, moment, staff_id};
use staffroom_core::{
    BatchId, Email, IdSet, Revision, Subject, Touch, UndoOutcome, UndoReport, UndoRow, User, UserStatus,
};

fn fresh() -> User {
    User::new(ADMIN, Email::parse("new@school.example").unwrap(), moment())
}

#[test]
fn nothing_has_happened_to_a_new_user() {
    assert!(fresh().touches().is_empty());
    assert_eq!(fresh().revision(), Revision::FIRST);
}

#[test]
fn a_sign_in_and_a_password_are_told_apart_and_both_told() {
    assert_eq!(fresh().signed_in(moment()).touches(), [Touch::SignedIn]);
    assert_eq!(fresh().chose_password(moment()).touches(), [Touch::PasswordSet]);
    assert_eq!(
        fresh().chose_password(moment()).signed_in(moment()).touches(),
        [Touch::SignedIn, Touch::PasswordSet]
    );
}

#[test]
fn every_other_edit_counts_even_one_that_was_taken_back() {
    let email = || Email::parse("other@school.example").unwrap();
    for edited in [
        fresh().set_status(UserStatus::Disabled),
        fresh().set_status(UserStatus::Disabled).set_status(UserStatus::Enabled),
        fresh().set_email(email()),
        fresh().set_schools(IdSet::only(OTHER_SCHOOL)),
        fresh().set_groups(IdSet::only(group_id(1))),
        fresh().set_staff_member(Some(staff_id(1))),
    ] {
        assert_eq!(edited.touches(), [Touch::Edited], "{edited:?}");
    }
}

#[test]
fn the_codes_are_part_of_the_api() {
    let codes = [Touch::SignedIn, Touch::PasswordSet, Touch::Edited].map(Touch::code);
    assert_eq!(codes, ["signed-in", "password-set", "edited"]);
}

#[test]
fn who_was_removed_and_who_was_kept_is_counted() {
    let kept = || UndoOutcome::Kept(vec![Touch::Edited]);
    let outcomes = [UndoOutcome::Removed, kept(), UndoOutcome::Removed, kept(), UndoOutcome::Removed];
    let row = |outcome| UndoRow { subject: Subject::of(&member(1)), user: ADMIN, outcome };
    let batch = BatchId::from_uuid(uuid::Uuid::nil());
    let report = UndoReport { batch, at: moment(), rows: outcomes.map(row).into() };
    assert_eq!((report.removed(), report.kept()), (3, 2));
}
