//! Wrong calls and unknown names: what is said, and the exit code.

use std::fs;

use crate::support::{HIGH, LAKESIDE, PlainRoster, bulk_create, candidates, run};

#[track_caller]
fn says(error: &str, parts: &[&str]) {
    for part in parts {
        assert!(error.contains(part), "`{part}` is not in: {error}");
    }
}

#[test]
fn whom_to_create_for_must_be_said_once() {
    let none = bulk_create(&[]).ending(2);
    says(&none.err, &["--all", "--works-here", "--staff", "tip:", "takes every candidate of the network"]);
    bulk_create(&["--all", "--works-here"]).ending(2);
    bulk_create(&["--all", "--staff", "1001"]).ending(2);
}

#[test]
fn a_wrong_call_ends_with_2() {
    run(&[]).ending(2);
    run(&["undo"]).ending(2);
    run(&["candidates", "--school", HIGH]).ending(2);
    candidates(&["--format", "xml"]).ending(2);
    candidates(&["--as-of", "24/08/2026"]).ending(2);
    candidates(&["--search", " , "]).ending(2);
    candidates(&["--roster-format", "xlsx"]).ending(2);
    candidates(&["--network", " "]).ending(2);
    bulk_create(&["--staff", " "]).ending(2);
    bulk_create(&["--all", "--dry-run", "--hand-off", "sheet.csv"]).ending(2);
}

#[test]
fn help_and_version_end_with_0() {
    for args in [&["--help"][..], &["bulk-create", "--help"], &["candidates", "-h"], &["--version"]] {
        let ran = run(args).ending(0);
        assert!(!ran.out.is_empty());
    }
}

#[test]
fn an_unknown_school_lists_those_there_are_and_the_nearest() {
    let ran = run(&["candidates", "--from", LAKESIDE, "--school", "Lakside Hihg"]).ending(2);
    says(
        &ran.err,
        &[
            "no school `Lakside Hihg`",
            "did you mean `Lakeside High`?",
            "`Lakeside Elementary`",
            "`Lakeside Middle`",
        ],
    );
    assert_eq!(ran.out, "");
}

#[test]
fn an_unknown_group_lists_those_there_are_and_the_nearest() {
    let ran = bulk_create(&["--all", "--group", "Techer"]).ending(2);
    says(
        &ran.err,
        &[
            "no group `Techer`",
            "did you mean `Teacher`?",
            "`Network Admin`, `Office`, `School Leader`, `Teacher`",
        ],
    );
    assert_eq!(ran.out, "");
}

#[test]
fn a_school_is_found_loosely_and_by_its_sis_id() {
    for school in ["lakeside HIGH", "LHS"] {
        let ran = run(&[
            "bulk-create",
            "--from",
            LAKESIDE,
            "--school",
            school,
            "--staff",
            "1001",
            "--format",
            "json",
        ])
        .ending(0);
        assert_eq!(ran.json()["school"], HIGH);
    }
}

#[test]
fn schools_of_one_name_are_told_apart_by_sis_id() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("orgs.csv"), "sourcedId,name,type\nN1,North,school\nN2,North,school\n")
        .unwrap();
    fs::write(
        folder.path().join("users.csv"),
        "sourcedId,orgSourcedIds,role,givenName,familyName,email,enabledUser,username\n\
         1,N1,teacher,Ann,Lee,ann@s.example,true,ann\n",
    )
    .unwrap();
    let from = folder.path().to_str().unwrap();
    let ran = run(&["candidates", "--from", from, "--school", "North"]).ending(2);
    says(&ran.err, &["2 schools called `North`", "by its SIS id: `N1`, `N2`"]);
    run(&["candidates", "--from", from, "--school", "N2"]).ending(0);
}

#[test]
fn a_bad_id_says_which() {
    let folder = tempfile::tempdir().unwrap();
    let ids = folder.path().join("ids.txt");
    let ids_path = ids.to_str().unwrap();
    fs::write(&ids, format!("1001\n{}\n", "9".repeat(300))).unwrap();
    says(&bulk_create(&["--staff-file", ids_path]).ending(4).err, &["line 2"]);
    fs::write(&ids, "\n \n").unwrap();
    says(
        &bulk_create(&["--staff-file", ids_path]).ending(4).err,
        &["names nobody", "one SIS id on each line"],
    );
    fs::remove_file(&ids).unwrap();
    says(&bulk_create(&["--staff-file", ids_path]).ending(4).err, &["cannot be read", "check the path"]);
}

#[test]
fn a_roster_without_schools_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("staff.csv");
    fs::write(&path, "SIS ID,First name,Last name,Email\n1,Ann,Lee,ann@s.example\n").unwrap();
    let ran = run(&["candidates", "--from", path.to_str().unwrap(), "--school", "North"]).ending(4);
    says(&ran.err, &["names no school", "column `School`"]);
}

#[test]
fn the_sheet_is_not_written_where_it_cannot_be() {
    let folder = tempfile::tempdir().unwrap();
    let sheet = folder.path().join("missing/sheet.csv");
    let ran = bulk_create(&["--staff", "1001", "--hand-off", sheet.to_str().unwrap()]).ending(2);
    says(&ran.err, &["there is no folder", "missing`; make it first"]);
    assert_eq!(ran.out, "", "nothing was done");
    for name in ["slips.pdf", "sheet", "sheet.csv.gz"] {
        let sheet = folder.path().join(name);
        let ran = bulk_create(&["--staff", "1001", "--hand-off", sheet.to_str().unwrap()]).ending(2);
        says(&ran.err, &[name, "is no name of a sheet", "`.csv` for a table", "`.html` for slips"]);
        assert!(!sheet.exists() && ran.out.is_empty(), "nothing was done");
    }
}

#[test]
fn a_network_is_called_what_the_roster_or_the_file_or_the_caller_says() {
    let roster = PlainRoster::of(&[["1", "Ann", "Lee", "ann@s.example", "North", "yes"]]);
    let named = |more: &[&str]| {
        let args = ["bulk-create", "--from", roster.path(), "--school", "North", "--all", "--format", "json"];
        run(&[&args[..], more].concat()).ending(0).json()["network"].clone()
    };
    assert_eq!(named(&[]), "staff");
    assert_eq!(named(&["--network", "Birch  Schools"]), "Birch Schools");
}
