//! `docs/rules.md` tells the truth: every rule is there and held by tests that exist, and the codes are those of the code.

mod pages;

use std::collections::BTreeSet;

use pages::{has_test, read};
use staffroom_core::{Reason, RuleRow, Warning};
use staffroom_testkit::conformance;

/// Rules that are not built in full yet. Nothing else may say that it is open.
const OPEN: &[&str] = &[];

fn page() -> String {
    read("docs/rules.md")
}

/// Each rule's number and what stands under its heading.
fn rules(page: &str) -> Vec<(String, String)> {
    page.split("\n## ")
        .filter(|section| section.starts_with('R'))
        .map(|section| {
            let (heading, text) = section.split_once('\n').unwrap_or((section, ""));
            (heading.split(' ').next().unwrap_or_default().to_owned(), text.to_owned())
        })
        .collect()
}

/// The names in the list under "Held by" or "Held so far by".
fn holders(text: &str) -> Vec<String> {
    let names = text.lines().filter_map(|line| line.strip_prefix("- `")?.strip_suffix('`'));
    names.map(str::to_owned).collect()
}

/// Whether a test of that name exists.
fn exists(name: &str) -> bool {
    let (place, test) = name.split_once("::").unwrap_or((name, ""));
    match place {
        "conformance" => conformance::CHECKS.iter().any(|check| check.name() == test),
        "properties" => {
            let suite = read("crates/testkit/src/properties/suite.rs");
            suite.contains(&format!("\n    {test}(")) || suite.contains(&format!("pub fn {test}("))
        }
        path => has_test(path, test.rsplit("::").next().unwrap_or_default()),
    }
}

#[test]
fn every_rule_is_stated_once_and_in_order() {
    let numbers: Vec<String> = rules(&page()).into_iter().map(|(number, _)| number).collect();
    let expected: Vec<String> = (1..=18).map(|number| format!("R{number}")).collect();
    assert_eq!(numbers, expected);
}

#[test]
fn every_rule_is_held_by_tests_that_exist() {
    for (number, text) in rules(&page()) {
        let holders = holders(&text);
        let says_open = text.contains("Open");
        assert_eq!(says_open, OPEN.contains(&&*number), "{number} says it is open: {says_open}");
        assert!(says_open || !holders.is_empty(), "{number} is held by no test");
        for name in holders {
            assert!(exists(&name), "{number} names `{name}`, which does not exist");
        }
    }
}

#[test]
fn a_test_that_does_not_exist_is_noticed() {
    assert!(!exists("conformance::no_such_check"));
    assert!(!exists("crates/xtask/tests/rules_page.rs::no_such_test"));
    assert!(exists("crates/xtask/tests/rules_page.rs::a_test_that_does_not_exist_is_noticed"));
}

#[test]
fn the_tables_of_codes_are_those_of_the_code() {
    let page = page();
    let rows: BTreeSet<&str> = page.lines().filter(|line| line.starts_with("| `")).collect();
    let expected: BTreeSet<String> = Reason::TABLE
        .map(|row| shown(&row))
        .into_iter()
        .chain(Warning::TABLE.map(|row| shown(&row)))
        .collect();
    assert_eq!(rows, expected.iter().map(String::as_str).collect());
}

fn shown<T>(row: &RuleRow<T>) -> String {
    format!("| `{}` | {} | {} | {} |", row.code, row.rule, row.meaning, row.remedy)
}
