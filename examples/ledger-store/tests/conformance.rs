//! The conformance suite over the ledger store: all that an outsider has to write.

use example_ledger_store::LedgerStore;
use std::sync::Arc;

staffroom_testkit::conformance_tests! {
    async fn fresh_store() -> Arc<LedgerStore> {
        Arc::new(LedgerStore::new())
    }
}
