//! What the file says of its own schema: typed, and kept apart by network (R18).

#![allow(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

mod support;

use sqlx::raw_sql;
use sqlx::sqlite::SqliteConnection;
use support::checker::connect;
use support::{fresh_store, run};

/// Each is a question whose answer lists what must not be there; and what breaks it.
const FORBIDDEN: [(&str, &str, &str); 5] = [
    (
        "a table that takes values of any type",
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' \
         AND NOT strict",
        "CREATE TABLE broken (network_id BLOB NOT NULL PRIMARY KEY)",
    ),
    (
        "a key or an index that does not begin with network_id",
        "SELECT i.name FROM pragma_table_list t, pragma_index_list(t.name) i \
         WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite_%' \
         AND (SELECT c.name FROM pragma_index_info(i.name) c WHERE c.seqno = 0) IS NOT 'network_id'",
        "CREATE INDEX broken ON users (email_key, network_id)",
    ),
    (
        "a foreign key that does not begin with network_id on both sides",
        "SELECT t.name FROM pragma_table_list t, pragma_foreign_key_list(t.name) k \
         WHERE t.schema = 'main' AND k.seq = 0 \
         AND (k.\"from\" <> 'network_id' OR coalesce(k.\"to\", 'network_id') <> 'network_id')",
        "CREATE TABLE broken (network_id BLOB NOT NULL, user_id BLOB NOT NULL, PRIMARY KEY (network_id, user_id), \
         FOREIGN KEY (user_id, network_id) REFERENCES users (user_id, network_id)) STRICT",
    ),
    (
        "a table without a primary key",
        "SELECT t.name FROM pragma_table_list t WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite_%' \
         AND NOT EXISTS (SELECT 1 FROM pragma_table_info(t.name) c WHERE c.pk > 0)",
        "CREATE TABLE broken (network_id BLOB NOT NULL) STRICT",
    ),
    (
        "a text that is not compared as bytes",
        "SELECT i.name FROM pragma_table_list t, pragma_index_list(t.name) i, pragma_index_xinfo(i.name) c \
         WHERE t.schema = 'main' AND c.coll <> 'BINARY'",
        "CREATE INDEX broken ON users (network_id, email COLLATE NOCASE)",
    ),
];

async fn found(connection: &mut SqliteConnection, question: &'static str) -> Vec<String> {
    sqlx::query_scalar(question).fetch_all(connection).await.unwrap()
}

#[test]
fn the_schema_is_typed_and_kept_apart_by_network() {
    run(async {
        let (store, _folder) = fresh_store().await;
        let mut connection = connect(store.path()).await;
        for (what, question, _) in FORBIDDEN {
            assert_eq!(found(&mut connection, question).await, Vec::<String>::new(), "{what}");
        }
    });
}

#[test]
fn a_schema_that_is_not_is_noticed() {
    run(async {
        for (what, question, broken) in FORBIDDEN {
            let (store, _folder) = fresh_store().await;
            let mut connection = connect(store.path()).await;
            raw_sql(broken).execute(&mut connection).await.unwrap();
            assert_ne!(found(&mut connection, question).await, Vec::<String>::new(), "{what}");
        }
    });
}

/// The copies that lists of candidates are ordered by are what the records say, and what happened stays as it was,
/// whoever writes.
#[test]
fn what_must_not_be_written_is_refused_by_the_file() {
    run(async {
        let (store, _folder) = fresh_store().await;
        let mut connection = connect(store.path()).await;
        let scene = "\
            PRAGMA foreign_keys = ON; \
            INSERT INTO networks VALUES (x'0A', 'Lakeside'); \
            INSERT INTO staff_members VALUES (x'0A', x'01', 'S-1', 'Ada', 'Berg', 'ada', 'berg', 1, NULL, NULL, x''); \
            INSERT INTO staff_links VALUES (x'0A', x'01', 'berg', 'ada', 0, NULL); \
            INSERT INTO batches VALUES (x'0A', x'02', x'', NULL, NULL, x'03', NULL, 0, 1, 0); \
            INSERT INTO batch_reports VALUES (x'0A', x'02', 0, x'00'); \
            INSERT INTO audit_records VALUES (x'0A', x'04', 0, NULL, x'03', NULL, x'02', '{}')";
        raw_sql(scene).execute(&mut connection).await.unwrap();
        for refused in [
            "UPDATE staff_links SET given_key = 'eva'",
            "UPDATE staff_links SET open = 1",
            "DELETE FROM staff_members",
            "UPDATE staff_members SET email = 7, email_key = x'07'",
            "UPDATE audit_records SET at = 1",
            "DELETE FROM audit_records",
            "UPDATE batches SET created = 1",
            "DELETE FROM batches",
            "UPDATE batch_reports SET part = 1",
            "DELETE FROM batch_reports",
        ] {
            let answer = raw_sql(refused).execute(&mut connection).await;
            assert!(answer.is_err(), "{refused}");
        }
        raw_sql(
            "UPDATE staff_members SET family_key = 'dahl', email = 'a@b.example', email_key = 'a@b.example'",
        )
        .execute(&mut connection)
        .await
        .unwrap();
        let carried: (String, i64) = sqlx::query_as("SELECT family_key, open FROM staff_links")
            .fetch_one(&mut connection)
            .await
            .unwrap();
        assert_eq!(carried, ("dahl".to_owned(), 1));
    });
}
