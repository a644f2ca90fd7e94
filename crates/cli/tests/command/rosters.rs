//! Rosters that have problems, or are none.

use std::fs;
use std::path::Path;

use crate::support::{LAKESIDE, repository, run};

fn with_bad_lines() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut text = String::from("SIS ID,First name,Last name,Email,School,Active\n");
    text.push_str("1,Ann,Lee,ann@s.example,North,yes\n");
    for _ in 0..25 {
        text.push_str(",Bob,Ray,bob@s.example,North,yes\n");
    }
    text.push_str("3,Cem,Ak,cem@s.example,North,perhaps\n");
    fs::write(folder.path().join("staff.csv"), text).unwrap();
    folder
}

fn create(from: &Path, more: &[&str]) -> crate::support::Ran {
    let args = ["bulk-create", "--from", from.to_str().unwrap(), "--school", "North", "--all"];
    run(&[&args[..], more].concat())
}

#[test]
fn bad_lines_are_told_and_the_good_ones_go_on() {
    let folder = with_bad_lines();
    let ran = create(&folder.path().join("staff.csv"), &["--format", "json"]).ending(0);
    assert_eq!(ran.json()["created"], 1);
    for part in [
        "the roster has 26 problems:",
        "staff.csv:3: column `SIS ID`: the id of the person is empty; give every person an id of their own",
        "and 6 more (`--strict` lists them)",
    ] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    assert!(!ran.err.contains("perhaps"), "{}", ran.err);
}

#[test]
fn strict_lists_every_bad_line_and_does_nothing() {
    let folder = with_bad_lines();
    let ran = create(&folder.path().join("staff.csv"), &["--strict"]).ending(4);
    assert_eq!(ran.out, "");
    assert!(ran.err.contains("staff.csv:28: column `Active`: `perhaps` is not a status"), "{}", ran.err);
    assert_eq!(ran.err.matches("staff.csv:").count(), 26, "{}", ran.err);
    assert!(ran.err.contains("leave out `--strict`"), "{}", ran.err);
}

#[test]
fn a_strict_reader_is_content_with_the_example() {
    let args = ["--school", "Lakeside High", "--strict", "--format", "csv"];
    for from in [LAKESIDE, "examples/lakeside/staff.csv"] {
        run(&[&["candidates", "--from", from], &args[..]].concat()).ending(0);
    }
}

#[test]
fn what_is_no_roster_is_told_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let empty_folder = folder.path().join("empty");
    fs::create_dir(&empty_folder).unwrap();
    let header = "SIS ID,First name,Last name,Email,School\n";
    for (path, words) in [
        (folder.path().join("nowhere"), "there is no file or folder"),
        (empty_folder, "this is no roster that Staffroom knows"),
        (write("broken.zip", b"PK\x03\x04 not a zip"), "make the zip again, or give the folder"),
        (write("empty.csv", b""), "is empty"),
        (write("names.csv", b"First name,Last name\nAnn,Lee\n"), "has no column for the id"),
        (write("nobody.csv", header.as_bytes()), "lists no staff member"),
        (write("latin.csv", b"SIS ID,First name,Last name,Email\n1,Ren\xE9,Lee,a@s.example\n"), "CSV UTF-8"),
        (repository().join(LAKESIDE).join("users.csv"), "give the folder or the zip"),
    ] {
        let ran = create(&path, &[]).ending(4);
        assert!(ran.err.starts_with("error: ") && ran.err.contains(words), "{words}: {}", ran.err);
        assert_eq!(ran.out, "");
    }
}

#[test]
fn the_format_can_be_named() {
    let oneroster = ["candidates", "--from", LAKESIDE, "--school", "LHS", "--roster-format"];
    run(&[&oneroster[..], &["oneroster-1.2"]].concat()).ending(0);
    let ran = run(&[&oneroster[..], &["csv"]].concat()).ending(4);
    assert!(ran.err.starts_with("error: "), "{}", ran.err);
}

#[test]
fn people_who_begin_later_are_candidates_on_that_day() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("orgs.csv", "sourcedId,name,type\nN,North,school\n");
    write(
        "users.csv",
        "sourcedId,enabledUser,username,givenName,familyName,email\n1,true,ann,Ann,Lee,ann@s.example\n",
    );
    write(
        "roles.csv",
        "sourcedId,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId\nR,1,primary,teacher,2026-08-24,,N\n",
    );
    for (day, created) in [("2026-08-23", 0), ("2026-08-24", 1)] {
        let ran = create(folder.path(), &["--as-of", day, "--format", "json"]).ending(0);
        assert_eq!(ran.json()["created"], created, "{day}");
    }
}
