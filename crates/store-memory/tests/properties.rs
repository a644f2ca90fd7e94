//! The memory store under every property of the testkit.

use std::sync::Arc;

use staffroom_store_memory::MemoryStore;

staffroom_testkit::property_tests! {
    empty_store: || Arc::new(MemoryStore::new()),
    block_on: futures_lite::future::block_on,
}
