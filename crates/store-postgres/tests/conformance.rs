//! Every check of the conformance suite, as a named test over PostgreSQL.

mod support;

use std::sync::Arc;

use staffroom_store_postgres::PostgresStore;
use support::{Layout, Reused, run};

staffroom_testkit::conformance_tests! {
    run_with = run;
    async fn fresh_store() -> (Arc<PostgresStore>, Reused) {
        support::emptied_store(Layout::Whole).await
    }
}
