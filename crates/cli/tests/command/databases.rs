//! The command over a database that lasts.

use std::fs;

use serde_json::{Value, json};

use crate::postgres::{Place, SERVICE};
use crate::support::{HIGH, LAKESIDE, PlainRoster, column, command, run};

const NAME: &str = "Lakeside School Network";
const IMPORT: [&str; 4] = ["--from", LAKESIDE, "--school", HIGH];
const THERE: [&str; 4] = ["--network", NAME, "--school", HIGH];

fn args<'a>(parts: &[&[&'a str]]) -> Vec<&'a str> {
    parts.concat()
}

fn rows(report: &Value) -> &[Value] {
    report["outcomes"].as_array().unwrap()
}

#[test]
fn accounts_last_and_are_created_once() {
    let place = Place::migrated();
    let owned = format!(
        "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = '{SERVICE}'"
    );
    assert_eq!(place.number(&owned), 0, "the service owns something");

    let create = ["bulk-create", "--works-here", "--group", "Teacher", "--format", "json"];
    let first = place.run(&args(&[&create, &IMPORT])).ending(3);
    let report = first.json();
    assert_eq!((&report["requested"], &report["created"]), (&json!(38), &json!(36)));
    assert_eq!(report["network"], NAME);
    assert!(report["batch"].is_string());
    assert!(
        first.err.contains(
            "note: the roster is imported into the new network `Lakeside School Network`: 3 schools added, 120 \
             staff members added\n"
        ),
        "{}",
        first.err
    );
    assert!(!first.err.contains("memory"), "{}", first.err);
    assert_eq!(place.number("SELECT count(*) FROM staffroom.users"), 36);
    assert_eq!(place.number("SELECT count(*) FROM staffroom.batches"), 1);

    // Again, with and without the roster: nobody is left but the two of one mailbox.
    for again in [&IMPORT[..], &THERE] {
        let again = place.run(&args(&[&create, again])).ending(3).json();
        assert_eq!((&again["requested"], &again["created"]), (&json!(2), &json!(0)));
        assert_eq!(again["network_id"], report["network_id"]);
    }
    let unchanged = place.run(&args(&[&create, &IMPORT])).ending(3);
    let words = "note: the network `Lakeside School Network` is as the roster says\n";
    assert!(unchanged.err.contains(words), "{}", unchanged.err);

    // Asked for by their ids, those who were created are refused, and told why.
    let created: Vec<&Value> = rows(&report).iter().filter(|row| row["outcome"] == "created").collect();
    let ids: Vec<&str> = created.iter().map(|row| row["sis_id"].as_str().unwrap()).collect();
    let asked = args(&[&["bulk-create", "--format", "json"], &THERE, &["--staff"], &ids]);
    let refused = place.run(&asked).ending(3).json();
    assert_eq!((&refused["requested"], &refused["refused"]), (&json!(36), &json!(36)));
    for (row, before) in rows(&refused).iter().zip(created) {
        assert_eq!(row["reasons"], json!(["already-linked", "email-taken"]));
        assert_eq!(row["staff_id"], before["staff_id"]);
    }
    assert_eq!(place.number("SELECT count(*) FROM staffroom.users"), 36);

    let left = place.run(&args(&[&["candidates", "--format", "json"], &THERE])).ending(0).json();
    assert_eq!(left.as_array().unwrap().len(), 105 - 36);
    let why = place.run(&args(&[&["candidates", "--why", "--search", ids[0]], &THERE])).ending(0);
    assert!(why.out.contains("already-linked (1): has a user already."), "{}", why.out);
}

#[test]
fn the_answers_are_those_of_the_memory_store() {
    let without_ids = |mut document: Value| {
        let keep = |row: &mut Value| {
            for id in ["staff_id", "user_id", "batch", "at", "school_id", "group_id"] {
                row.as_object_mut().unwrap().remove(id);
            }
        };
        if let Some(rows) = document.get_mut("outcomes").and_then(Value::as_array_mut) {
            rows.iter_mut().for_each(keep);
        }
        match document.as_array_mut() {
            Some(rows) => rows.iter_mut().for_each(keep),
            None => keep(&mut document),
        }
        document
    };
    let place = Place::migrated();
    for more in [
        &["candidates", "--why"][..],
        &["candidates", "--search", "no"],
        &["bulk-create", "--all", "--dry-run", "--group", "Office"],
        &["bulk-create", "--staff", "1054", "1084", "9999", "1042", "1048"],
    ] {
        let more = args(&[more, &IMPORT, &["--format", "json"]]);
        let (lasting, memory) = (place.run(&more), run(&more));
        assert_eq!(lasting.code, memory.code);
        assert_eq!(without_ids(lasting.json()), without_ids(memory.json()), "{more:?}");
    }
}

#[test]
fn a_dry_run_writes_nothing() {
    let place = Place::migrated();
    let dry = args(&[&["bulk-create", "--all", "--dry-run"], &IMPORT]);
    let ran = place.run(&dry).ending(3);
    assert!(ran.out.starts_with("Dry run: nothing is done.\nWould create 103 of 105"), "{}", ran.out);
    assert!(ran.err.contains("the dry run imports nothing"), "{}", ran.err);
    assert_eq!(place.rows(), 0);

    // And in a network that is there, with a roster that would make nearly everybody inactive.
    place.run(&args(&[&["candidates"], &IMPORT])).ending(0);
    let before = place.number("SELECT count(*) FROM staffroom.staff_members WHERE active");
    let roster = PlainRoster::of(&[["1001", "Ann", "Lee", "ann@s.example", "North", "yes"]]);
    let wrong = ["bulk-create", "--all", "--dry-run", "--from", roster.path(), "--network", NAME];
    let ran = place.run(&args(&[&wrong, &["--school", "North"]])).ending(0);
    assert!(ran.out.contains("Would create 1 of 1 account"), "{}", ran.out);
    assert!(ran.err.contains("inactive now, being no longer listed"), "{}", ran.err);
    assert_eq!(place.number("SELECT count(*) FROM staffroom.staff_members WHERE active"), before);
    assert_eq!(place.number("SELECT count(*) FROM staffroom.users"), 0);
}

#[test]
fn a_misspelt_school_or_group_imports_nothing() {
    let place = Place::migrated();
    let school = ["candidates", "--from", LAKESIDE, "--school", "Lakside High"];
    let ran = place.run(&school).ending(2);
    assert!(ran.err.contains("did you mean `Lakeside High`?"), "{}", ran.err);
    let ran = place.run(&args(&[&["bulk-create", "--all", "--group", "Techer"], &IMPORT])).ending(2);
    assert!(ran.err.contains("did you mean `Teacher`?"), "{}", ran.err);
    assert_eq!(place.rows(), 0);
}

#[test]
fn a_network_is_found_by_its_name_or_its_id() {
    let place = Place::migrated();
    let create = ["bulk-create", "--staff", "1001", "--format", "json"];
    let report = place.run(&args(&[&create, &IMPORT])).ending(0).json();
    let id = report["network_id"].as_str().unwrap().to_owned();
    let list = |network: &str| place.run(&["candidates", "--network", network, "--school", HIGH]);
    for same in ["lakeside school network", " Lakesidé  SCHOOL Network", &id, &id.to_uppercase()] {
        let found = list(same).ending(0);
        assert!(found.out.contains("Candidates: 104."), "{same}: {}", found.out);
    }
    for other in ["Lakeside Schools Network", "0195f6a2-7c1e-7000-8000-000000000001"] {
        let missing = list(other).ending(2);
        let words = format!(
            "error: the database has no network `{other}`\n  import its roster with `--from`, or check"
        );
        assert!(missing.err.starts_with(&words), "{}", missing.err);
        assert_eq!(missing.out, "");
    }
    assert_eq!(place.number("SELECT count(*) FROM staffroom.networks"), 1);

    // It keeps the name it was opened with.
    let other_case =
        ["bulk-create", "--staff", "1002", "--format", "json", "--network", "LAKESIDE SCHOOL NETWORK"];
    assert_eq!(place.run(&args(&[&other_case, &IMPORT])).ending(0).json()["network"], NAME);
}

#[test]
fn a_network_can_be_opened_by_its_id() {
    let place = Place::migrated();
    let id = "0195f6a2-7c1e-7000-8000-000000000001";
    let create = ["bulk-create", "--staff", "1001", "--format", "json", "--network", id];
    let report = place.run(&args(&[&create, &IMPORT])).ending(0).json();
    assert_eq!((&report["network_id"], &report["network"]), (&json!(id), &json!(NAME)));
    // The one of that name is another.
    place.run(&args(&[&["candidates"], &THERE])).ending(2);
}

#[test]
fn a_network_must_be_named_by_somebody() {
    let place = Place::migrated();
    let ran = place.run(&["candidates", "--school", HIGH]).ending(2);
    assert!(ran.err.contains("it is not said which network; name it with `--network`"), "{}", ran.err);
    // Only a roster can be read strictly.
    place.run(&args(&[&["candidates", "--strict"], &THERE])).ending(2);
}

#[test]
fn networks_of_one_database_do_not_meet() {
    let place = Place::migrated();
    let lines = [["1001", "Noʻeau", "K", "noeau.kaanaana@lakeside.example", "Birch", "yes"]];
    let roster = PlainRoster::of(&lines);
    let birch = ["--school", "Birch", "--network", "Birch Schools"];
    let create = ["bulk-create", "--all", "--format", "json", "--from", roster.path()];
    place.run(&args(&[&["bulk-create", "--staff", "1001"], &IMPORT])).ending(0);
    let report = place.run(&args(&[&create, &birch])).ending(0).json();
    assert_eq!(column(&report["outcomes"], "sis_id"), ["1001"]);
    assert_eq!(place.number("SELECT count(*) FROM staffroom.users"), 2);
    place.run(&["candidates", "--network", "Birch Schools", "--school", HIGH]).ending(2);
}

#[test]
fn departed_staff_are_told_and_are_no_candidates() {
    let place = Place::migrated();
    let both = PlainRoster::of(&[
        ["1", "Ann", "Lee", "ann@s.example", "North", "yes"],
        ["2", "Bob", "Ray", "bob@s.example", "North", "yes"],
    ]);
    let one = PlainRoster::of(&[["1", "Anne", "Lee", "ann@s.example", "North", "yes"]]);
    let list = |roster: &PlainRoster| {
        place.run(&["candidates", "--from", roster.path(), "--network", "N", "--school", "North"]).ending(0)
    };
    assert!(list(&both).out.contains("Candidates: 2."));
    let ran = list(&one);
    assert!(ran.out.contains("Candidates: 1."), "{}", ran.out);
    let words = "imported into the network `N`: 1 staff member changed, 1 staff member inactive now, being no longer listed\n";
    assert!(ran.err.contains(words), "{}", ran.err);
    let quiet = ["candidates", "--from", both.path(), "--network", "N", "--school", "North", "--quiet"];
    assert_eq!(place.run(&quiet).ending(0).err, "");
}

#[test]
fn the_flag_goes_before_the_environment() {
    let place = Place::migrated();
    let there = args(&[&["candidates"], &THERE]);
    let memory = place.run(&args(&[&there, &["--database", "memory:"]])).ending(2);
    assert!(memory.err.contains("there is no roster; name it with `--from`"), "{}", memory.err);
    let url = place.url(SERVICE, SERVICE);
    let by_flag = args(&[&["candidates", "--database", &url], &IMPORT]);
    command(&by_flag).env("STAFFROOM_DATABASE", "memory:").output().unwrap();
    place.run(&there).ending(0);
}

#[test]
fn help_does_not_show_the_url() {
    for verb in ["bulk-create", "candidates", "migrate"] {
        let ran = command(&[verb, "--help"])
            .env("STAFFROOM_DATABASE", "postgres://me:sesame@db.example/x")
            .output()
            .map(crate::support::Ran::from)
            .unwrap()
            .ending(0);
        assert!(ran.out.contains("STAFFROOM_DATABASE") && !ran.out.contains("sesame"), "{}", ran.out);
    }
}

#[test]
fn the_hand_off_sheet_has_those_who_were_created() {
    let place = Place::migrated();
    let folder = tempfile::tempdir().unwrap();
    let sheet = folder.path().join("sheet.csv");
    let create = ["bulk-create", "--staff", "1001", "1084", "--hand-off", sheet.to_str().unwrap()];
    place.run(&args(&[&create, &IMPORT])).ending(3);
    let text = fs::read_to_string(&sheet).unwrap();
    assert_eq!(text.lines().count(), 2, "{text}");
}

#[test]
fn only_the_owner_is_shown_which_networks_there_are() {
    let place = Place::migrated();
    place.run(&args(&[&["bulk-create", "--staff", "1001"], &IMPORT])).ending(0);
    place.run_as_owner(&["init", "--network", "Birch Schools"]).ending(0);
    let ran = place.run_as_owner(&["networks", "--format", "json"]).ending(0);
    assert_eq!(column(&ran.json()["networks"], "network"), ["Birch Schools", NAME]);
    let service = place.run(&["networks"]).ending(2);
    assert!(service.err.contains("row security shows this role one at a time"), "{}", service.err);
    let unnamed = place.run(&["users", "list"]).ending(2);
    assert!(unnamed.err.contains("it is not said which network"), "{}", unnamed.err);
    let status = place.run(&["status"]).ending(0);
    assert!(status.out.contains("it is not said which network"), "{}", status.out);
    assert_eq!(
        place.run_as_owner(&["status", "--network", NAME, "--format", "json"]).json()["users_enabled"],
        1
    );
}

#[test]
fn a_week_is_the_same_over_a_server() {
    let place = Place::migrated();
    let run = |parts: &[&str]| {
        place.run(&args(&[parts, &["--network", NAME, "--format", "json"]])).ending(0).json()
    };
    run(&["import", LAKESIDE]);
    run(&["bulk-create", "--staff", "1001", "1067", "--school", HIGH]);
    let user = "noah.dsouza@lakeside.example";
    assert_eq!(run(&["users", "grant", user, "--school", "LMS"])["changed"], true);
    assert_eq!(run(&["batches", "show", "--last"])["touched"], 1);
    assert_eq!(run(&["hand-off", "--last"])["slips"], 2);
    assert_eq!(run(&["follow-up"])["users"].as_array().unwrap().len(), 2);
    assert_eq!(run(&["staff", "show", "1067", "--school", "LES"])["resolution"], "grant-access");
    let undone = place.run(&["undo", "--last", "--network", NAME, "--format", "json"]).ending(3).json();
    assert_eq!((&undone["removed"], &undone["kept"]), (&json!(1), &json!(1)));
    assert_eq!(run(&["audit"])["records"].as_array().unwrap().len(), 3);
    assert_eq!(run(&["groups", "list"])["groups"].as_array().unwrap().len(), 4);
    let backup = place.run(&["backup", "copy.db"]).ending(2);
    assert!(backup.err.contains("use `pg_dump`"), "{}", backup.err);
}
