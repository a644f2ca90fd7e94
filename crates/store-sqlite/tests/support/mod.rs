//! Files for the tests of this crate, each in a folder of its own.

#![allow(dead_code, reason = "every test file uses some of it")]
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

use std::sync::Arc;

use staffroom_store_sqlite::{Settings, SqliteStore};
use tempfile::TempDir;

/// Runs a future to its end in a runtime of its own.
pub(crate) fn run<T>(work: impl Future<Output = T>) -> T {
    runtime().block_on(work)
}

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// A store over a file of its own.
pub(crate) async fn fresh_store() -> (Arc<SqliteStore>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open_or_create(folder.path().join("staffroom.db"), Settings::default()).await;
    (Arc::new(store.unwrap()), folder)
}
