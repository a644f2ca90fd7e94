//! The contract of `docs/json.md`: every key, and the type of its value.

use serde_json::{Map, Value};

use crate::support::{bulk_create, candidates};

/// The keys of `object`, each with a word for the type of its value.
fn shape(object: &Map<String, Value>) -> Vec<(&str, &'static str)> {
    object.iter().map(|(key, value)| (key.as_str(), type_of(value))).collect()
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(text) if is_uuid(text) => "uuid",
        Value::String(_) => "text",
        Value::Array(items) if items.iter().all(Value::is_string) => "texts",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<usize> = text.split('-').map(str::len).collect();
    groups == [8, 4, 4, 4, 12] && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

#[track_caller]
fn sorted(mut shape: Vec<(&str, &'static str)>) -> Vec<(String, &'static str)> {
    shape.sort_unstable();
    shape.into_iter().map(|(key, kind)| (key.to_owned(), kind)).collect()
}

/// The head of the document of a bulk create, without `outcomes`.
fn head(group: bool, dry_run: bool) -> Vec<(&'static str, &'static str)> {
    let when = |there, kind| if there { kind } else { "null" };
    vec![
        ("version", "number"),
        ("batch", when(!dry_run, "uuid")),
        ("at", when(!dry_run, "text")),
        ("network", "text"),
        ("network_id", "uuid"),
        ("school", "text"),
        ("school_id", "uuid"),
        ("school_sis_id", "text"),
        ("group", when(group, "text")),
        ("group_id", when(group, "uuid")),
        ("initial_password", "text"),
        ("password_expires_at", "null"),
        ("dry_run", "boolean"),
        ("requested", "number"),
        ("created", "number"),
        ("refused", "number"),
    ]
}

#[test]
fn a_bulk_create_is_one_object() {
    for (dry_run, group) in [(false, true), (false, false), (true, true), (true, false)] {
        let mut args = vec!["--staff", "1001", "1084", "9999", "1054", "--format", "json"];
        args.extend(if dry_run { &["--dry-run"][..] } else { &[] });
        args.extend(if group { &["--group", "teacher"][..] } else { &[] });
        let Value::Object(mut document) = bulk_create(&args).ending(3).json() else {
            panic!("not an object");
        };
        assert_eq!(document["version"], 1);
        assert_eq!(document["network"], "Lakeside School Network");
        assert_eq!(document["school"], "Lakeside High");
        assert_eq!(document["school_sis_id"], "LHS");
        assert_eq!(document["dry_run"], dry_run);
        if group {
            assert_eq!(document["group"], "Teacher");
        }
        assert_eq!(
            (&document["requested"], &document["created"], &document["refused"]),
            (&4.into(), &2.into(), &2.into())
        );
        let outcomes = document.remove("outcomes").unwrap();
        assert_eq!(sorted(shape(&document)), sorted(head(group, dry_run)));

        let rows: Vec<&Map<String, Value>> =
            outcomes.as_array().unwrap().iter().map(|row| row.as_object().unwrap()).collect();
        let user = if dry_run { "null" } else { "uuid" };
        let person = [("staff_id", "uuid"), ("sis_id", "text"), ("name", "text")];
        let words = [("outcome", "text"), ("reasons", "texts"), ("warnings", "texts")];
        let created = [&person[..], &words, &[("email", "text"), ("user_id", user)]].concat();
        let refused = [&person[..], &words, &[("email", "null"), ("user_id", "null")]].concat();
        let sharer = [&created[..], &[("shares_email_with", "texts")]].concat();
        let unknown = vec![
            ("staff_id", "null"),
            ("sis_id", "text"),
            ("name", "null"),
            ("email", "null"),
            ("outcome", "text"),
            ("user_id", "null"),
            ("reasons", "texts"),
            ("warnings", "texts"),
        ];
        let expected = [created, refused, unknown, sharer];
        for (row, expected) in rows.iter().zip(expected) {
            assert_eq!(sorted(shape(row)), sorted(expected), "{row:?}");
        }
        assert_eq!(rows[2]["sis_id"], "9999");
        assert_eq!(rows[2]["outcome"], "refused");
        assert_eq!(rows[2]["reasons"], serde_json::json!(["unknown"]));
        assert_eq!(rows[3]["shares_email_with"], serde_json::json!(["1060"]));
    }
}

#[test]
fn the_numbers_add_up() {
    let document = bulk_create(&["--all", "--format", "json"]).json();
    let rows = document["outcomes"].as_array().unwrap();
    let created = rows.iter().filter(|row| row["outcome"] == "created").count();
    assert_eq!(document["requested"], rows.len());
    assert_eq!(document["created"], created);
    assert_eq!(document["refused"], rows.len() - created);
    for row in rows {
        let created = row["outcome"] == "created";
        assert_eq!(created, row["reasons"].as_array().unwrap().is_empty(), "{row}");
        assert_eq!(created, row["user_id"].is_string(), "{row}");
    }
}

#[test]
fn candidates_are_one_array() {
    let list = candidates(&["--why", "--format", "json"]).ending(0).json();
    let rows = list.as_array().unwrap();
    assert_eq!(rows.len(), 120);
    let mut met = std::collections::BTreeSet::new();
    for row in rows {
        let row = row.as_object().unwrap();
        let email = if row["email"].is_null() { "null" } else { "text" };
        let mut expected = vec![
            ("staff_id", "uuid"),
            ("sis_id", "text"),
            ("name", "text"),
            ("email", email),
            ("status", "text"),
            ("reasons", "texts"),
            ("warnings", "texts"),
            ("resolution", "null"),
            ("resolution_user", "null"),
        ];
        if row.contains_key("shares_email_with") {
            expected.push(("shares_email_with", "texts"));
        }
        assert_eq!(sorted(shape(row)), sorted(expected), "{row:?}");
        let reasons = row["reasons"].as_array().unwrap();
        let status = if reasons.is_empty() { "candidate" } else { "ineligible" };
        assert_eq!(row["status"], status);
        for code in reasons.iter().chain(row["warnings"].as_array().unwrap()) {
            met.insert(code.as_str().unwrap().to_owned());
        }
    }
    let expected = ["email-shared", "inactive", "invalid-email", "no-email", "works-elsewhere"];
    assert!(met.iter().eq(expected), "{met:?}");
}

#[test]
fn each_row_has_a_line_of_its_own() {
    let list = candidates(&["--format", "json"]).ending(0);
    assert_eq!(list.out.lines().count(), 105 + 2);
    let document = bulk_create(&["--staff", "1001", "1002", "--format", "json"]).ending(0);
    let rows = document.out.lines().filter(|line| line.starts_with("    {\"staff_id\":"));
    assert_eq!(rows.count(), 2, "{}", document.out);
}
