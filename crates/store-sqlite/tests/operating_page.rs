//! What `docs/operating-sqlite.md` says is so: its statements run, and its tables are those that there are.

#![allow(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

mod support;

use std::collections::BTreeSet;

use sqlx::raw_sql;
use support::checker::connect;
use support::{fresh_store, run};

const PAGE: &str = include_str!("../../../docs/operating-sqlite.md");

/// What stands in backticks in the first column of the table under `heading`.
fn first_column(heading: &str) -> BTreeSet<String> {
    let (_, section) = PAGE.split_once(&format!("\n## {heading}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    section.lines().filter_map(|line| Some(line.strip_prefix("| `")?.split_once('`')?.0.to_owned())).collect()
}

#[test]
fn the_tables_of_the_page_are_those_of_the_schema() {
    run(async {
        let (store, _folder) = fresh_store().await;
        let tables: Vec<String> = sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'table'")
            .fetch_all(&mut connect(store.path()).await)
            .await
            .unwrap();
        assert_eq!(first_column("What is there"), tables.into_iter().collect());
    });
}

#[test]
fn the_statements_of_the_page_run() {
    run(async {
        let (store, _folder) = fresh_store().await;
        let mut connection = connect(store.path()).await;
        let statements: Vec<&str> = PAGE
            .lines()
            .filter(|line| line.starts_with("sqlite3 "))
            .map(|line| line.split('"').nth(1).unwrap())
            .collect();
        assert_eq!(statements.len(), 3);
        for statement in statements {
            raw_sql(statement).execute(&mut connection).await.unwrap();
        }
    });
}

/// The files beside an open one, and none but those.
#[test]
fn the_files_of_the_page_are_those_beside_each_other() {
    run(async {
        let (store, folder) = fresh_store().await;
        store.networks().await.unwrap();
        let there: BTreeSet<String> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert_eq!(first_column("Where the file is"), there);
    });
}
