//! Signing in over several connections at once, directly and through `PgBouncer` in transaction mode.

#![allow(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

mod support;

use std::sync::Arc;

use staffroom_core::store::Store;
use staffroom_store_postgres::{PostgresStore, Settings};
use staffroom_testkit::postgres::Database;
use support::at_once;
use support::checker::Checker;
use support::pooler::Pooler;
use support::{SERVICE, fresh_database, fresh_store, pool, run};

/// Over connections of the store's own, and over those of a pooler; the tables are looked over afterwards.
fn both_ways<F: Future<Output = ()>>(check: impl Fn(Arc<dyn Store>) -> F) {
    run(async {
        let (store, database) = fresh_store().await;
        check(store).await;
        look_over(&database).await;

        let database = fresh_database().await;
        let pool = pool(Pooler::shared().options(&database, SERVICE), 8).await;
        let settings = Settings::default().through_pooler(true);
        check(Arc::new(PostgresStore::with_settings(pool, settings))).await;
        look_over(&database).await;
    });
}

/// The tables hold what they may, and nobody waited for somebody who waited for them.
async fn look_over(database: &Database) {
    let mut checker = Checker::connect(&database.options()).await;
    checker.find_nothing().await;
    let deadlocks: i64 =
        sqlx::query_scalar("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
            .fetch_one(&mut checker.0)
            .await
            .unwrap();
    assert_eq!(deadlocks, 0);
}

#[test]
fn every_failure_is_counted() {
    both_ways(at_once::every_failure_is_counted);
}

#[test]
fn one_takes_a_token() {
    both_ways(at_once::one_takes_a_token);
}

#[test]
fn a_newer_token_voids_the_older() {
    both_ways(at_once::a_newer_token_voids_the_older);
}

#[test]
fn one_claims_each_user() {
    both_ways(at_once::one_claims_each_user);
}

#[test]
fn what_expired_is_forgotten_once() {
    both_ways(at_once::what_expired_is_forgotten_once);
}

#[test]
fn nothing_is_left_of_a_removed_user() {
    both_ways(at_once::nothing_is_left_of_a_removed_user);
}

#[test]
fn people_sign_in_several_times_at_once() {
    both_ways(at_once::people_sign_in_several_times_at_once);
}
