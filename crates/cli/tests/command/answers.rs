//! The answers for people, and what the flags do.

use std::fs;
use std::io::Read;
use std::process::Stdio;

use unicode_width::UnicodeWidthStr;

use crate::support::{
    HIGH, LAKESIDE, PlainRoster, bulk_create, candidates, column, command, run, run_reading,
};

#[test]
fn the_first_command_says_how_it_went_in_its_first_line() {
    let ran = bulk_create(&["--all", "--group", "Teacher"]).ending(3);
    let first = ran.out.lines().next().unwrap();
    assert_eq!(first, "Created 103 of 105 accounts; 2 refused.");
    for part in [
        "\nCreated (103)\n",
        "\nRefused (2)\n",
        "email-shared with 1042",
        "15 other staff members are no candidates",
        "Forgot your password?",
    ] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    assert!(
        ran.err.contains("the database is `memory:`, so nothing of these accounts is left"),
        "{}",
        ran.err
    );
}

#[test]
fn no_line_of_a_table_is_wider_than_80_columns() {
    for ran in [
        bulk_create(&["--all"]),
        bulk_create(&["--all", "--dry-run"]),
        candidates(&["--why"]),
        candidates(&[]),
    ] {
        for line in ran.out.lines() {
            assert!(line.width() <= 80, "{} columns: {line}", line.width());
            assert_eq!(line, line.trim_end());
        }
    }
}

#[test]
fn columns_line_up_for_names_in_every_script() {
    let ran = bulk_create(&["--works-here"]);
    let table: Vec<&str> = ran
        .out
        .lines()
        .skip_while(|line| !line.starts_with("SIS id"))
        .skip(2)
        .take_while(|line| !line.is_empty())
        .filter(|line| line.contains('@'))
        .collect();
    let email_begins = |line: &&str| {
        let (before, _) = line.split_once('@').unwrap();
        before.rsplit_once(' ').unwrap().0.width()
    };
    let begins: Vec<usize> = table.iter().map(email_begins).collect();
    assert!(begins.len() > 30 && begins.iter().all(|column| *column == begins[0]), "{begins:?}");
}

#[test]
fn a_dry_run_does_nothing_and_says_so() {
    let ran = bulk_create(&["--all", "--dry-run"]).ending(3);
    assert!(ran.out.starts_with("Dry run: nothing is done.\nWould create 103 of 105"), "{}", ran.out);
    assert!(!ran.out.contains("Nobody has been told"), "{}", ran.out);
    assert!(!ran.err.contains("in memory"), "{}", ran.err);
}

#[test]
fn everything_done_ends_with_0() {
    let ran = bulk_create(&["--staff", "1001", "1008", "--group", "teacher"]).ending(0);
    assert!(ran.out.starts_with("Created 2 of 2 accounts"), "{}", ran.out);
    assert!(!ran.out.contains("Refused"), "{}", ran.out);
}

#[test]
fn nobody_to_create_is_said_plainly_and_is_no_failure() {
    let roster = PlainRoster::of(&[["1", "Ann", "Lee", "", "North", "yes"]]);
    let args = ["bulk-create", "--from", roster.path(), "--school", "North"];
    let all = run(&[&args[..], &["--all"]].concat()).ending(0);
    assert!(all.out.starts_with("No accounts to create: nobody in staff is a candidate."), "{}", all.out);
    assert!(all.out.contains("`staffroom candidates --why`"), "{}", all.out);
    let here = run(&[&args[..], &["--works-here", "--format", "json"]].concat()).ending(0);
    assert_eq!(here.json()["requested"], 0);
    assert!(here.err.contains("nobody who works in North is a candidate"), "{}", here.err);
}

#[test]
fn works_here_takes_only_those_who_work_in_the_school() {
    let all = bulk_create(&["--all", "--dry-run", "--format", "json"]).json();
    let here = bulk_create(&["--works-here", "--dry-run", "--format", "json"]).json();
    assert!(here["requested"].as_u64() < all["requested"].as_u64());
    for row in here["outcomes"].as_array().unwrap() {
        assert_eq!(row["warnings"].as_array().unwrap().len(), 0, "{row}");
    }
}

#[test]
fn a_list_of_ids_keeps_its_order_and_asks_for_nobody_twice() {
    let ran = bulk_create(&[
        "--staff", "1008", "9999", "1001", "--staff", "1008", "1084", "9999", "--format", "json",
    ])
    .ending(3);
    let document = ran.json();
    assert_eq!(column(&document["outcomes"], "sis_id"), ["1008", "9999", "1001", "1084"]);
    assert_eq!(column(&document["outcomes"], "outcome"), ["created", "refused", "created", "refused"]);
    assert_eq!(document["outcomes"][3]["reasons"], serde_json::json!(["inactive", "no-email"]));
}

#[test]
fn ids_are_read_from_a_file_and_from_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ids.txt");
    fs::write(&path, "\u{FEFF}1008\r\n\r\n1001\r\n").unwrap();
    let typed = bulk_create(&["--staff", "1008", "1001", "--quiet"]).ending(0);
    let file = bulk_create(&["--staff-file", path.to_str().unwrap(), "--quiet"]).ending(0);
    let args = ["bulk-create", "--from", LAKESIDE, "--school", HIGH, "--quiet", "--staff-file", "-"];
    let stdin = run_reading(&args, "1008\n1001").ending(0);
    assert_eq!(typed.out, file.out);
    assert_eq!(typed.out, stdin.out);
}

#[test]
fn all_or_nothing_creates_nobody_if_anybody_is_refused() {
    let document =
        bulk_create(&["--staff", "1001", "1084", "--all-or-nothing", "--format", "json"]).ending(3).json();
    assert_eq!((&document["created"], &document["refused"]), (&0.into(), &2.into()));
    assert_eq!(document["outcomes"][0]["reasons"], serde_json::json!(["all-or-nothing"]));
    bulk_create(&["--staff", "1001", "1008", "--all-or-nothing"]).ending(0);
}

#[test]
fn a_mailbox_of_two_is_nobodys_unless_only_one_is_selected() {
    let one = bulk_create(&["--staff", "1042", "--format", "json"]).ending(0).json();
    assert_eq!(one["outcomes"][0]["warnings"], serde_json::json!(["email-shared"]));
    assert_eq!(one["outcomes"][0]["shares_email_with"], serde_json::json!(["1048"]));
    let both = bulk_create(&["--staff", "1042", "1048", "--format", "json"]).ending(3).json();
    assert_eq!(both["created"], 0);
}

#[test]
fn why_lists_everybody_with_each_reason_in_words() {
    let ran = candidates(&["--why"]).ending(0);
    assert!(ran.out.contains("Candidates: 105 of the 120 listed."), "{}", ran.out);
    for words in [
        "inactive (8): is not an active staff member. To do: ",
        "no-email (7): has no email. To do: ",
        "invalid-email (2): has an email that is not an address. To do: ",
        "works-elsewhere (",
        "email-shared (",
        "no: inactive,",
    ] {
        assert!(ran.out.contains(words), "{words}: {}", ran.out);
    }
    assert!(!ran.out.contains("Student"), "{}", ran.out);
}

#[test]
fn candidates_are_listed_without_those_who_are_none() {
    let ran = candidates(&[]).ending(0);
    assert!(ran.out.contains("Candidates: 105. "), "{}", ran.out);
    assert!(!ran.out.contains("Dennis Crowley"), "{}", ran.out);
    let here = candidates(&["--works-here"]).ending(0);
    assert!(here.out.contains("Candidates: 38. "), "{}", here.out);
}

#[test]
fn a_search_finds_by_the_start_of_a_name_email_or_id() {
    for (text, found) in [
        ("muller", "Käthe Müller"),
        ("ISIK", "Ilgın Işık"),
        ("grossmann", "Jürgen Großmann"),
        ("whitaker tom", "Tom Whitaker"),
        ("office.high", "Priya Raman"),
        ("1001", "Noʻeau Kaʻanāʻanā"),
    ] {
        let ran = candidates(&["--search", text]).ending(0);
        assert!(ran.out.contains(found), "{text}: {}", ran.out);
    }
    let ran = candidates(&["--search", "zzz"]).ending(0);
    assert!(ran.out.contains("is found by the search"), "{}", ran.out);
    assert_eq!(candidates(&["--search", "zzz", "--format", "json"]).out, "[]\n");
}

#[test]
fn without_a_terminal_nothing_is_asked() {
    // Standard input is at its end: a question would have been answered with no.
    let ran = bulk_create(&["--staff", "1001", "--format", "json"]).ending(0);
    assert_eq!(ran.json()["created"], 1);
    assert!(!ran.err.contains("[y/N]"), "{}", ran.err);
}

#[test]
fn the_hand_off_sheet_is_private_complete_and_never_overwrites() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sheet.csv");
    let sheet = path.to_str().unwrap();
    let ran = bulk_create(&["--staff", "1008", "1084", "1036", "--hand-off", sheet]).ending(3);
    assert!(ran.out.contains("sheet.csv"), "{}", ran.out);
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "\u{FEFF}Name,Email,How to get in");
    assert!(lines[1].starts_with("André Hughes,andre.hughes@lakeside.example,"), "{text}");
    assert!(lines[2].starts_with("Jörg Groß,jörg.groß@lakeside.example,"), "{text}");
    assert_eq!(lines.len(), 3, "{text}");
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }
    let again = bulk_create(&["--staff", "1008", "--hand-off", sheet]).ending(2);
    assert!(again.err.contains("is not overwritten"), "{}", again.err);
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn no_sheet_is_left_behind_if_nobody_was_created() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sheet.csv");
    bulk_create(&["--staff", "1084", "--hand-off", path.to_str().unwrap()]).ending(3);
    assert!(!path.exists());
}

#[test]
fn quiet_says_nothing_beside_the_answer() {
    for format in ["table", "json", "csv"] {
        let ran = bulk_create(&["--staff", "1001", "--quiet", "--format", format]).ending(0);
        assert_eq!(ran.err, "");
        assert!(!ran.out.is_empty());
    }
}

#[test]
fn a_reader_who_has_seen_enough_is_no_mishap() {
    let folder = tempfile::tempdir().unwrap();
    crate::network::write(folder.path(), 3_000, 1).unwrap();
    let roster = folder.path().join("staff.csv");
    for verb in ["candidates", "bulk-create"] {
        for format in ["table", "json", "csv"] {
            let mut args = vec![
                verb,
                "--from",
                roster.to_str().unwrap(),
                "--school",
                HIGH,
                "--quiet",
                "--format",
                format,
            ];
            if verb == "bulk-create" {
                args.push("--all");
            }
            let mut child = command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            let mut start = [0; 100];
            child.stdout.take().unwrap().read_exact(&mut start).unwrap();
            // The reading end is closed now.
            let ended = child.wait_with_output().unwrap();
            assert_eq!(String::from_utf8_lossy(&ended.stderr), "", "{verb} {format}");
            assert!(matches!(ended.status.code(), Some(0 | 3)), "{verb} {format}: {ended:?}");
        }
    }
}

#[test]
fn shells_and_man_get_what_they_read() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = run(&["completions", shell]).ending(0);
        assert!(ran.out.contains("bulk-create"), "{shell}");
    }
    let all = run(&["man"]).ending(0);
    assert!(all.out.contains(".TH staffroom 1"), "{}", all.out);
    let one = run(&["man", "bulk-create"]).ending(0);
    assert!(one.out.contains("all\\-or\\-nothing"), "{}", one.out);
    let nested = run(&["man", "staff", "show"]).ending(0);
    assert!(nested.out.contains("SIS_ID"), "{}", nested.out);
    assert_eq!(run(&["man", "staff show"]).ending(0).out, nested.out);
    let none = run(&["man", "staff", "sow"]).ending(2);
    assert!(none.err.contains("there is no command `staff sow`"), "{}", none.err);
}
