//! R11: a plan as a document. What it looks like is part of the API; what would not have come out of a preview is
//! refused.

#![expect(clippy::unwrap_used, reason = "what a helper cannot make fails its test")]

mod common;

use common::{facts, group_id, member, plan, sharing, staff_id};
use serde_json::{Value, json};
use staffroom_core::{BulkCreate, Facts, Partial, Plan, Selection, StaffEmail, StaffStatus};

fn request() -> BulkCreate {
    BulkCreate::of(Selection::AllCandidates).in_group(group_id(1))
}

fn document() -> Value {
    let inactive = Facts { staff_member: member(2).with_status(StaffStatus::Inactive), ..facts(2) };
    serde_json::to_value(plan(&request(), [facts(1), inactive, facts(3)])).unwrap()
}

fn refused(document: Value) -> String {
    serde_json::from_value::<Plan>(document).unwrap_err().to_string()
}

#[test]
fn a_plan_is_read_back_the_same_with_the_same_digest() {
    let people = sharing(&[1, 2]).into_iter().chain([
        facts(3),
        Facts { staff_member: member(4).with_email(StaffEmail::read("n/a")), ..facts(4) },
        Facts { staff_member: member(5).with_email(StaffEmail::Missing), ..facts(5) },
    ]);
    let plan = plan(&request(), people);
    let read: Plan = serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();
    assert_eq!(read, plan);
    assert_eq!(read.digest(), plan.digest());
}

#[test]
fn plans_that_differ_in_a_row_or_in_what_they_say_of_all_are_different() {
    let one = plan(&request(), [facts(1)]);
    assert_ne!(one, plan(&request(), [facts(2)]));
    assert_ne!(one, plan(&BulkCreate::of(Selection::AllCandidates), [facts(1)]));
    assert_eq!(one, plan(&request(), [facts(1)]));
}

#[test]
fn a_plan_is_told_in_words_with_a_line_for_everybody() {
    let inactive = Facts { staff_member: member(2).with_status(StaffStatus::Inactive), ..facts(2) };
    let told = plan(&request(), [facts(1), inactive]).to_string();
    let lines: Vec<&str> = told.lines().collect();
    assert!(lines[0].ends_with(": 2 requested, 1 to create, 1 refused"), "{told}");
    assert!(lines[1].starts_with("  create S-1 as "), "{told}");
    assert_eq!(lines[2], "  refuse S-2: inactive");
}

#[test]
fn this_is_what_a_plan_looks_like() {
    let mut document = document();
    assert_eq!(document["version"], 1);
    assert_eq!(document["partial"], "allowed");
    assert_eq!(document["password"], "none");
    assert_eq!(document["actor"], json!({ "user": "00000000-0000-0000-0000-0000000000d1" }));
    assert_eq!(document["made_at"], "2026-08-17T08:00:00Z");
    let basis = document["rows"][0]["basis"].take();
    // A number of 64 bits would not survive a browser.
    assert!(basis.as_str().is_some_and(|text| text.len() == 16), "{basis}");
    assert_eq!(
        document["rows"][0],
        json!({
            "subject": { "staff-member": {
                "id": "00000000-0000-0000-0000-0000000000e1",
                "sis_id": "S-1",
                "name": { "given": "Given1", "family": "Family" },
                "email": "s1@school.example",
            } },
            "decision": { "create": "00000000-0000-0000-0000-000000000002" },
            "warnings": [],
            "email_sharers": [],
            "basis": null,
        })
    );
    assert_eq!(document["rows"][1]["decision"], json!({ "refuse": ["inactive"] }));
    assert_eq!(document["rows"].as_array().unwrap().len(), 3);
}

#[test]
fn another_version_is_refused() {
    let mut document = document();
    document["version"] = json!(2);
    assert!(refused(document).contains("version 2"));
}

#[test]
fn an_unknown_field_is_refused() {
    let mut document = document();
    document["force"] = json!(true);
    assert!(refused(document).contains("force"));
}

#[test]
fn a_creation_without_a_valid_email_is_refused() {
    for email in [json!(null), json!("n/a")] {
        let mut document = document();
        document["rows"][0]["subject"]["staff-member"]["email"] = email;
        assert!(refused(document).contains("without a valid email"));
    }
    let mut document = document();
    document["rows"][0]["subject"] = json!({ "unknown": { "id": staff_id(1) } });
    assert!(refused(document).contains("without a valid email"));
}

#[test]
fn a_refusal_without_a_reason_is_refused() {
    let mut document = document();
    document["rows"][1]["decision"] = json!({ "refuse": [] });
    assert!(refused(document).contains("without a reason"));
}

#[test]
fn nobody_stands_in_a_plan_twice() {
    let mut document = document();
    document["rows"][2]["subject"]["staff-member"]["id"] = json!(staff_id(1));
    assert!(refused(document).contains("staff member twice"));
}

#[test]
fn no_user_id_stands_in_a_plan_twice() {
    let mut document = document();
    document["rows"][2]["decision"] = document["rows"][0]["decision"].clone();
    assert!(refused(document).contains("user id twice"));
}

#[test]
fn no_two_users_of_a_plan_have_one_email_in_any_spelling() {
    let mut document = document();
    document["rows"][2]["subject"]["staff-member"]["email"] = json!("\u{FF33}1@SCHOOL.example");
    assert!(refused(document).contains("one email"));
}

#[test]
fn all_or_nothing_is_not_some() {
    let mut document = document();
    document["partial"] = json!(Partial::Forbidden);
    assert!(refused(document).contains("all or nobody"));
}

#[test]
fn a_reason_that_is_none_is_refused() {
    let mut document = document();
    document["rows"][1]["decision"] = json!({ "refuse": ["because"] });
    assert!(refused(document).contains("because"));
}

#[test]
fn whatever_matters_is_in_the_digest() {
    let plan = |document: Value| serde_json::from_value::<Plan>(document).unwrap();
    let first = plan(document()).digest();
    let id = json!("00000000-0000-0000-0000-00000000ffff");
    for (path, value) in [
        ("/batch", id.clone()),
        ("/network", id.clone()),
        ("/school", id.clone()),
        ("/group", id.clone()),
        ("/group", json!(null)),
        ("/actor", json!("operator")),
        ("/made_at", json!("2026-08-17T08:00:01Z")),
        ("/password", json!({ "generated": { "valid": 30 } })),
        ("/rows/0/subject/staff-member/id", id.clone()),
        ("/rows/0/subject/staff-member/email", json!("S1@school.example")),
        ("/rows/0/decision/create", id),
        ("/rows/0/decision", json!({ "refuse": ["inactive"] })),
        ("/rows/1/decision/refuse", json!(["no-email"])),
        ("/rows/0/warnings", json!(["works-elsewhere"])),
        ("/rows/0/basis", json!("0000000000000007")),
        ("/rows/0/subject/staff-member/sis_id", json!("S-2")),
        ("/rows/0/subject/staff-member/name/given", json!("Given2")),
    ] {
        let mut altered = document();
        *altered.pointer_mut(path).unwrap() = value;
        assert_ne!(plan(altered).digest(), first, "{path}");
    }
}
