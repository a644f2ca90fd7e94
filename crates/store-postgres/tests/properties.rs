//! Every property of the testkit, the state machine among them, as a named test over PostgreSQL.

mod support;

use std::sync::Arc;

use staffroom_store_postgres::PostgresStore;
use support::{Layout, Reused, run};

staffroom_testkit::property_tests! {
    run_with = run;
    one_case_in = 4;
    async fn fresh_store() -> (Arc<PostgresStore>, Reused) {
        support::emptied_store(Layout::Whole).await
    }
}
