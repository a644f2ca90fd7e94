//! Every check of the conformance suite, as a named test over SQLite.

mod support;

use std::sync::Arc;

use staffroom_store_sqlite::SqliteStore;
use support::run;
use tempfile::TempDir;

staffroom_testkit::conformance_tests! {
    run_with = run;
    async fn fresh_store() -> (Arc<SqliteStore>, TempDir) {
        support::fresh_store().await
    }
}
