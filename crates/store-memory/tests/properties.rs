//! Every property of the testkit, as a named test over the memory store.

use std::sync::Arc;

use staffroom_store_memory::MemoryStore;

staffroom_testkit::property_tests! {
    async fn fresh_store() -> Arc<MemoryStore> {
        Arc::new(MemoryStore::new())
    }
}
