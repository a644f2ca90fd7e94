//! `docs/evidence.md` tells the truth as far as names go: every test, file and command in it exists.

mod pages;

use pages::{has_test, read, root};

/// What stands between backticks.
fn quoted(page: &str) -> Vec<&str> {
    page.split('`').skip(1).step_by(2).collect()
}

/// Whether a file is there, and, after `::`, whether it has a test of that name.
fn exists(name: &str) -> bool {
    match name.split_once("::") {
        Some((path, test)) => has_test(path, test),
        None => root().join(name).exists(),
    }
}

/// Whether `cargo xtask` has such a task, and whether what chooses among its tests chooses one.
fn is_task(command: &str) -> bool {
    let Some(rest) = command.strip_prefix("cargo xtask ") else { return false };
    let mut words = rest.split(' ');
    let task = words.next().unwrap_or_default();
    let known = read("crates/xtask/src/main.rs").contains(&format!("cargo xtask {task} "));
    let tests: String = match task {
        "races" | "faults" => ["races", "faults_client", "faults_network", "faults_server", "faults_standby"]
            .map(|test| read(&format!("crates/store-postgres/tests/{test}.rs")))
            .concat(),
        "crashes" => ["crashes", "processes", "backups"]
            .map(|test| read(&format!("crates/store-sqlite/tests/{test}.rs")))
            .concat(),
        "schedules" => ["memory_store", "hashing_pool"]
            .map(|test| read(&format!("crates/schedules/tests/{test}.rs")))
            .concat(),
        _ => String::new(),
    };
    let names: Vec<&str> = tests.split("fn ").skip(1).filter_map(|rest| rest.split('(').next()).collect();
    known && (names.is_empty() || words.all(|word| names.iter().any(|name| name.contains(word))))
}

#[test]
fn every_test_that_is_named_exists() {
    let page = read("docs/evidence.md");
    let named: Vec<&str> = quoted(&page).into_iter().filter(|name| name.starts_with("crates/")).collect();
    assert!(named.len() > 30, "the page names its tests");
    for name in named {
        assert!(exists(name), "there is no `{name}`");
    }
}

#[test]
fn every_command_that_is_named_exists() {
    let page = read("docs/evidence.md");
    let commands = quoted(&page).into_iter().filter(|name| name.starts_with("cargo xtask"));
    for command in commands {
        assert!(is_task(command), "`{command}` does nothing");
    }
}

#[test]
fn every_line_of_a_table_has_a_command() {
    let page = read("docs/evidence.md");
    let lines = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| ---"));
    for line in lines.filter(|line| !line.ends_with("| command |")) {
        assert!(line.trim_end().ends_with("` |"), "no command ends {line}");
    }
}

#[test]
fn what_does_not_exist_is_noticed() {
    assert!(!exists("crates/xtask/tests/evidence_page.rs::no_such_test"));
    assert!(!exists("crates/no/such/file.rs"));
    assert!(!is_task("cargo xtask wonders"));
    assert!(!is_task("cargo xtask races thirty_three"));
    assert!(is_task("cargo xtask races thirty_two"));
}
