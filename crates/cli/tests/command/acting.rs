//! `--as`: acting as a user, with their permissions.

use serde_json::Value;

use crate::support::{Home, Ran};

/// In the elementary school.
const TEACHER: &str = "suharto@lakeside.example";
/// In the elementary school as well, made its administrator.
const ADMIN: &str = "emma.bronte@lakeside.example";
/// In the high school.
const ELSEWHERE: &str = "noah.baker@lakeside.example";

/// With accounts in two schools, and an administrator in one.
fn home() -> Home {
    let home = Home::created();
    home.run(&["bulk-create", "--school", "LHS", "--staff", "1075", "1067"]).ending(0);
    home.run(&["users", "grant", ADMIN, "--group", "Network Admin"]).ending(0);
    home
}

fn acting(home: &Home, actor: &str, args: &[&str]) -> Ran {
    home.run(&[args, &["--as", actor]].concat())
}

fn emails(users: &Value) -> Vec<&str> {
    users["users"].as_array().unwrap().iter().map(|user| user["email"].as_str().unwrap()).collect()
}

#[test]
fn whoever_may_not_is_denied_and_the_denial_is_in_the_log() {
    let home = home();
    for (args, permission) in [
        (&["candidates"][..], "users.bulk-create"),
        (&["candidates", "--why"], "staff.view"),
        (&["bulk-create", "--all"], "users.bulk-create"),
        (&["users", "list"], "users.view"),
        (&["groups", "list"], "users.view"),
        (&["groups", "add", "Mine"], "groups.manage"),
        (&["audit"], "audit.view"),
        (&["follow-up"], "users.view"),
        (&["status"], "users.view"),
        (&["batches", "list"], "users.bulk-create"),
        (&["undo", "--last"], "users.bulk-create"),
    ] {
        let ran = acting(&home, TEACHER, args).ending(2);
        let words = format!(
            "error: the acting user lacks the permission `{permission}`\n  `staffroom groups list` shows"
        );
        assert!(ran.err.starts_with(&words), "{args:?}: {}", ran.err);
        assert_eq!(ran.out, "", "{args:?}");
    }
    let log = home.json(&["audit", "--all"]);
    let denials = log["records"].as_array().unwrap().iter().filter(|record| record["event"] == "denied");
    assert!(denials.clone().count() >= 10, "{log}");
    for denial in denials {
        assert_eq!(denial["code"], "missing-permission", "{denial}");
        assert_eq!(denial["actor_email"], TEACHER, "{denial}");
    }
    assert_eq!(home.json(&["status"])["users_enabled"], 35);
}

#[test]
fn an_administrator_sees_their_own_school_and_nobody_elses() {
    let home = home();
    let mine = acting(&home, ADMIN, &["users", "list", "--format", "json"]).ending(0).json();
    assert_eq!(emails(&mine).len(), 33);
    assert!(!emails(&mine).contains(&ELSEWHERE));
    // Somebody of another school is as if they were not there.
    let unknown = |user: &str| {
        let ran = acting(&home, ADMIN, &["users", "show", user]).ending(2);
        ran.err.replace(user, "X")
    };
    assert_eq!(unknown(ELSEWHERE), unknown("nobody@lakeside.example"));
    let edit = acting(&home, ADMIN, &["users", "disable", ELSEWHERE]).ending(2);
    assert!(
        edit.err.contains("has no user") && edit.err.contains("or none that you may see"),
        "{}",
        edit.err
    );
    // And so is another school.
    let school = |school: &str| {
        let ran = acting(&home, ADMIN, &["candidates", "--school", school]).ending(2);
        ran.err.replace(school, "X")
    };
    assert_eq!(school("Lakeside High"), school("Lakeside Hall"));
    assert!(!school("Nowhere").contains("Lakeside High"));
    let schools = acting(&home, ADMIN, &["schools", "--format", "csv"]).ending(0).csv();
    assert_eq!(schools.len(), 2, "{schools:?}");
    let batches = acting(&home, ADMIN, &["batches", "list", "--format", "json"]).ending(0).json();
    assert_eq!(batches["batches"].as_array().unwrap().len(), 1, "{batches}");
}

#[test]
fn an_act_of_a_user_is_theirs_in_the_log() {
    let home = home();
    acting(&home, ADMIN, &["users", "disable", TEACHER]).ending(0);
    let log = home.json(&["audit", "--limit", "1"]);
    let record = &log["records"][0];
    assert_eq!(record["event"], "user-edit");
    assert_eq!((&record["actor"], &record["actor_email"]), (&"user".into(), &ADMIN.into()));
    assert_eq!((&record["detail"], &record["user_email"]), (&"disable".into(), &TEACHER.into()));
    home.run(&["users", "enable", TEACHER]).ending(0);
    let log = home.json(&["audit", "--limit", "1"]);
    assert_eq!(log["records"][0]["actor"], "operator");
    assert_eq!(log["records"][0]["school"], "Lakeside Elementary");
    // It stands under a school of the user's, and so is not an administrator's of another.
    home.run(&["users", "disable", ELSEWHERE]).ending(0);
    let log = home.json(&["audit", "--limit", "1"]);
    assert_eq!(log["records"][0]["school"], "Lakeside High");
    let seen = acting(&home, ADMIN, &["audit", "--all", "--format", "json"]).ending(0).json();
    let schools = seen["records"].as_array().unwrap().iter().map(|record| &record["school"]);
    assert!(
        schools.clone().count() > 3 && schools.clone().all(|school| school == "Lakeside Elementary"),
        "{seen}"
    );
}

#[test]
fn nobody_gives_what_they_have_not_or_locks_themselves_out() {
    let home = home();
    home.run(&["groups", "add", "More", "--permissions", "payroll.view"]).ending(0);
    let beyond = acting(&home, ADMIN, &["users", "grant", TEACHER, "--group", "More"]).ending(2);
    assert!(
        beyond.err.contains("gives permissions that the acting user lacks: `payroll.view`"),
        "{}",
        beyond.err
    );
    let edit = acting(&home, ADMIN, &["groups", "edit", "Teacher", "--allow", "payroll.view"]).ending(2);
    assert!(edit.err.contains("`payroll.view`"), "{}", edit.err);
    let lock = acting(&home, ADMIN, &["users", "disable", ADMIN]).ending(2);
    assert_eq!(lock.err, "error: this would lock you out; have somebody else do it\n");
}

#[test]
fn who_acts_must_be_somebody_who_can() {
    let home = home();
    let unknown = acting(&home, "nobody@lakeside.example", &["candidates"]).ending(2);
    let words = "error: the network has no user with the email `nobody@lakeside.example` to act as\n";
    assert!(unknown.err.starts_with(words), "{}", unknown.err);
    let no_email = acting(&home, "nobody", &["candidates"]).ending(2);
    assert!(no_email.err.starts_with("error: `nobody` is not an email: "), "{}", no_email.err);
    home.run(&["users", "disable", ADMIN]).ending(0);
    for args in [&["candidates"][..], &["users", "list"], &["schools"]] {
        let disabled = acting(&home, ADMIN, args).ending(2);
        let words = "error: the acting user is disabled\n  `staffroom users enable EMAIL` lets them in again";
        assert!(disabled.err.starts_with(words), "{args:?}: {}", disabled.err);
    }
    // What is about the whole database is the operator's.
    for args in [&["migrate"][..], &["backup", "x.db"], &["networks"], &["init"], &["import", "x"]] {
        let ran = acting(&home, ADMIN, args).ending(2);
        assert!(ran.err.contains("for the operator of the machine only\n  leave out `--as`"), "{}", ran.err);
    }
}

#[test]
fn a_user_with_one_school_need_not_name_it() {
    let home = home();
    let ran = acting(&home, ADMIN, &["bulk-create", "--works-here"]).ending(0);
    assert!(ran.out.contains("nobody who works in Lakeside Elementary is a candidate"), "{}", ran.out);
    home.run(&["users", "grant", ADMIN, "--school", "LHS"]).ending(0);
    let ran = acting(&home, ADMIN, &["bulk-create", "--works-here"]).ending(2);
    assert!(ran.err.contains("its schools are: `Lakeside Elementary`, `Lakeside High`\n"), "{}", ran.err);
}
