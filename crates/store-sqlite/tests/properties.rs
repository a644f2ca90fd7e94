//! Every property of the testkit, the state machine among them, as a named test over SQLite.

mod support;

use std::sync::Arc;

use staffroom_store_sqlite::SqliteStore;
use support::run;
use tempfile::TempDir;

staffroom_testkit::property_tests! {
    run_with = run;
    one_case_in = 4;
    async fn fresh_store() -> (Arc<SqliteStore>, TempDir) {
        support::fresh_store().await
    }
}
