//! A consistent copy of the file, while others go on.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use sqlx::Connection;
use tokio::task::spawn_blocking;

use crate::error::{Meaning, meaning};
use crate::file::{self, OpenError};

/// Why no copy was made. There is nothing at its path then that was not there before.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// Something is at its path already.
    #[error("{} is there already, and is not overwritten; choose another path, or move it away", .0.display())]
    AlreadyThere(PathBuf),
    /// There is no folder to make the copy in.
    #[error("there is no folder {}; make it first", .0.display())]
    NoFolder(PathBuf),
    /// The system does not let us write there.
    #[error("nothing can be written to {}; check who owns its folder", .0.display())]
    NoPermission(PathBuf),
    /// There is no room for the copy.
    #[error("there is no room for a copy at {}; it takes about as much as the file", .0.display())]
    Full(PathBuf),
    /// The file itself cannot be read.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The copy cannot be written.
    #[error("the copy {} cannot be written", path.display())]
    Write {
        /// Where it was to be.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// SQLite cannot make the copy.
    #[error("the copy {} cannot be made", path.display())]
    Copy {
        /// Where it was to be.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        source: sqlx::Error,
    },
}

impl BackupError {
    fn writing(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::AlreadyExists => Self::AlreadyThere(path),
            io::ErrorKind::NotFound => Self::NoFolder(path.parent().unwrap_or(&path).to_owned()),
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::NoPermission(path),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full(path),
            _ => Self::Write { path, source },
        }
    }
}

/// Copies the file at `from` to `to`, which must not be there yet, as [`SqliteStore::backup`](crate::SqliteStore::backup) does: also
/// one whose schema is that of another release, before it is migrated. First under another name beside it, so that nobody finds
/// half a copy.
///
/// # Errors
/// [`BackupError`]. Nothing is left at `to` then.
pub async fn backup(from: &Path, to: &Path) -> Result<(), BackupError> {
    let from = file::absolute(from)?;
    file::check_is_there(&from)?;
    let to = file::absolute(to)?;
    if fs::symlink_metadata(&to).is_ok() {
        return Err(BackupError::AlreadyThere(to));
    }
    let unfinished = Unfinished::beside(&to)?;
    let mut connection = file::connect(&from).await?;
    let copied = sqlx::query("VACUUM INTO ?1").bind(unfinished.text()).execute(&mut connection).await;
    // The others have it open: nothing is left to be put into the file.
    drop(connection.close().await);
    copied.map_err(|error| match meaning(&error) {
        Meaning::Full => BackupError::Full(to.clone()),
        _ => BackupError::Copy { path: to.clone(), source: error },
    })?;
    // Flushing a large file takes a while.
    let finishing = spawn_blocking(move || {
        unfinished.become_whole(&to).map_err(|error| BackupError::writing(&to, error))
    });
    finishing.await.map_err(|error| BackupError::Write { path: from, source: error.into() })?
}

/// What a copy to `to` that this process has under way is called, until it is whole and has its own name.
pub(crate) fn unfinished(to: &Path) -> PathBuf {
    name(to, 0)
}

fn name(to: &Path, number: u32) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(to.file_name().unwrap_or_default());
    name.push(format!(".{}-{number}.unfinished", std::process::id()));
    to.with_file_name(name)
}

/// A copy under way. Dropped, it is gone.
struct Unfinished(PathBuf);

impl Unfinished {
    /// An empty file for its owner alone, with a name that nothing has. SQLite writes into an empty file.
    fn beside(to: &Path) -> Result<Self, BackupError> {
        for number in 0_u32.. {
            let path = name(to, number);
            match file::private().open(&path) {
                Ok(_) => return Ok(Self(path)),
                // Another copy is under way, or was when its process was killed.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(BackupError::writing(to, error)),
            }
        }
        Err(BackupError::AlreadyThere(to.to_owned()))
    }

    fn text(&self) -> String {
        self.0.to_string_lossy().into_owned()
    }

    /// Takes the name `to`, unless something has it by now, and is on the disk with it.
    fn become_whole(&self, to: &Path) -> io::Result<()> {
        File::open(&self.0)?.sync_all()?;
        match fs::hard_link(&self.0, to) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                // A file system without links: the name is taken first, and then put on the copy.
                file::private().open(to)?;
                fs::rename(&self.0, to).inspect_err(|_| drop(fs::remove_file(to)))?;
            }
            linked => linked?,
        }
        #[cfg(unix)]
        File::open(to.parent().unwrap_or(to))?.sync_all()?;
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // It has its other name by now, or none should be left.
        drop(fs::remove_file(&self.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_under_way_is_found_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("copy.db");
        let copy = Unfinished::beside(&to).unwrap();
        assert_eq!(copy.0, unfinished(&to));
        assert!(copy.0.exists());
        drop(copy);
        assert!(!unfinished(&to).exists());
    }
}
