//! The contract of `docs/json.md` for the verbs over a database: the keys of each document and the columns of each table
//! are those that the page lists, no more and no less.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::passwords::{PASSWORD, open_session, reading, sending_mail};
use crate::support::{Home, lakeside, repository};

/// A verb, a call of it that has at least one row, and the key of the rows.
const VERBS: [(&str, &[&str], Option<&str>); 30] = [
    ("init", &["init", "--network", "Birch"], None),
    ("import", &["import", "LAKESIDE", "--network", "Lakeside School Network"], None),
    ("networks", &["networks"], Some("networks")),
    ("schools", &["schools"], Some("schools")),
    ("staff list", &["staff", "list"], Some("staff")),
    ("staff show", &["staff", "show", "1012"], None),
    ("batches list", &["batches", "list"], Some("batches")),
    ("batches show", &["batches", "show", "--last"], Some("outcomes")),
    ("undo", &["undo", "--last", "--dry-run"], Some("outcomes")),
    ("hand-off", &["hand-off", "--last"], Some("people")),
    ("users list", &["users", "list"], Some("users")),
    ("users show", &["users", "show", "suharto@lakeside.example"], None),
    ("users disable", &["users", "disable", "suharto@lakeside.example"], None),
    ("users grant", &["users", "grant", "suharto@lakeside.example", "--school", "LHS"], None),
    (
        "users set-password",
        &["users", "set-password", "desmond.baker@lakeside.example", "--password-fd", "0"],
        None,
    ),
    ("users send-reset", &["users", "send-reset", "desmond.baker@lakeside.example"], None),
    ("users revoke-initial", &["users", "revoke-initial", "desmond.baker@lakeside.example"], None),
    ("users invite", &["users", "invite", "--last"], Some("users")),
    ("users sessions", &["users", "sessions", "desmond.baker@lakeside.example"], Some("sessions")),
    ("sign-in test", &["sign-in", "test", "desmond.baker@lakeside.example", "--password-fd", "0"], None),
    ("sign-in forgot", &["sign-in", "forgot", "desmond.baker@lakeside.example"], None),
    ("sweep", &["sweep"], None),
    ("groups list", &["groups", "list"], Some("groups")),
    ("groups add", &["groups", "add", "Substitute", "--permissions", "grades.view"], None),
    ("groups edit", &["groups", "edit", "Office", "--allow", "grades.view"], None),
    ("audit", &["audit"], Some("records")),
    ("follow-up", &["follow-up"], Some("users")),
    ("status", &["status"], None),
    ("backup", &["backup", "copy.db"], None),
    ("migrate", &["migrate"], None),
];

/// The part of the page below the heading that names `verb`.
fn section<'a>(page: &'a str, verb: &str) -> Vec<&'a str> {
    let begins = |line: &&str| line.starts_with("## ") && line.contains(&format!("`{verb}`"));
    page.lines()
        .skip_while(|line| !begins(line))
        .skip(1)
        .take_while(|line| !line.starts_with("## "))
        .collect()
}

/// The names in the first cells of the `number`th table of some lines.
fn keys(lines: &[&str], number: usize) -> BTreeSet<String> {
    let tables: Vec<&[&str]> =
        lines.split(|line| !line.starts_with("| ")).filter(|table| !table.is_empty()).collect();
    let Some(table) = tables.get(number) else {
        return BTreeSet::new();
    };
    let cells = table.iter().skip(2).map(|line| line.trim_start_matches("| ").split(" | ").next().unwrap());
    cells.flat_map(|cell| cell.split(", ")).map(|name| name.trim_matches('`').to_owned()).collect()
}

fn keys_of(object: &Value) -> BTreeSet<String> {
    object.as_object().unwrap().keys().cloned().collect()
}

/// Sessions are opened by hosts.
fn open_session_before(verb: &str, home: &Home) {
    if verb == "users sessions" {
        open_session(home, "desmond.baker@lakeside.example");
    }
}

#[test]
fn every_document_has_the_keys_of_the_page() {
    let page = fs::read_to_string(repository().join("docs/json.md")).unwrap();
    let home = Home::created();
    sending_mail(&home);
    home.run(&["users", "disable", "emma.bronte@lakeside.example"]).ending(0);
    for (verb, args, rows) in VERBS {
        if verb == "init" {
            home.run(&["init", "--network", "Birch", "--database", "sqlite:birch.db"]).ending(0);
        }
        let lakeside = lakeside();
        let args: Vec<&str> =
            args.iter().map(|arg| if *arg == "LAKESIDE" { &lakeside } else { *arg }).collect();
        let other: &[&str] = if verb == "init" { &["--database", "sqlite:birch.db"] } else { &[] };
        open_session_before(verb, &home);
        let ran = reading(&home, &[&args[..], other, &["--format", "json"]].concat(), PASSWORD);
        assert!(matches!(ran.code, 0 | 3), "{ran:?}");
        let document = ran.json();
        assert_eq!(document["version"], 1, "{verb}");
        let lines = section(&page, verb);
        assert!(!lines.is_empty(), "the page says nothing about `{verb}`");
        assert_eq!(keys(&lines, 0), keys_of(&document), "{verb}");
        if let Some(rows) = rows {
            let rows = document[rows].as_array().unwrap();
            assert!(!rows.is_empty(), "{verb}");
            let mut expected = keys(&lines, 1);
            for row in rows {
                // The one key that may be left out.
                if row.as_object().unwrap().contains_key("shares_email_with") {
                    expected.insert("shares_email_with".to_owned());
                } else {
                    expected.remove("shares_email_with");
                }
                assert_eq!(expected, keys_of(row), "{verb}");
            }
        }
    }
}

#[test]
fn every_csv_has_the_columns_of_the_page() {
    let page = fs::read_to_string(repository().join("docs/json.md")).unwrap();
    let home = Home::created();
    sending_mail(&home);
    let lines: Vec<&str> = page.lines().skip_while(|line| *line != "## CSV").skip(1).collect();
    for (verb, args, _) in VERBS.iter().filter(|(verb, _, _)| !matches!(*verb, "migrate" | "init")) {
        let lakeside = lakeside();
        let args: Vec<&str> =
            args.iter().map(|arg| if *arg == "LAKESIDE" { &lakeside } else { *arg }).collect();
        open_session_before(verb, &home);
        let ran = reading(&home, &[&args[..], &["--format", "csv"]].concat(), PASSWORD);
        assert!(matches!(ran.code, 0 | 3), "{ran:?}");
        let named = |line: &&&str| {
            let first = line.trim_start_matches("| ").split(" | ").next().unwrap_or_default();
            line.starts_with("| ") && first.split(", ").any(|name| name == format!("`{verb}`"))
        };
        let line = lines.iter().find(named).unwrap_or_else(|| panic!("the page has no columns of `{verb}`"));
        let columns = line.trim_end_matches(" |").rsplit(" | ").next().unwrap();
        let told: Vec<&str> = columns.split(", ").map(|name| name.trim_matches('`')).collect();
        assert_eq!(told, ran.csv()[0], "{verb}");
        assert!(ran.csv().len() >= 2, "{verb}");
    }
    let no_rows = home.run(&["migrate", "--format", "csv"]).ending(2);
    assert!(no_rows.err.contains("`migrate` has no rows to print as CSV"), "{}", no_rows.err);
}
