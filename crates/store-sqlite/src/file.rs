//! The file: making it, opening it, and what is wrong if it cannot be opened.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqlitePool, SqlitePoolOptions};
use sqlx::{ConnectOptions, Connection};
use tokio::time::{Instant, sleep};

use crate::error::{Meaning, meaning};
use crate::settings::Settings;

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// There is no file.
    #[error("there is no file {}", .0.display())]
    NotThere(PathBuf),
    /// There is no folder to make the file in.
    #[error("there is no folder {}; make it first", .0.display())]
    NoFolder(PathBuf),
    /// It is a folder, or a device, or something else that no data can be kept in.
    #[error("{} is not a file", .0.display())]
    NotAFile(PathBuf),
    /// The path is no text that SQLite could be given.
    #[error("the path {} is not in UTF-8; choose another", .0.display())]
    Path(PathBuf),
    /// The system does not let us read or write the file, or make files beside it.
    #[error(
        "{} cannot be read and written, or no file can be made beside it; check who owns it and its folder",
        .0.display()
    )]
    NoPermission(PathBuf),
    /// It is a file of something else.
    #[error("{} is not a database of Staffroom; choose another path", .0.display())]
    Foreign(PathBuf),
    /// Another process has had the file to itself for too long.
    #[error("another process keeps {} to itself; try again when it is done", .0.display())]
    Locked(PathBuf),
    /// The file is damaged.
    #[error("{} is damaged; restore a backup", .0.display())]
    Damaged(PathBuf),
    /// The schema is that of an older release.
    #[error("{} is at change {found} of its schema, and this release needs {needed}; migrate it first", path.display())]
    TooOld {
        /// The file.
        path: PathBuf,
        /// The last change that was made.
        found: i64,
        /// The last change of this release.
        needed: i64,
    },
    /// The schema is that of a newer release.
    #[error(
        "{} is at change {found} of its schema, and this release knows {known}; use a newer release of Staffroom",
        path.display()
    )]
    TooNew {
        /// The file.
        path: PathBuf,
        /// The last change that was made.
        found: i64,
        /// The last change of this release.
        known: i64,
    },
    /// Anything else.
    #[error("{} cannot be used", path.display())]
    Other {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        source: sqlx::Error,
    },
}

impl OpenError {
    /// What `error` says about the file at `path`.
    pub(crate) fn about(path: &Path, error: sqlx::Error) -> Self {
        let path = path.to_owned();
        match meaning(&error) {
            Meaning::Contended => Self::Locked(path),
            Meaning::ReadOnly | Meaning::Unavailable => Self::NoPermission(path),
            Meaning::NotADatabase => Self::Foreign(path),
            Meaning::Damaged => Self::Damaged(path),
            _ => Self::Other { path, source: error },
        }
    }
}

/// How long opening a file waits for others who open it, too.
const OPENING_PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(5);
/// How many rows the thread of a connection reads ahead.
const ROWS_AHEAD: usize = 512;
/// What the log is cut down to once its contents are in the file, in bytes.
const LOG_LIMIT: &str = "67108864";

/// `path` from the root on: it stays the same file wherever the process goes, and SQLite takes it for nothing else.
pub(crate) fn absolute(path: &Path) -> Result<PathBuf, OpenError> {
    let absolute = std::path::absolute(path).map_err(|_| OpenError::NotThere(path.to_owned()))?;
    if absolute.to_str().is_none_or(|text| text.contains('\0')) {
        return Err(OpenError::Path(absolute));
    }
    Ok(absolute)
}

/// Looks, without opening it: to close a file that SQLite has open in this process would end SQLite's locks on it.
pub(crate) fn check_is_there(path: &Path) -> Result<(), OpenError> {
    match fs::metadata(path) {
        Ok(found) if found.is_file() => Ok(()),
        Ok(_) => Err(OpenError::NotAFile(path.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            Err(OpenError::NoPermission(path.to_owned()))
        }
        Err(_) => Err(OpenError::NotThere(path.to_owned())),
    }
}

/// Makes an empty file for its owner alone, unless something is there already. The log that SQLite keeps beside a file
/// has the permissions of the file.
pub(crate) fn create(path: &Path) -> Result<(), OpenError> {
    match private().open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => check_is_there(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(OpenError::NoFolder(path.parent().unwrap_or(path).to_owned()))
        }
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            Err(OpenError::NoPermission(path.to_owned()))
        }
        Err(error) => Err(OpenError::about(path, error.into())),
    }
}

/// Makes files that nobody but their owner can read, and only where nothing is.
pub(crate) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// How every connection is made. The file is there.
fn options(path: &Path, settings: &Settings) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(settings.patience())
        .foreign_keys(true)
        // What was acknowledged survives a machine that loses its power.
        .pragma("synchronous", "FULL")
        .pragma("cache_size", settings.cache_size())
        .pragma("journal_size_limit", LOG_LIMIT)
        // What a statement may have to take back is kept in memory: it is written for every page that a statement
        // changes, and whatever is written to the folder for temporary files can be read there.
        .pragma("temp_store", "MEMORY")
        // The schema is ours; if somebody puts a function into it, it is not run.
        .pragma("trusted_schema", "OFF")
        .row_buffer_size(ROWS_AHEAD)
}

/// One connection, outside of any pool.
pub(crate) async fn connect(path: &Path) -> Result<SqliteConnection, OpenError> {
    let options = options(path, &Settings::default());
    options.connect().await.map_err(|error| OpenError::about(path, error))
}

/// The pool of a store. It connects when it is asked to.
pub(crate) fn pool(path: &Path, settings: &Settings) -> SqlitePool {
    SqlitePoolOptions::new()
        .max_connections(settings.connections())
        .acquire_timeout(settings.patience())
        // To ask a thread of our own whether it is there takes longer than most of what it is asked to do.
        .test_before_acquire(false)
        .connect_lazy_with(options(path, settings))
}

/// Lets the file be read while it is written to (WAL). It is told once and stays so. SQLite does not wait for others
/// here, so we do.
pub(crate) async fn write_ahead(path: &Path, connection: &mut SqliteConnection) -> Result<(), OpenError> {
    let deadline = Instant::now() + OPENING_PATIENCE;
    loop {
        let set = sqlx::query_scalar::<_, String>("PRAGMA journal_mode = WAL").fetch_one(&mut *connection);
        match set.await {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(_) => return Err(OpenError::NoPermission(path.to_owned())),
            Err(error) if meaning(&error) == Meaning::Contended && Instant::now() < deadline => {
                sleep(PAUSE).await;
            }
            Err(error) => return Err(OpenError::about(path, error)),
        }
    }
}

/// Ends a connection in an orderly way: the last one puts the log into the file.
pub(crate) async fn close(connection: SqliteConnection) {
    // What could go wrong has been written by now, and is found again at the next opening.
    drop(connection.close().await);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_connection_keeps_what_it_acknowledges() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("staffroom.db");
            crate::migrations::run(&path).await.unwrap();
            let pool = pool(&path, &Settings::default());
            for (setting, expected) in [
                ("foreign_keys", 1),
                ("synchronous", 2),
                ("cache_size", -65_536),
                ("temp_store", 2),
                ("trusted_schema", 0),
                ("busy_timeout", 30_000),
            ] {
                let sql = sqlx::AssertSqlSafe(format!("PRAGMA {setting}"));
                let found: i64 = sqlx::query_scalar(sql).fetch_one(&pool).await.unwrap();
                assert_eq!(found, expected, "{setting}");
            }
            let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&pool).await.unwrap();
            assert_eq!(mode, "wal");
            pool.close().await;
        });
    }
}
