//! Every check of the conformance suite, as a named test over the memory store.

use std::sync::Arc;

use staffroom_store_memory::MemoryStore;

staffroom_testkit::conformance_tests! {
    async fn fresh_store() -> Arc<MemoryStore> {
        Arc::new(MemoryStore::new())
    }
}

#[test]
fn eight_administrators_on_eight_threads_make_one_user_each() -> staffroom_testkit::conformance::Verdict {
    use staffroom_testkit::conformance::eight_administrators_on_threads;
    (0..50).try_for_each(|_| {
        eight_administrators_on_threads(Arc::new(MemoryStore::new()), futures_lite::future::block_on)
    })
}
