//! R4, R6, R9, R13 and R14 at the preview: who gets a row, in which order, and what every row shares.

mod common;

use common::{Counting, SCHOOL, decisions, facts, group_id, member, moment, plan, session, staff_id};
use staffroom_core::{
    BulkCreate, Decision, Facts, InitialPassword, Partial, PersonName, PlanBuilder, PlannedPassword,
    Selection, SisId, StaffKey, StaffMember, StaffStatus, Subject, ValidDays,
};

fn everybody() -> BulkCreate {
    BulkCreate::of(Selection::AllCandidates)
}

fn inactive(number: u128) -> Facts {
    Facts { staff_member: member(number).with_status(StaffStatus::Inactive), ..facts(number) }
}

#[test]
fn rows_keep_the_order_of_the_request() {
    let plan = plan(&everybody(), [facts(3), facts(1), facts(2)]);
    let ids: Vec<_> = plan.rows().iter().filter_map(|row| row.subject().staff_id()).collect();
    assert_eq!(ids, [staff_id(3), staff_id(1), staff_id(2)]);
}

#[test]
fn somebody_named_twice_is_asked_for_once() {
    let mut builder = PlanBuilder::new(&session(), &everybody(), moment());
    builder.add(facts(1));
    builder.add(facts(2));
    builder.add(facts(1));
    let stranger = StaffKey::SisId(SisId::parse("S-404").unwrap());
    builder.add_unknown(stranger.clone());
    builder.add_unknown(stranger);
    assert_eq!(builder.finish(&Counting::default()).counts().requested, 3);
}

#[test]
fn whoever_the_network_does_not_have_is_unknown_by_the_name_they_were_asked_for() {
    let mut builder = PlanBuilder::new(&session(), &everybody(), moment());
    let keys = [StaffKey::Id(staff_id(404)), StaffKey::SisId(SisId::parse("S-404").unwrap())];
    for key in &keys {
        builder.add_unknown(key.clone());
    }
    let plan = builder.finish(&Counting::default());
    assert_eq!(decisions(&plan), [["unknown"], ["unknown"]]);
    for (row, key) in plan.rows().iter().zip(keys) {
        assert_eq!(*row.subject(), Subject::Unknown(key));
        assert!(row.basis().is_none() && row.warnings().is_empty());
    }
}

#[test]
fn somebody_asked_for_by_name_gets_a_row_whatever_the_verdict() {
    let plan = plan(&everybody(), [facts(1), inactive(2)]);
    assert_eq!(decisions(&plan), [vec![], vec!["inactive"]]);
    let counts = plan.counts();
    assert_eq!((counts.requested, counts.created, counts.refused), (2, 1, 1));
}

#[test]
fn a_list_of_candidates_leaves_out_whoever_is_none() {
    let mut builder = PlanBuilder::new(&session(), &everybody(), moment());
    builder.add_candidate(facts(1));
    builder.add_candidate(inactive(2));
    assert_eq!((builder.len(), builder.is_empty()), (1, false));
}

#[test]
fn a_builder_says_how_many_it_has() {
    let mut builder = PlanBuilder::new(&session(), &everybody(), moment());
    assert_eq!((builder.len(), builder.is_empty()), (0, true));
    builder.add(facts(1));
    builder.add(inactive(2));
    assert_eq!((builder.len(), builder.is_empty()), (2, false));
}

#[test]
fn candidates_out_of_a_list_stand_in_the_order_of_their_names() {
    // Names that begin alike, and one that differs only late; the ids run the other way.
    let names = [
        ("Zoe", "Abel"),
        ("Ada", "Abelard"),
        ("Ada", "Montgomerington"),
        ("Bea", "Montgomerington"),
        ("Ada", "Zander"),
    ];
    let mut builder = PlanBuilder::new(&session(), &everybody(), moment());
    for (number, place) in (1..).zip([3, 0, 4, 2, 1]) {
        let (given, family) = names[place];
        let (like, name) = (member(10 - number), PersonName::parse(given, family).unwrap());
        let staff_member = StaffMember::new(
            like.id(),
            like.sis_id().clone(),
            name,
            like.status(),
            like.email().clone(),
            like.schools().clone(),
        );
        builder.add_candidate(Facts { staff_member, ..facts(1) });
    }
    let plan = builder.finish(&Counting::default());
    let listed = plan.rows().iter().filter_map(|row| row.subject().name());
    assert_eq!(listed.map(|name| (name.given(), name.family())).collect::<Vec<_>>(), names);
}

#[test]
fn a_plan_is_for_the_school_that_the_actor_is_logged_into() {
    let plan = plan(&everybody().in_group(group_id(1)), [facts(1)]);
    assert_eq!(plan.school(), SCHOOL);
    assert_eq!((plan.network(), plan.actor()), (session().network(), session().actor()));
    assert_eq!((plan.group(), plan.made_at()), (Some(group_id(1)), moment()));
}

#[test]
fn all_or_nothing_refuses_everybody_because_of_one() {
    let request = everybody().with_partial(Partial::Forbidden);
    let refused = plan(&request, [facts(1), inactive(2), facts(3)]);
    assert_eq!(decisions(&refused), [["all-or-nothing"], ["inactive"], ["all-or-nothing"]]);
    assert_eq!(plan(&request, [facts(1), facts(3)]).counts().created, 2);
    assert_eq!(plan(&everybody(), [facts(1), inactive(2), facts(3)]).counts().created, 2);
}

#[test]
fn user_ids_are_all_different_and_grow_with_the_staff_ids() {
    let plan = plan(&everybody(), [facts(3), facts(1), facts(2)]);
    let mut made: Vec<_> = plan
        .rows()
        .iter()
        .map(|row| match row.decision() {
            Decision::Create(user) => (row.subject().staff_id().unwrap(), user),
            Decision::Refuse(reasons) => panic!("{reasons:?}"),
        })
        .collect();
    made.sort();
    assert!(made.is_sorted_by(|one, other| one.1 < other.1), "{made:?}");
}

#[test]
fn nobody_gets_a_password_unless_asked_for() {
    assert_eq!(InitialPassword::default(), InitialPassword::None);
    assert_eq!(plan(&everybody(), [facts(1)]).password(), PlannedPassword::None);
    assert_eq!(ValidDays::default().days(), 30);
    assert_eq!(ValidDays::new(0), None);
    let generated = everybody().with_initial_password(InitialPassword::Generated(ValidDays::default()));
    assert_eq!(
        plan(&generated, [facts(1)]).password(),
        PlannedPassword::Generated { valid: ValidDays::default() }
    );
}

#[test]
fn a_shared_password_is_named_in_the_plan_and_not_part_of_it() {
    let request = everybody().with_initial_password(InitialPassword::Shared(ValidDays::default()));
    let PlannedPassword::Shared { secret, valid } = plan(&request, [facts(1)]).password() else {
        panic!("not shared");
    };
    assert_eq!(valid.days(), 30);
    let document = serde_json::to_value(plan(&request, [facts(1)])).unwrap();
    assert_eq!(document["password"], serde_json::json!({ "shared": { "secret": secret, "valid": 30 } }));
}
