//! Every statement stops at its network by itself: the store as the owner of the tables, whom row security does not bind.
//!
//! The other tests are a role that row security binds. It would hide a statement that forgot its network, and a host that
//! connects as the owner has no such guard.

mod support;

use std::sync::Arc;

use sqlx::Row;
use staffroom_store_postgres::PostgresStore;
use staffroom_testkit::conformance::{CHECKS, Check};
use staffroom_testkit::postgres::Database;
use staffroom_testkit::properties::{Bench, Fresh, suite};
use support::{Layout, Reused, fresh_database, pool, run};

const BENCH: Bench = Bench::new(|| Box::pin(async { Fresh::of(emptied_store().await) }), |work| run(work))
    .trying_one_case_in(8);

async fn fresh_store() -> (Arc<PostgresStore>, Database) {
    let database = fresh_database().await;
    let pool = pool(database.options(), 8).await;
    (Arc::new(PostgresStore::new(pool)), database)
}

async fn emptied_store() -> (Arc<PostgresStore>, Reused) {
    let reused = Reused::emptied(Layout::Whole).await;
    (Arc::new(PostgresStore::new(reused.owner())), reused)
}

#[test]
fn every_check_of_isolation_holds_without_row_security() {
    let checks: Vec<&Check> = CHECKS.iter().filter(|check| check.subject() == "isolation").collect();
    assert!(checks.len() >= 9, "{checks:?}");
    let failed: Vec<_> = checks
        .into_iter()
        .filter_map(|check| {
            run(async {
                let (store, _database) = fresh_store().await;
                check.run(store).await.err()
            })
        })
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn nothing_changes_in_another_network() {
    suite::nothing_changes_in_another_network(&BENCH);
}

#[test]
fn another_network_is_not_seen() {
    suite::another_network_is_not_seen(&BENCH);
}

/// That is, as whom these tests connect.
#[test]
fn row_security_does_not_bind_the_owner() {
    run(async {
        let database = fresh_database().await;
        let owner = pool(database.options(), 1).await;
        let active = "SELECT row_security_active('staffroom.users')";
        assert!(!sqlx::query(active).fetch_one(&owner).await.unwrap().get::<bool, _>(0));
        let service = pool(database.options_as(support::SERVICE), 1).await;
        assert!(sqlx::query(active).fetch_one(&service).await.unwrap().get::<bool, _>(0));
    });
}
