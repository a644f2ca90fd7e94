//! The SQLite store of Staffroom: the embedded default, one durable file and no server.
//!
//! ```
//! use std::sync::Arc;
//! use staffroom_core::store::Store;
//! use staffroom_store_sqlite::{Settings, SqliteStore};
//!
//! # async fn open(path: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
//! let store: Arc<dyn Store> = Arc::new(SqliteStore::open_or_create(path, Settings::default()).await?);
//! # Ok(()) }
//! # let folder = tempfile::tempdir().unwrap();
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
//! # runtime.block_on(open(&folder.path().join("staffroom.db"))).unwrap();
//! ```
//!
//! # How it keeps the contract
//! A unit of work is one transaction. For reading it is a snapshot: one picture from beginning to end, whatever is
//! written meanwhile. For writing it has the file to itself: writers come one after the other, those of one process in
//! the order in which they asked, and those of several processes as SQLite lets them in; who waits for longer than the
//! [settings](Settings::with_patience) have patience is answered that the store is contended. Readers wait for nobody,
//! and nobody waits for them. All networks of a file share its one writer.
//!
//! A commit that was answered is on the disk: the log is written ahead (WAL) and flushed before the answer
//! (`synchronous = FULL`). Whatever interrupts a unit of work, a dropped future, a killed process, a machine without
//! power, nothing of it is left: the connection goes back to the pool only after a `ROLLBACK` that was answered, and is
//! closed otherwise; and what a dead process had in the log without a commit is passed over by whoever reads it next.
//!
//! SQLite works in threads of its own, one for each connection: no method blocks the thread that polls it.
//!
//! `docs/operating-sqlite.md` in the repository is for those who run it: where the file is, backups, several processes.

mod backup;
mod error;
mod file;
pub mod migrations;
mod repositories;
mod settings;
mod statement;
mod transaction;
mod unit_of_work;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use sqlx::SqlitePool;
use staffroom_core::store::{Mode, Store, StoreError, UnitOfWork};
use staffroom_core::{Network, NetworkId};
use tokio::sync::Mutex;

pub use backup::{BackupError, backup};
pub use error::is_read_only;
pub use file::OpenError;
pub use settings::Settings;

use transaction::Transaction;
use unit_of_work::SqliteUnitOfWork;

/// A store over one file.
///
/// Cheap to clone; share it between tasks. It needs a Tokio runtime. Several stores, in one process or in many, may
/// work over one file at once.
#[derive(Clone)]
pub struct SqliteStore {
    path: Arc<Path>,
    pool: SqlitePool,
    settings: Arc<Settings>,
    /// The turn to write, among those who share this store: they wait for it in order, and without a thread.
    turn: Arc<Mutex<()>>,
}

impl SqliteStore {
    /// Over the file at `path`, which is there and whose schema is the one of this release.
    ///
    /// # Errors
    /// [`OpenError`] says what is wrong and what to do.
    pub async fn open(path: impl AsRef<Path>, settings: Settings) -> Result<Self, OpenError> {
        let path = file::absolute(path.as_ref())?;
        file::check_is_there(&path)?;
        Self::over(path, settings).await
    }

    /// Over the file at `path`. If there is none, it is made, for its owner alone to read and write; and its schema is
    /// brought up to date with [this release](migrations).
    ///
    /// # Errors
    /// [`OpenError`] says what is wrong and what to do.
    pub async fn open_or_create(path: impl AsRef<Path>, settings: Settings) -> Result<Self, OpenError> {
        let path = file::absolute(path.as_ref())?;
        migrations::run(&path).await?;
        Self::over(path, settings).await
    }

    async fn over(path: PathBuf, settings: Settings) -> Result<Self, OpenError> {
        migrations::check(&path).await?;
        let pool = file::pool(&path, &settings);
        Ok(Self { path: path.into(), pool, settings: Arc::new(settings), turn: Arc::new(Mutex::new(())) })
    }

    /// The file, as an absolute path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Every network in the file, by id: for whoever runs the machine. A unit of work sees its own network only.
    ///
    /// # Errors
    /// [`StoreError`] if the file cannot be read.
    pub async fn networks(&self) -> Result<Vec<Network>, StoreError> {
        repositories::networks(&self.pool).await
    }

    /// Copies the file to `path`, which must not be there yet: everything that was committed when the copy began, and
    /// nothing else, while others go on reading and writing. The copy is a file like any other, without the space that
    /// deleted rows had, and can be opened at once. It is for its owner alone to read, it is on the disk when this
    /// answers, and until it is whole there is nothing at `path`.
    ///
    /// # Errors
    /// [`BackupError`]. Nothing is left at `path` then.
    pub async fn backup(&self, path: impl AsRef<Path>) -> Result<(), BackupError> {
        backup(&self.path, path.as_ref()).await
    }

    /// What a [`backup`](Self::backup) to `path` is called while it is under way: for a program that is to end in the middle
    /// of it, and leave nothing behind.
    pub fn unfinished_backup(path: impl AsRef<Path>) -> PathBuf {
        backup::unfinished(path.as_ref())
    }

    /// Closes the file, once its units of work have ended. The last one to close a file puts what is in its log into the
    /// file itself, and removes the log. To drop a store without this is safe.
    pub async fn close(self) {
        self.pool.close().await;
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, settings, .. } = self;
        f.debug_struct("SqliteStore").field("path", path).field("settings", settings).finish_non_exhaustive()
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn begin(&self, network: NetworkId, mode: Mode) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let transaction = match mode {
            Mode::Read => Transaction::begin_reading(&self.pool, &self.settings, network).await?,
            Mode::Write => {
                Transaction::begin_writing(&self.pool, &self.settings, Arc::clone(&self.turn), network)
                    .await?
            }
        };
        Ok(Box::new(SqliteUnitOfWork::new(transaction, self.settings.few())))
    }
}

/// The example of the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
