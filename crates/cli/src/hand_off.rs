//! The hand-off sheet: a file by which an administrator tells people that they can sign in. Nobody else does.

mod slips;
mod table;

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use staffroom_core::{HandOff, HandOffEntry, Timestamp, WayIn};

use crate::error::Error;
use crate::output::csv::cause;
use crate::output::users::day;

/// A sheet that has its place on the disk and nothing in it yet: what can go wrong with the place goes wrong before
/// anything is done.
#[derive(Debug)]
pub(crate) struct Sheet {
    path: PathBuf,
    file: File,
    kind: Kind,
}

/// What a sheet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A table for spreadsheets.
    Csv,
    /// A page of slips to print and cut.
    Slips,
}

/// Where people are to sign in, for the slips.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) network: &'a str,
    pub(crate) school: &'a str,
    /// The address of the page, if it is known.
    pub(crate) url: Option<&'a str>,
}

/// Fails if no sheet can be made at `path`, which the caller should know before a large roster is read: its name says
/// nothing that a sheet can be, it is there already, or its folder is not.
pub(crate) fn check_place(path: &Path) -> Result<(), Error> {
    Kind::of(path)?;
    if path.symlink_metadata().is_ok() {
        return Err(Error::HandOffExists(path.to_owned()));
    }
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
            Err(Error::HandOffFolder(folder.to_owned()))
        }
        _ => Ok(()),
    }
}

impl Kind {
    /// What a sheet of that name is to be.
    fn of(path: &Path) -> Result<Self, Error> {
        let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default();
        match end.to_ascii_lowercase().as_str() {
            "csv" => Ok(Self::Csv),
            "html" | "htm" => Ok(Self::Slips),
            _ => Err(Error::HandOffKind(path.to_owned())),
        }
    }
}

impl Sheet {
    /// Makes the file, which only its owner can read, and which must not be there yet. Its name says what it is to be.
    pub(crate) fn create(path: &Path) -> Result<Self, Error> {
        let kind = Kind::of(path)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(path) {
            Ok(file) => Ok(Self { path: path.to_owned(), file, kind }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(Error::HandOffExists(path.to_owned()))
            }
            Err(source) => Err(Error::HandOff { path: path.to_owned(), source }),
        }
    }

    /// Writes the sheet; answers with where it is.
    pub(crate) fn write(self, place: Place<'_>, hand_off: &HandOff) -> Result<PathBuf, Error> {
        let Self { path, mut file, kind } = self;
        let written = match kind {
            Kind::Csv => table::write(&mut file, place.url, hand_off, way_in).map_err(cause),
            Kind::Slips => slips::write(&mut file, place, hand_off),
        };
        // On the disk, and not on its way there: it may be the one place that has the passwords.
        match written.and_then(|()| file.sync_all()) {
            Ok(()) => Ok(path),
            Err(source) => Err(Error::HandOff { path, source }),
        }
    }

    /// Takes the empty sheet away again.
    pub(crate) fn discard(self) {
        let Self { path, file, .. } = self;
        drop(file);
        drop(std::fs::remove_file(path));
    }
}

/// When the password by which they get in stops working.
pub(crate) const fn expiry(way_in: &WayIn) -> Option<Timestamp> {
    match way_in {
        WayIn::SharedPassword { expires_at }
        | WayIn::GeneratedPassword { expires_at, .. }
        | WayIn::PasswordShownBefore { expires_at } => Some(*expires_at),
        _ => None,
    }
}

/// How to get in, told to the person. Never with the password itself.
pub(crate) fn way_in(entry: &HandOffEntry) -> String {
    let until = expiry(&entry.way_in).map(day).unwrap_or_default();
    match &entry.way_in {
        WayIn::SharedPassword { .. } => {
            format!(
                "Sign in with this email and the password you are told, by {until}; then choose one of your own"
            )
        }
        WayIn::GeneratedPassword { .. } => {
            format!("Sign in with this email and this password, by {until}; then choose one of your own")
        }
        WayIn::PasswordShownBefore { .. } => format!(
            "Sign in with this email and the password that you were given before, by {until}; if it is lost, choose \
             \"Forgot your password?\""
        ),
        _ => FORGOT_PASSWORD.to_owned(),
    }
}

/// How people get in who have no password yet.
const FORGOT_PASSWORD: &str = "On the sign-in page, choose \"Forgot your password?\" and give this email; a link to set a password is mailed to it";
