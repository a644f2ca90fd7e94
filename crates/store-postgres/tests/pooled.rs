//! Every check of the conformance suite, through `PgBouncer` in transaction mode.

mod support;

use std::collections::HashSet;
use std::sync::Arc;

use sqlx::Row;
use staffroom_store_postgres::{PostgresStore, Settings, migrations};
use support::pooler::Pooler;
use support::{Layout, Reused, SERVICE, fresh_database, pool, run};

staffroom_testkit::conformance_tests! {
    run_with = run;
    async fn fresh_store() -> (Arc<PostgresStore>, Reused) {
        let reused = Reused::emptied(Layout::Whole).await;
        let pool = pool(Pooler::shared().options(reused.database(), SERVICE), 8).await;
        (Arc::new(PostgresStore::with_settings(pool, Settings::default().through_pooler(true))), reused)
    }
}

/// A service that comes up behind a pooler can ask whether its schema is the right one.
#[test]
fn the_schema_can_be_checked_through_the_pooler() {
    run(async {
        let database = fresh_database().await;
        let pool = pool(Pooler::shared().options(&database, SERVICE), 2).await;
        for _ in 0..20 {
            migrations::check(&pool, migrations::DEFAULT_SCHEMA).await.unwrap();
        }
    });
}

/// The pooler is there, and gives one connection to one transaction after another: with what a session keeps, two
/// clients would meet.
#[test]
fn the_pooler_shares_connections_between_transactions() {
    run(async {
        let database = fresh_database().await;
        let (one, two) = (
            pool(Pooler::shared().options(&database, SERVICE), 1).await,
            pool(Pooler::shared().options(&database, SERVICE), 1).await,
        );
        let mut seen: [HashSet<String>; 2] = Default::default();
        for _ in 0..20 {
            for (seen, client) in seen.iter_mut().zip([&one, &two]) {
                // In one message: a prepared statement would have to outlive its transaction.
                let row = sqlx::raw_sql("SELECT pg_backend_pid()::text").fetch_one(client).await.unwrap();
                seen.insert(row.get(0));
            }
        }
        assert!(!seen[0].is_disjoint(&seen[1]), "{seen:?}");
    });
}
