//! Databases that tests use again carry nothing from one into the next.

#![allow(clippy::unwrap_used, reason = "what helps tests fails like them")]

mod support;

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use support::{EMPTY, Layout, Reused, fresh_database, pool, run};

const INSERT: &str =
    "INSERT INTO staffroom.networks VALUES ('00000000-0000-0000-0000-0000000000aa', 'Lakeside')";

/// How many rows there are of what every other table refers to.
async fn networks(reused: &Reused) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM staffroom.networks").fetch_one(&reused.owner()).await.unwrap()
}

#[test]
fn every_table_is_emptied() {
    run(async {
        let database = fresh_database().await;
        let owner = pool(database.options(), 1).await;
        let tables: Vec<String> = sqlx::query_scalar(
            "SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = 'staffroom'::regnamespace \
             AND c.relkind IN ('r', 'p') AND c.relname <> '_sqlx_migrations' ORDER BY 1",
        )
        .fetch_all(&owner)
        .await
        .unwrap();
        let statements = EMPTY.split("; ").map(str::trim_start);
        let mut emptied: Vec<&str> = statements.filter_map(|one| one.strip_prefix("DELETE FROM ")).collect();
        emptied.sort_unstable();
        assert_eq!(emptied, tables);
    });
}

#[test]
fn what_was_written_and_what_was_left_open_is_gone() {
    run(async {
        let reused = Reused::emptied(Layout::Whole).await;
        let name = reused.database().name().to_owned();
        sqlx::raw_sql(INSERT).execute(&reused.owner()).await.unwrap();
        assert_eq!(networks(&reused).await, 1);
        // Of a connection that nobody ever takes back.
        let mut left_open = PgConnection::connect_with(&reused.database().options()).await.unwrap();
        let begun = format!("BEGIN; {}", INSERT.replace("aa", "bb"));
        sqlx::raw_sql(AssertSqlSafe(begun)).execute(&mut left_open).await.unwrap();
        drop(reused);
        let again = Reused::emptied(Layout::Whole).await;
        assert_eq!(again.database().name(), name);
        assert_eq!(networks(&again).await, 0);
        assert!(sqlx::raw_sql("COMMIT").execute(&mut left_open).await.is_err(), "it was ended");
    });
}

#[test]
fn what_a_panic_leaves_is_not_used_again() {
    let left = RefCell::new(String::new());
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        run(async {
            let reused = Reused::emptied(Layout::Whole).await;
            reused.database().name().clone_into(&mut left.borrow_mut());
            sqlx::raw_sql(INSERT).execute(&reused.owner()).await.unwrap();
            assert_eq!(networks(&reused).await, 0, "as a check that fails");
        });
    }));
    assert!(panicked.is_err());
    run(async {
        let reused = Reused::emptied(Layout::Whole).await;
        assert_ne!(reused.database().name(), left.take());
        assert_eq!(networks(&reused).await, 0);
    });
}
