//! A file, looked over by plain SQL that shares no code with the store.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

const CLAUSES: &str = include_str!("checker.sql");

/// Each clause: its name, and the statement that selects what breaks it.
pub(crate) fn clauses() -> Vec<(&'static str, &'static str)> {
    CLAUSES.split("-- clause: ").skip(1).map(|clause| clause.split_once('\n').unwrap()).collect()
}

/// A connection of one's own to the file at `path`, without any settings of the store.
pub(crate) async fn connect(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(path).foreign_keys(false).connect().await.unwrap()
}

/// The names of the clauses that something in the file breaks.
pub(crate) async fn broken_clauses(connection: &mut SqliteConnection) -> Vec<&'static str> {
    let mut broken = Vec::new();
    for (name, statement) in clauses() {
        let any = format!("SELECT EXISTS ({statement})");
        if sqlx::query_scalar(AssertSqlSafe(any)).fetch_one(&mut *connection).await.unwrap() {
            broken.push(name);
        }
    }
    broken
}

/// Fails the test if the file is damaged, if an index differs from its table, if a row refers to none, or if anything
/// breaks a clause.
pub(crate) async fn find_nothing(path: &Path) {
    let mut connection = connect(path).await;
    let damage: Vec<String> =
        sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&mut connection).await.unwrap();
    assert_eq!(damage, ["ok"], "the file is damaged");
    let dangling = sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut connection).await.unwrap();
    assert_eq!(dangling.len(), 0, "a row refers to one that is not there");
    assert_eq!(
        broken_clauses(&mut connection).await,
        Vec::<&str>::new(),
        "the tables hold what they must not"
    );
    connection.close().await.unwrap();
}
