//! Files of SQLite, fresh ones fast: each is a copy of one that was made once.

use std::sync::OnceLock;

use staffroom_store_sqlite::{Settings, SqliteStore};
use staffroom_testkit::properties::Violation;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use crate::machine::{folder, unfit};

/// Runs a future to its end in the one runtime there is.
pub(crate) fn run<T>(work: impl Future<Output = Result<T, Violation>>) -> Result<T, Violation> {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    let runtime = if let Some(runtime) = RUNTIME.get() {
        runtime
    } else {
        let made = Builder::new_current_thread().enable_all().build().map_err(|error| unfit(&error))?;
        RUNTIME.get_or_init(|| made)
    };
    runtime.block_on(work)
}

/// A store over a file of its own, with no network in it.
pub(crate) async fn fresh() -> Result<(SqliteStore, TempDir), Violation> {
    let folder = folder()?;
    let path = folder.path().join("staffroom.db");
    std::fs::write(&path, template().await?).map_err(|error| unfit(&error))?;
    let store = SqliteStore::open(&path, Settings::default()).await.map_err(|error| unfit(&error))?;
    Ok((store, folder))
}

/// The bytes of a file with the tables and nothing in them.
async fn template() -> Result<&'static [u8], Violation> {
    static TEMPLATE: OnceLock<Vec<u8>> = OnceLock::new();
    if let Some(bytes) = TEMPLATE.get() {
        return Ok(bytes);
    }
    let folder = folder()?;
    let path = folder.path().join("staffroom.db");
    let store =
        SqliteStore::open_or_create(&path, Settings::default()).await.map_err(|error| unfit(&error))?;
    store.close().await;
    let bytes = std::fs::read(&path).map_err(|error| unfit(&error))?;
    Ok(TEMPLATE.get_or_init(|| bytes))
}
