//! The columns of the CSV output, and that no cell of it runs in a spreadsheet.

use std::fs;

use crate::support::{PlainRoster, bulk_create, candidates, run};

#[test]
fn the_columns_are_those_of_the_contract() {
    let report = bulk_create(&["--staff", "1054", "1084", "9999", "--format", "csv"]).ending(3).csv();
    assert_eq!(
        report[0],
        [
            "staff_id",
            "sis_id",
            "name",
            "email",
            "outcome",
            "user_id",
            "reasons",
            "warnings",
            "shares_email_with"
        ]
    );
    let without_ids = |row: &Vec<String>| [&row[1..5], &row[6..]].concat();
    assert_eq!(
        without_ids(&report[1]),
        [
            "1054",
            "Tom Whitaker",
            "whitakers@lakeside.example",
            "created",
            "",
            "works-elsewhere;email-shared",
            "1060"
        ]
    );
    assert_eq!(
        without_ids(&report[2]),
        ["1084", "Dennis Crowley", "", "refused", "inactive;no-email", "works-elsewhere", ""]
    );
    assert_eq!(report[3], ["", "9999", "", "", "refused", "", "unknown", "", ""]);

    let list = candidates(&["--why", "--search", "whitaker", "--format", "csv"]).ending(0).csv();
    assert_eq!(
        list[0],
        [
            "staff_id",
            "sis_id",
            "name",
            "email",
            "status",
            "reasons",
            "warnings",
            "shares_email_with",
            "resolution",
            "resolution_user"
        ]
    );
    assert_eq!(list.len(), 3);
    assert_eq!(list[1][1..5], ["1060", "Nora Whitaker", "whitakers@lakeside.example", "ineligible"]);
}

#[test]
fn an_empty_list_has_a_header() {
    let list = candidates(&["--search", "zzz", "--format", "csv"]).ending(0).csv();
    assert_eq!(list.len(), 1);
}

#[test]
fn no_cell_runs_in_a_spreadsheet() {
    let roster = PlainRoster::of(&[
        ["=1+1", "=HYPERLINK(\"http://evil.example\")", "Lee", "a@s.example", "North", "yes"],
        ["+2", "+Ann", "Lee", "+plus@s.example", "North", "yes"],
        ["-3", "-Ann", "Lee", "-minus@s.example", "North", "yes"],
        ["@4", "@SUM(A1)", "Lee", "=b@s.example", "North", "yes"],
        ["5", "\t=1", "Lee", "\r=1", "North", "yes"],
        ["6", "Ann", "Lee", "=cmd|' /C calc'!A0", "North", "yes"],
        ["7", "＝1", "Lee", "c@s.example", "North", "yes"],
    ]);
    let folder = tempfile::tempdir().unwrap();
    let sheet = folder.path().join("sheet.csv");
    let place = ["--from", roster.path(), "--school", "North"];
    let report = run(&[
        &["bulk-create", "--all", "--format", "csv", "--hand-off", sheet.to_str().unwrap()],
        &place[..],
    ]
    .concat());
    let list = run(&[&["candidates", "--why", "--format", "csv"], &place[..]].concat()).ending(0);
    assert_eq!(report.csv().len(), 6, "{}", report.out);
    assert_eq!(list.csv().len(), 8, "{}", list.out);
    let sheet = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(fs::read_to_string(&sheet).unwrap().trim_start_matches('\u{FEFF}').as_bytes())
        .records()
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect::<Vec<Vec<String>>>();
    for row in report.csv().iter().chain(&list.csv()).chain(&sheet) {
        for cell in row {
            let first = cell.trim_start().chars().next().unwrap_or_default();
            assert!(!"=+-@＝".contains(first), "{row:?}");
            assert!(!cell.starts_with(['\t', '\r', '\n']), "{row:?}");
        }
    }
    assert!(list.out.contains("'=HYPERLINK"), "{}", list.out);
}
