//! A week of an administrator: the verbs one after the other, over one file.

use std::fs;

use serde_json::Value;

use crate::support::{HIGH, Home};

#[test]
fn a_batch_is_looked_at_handed_over_and_taken_back() {
    let home = Home::created();
    let list = home.json(&["batches", "list"]);
    let batch = list["batches"][0]["batch"].as_str().unwrap().to_owned();
    assert_eq!((&list["batches"][0]["actor"], &list["more"]), (&"operator".into(), &false.into()));
    assert_eq!((&list["batches"][0]["undone"], &list["batches"][0]["removed"]), (&false.into(), &0.into()));
    let shown = home.json(&["batches", "show", &batch]);
    assert_eq!((&shown["created"], &shown["untouched"]), (&33.into(), &33.into()));

    home.run(&["users", "disable", "suharto@lakeside.example"]).ending(0);
    let shown = home.json(&["batches", "show", "--last"]);
    assert_eq!((&shown["untouched"], &shown["touched"]), (&32.into(), &1.into()));

    let again = home.json(&["hand-off", &batch]);
    assert_eq!((&again["slips"], &again["left_out"]), (&32.into(), &1.into()));
    let left_out: Vec<&Value> =
        again["people"].as_array().unwrap().iter().filter(|row| row["left_out"] == "disabled").collect();
    assert_eq!(left_out[0]["email"], "suharto@lakeside.example");

    let dry = home.run(&["undo", &batch, "--dry-run"]).ending(3);
    assert!(dry.out.starts_with("Dry run: nothing is done.\nWould remove 32 of the 33 users"), "{}", dry.out);
    assert!(dry.out.contains("was edited since"), "{}", dry.out);
    let undone = home.run(&["undo", &batch, "--format", "json"]).ending(3).json();
    assert_eq!(
        (&undone["removed"], &undone["kept"], &undone["dry_run"]),
        (&32.into(), &1.into(), &false.into())
    );
    assert_eq!(home.json(&["batches", "show", &batch])["removed"], 32);
    // Twice does no harm, and says so.
    let twice = home.run(&["undo", &batch]).ending(3);
    let words = "The batch is undone already: of its 33 users, 32 went with an earlier undo; 1\nkept.\n";
    assert!(twice.out.starts_with(words), "{}", twice.out);
    let twice = home.run(&["undo", "--last", "--format", "json"]).ending(3).json();
    assert_eq!((&twice["removed"], &twice["removed_before"]), (&32.into(), &32.into()));
    assert_eq!(undone["removed_before"], 0);
    let list = home.json(&["batches", "list"]);
    assert_eq!((&list["batches"][0]["undone"], &list["batches"][0]["removed"]), (&true.into(), &32.into()));
    let list = home.run(&["batches", "list"]).ending(0);
    assert!(list.out.contains("undone"), "{}", list.out);
    let again = home.json(&["hand-off", &batch]);
    assert_eq!((&again["slips"], &again["left_out"]), (&0.into(), &33.into()));
}

#[test]
fn slips_are_one_page_that_stands_alone() {
    let home = Home::created();
    let ran = home.run(&["hand-off", "--last", "--write", "slips.html"]).ending(0);
    assert_eq!(ran.out, "The sheet is `slips.html`: 33 to tell, 0 left out.\n");
    let page = fs::read_to_string(home.path("slips.html")).unwrap();
    assert_eq!(page.matches("<li>").count(), 33);
    for part in
        ["<!DOCTYPE html>", "@page", "break-inside: avoid", "Grace O&#39;Connor", "דוד פרץ", "dir=\"auto\""]
    {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("://") && !page.contains("<script"), "{page}");
    #[cfg(unix)]
    {
        let file = fs::metadata(home.path("slips.html")).unwrap();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&file.permissions()) & 0o777, 0o600);
    }
    let again = home.run(&["hand-off", "--last", "--write", "slips.html"]).ending(2);
    assert!(again.err.contains("is not overwritten"), "{}", again.err);
    home.run(&["hand-off", "--last", "--write", "sheet.csv"]).ending(0);
    let sheet = fs::read_to_string(home.path("sheet.csv")).unwrap();
    assert!(sheet.starts_with("\u{FEFF}Name,Email,How to get in\n"), "{sheet}");
    assert_eq!(sheet.lines().count(), 34);
    // Where to sign in, if it is set.
    home.run(&["hand-off", "--last", "--write", "more.html", "--sign-in-url", "https://in.lakeside.example"])
        .ending(0);
    let page = fs::read_to_string(home.path("more.html")).unwrap();
    assert_eq!(
        page.matches("Sign in at <span class=\"email\"><bdi>https://in.lakeside.example</bdi>").count(),
        33
    );
    fs::write(home.path("staffroom.toml"), "sign-in-url = \"https://in.lakeside.example\"\n").unwrap();
    home.run(&["hand-off", "--last", "--write", "more.csv"]).ending(0);
    let more = fs::read_to_string(home.path("more.csv")).unwrap();
    assert!(more.starts_with("\u{FEFF}Name,Email,How to get in,Sign in at\n"), "{more}");
    assert_eq!(more.matches(",https://in.lakeside.example\n").count(), 33, "{more}");
    let wrong = home.run(&["hand-off", "--last", "--sign-in-url", "in.lakeside.example"]).ending(2);
    let words = "error: the flag `--sign-in-url` says `in.lakeside.example` for `sign-in-url`; write an address like ";
    assert!(wrong.err.starts_with(words), "{}", wrong.err);
    // Straight from the bulk create as well.
    let args = ["bulk-create", "--school", HIGH, "--staff", "1075", "--hand-off", "one.html"];
    home.run(&args).ending(0);
    assert_eq!(fs::read_to_string(home.path("one.html")).unwrap().matches("<li>").count(), 1);
}

#[test]
fn acts_are_done_once_and_said_in_words() {
    let home = Home::created();
    let user = "suharto@lakeside.example";
    for (args, words) in [
        (&["users", "disable", user][..], "Suharto (suharto@lakeside.example) cannot sign in any more."),
        (&["users", "enable", user], "Suharto (suharto@lakeside.example) may sign in."),
        (
            &["users", "grant", user, "--school", "LHS"],
            "Suharto (suharto@lakeside.example) may enter Lakeside High.",
        ),
        (
            &["users", "revoke", user, "--school", "LHS"],
            "Suharto (suharto@lakeside.example) may not enter Lakeside High any more.",
        ),
        (
            &["users", "grant", user, "--group", "office"],
            "Suharto (suharto@lakeside.example) is in the group Office.",
        ),
        (
            &["users", "revoke", user, "--group", "office"],
            "Suharto (suharto@lakeside.example) is not in the group Office any more.",
        ),
        (
            &["groups", "deactivate", "Office"],
            "The group Office is inactive: it gives nothing, and nobody can join.",
        ),
        (&["groups", "activate", "Office"], "The group Office is active."),
        (
            &["groups", "edit", "Office", "--allow", "grades.view", "--forbid", "staff.view"],
            "Members of the group Office may: attendance.edit, attendance.record, grades.view, students.edit, students.view.",
        ),
    ] {
        let flat = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(flat(home.run(args).ending(0).out), words);
        assert_eq!(flat(home.run(args).ending(0).out), format!("{words} It was so already."));
    }
    let renamed = home.run(&["groups", "edit", "Office", "--rename", "Front Office"]).ending(0);
    assert_eq!(renamed.out, "The group is called Front Office.\n");
    let taken = home.run(&["groups", "add", "front office"]).ending(2);
    assert!(taken.err.starts_with("error: "), "{}", taken.err);
    // Nine acts and a renaming, each once in the log.
    let log = home.json(&["audit", "--all"]);
    let edits = log["records"].as_array().unwrap().iter().filter(|row| row["event"] != "bulk-create").count();
    assert_eq!(edits, 10, "{log}");
}

#[test]
fn users_are_found_by_email_id_school_group_and_status() {
    let home = Home::created();
    let user = home.json(&["users", "show", "SUHARTO@lakeside.example"]);
    assert_eq!(home.json(&["users", "show", user["user_id"].as_str().unwrap()]), user);
    home.run(&["users", "disable", "suharto@lakeside.example"]).ending(0);
    for (args, count) in [
        (&["--search", "su"][..], 2),
        (&["--entering", "LES"], 33),
        (&["--entering", "LHS"], 0),
        (&["--group", "Teacher"], 33),
        (&["--group", "Office"], 0),
        (&["--status", "disabled"], 1),
        (&["--status", "enabled", "--group", "Teacher"], 32),
    ] {
        let list = home.json(&[&["users", "list"], args].concat());
        assert_eq!(list["users"].as_array().unwrap().len(), count, "{args:?}");
    }
    let none = home.run(&["users", "list", "--entering", "LHS"]).ending(0);
    assert_eq!(none.out, "There are no such users.\n");
    home.run(&["users", "show", "nobody@lakeside.example"]).ending(2);
    home.run(&["users", "show", "nobody"]).ending(2);
}

#[test]
fn what_to_follow_up_is_listed_by_matter() {
    let home = Home::created();
    let all = home.json(&["follow-up"]);
    assert_eq!(all["users"].as_array().unwrap().len(), 33);
    assert_eq!(home.json(&["follow-up", "--only", "email-drifted"])["users"], serde_json::json!([]));
    let ran = home.run(&["follow-up", "--only", "email-drifted", "staff-inactive"]).ending(0);
    assert_eq!(ran.out, "There is nothing to follow up.\n");
    home.run(&["follow-up", "--only", "boredom"]).ending(2);
}

#[test]
fn what_is_empty_says_what_to_do() {
    let home = Home::imported();
    for (args, words) in [
        (&["users", "list"][..], "There are no users yet. `staffroom bulk-create` makes them."),
        (&["batches", "list"], "There are no batches yet. `staffroom bulk-create` makes one."),
        (&["audit"], "The audit log is empty."),
        (&["follow-up"], "There is nothing to follow up."),
        (&["staff", "list", "--search", "zzz"], "There are no such staff members."),
    ] {
        assert_eq!(home.run(args).ending(0).out, format!("{words}\n"), "{args:?}");
    }
    let undo = home.run(&["undo", "--last"]).ending(4);
    assert_eq!(undo.err, "error: there are no batches yet\n  `staffroom bulk-create` makes one\n");
    home.run(&["undo"]).ending(2);
    let unknown = home.run(&["undo", "019a3f52-7c1e-7000-8000-5f2a9c0d1b3e"]).ending(2);
    assert!(unknown.err.contains("019a3f52-7c1e-7000-8000-5f2a9c0d1b3e"), "{}", unknown.err);
    let no_id = home.run(&["batches", "show", "the first"]).ending(2);
    assert!(no_id.err.starts_with("error: `the first` is no id of a batch\n"), "{}", no_id.err);
}
