//! R5: an address that several of the selected candidates have.

mod common;

use common::{decisions, facts, plan, sharing, staff_id};
use staffroom_core::{BulkCreate, Facts, Partial, Selection, StaffStatus, UserId, Warning};
use uuid::Uuid;

fn everybody() -> BulkCreate {
    BulkCreate::of(Selection::AllCandidates)
}

#[test]
fn none_of_several_candidates_with_one_address_is_chosen() {
    let people = sharing(&[1, 2, 3]);
    let plan = plan(&everybody(), people);
    assert_eq!(decisions(&plan), [["email-shared"]; 3]);
}

#[test]
fn facts_of_two_moments_do_not_let_both_through() {
    // An import came between the two answers of the store: only the second names the other.
    let [mut first, second] = <[Facts; 2]>::try_from(sharing(&[1, 2])).unwrap();
    first.email_sharers.clear();
    let plan = plan(&everybody(), vec![first, second]);
    assert_eq!(decisions(&plan), [["email-shared"]; 2]);
}

#[test]
fn each_is_told_who_the_others_are() {
    let plan = plan(&everybody(), sharing(&[1, 2, 3]));
    let named: Vec<Vec<_>> =
        plan.rows().iter().map(|row| row.email_sharers().iter().map(|sharer| sharer.id).collect()).collect();
    let [one, two, three] = [1, 2, 3].map(staff_id);
    assert_eq!(named, [[two, three], [one, three], [one, two]]);
}

#[test]
fn however_many_have_one_address_none_of_them_is_chosen_though_only_the_first_are_named() {
    let everyone: Vec<u128> = (1..=50).collect();
    let people = sharing(&everyone).into_iter().map(|mut facts| {
        facts.email_sharers.truncate(Facts::MAX_SHARERS);
        facts
    });
    let plan = plan(&everybody(), people);
    assert_eq!(decisions(&plan), vec![["email-shared"]; 50]);
}

#[test]
fn one_holder_alone_is_created_with_a_warning() {
    let mut people = sharing(&[1, 2]);
    people.truncate(1);
    let plan = plan(&everybody(), people);
    assert_eq!(plan.counts().created, 1);
    assert!(plan.rows()[0].warnings().contains(Warning::EmailShared));
    assert_eq!(plan.rows()[0].email_sharers()[0].id, staff_id(2));
}

#[test]
fn whoever_is_refused_for_it_is_not_warned_of_it_as_well() {
    let plan = plan(&everybody(), sharing(&[1, 2]));
    assert!(plan.rows().iter().all(|row| !row.warnings().contains(Warning::EmailShared)));
}

#[test]
fn somebody_who_is_no_candidate_does_not_stand_in_the_way() {
    let mut people = sharing(&[1, 2]);
    people[1].staff_member = people[1].staff_member.clone().with_status(StaffStatus::Inactive);
    let plan = plan(&everybody(), people);
    assert_eq!(decisions(&plan), [vec![], vec!["inactive"]]);
    assert!(plan.rows()[0].warnings().contains(Warning::EmailShared));
}

#[test]
fn an_address_that_a_user_holds_is_taken_and_not_shared() {
    let holder = Some(UserId::from_uuid(Uuid::from_u128(0xF1)));
    let people = sharing(&[1, 2]).into_iter().map(|facts| Facts { email_holder: holder, ..facts });
    assert_eq!(decisions(&plan(&everybody(), people)), [["email-taken"]; 2]);
}

#[test]
fn sharing_counts_as_a_refusal_for_all_or_nothing() {
    let request = everybody().with_partial(Partial::Forbidden);
    let people = sharing(&[1, 2]).into_iter().chain([facts(3)]);
    assert_eq!(decisions(&plan(&request, people)), [["email-shared"], ["email-shared"], ["all-or-nothing"]]);
}
