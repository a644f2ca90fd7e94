//! Who is active, and where they work.

mod common;

use common::*;

fn one_12(begin: &str, end: &str) -> Vec<String> {
    sketch(&read_12(&[user_12("t1")], &[role_12("t1", "teacher", begin, end, "s1")]))
}

#[test]
fn the_term_of_a_role_decides() {
    for (begin, end, expected) in [
        ("", "", "active"),
        ("2026-08-24", "", "active"),
        ("2026-08-25", "", "inactive"),
        ("", "2026-08-25", "active"),
        ("", "2026-08-23", "inactive"),
        ("2020-01-01", "2030-01-01", "active"),
        ("2020-01-01T00:00:00.000Z", "", "active"),
    ] {
        assert_eq!(one_12(begin, end), [format!("t1 {expected} s1")], "{begin} to {end}");
    }
}

#[test]
fn the_end_date_is_the_first_day_without_the_role_in_one_roster() {
    assert_eq!(one_12("", "2026-08-24"), ["t1 inactive s1"]);
}

#[test]
fn the_end_date_is_the_last_day_with_the_role_in_school_data_sync() {
    for (end, expected) in [("2026-08-24", "active"), ("2026-08-23", "inactive")] {
        let users = format!("{SDS_USERS}t1,u,Ruiz,Ana,,,,,\n");
        let roles = format!("{SDS_ROLES}t1,s1,teacher,,,,,{end}\n");
        let file = read(&[("orgs.csv", SDS_ORGS), ("users.csv", &users), ("roles.csv", &roles)]);
        assert_eq!(sketch(&file), [format!("t1 {expected} s1")], "{end}");
    }
}

#[test]
fn status_and_enabled_user_decide() {
    for (status, enabled, expected) in [
        ("", "", "active"),
        ("active", "true", "active"),
        ("active", "TRUE", "active"),
        ("tobedeleted", "true", "inactive"),
        ("inactive", "true", "inactive"),
        ("active", "false", "inactive"),
        ("active", "0", "inactive"),
    ] {
        let rest = "u,,Ana,Ruiz,,,,,,,,";
        let file = read_11(&[format!("t1,{status},,{enabled},s1,teacher,{rest}\n")]);
        assert_eq!(sketch(&file), [format!("t1 {expected} s1")], "{status} {enabled}");
        let user = format!("t1,{status},,{enabled},u,,Ana,Ruiz,,,,,,,,,,,,,,,\n");
        let file = read_12(&[user], &[role_12("t1", "teacher", "", "", "s1")]);
        assert_eq!(sketch(&file), [format!("t1 {expected} s1")], "{status} {enabled}");
    }
}

#[test]
fn a_file_without_enabled_user_takes_everybody_as_enabled() {
    let users = "sourcedId,orgSourcedIds,role,givenName,familyName,email\nt1,s1,teacher,Ana,Ruiz,\n";
    assert_eq!(sketch(&read(&[("orgs.csv", ORGS), ("users.csv", users)])), ["t1 active s1"]);
}

#[test]
fn a_deleted_role_is_not_held() {
    let role = "r1,tobedeleted,,t1,primary,teacher,,,s1,\n".to_owned();
    assert_eq!(sketch(&read_12(&[user_12("t1")], &[role])), ["t1 inactive s1"]);
}

#[test]
fn an_active_person_works_where_roles_are_held_now() {
    let roles =
        [role_12("t1", "teacher", "", "2025-06-30", "s1"), role_12("t1", "teacher", "2025-08-01", "", "s2")];
    assert_eq!(sketch(&read_12(&[user_12("t1")], &roles)), ["t1 active s2"]);
}

#[test]
fn an_inactive_person_keeps_the_schools_of_every_role() {
    let roles = [
        role_12("t1", "teacher", "", "2025-06-30", "s1"),
        role_12("t1", "teacher", "", "2026-06-30", "s2"),
        role_12("t1", "aide", "", "2026-06-30", "s1"),
    ];
    assert_eq!(sketch(&read_12(&[user_12("t1")], &roles)), ["t1 inactive s1 s2"]);
}

#[test]
fn a_school_that_is_gone_is_no_school() {
    let file = read_11(&[user_11("t1", "s1,s3", "teacher")]);
    assert_eq!(sketch(&file), ["t1 active s1"]);
    assert_eq!(file.problems, []);
}

#[test]
fn what_cannot_be_read_makes_nobody_active() {
    assert_eq!(one_12("08/01/2026", ""), ["t1 inactive s1"]);
    assert_eq!(one_12("", "next year"), ["t1 inactive s1"]);
    let file = read_11(&["t1,maybe,,true,s1,teacher,u,,Ana,Ruiz,,,,,,,,\n".to_owned()]);
    assert_eq!(sketch(&file), ["t1 inactive s1"]);
    let file = read_plain("id,name,email,active\n1,A B,,perhaps\n2,C D,,\n3,E F,,Y\n");
    assert_eq!(sketch(&file), ["1 inactive", "2 inactive", "3 active"]);
    assert_eq!(kinds(&file), ["staff.csv:2 unknown-status", "staff.csv:3 unknown-status"]);
}

#[test]
fn a_missing_or_bad_email_is_a_fact_and_no_problem() {
    let file = read_plain("id,name,email\n1,A B,\n2,C D,n/a\n3,E F,e@school.example\n");
    let emails: Vec<_> = file.roster.staff().iter().map(|record| record.email().as_given()).collect();
    assert_eq!(emails, [None, Some("n/a"), Some("e@school.example")]);
    assert!(file.roster.staff()[1].email().fault().is_some());
    assert_eq!(file.problems, []);
}

#[test]
fn a_school_that_is_listed_twice_is_one_school() {
    let user = r#"t1,active,,true,"s1, s2,s1",teacher,u,,Ana,Ruiz,,,,,,,,"#;
    assert_eq!(sketch(&read_11(&[format!("{user}\n")])), ["t1 active s1 s2"]);
    let roles = ["s1", "s2", "s1"].map(|school| role_12("t1", "teacher", "", "", school));
    assert_eq!(sketch(&read_12(&[user_12("t1")], &roles)), ["t1 active s1 s2"]);
}
