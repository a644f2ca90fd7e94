//! Bringing a file of an older release up to date.

#![allow(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

mod support;

use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection, raw_sql};
use staffroom_store_sqlite::{OpenError, Settings, SqliteStore, migrations};
use support::checker::{connect, find_nothing};
use support::{fresh_folder, run};

/// A file as the release before sessions left it, with a row of everything.
const BEFORE_SESSIONS: [&str; 8] = [
    include_str!("../migrations/0001_networks_schools_groups.sql"),
    include_str!("../migrations/0002_staff_members.sql"),
    include_str!("../migrations/0003_users.sql"),
    include_str!("../migrations/0004_staff_links.sql"),
    include_str!("../migrations/0005_batches.sql"),
    include_str!("../migrations/0006_audit_records.sql"),
    "PRAGMA user_version = 6",
    "INSERT INTO networks VALUES (x'0A', 'Lakeside'); \
     INSERT INTO schools VALUES (x'0A', x'01', 'north', 'North'); \
     INSERT INTO shared_passwords VALUES (x'0A', x'02', '$argon2id$', 5); \
     INSERT INTO users VALUES (x'0A', x'03', 'Ada@a.example', 'ada@a.example', 1, 1, 5, x'02', NULL, 1, NULL, 1); \
     INSERT INTO users VALUES (x'0A', x'04', 'eva@a.example', 'eva@a.example', 1, 3, 5, NULL, NULL, 1, 6, 2); \
     INSERT INTO user_passwords VALUES (x'0A', x'04', '$argon2id$'); \
     INSERT INTO user_schools VALUES (x'0A', x'03', x'01'); \
     INSERT INTO batches VALUES (x'0A', x'05', x'00', x'02', NULL, x'01', NULL, 1, 0, 0); \
     INSERT INTO audit_records VALUES (x'0A', x'06', 1, NULL, x'01', NULL, x'05', \
         '{\"event\":\"bulk-create\",\"requested\":0,\"created\":0,\"refused\":0}'); \
     INSERT INTO audit_records VALUES (x'0A', x'07', 2, x'03', x'01', x'08', NULL, '{\"event\":\"group-added\"}')",
];

const TABLES: [&str; 8] = [
    "networks",
    "schools",
    "shared_passwords",
    "users",
    "user_passwords",
    "user_schools",
    "batches",
    "audit_records",
];

/// The rows of a table, as texts, with the columns that it had.
async fn rows(connection: &mut SqliteConnection, table: &str) -> Vec<String> {
    let columns = format!(
        "SELECT group_concat('quote(' || name || ')', ' || ') FROM pragma_table_info('{table}') \
         WHERE name <> 'revoked_at'"
    );
    let columns: String =
        sqlx::query_scalar(AssertSqlSafe(columns)).fetch_one(&mut *connection).await.unwrap();
    let sql = format!("SELECT {columns} FROM {table} ORDER BY 1");
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(connection).await.unwrap()
}

async fn all_rows(connection: &mut SqliteConnection) -> Vec<(&'static str, Vec<String>)> {
    let mut all = Vec::new();
    for table in TABLES {
        all.push((table, rows(connection, table).await));
    }
    all
}

#[test]
fn what_the_release_before_sessions_left_is_kept() {
    run(async {
        let (_folder, path) = fresh_folder();
        std::fs::write(&path, "").unwrap();
        let mut connection = connect(&path).await;
        let mark = format!("PRAGMA application_id = {}", migrations::APPLICATION_ID);
        raw_sql(AssertSqlSafe(mark)).execute(&mut connection).await.unwrap();
        for statements in BEFORE_SESSIONS {
            raw_sql(statements).execute(&mut connection).await.unwrap();
        }
        let kept = all_rows(&mut connection).await;
        assert!(kept.iter().all(|(_, rows)| !rows.is_empty()), "{kept:?}");
        connection.close().await.unwrap();

        let refused = SqliteStore::open(&path, Settings::default()).await.unwrap_err();
        assert!(matches!(refused, OpenError::TooOld { found: 6, .. }), "{refused}");
        let made = migrations::run(&path).await.unwrap();
        assert_eq!(made, migrations::changes().skip(6).collect::<Vec<_>>());

        let mut connection = connect(&path).await;
        assert_eq!(all_rows(&mut connection).await, kept);
        for refused in ["UPDATE audit_records SET at = 9", "DELETE FROM audit_records"] {
            let answer = raw_sql(refused).execute(&mut connection).await;
            assert!(answer.is_err(), "{refused}");
        }
        let newest =
            "EXPLAIN QUERY PLAN SELECT audit_id FROM audit_records WHERE network_id = x'0A' ORDER BY at DESC";
        let plan = sqlx::query_as::<_, (i64, i64, i64, String)>(newest);
        let plan = plan.fetch_one(&mut connection).await.unwrap().3;
        assert!(plan.contains("audit_records_by_time"), "{plan}");
        let without_school =
            "INSERT INTO audit_records VALUES (x'0A', x'09', 3, x'03', NULL, NULL, NULL, '{}')";
        raw_sql(without_school).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        find_nothing(&path).await;
    });
}
