//! `staffroom migrate`.

use serde_json::{Value, json};

use crate::postgres::{Place, SERVICE, STRANGER, shared};
use crate::support::{HIGH, LAKESIDE, Ran, run};

const CREATE: [&str; 6] = ["bulk-create", "--all", "--from", LAKESIDE, "--school", HIGH];

#[track_caller]
fn says(ran: &Ran, words: &str) {
    assert!(ran.err.contains(words), "`{words}` is not in: {}", ran.err);
}

#[test]
fn the_tables_are_made_once_and_granted() {
    let place = Place::empty(shared());
    let first = place.run_as_owner(&["migrate", "--grant", SERVICE]).ending(0);
    let lines: Vec<&str> = first.out.lines().collect();
    let last = lines.len() - 2;
    assert_eq!(lines[0], format!("Brought the schema `staffroom` to change {last}:"));
    assert_eq!(lines[1], "  1  networks schools groups");
    assert_eq!(lines[last + 1], format!("The role `{SERVICE}` may use it."));
    let again = place.run_as_owner(&["migrate"]).ending(0);
    assert_eq!(again.out, format!("The schema `staffroom` is up to date, at change {last}.\n"));
    assert_eq!((again.err.as_str(), first.err.as_str()), ("", ""));
    place.run(&CREATE).ending(3);
}

#[test]
fn a_check_changes_nothing_and_tells_by_its_code() {
    let place = Place::empty(shared());
    let check =
        |args: &[&str], code| place.run_as_owner(&[&["migrate", "--check"], args].concat()).ending(code);
    let missing = check(&[], 4);
    says(
        &missing,
        "error: the database has no schema `staffroom` of Staffroom; migrate it first\n  `staffroom migrate`",
    );
    assert_eq!(missing.out, "");
    assert_eq!(place.number("SELECT count(*) FROM pg_namespace WHERE nspname = 'staffroom'"), 0);
    place.migrate();
    assert!(check(&[], 0).out.contains("is up to date"));
    // A role that may only use the tables can check them.
    place.run(&["migrate", "--check"]).ending(0);
}

#[test]
fn a_schema_too_old_or_too_new_is_told_by_every_verb() {
    let place = Place::migrated();
    let newest = place.number("SELECT max(version) FROM staffroom._sqlx_migrations");
    place.execute("DELETE FROM staffroom._sqlx_migrations WHERE version > 3");
    let old = format!("the schema is at change 3, and this release needs {newest}; migrate it first");
    for args in [&CREATE[..], &["candidates", "--network", "N", "--school", HIGH], &["migrate", "--check"]] {
        says(&place.run(args).ending(4), &old);
    }
    place.execute(
        "INSERT INTO staffroom._sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (999, 'later', true, '', 0)",
    );
    let new = format!("the schema is at change 999, and this release knows {newest}; use a newer release");
    for args in [&CREATE[..], &["migrate", "--check"], &["migrate"]] {
        says(&place.run_as_owner(args).ending(4), &new);
    }
    assert_eq!(place.rows(), 0);
}

#[test]
fn a_database_without_tables_says_to_migrate() {
    let place = Place::empty(shared());
    let ran = place.run(&CREATE).ending(4);
    says(&ran, "has no schema `staffroom` of Staffroom; migrate it first\n  `staffroom migrate` does it");
}

#[test]
fn a_schema_of_another_name_is_used_throughout() {
    let place = Place::empty(shared());
    let schema = ["--schema", "accounts_2"];
    place.run_as_owner(&[&["migrate", "--grant", SERVICE][..], &schema].concat()).ending(0);
    place.run(&[&CREATE[..], &schema].concat()).ending(3);
    assert_eq!(place.number("SELECT count(*) FROM accounts_2.users"), 103);
    place.run(&CREATE).ending(4);
    let bad = place.run(&[&CREATE[..], &["--schema", "Accounts"]].concat()).ending(2);
    says(&bad, "`Accounts` cannot be the name of the schema");
}

#[test]
fn only_an_owner_migrates_and_only_a_role_is_granted() {
    let place = Place::empty(shared());
    says(&place.run(&["migrate"]).ending(2), "the role may not make or change the schema `staffroom`");
    let nobody = place.run_as_owner(&["migrate", "--grant", "no such role"]).ending(2);
    says(&nobody, "the server has no role `no such role`; create it first");
    place.run_as_owner(&["migrate", "--check"]).ending(4);
    place.migrate();
    says(&place.run(&["migrate"]).ending(2), "the role may not make or change the schema `staffroom`");
    says(&place.run(&["migrate", "--grant", STRANGER]).ending(2), "the role may not make or change");
}

#[test]
fn there_is_nothing_to_migrate_in_memory() {
    for args in [&["migrate"][..], &["migrate", "--check"], &["migrate", "--database", "memory:"]] {
        says(
            &run(args).ending(2),
            "there is nothing to migrate in memory; name a database with `--database`",
        );
    }
    run(&["migrate", "--check", "--grant", "x"]).ending(2);
}

#[test]
fn programs_get_the_document_of_the_contract() {
    let place = Place::empty(shared());
    let ask = |args: &[&str]| place.run_as_owner(&[&["migrate", "--format", "json"], args].concat());
    let missing = ask(&["--check"]).ending(4).json();
    let newest = missing["needed_change"].clone();
    let document = |found: &str, change: Value, applied: Value, granted: Value| {
        json!({
            "version": 1, "database": place.address_of_database(), "schema": "staffroom", "found": found, "found_change": change,
            "needed_change": newest, "applied": applied, "granted": granted,
        })
    };
    assert_eq!(missing, document("missing", Value::Null, json!([]), Value::Null));
    let made = ask(&["--grant", SERVICE]).ending(0).json();
    assert_eq!(made["applied"].as_array().unwrap().len(), usize::try_from(newest.as_u64().unwrap()).unwrap());
    assert_eq!(made["applied"][0], json!({"change": 1, "about": "networks schools groups"}));
    assert_eq!(made, document("missing", Value::Null, made["applied"].clone(), json!(SERVICE)));
    assert_eq!(
        ask(&["--check"]).ending(0).json(),
        document("up-to-date", newest.clone(), json!([]), Value::Null)
    );
    place.execute("DELETE FROM staffroom._sqlx_migrations WHERE version > 2");
    assert_eq!(ask(&["--check"]).ending(4).json(), document("too-old", json!(2), json!([]), Value::Null));
}
