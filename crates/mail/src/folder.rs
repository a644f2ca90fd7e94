//! Mails as files in a folder, for trying out.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use staffroom_core::{Mail, MailError, Mailer};

use crate::compose::{Composed, Composer};
use crate::error::SendError;

/// Writes each mail into a folder instead of sending it: a file `....eml`, which mail programs open. The names of the files sort by time.
///
/// The files hold links that let whoever has them in. They are for their owner alone, and so is the folder if it is made here; a folder that is
/// there already stays as it is. A file appears whole or not at all.
#[derive(Debug, Clone)]
pub struct FolderMailer {
    composer: Composer,
    folder: PathBuf,
}

impl FolderMailer {
    /// Writes into `folder`, which is made if it is not there.
    ///
    /// # Errors
    /// If it cannot be made, or is no folder.
    pub fn new(folder: impl Into<PathBuf>, composer: Composer) -> io::Result<Self> {
        let folder = folder.into();
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder)?;
        Ok(Self { composer, folder })
    }

    /// Where the mails go.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

#[async_trait]
impl Mailer for FolderMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let composed = self.composer.compose(mail).map_err(SendError::from)?;
        let folder = self.folder.clone();
        let written = tokio::task::spawn_blocking(move || write(&folder, &composed)).await;
        written
            .unwrap_or_else(|error| Err(io::Error::other(error)))
            .map_err(|error| SendError::Folder(error).into())
    }
}

fn write(folder: &Path, mail: &Composed) -> io::Result<()> {
    // Not with the colons of a time, which not every file system takes.
    let time = mail.at.as_datetime().format("%Y%m%dT%H%M%S%.6fZ");
    let name = format!("{time}-{}.eml", mail.id);
    let unfinished = folder.join(format!(".{name}.part"));
    let done = private(&unfinished)
        .and_then(|mut file| {
            file.write_all(&mail.bytes)?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&unfinished, folder.join(&name)));
    if done.is_err() {
        // What is half written is of no use; what is the matter was said already.
        let _ = fs::remove_file(&unfinished);
    }
    done
}

/// A new file that nobody else may read.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
