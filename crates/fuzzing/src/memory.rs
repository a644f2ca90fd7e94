//! Stores in memory.

use std::sync::Arc;

use futures_lite::future::block_on;
use staffroom_store_memory::MemoryStore;
use staffroom_testkit::properties::{Bench, Fresh};

/// Where properties get stores in memory.
pub(crate) const BENCH: Bench =
    Bench::new(|| Box::pin(async { Fresh::of(Arc::new(MemoryStore::new())) }), |work| block_on(work));
