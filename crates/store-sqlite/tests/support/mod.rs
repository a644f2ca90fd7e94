//! Files for the tests of this crate, each in a folder of its own.

#![allow(dead_code, reason = "every test file uses some of it")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up fails")]
#![allow(clippy::cast_precision_loss, reason = "rates are shown, and decide nothing")]

#[path = "../../../store-postgres/tests/support/at_once.rs"]
pub(crate) mod at_once;
pub(crate) mod checker;
#[path = "../../../store-postgres/tests/support/everything.rs"]
pub(crate) mod everything;
#[path = "../../../store-postgres/tests/support/moments.rs"]
pub(crate) mod moments;
#[path = "../../../store-postgres/tests/support/rounds.rs"]
pub(crate) mod rounds;
#[path = "../../../store-postgres/tests/support/traces.rs"]
pub(crate) mod traces;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use staffroom_core::Staffroom;
use staffroom_core::store::Store;
use staffroom_store_sqlite::{Settings, SqliteStore};
use staffroom_testkit::fixture::{self, NETWORK, add_staff, set_up, staff_member};
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
    let (folder, path) = fresh_folder();
    let store = SqliteStore::open_or_create(path, Settings::default()).await;
    (Arc::new(store.unwrap()), folder)
}

/// A folder, and where a file may be in it.
pub(crate) fn fresh_folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("staffroom.db");
    (folder, path)
}

/// A file with a network of `people` staff members, all of them candidates.
pub(crate) async fn file_with_staff(people: u32) -> (TempDir, PathBuf) {
    let (folder, path) = fresh_folder();
    let store = SqliteStore::open_or_create(&path, Settings::default()).await.unwrap();
    set_up(&store).await.unwrap();
    let members: Vec<_> = (1..=people).map(staff_member).collect();
    add_staff(&store, NETWORK, &members).await.unwrap();
    store.close().await;
    (folder, path)
}

/// The library over `store`, with ids that no other one of this process makes.
pub(crate) fn library(store: &SqliteStore) -> Staffroom {
    static SPACES: AtomicU64 = AtomicU64::new(1);
    library_in_space(store, SPACES.fetch_add(1, Ordering::Relaxed))
}

/// The library over `store`, with ids that nobody makes in another space.
pub(crate) fn library_in_space(store: &SqliteStore, space: u64) -> Staffroom {
    let store: Arc<dyn Store> = Arc::new(store.clone());
    fixture::staffroom(store, space)
}

/// How a child process is told what to do.
const CHILD: &str = "STAFFROOM_TEST_CHILD";

/// This very program again, as the process that runs the ignored test `name`: over the file at `path`, with ids of that
/// space. What it prints can be read.
pub(crate) fn child(name: &str, path: &Path, space: u64) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", name, "--ignored", "--nocapture"])
        .env(CHILD, format!("{space}|{}", path.display()))
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit());
    command
}

/// What a child process was told: the file, and the space of its ids. `None` if this is none, but somebody runs all
/// tests that are ignored.
pub(crate) fn told() -> Option<(PathBuf, u64)> {
    let told = std::env::var(CHILD).ok()?;
    let (space, path) = told.split_once('|').unwrap();
    Some((path.into(), space.parse().unwrap()))
}
