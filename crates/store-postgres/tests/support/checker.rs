//! The tables of a database, looked over by plain SQL that shares no code with the store.

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};

const CLAUSES: &str = include_str!("checker.sql");

/// A row that breaks a clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Offence {
    pub(crate) clause: String,
    pub(crate) row: String,
}

/// Each clause: its name, and the statement that selects what breaks it.
pub(crate) fn clauses() -> Vec<(&'static str, &'static str)> {
    CLAUSES.split("-- clause: ").skip(1).map(|clause| clause.split_once('\n').unwrap()).collect()
}

/// A connection of the superuser, whom row security does not bind.
pub(crate) struct Checker(pub(crate) PgConnection);

impl Checker {
    pub(crate) async fn connect(options: &PgConnectOptions) -> Self {
        let mut connection = PgConnection::connect_with(options).await.unwrap();
        // The rows themselves are read: an index may be what is wrong.
        let settings = "SET search_path = staffroom; SET enable_indexscan = off; SET enable_indexonlyscan = off; \
                        SET enable_bitmapscan = off; SET jit = off";
        sqlx::raw_sql(settings).execute(&mut connection).await.unwrap();
        Self(connection)
    }

    /// Whatever breaks a clause, in one picture of the tables.
    pub(crate) async fn offences(&mut self) -> Vec<Offence> {
        let of_clause = |(name, statement)| {
            format!("SELECT '{name}', row_to_json(broken)::text FROM ({statement}) AS broken")
        };
        let all = clauses().into_iter().map(of_clause).collect::<Vec<_>>().join("\nUNION ALL\n");
        let rows = sqlx::query(AssertSqlSafe(all)).fetch_all(&mut self.0).await.unwrap();
        rows.iter().map(|row| Offence { clause: row.get(0), row: row.get(1) }).collect()
    }

    /// Fails the test if anything breaks a clause.
    pub(crate) async fn find_nothing(&mut self) {
        let offences = self.offences().await;
        assert!(offences.is_empty(), "the tables hold what they must not: {offences:#?}");
    }
}
