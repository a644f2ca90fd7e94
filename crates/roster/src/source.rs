//! Where the CSV files are: beside each other in a folder, in a zip, or one alone. Nothing is ever unpacked to disk.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek};
use std::path::{Path, PathBuf};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::meter::{Meter, Tally};
use crate::shown::shown;
use crate::table::Table;
use crate::{Limit, Limits, ReadError};

/// The CSV files of a roster.
pub(crate) struct Source {
    files: Vec<CsvFile>,
    archive: Option<ZipArchive<BufReader<File>>>,
    lone: bool,
}

/// One of them.
struct CsvFile {
    /// Its name without folders, as it is spelt.
    name: String,
    /// Where it is, for telling two apart.
    full_name: String,
    /// How many bytes it has, or says it has.
    bytes: u64,
    place: Place,
}

enum Place {
    Path(PathBuf),
    Entry { index: usize, packed: u64 },
}

impl Source {
    /// Looks at what is at `path`.
    pub(crate) fn open(path: &Path, limits: &Limits) -> Result<Self, ReadError> {
        let name = path.display().to_string();
        let metadata = fs::metadata(path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => ReadError::NotFound { path: path.to_owned() },
            _ => ReadError::Unreadable { file: name.clone(), source },
        })?;
        if metadata.is_dir() {
            return Ok(Self { files: files_of_folder(path)?, archive: None, lone: false });
        }
        let unreadable = |source| ReadError::Unreadable { file: name.clone(), source };
        if !metadata.is_file() {
            return Err(unreadable(io::Error::other("it is neither a file nor a folder")));
        }
        if metadata.len() > limits.max_file_bytes {
            let allowed = limits.max_file_bytes;
            return Err(ReadError::TooLarge { file: name, line: None, limit: Limit::FileBytes, allowed });
        }
        let mut file = File::open(path).map_err(unreadable)?;
        if is_zip(&mut file).map_err(unreadable)? {
            return Self::open_zip(&name, file, metadata.len());
        }
        let file = CsvFile {
            name: file_name(path),
            full_name: name,
            bytes: metadata.len(),
            place: Place::Path(path.to_owned()),
        };
        Ok(Self { files: vec![file], archive: None, lone: true })
    }

    fn open_zip(name: &str, file: File, length: u64) -> Result<Self, ReadError> {
        let archive = ZipArchive::new(BufReader::new(file)).map_err(|error| zip_fault(name, error))?;
        if archive.has_duplicate_names() {
            let reason = "two files in it have the same name".to_owned();
            return Err(ReadError::BadZip { file: name.to_owned(), reason });
        }
        let mut files = Vec::new();
        for index in 0..archive.len() {
            let entry = archive.by_index_data(index).map_err(|error| zip_fault(name, error))?;
            let full_name = String::from_utf8_lossy(entry.name_raw()).into_owned();
            // The folders are only read to skip what macOS adds; nothing is ever written to them.
            let mut parts = full_name.split(['/', '\\']).rev();
            let name = parts.next().unwrap_or_default().to_owned();
            if !entry.is_file() || !is_csv(&name) || parts.any(|folder| folder == "__MACOSX") {
                continue;
            }
            let packed = entry.compressed_size().min(length);
            files.push(CsvFile {
                name,
                bytes: entry.size(),
                place: Place::Entry { index, packed },
                full_name,
            });
        }
        Ok(Self { files, archive: Some(archive), lone: false })
    }

    /// The name of the file, if the path named one and not a folder or zip.
    pub(crate) fn lone(&self) -> Option<String> {
        if self.lone { self.files.first().map(|file| shown(&file.name)) } else { None }
    }

    /// The place of the file called `name`, in any case of letters.
    pub(crate) fn find(&self, name: &str) -> Result<Option<usize>, ReadError> {
        let mut found =
            self.files.iter().enumerate().filter(|(_, file)| file.name.eq_ignore_ascii_case(name));
        match (found.next(), found.next()) {
            (Some((_, first)), Some((_, second))) => Err(ReadError::FileTwice {
                file: name.to_owned(),
                first: shown(&first.full_name),
                second: shown(&second.full_name),
            }),
            (first, _) => Ok(first.map(|(place, _)| place)),
        }
    }

    /// The place of the only file.
    pub(crate) fn only(&self) -> Option<usize> {
        (self.files.len() == 1).then_some(0)
    }

    /// How large the files at `places` are together, as far as is known.
    pub(crate) fn bytes(&self, places: &[usize]) -> u64 {
        let sizes = places.iter().filter_map(|place| self.files.get(*place)).map(|file| file.bytes);
        sizes.fold(0, u64::saturating_add)
    }

    /// The names of the files, in words.
    pub(crate) fn found(&self) -> String {
        let names: Vec<_> = self.files.iter().map(|file| shown(&file.name)).collect();
        if names.is_empty() { "no CSV file".to_owned() } else { quoted(&names) }
    }

    /// Opens the file at `place` and reads its header.
    pub(crate) fn table<'a>(
        &'a mut self,
        place: usize,
        tally: &'a Tally<'a>,
    ) -> Result<Table<'a>, ReadError> {
        let Some(file) = self.files.get(place) else {
            return Err(ReadError::NotRecognised { found: self.found() });
        };
        let name = shown(&file.name);
        let (reader, packed): (Box<dyn Read + 'a>, _) = match (&file.place, self.archive.as_mut()) {
            (Place::Path(path), _) => {
                let open = File::open(path)
                    .map_err(|source| ReadError::Unreadable { file: name.clone(), source })?;
                (Box::new(open), None)
            }
            (Place::Entry { index, packed }, Some(archive)) => {
                let encrypted = archive.by_index_data(*index).is_ok_and(|entry| entry.encrypted());
                if encrypted {
                    return Err(ReadError::EncryptedZip { file: name });
                }
                let entry = archive.by_index(*index).map_err(|error| zip_fault(&name, error))?;
                (Box::new(entry), Some(*packed))
            }
            (Place::Entry { .. }, None) => return Err(ReadError::NotRecognised { found: name }),
        };
        Table::open(&name, Meter::new(reader, packed, tally), tally)
    }
}

/// The CSV files of a folder, or of the only folder in it if it has none itself. Where both may be meant, neither is
/// guessed: whoever is not in the roster counts as having left.
fn files_of_folder(path: &Path) -> Result<Vec<CsvFile>, ReadError> {
    let listed = |path: &Path| {
        list(path).map_err(|source| ReadError::Unreadable { file: path.display().to_string(), source })
    };
    let (files, folders) = listed(path)?;
    if is_set(&files) {
        return Ok(files);
    }
    if let (true, [only]) = (files.is_empty(), folders.as_slice()) {
        return Ok(listed(only)?.0);
    }
    let (mut sets, mut found) = (Vec::new(), files.iter().map(|file| shown(&file.name)).collect::<Vec<_>>());
    for folder in folders {
        let (within, _) = listed(&folder)?;
        if is_set(&within) {
            found.push(format!("{}/", shown(&file_name(&folder))));
            sets.push(within);
        }
    }
    match (files.is_empty(), sets.len()) {
        (_, 0) => Ok(files),
        (true, 1) => Ok(sets.remove(0)),
        _ => Err(ReadError::SeveralRosters { folder: path.to_owned(), found: quoted(&found) }),
    }
}

/// True for the files of a OneRoster or School Data Sync roster.
fn is_set(files: &[CsvFile]) -> bool {
    let is_there = |name: &str| files.iter().any(|file| file.name.eq_ignore_ascii_case(name));
    is_there("orgs.csv") && is_there("users.csv")
}

/// The names, as far as a message holds them.
fn quoted(names: &[String]) -> String {
    const SHOWN: usize = 12;
    let mut quoted: Vec<_> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => {}
        more => quoted.push(format!("and {more} more")),
    }
    quoted.join(", ")
}

fn list(path: &Path) -> io::Result<(Vec<CsvFile>, Vec<PathBuf>)> {
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(path)? {
        let path = entry?.path();
        let name = file_name(&path);
        // A link that leads nowhere is not a file of the roster.
        let Ok(metadata) = fs::metadata(&path) else {
            continue;
        };
        if metadata.is_dir() && !name.starts_with('.') && name != "__MACOSX" {
            folders.push(path);
        } else if metadata.is_file() && is_csv(&name) {
            let full_name = name.clone();
            files.push(CsvFile { name, full_name, bytes: metadata.len(), place: Place::Path(path) });
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok((files, folders))
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// True for names that end in `.csv`, except hidden files and the shadows that macOS puts beside every file.
fn is_csv(name: &str) -> bool {
    let extension = name.len().checked_sub(4).and_then(|start| name.get(start..));
    !name.starts_with('.') && extension.is_some_and(|extension| extension.eq_ignore_ascii_case(".csv"))
}

/// True if the file begins as a zip does, also an empty one. Leaves the file at its beginning.
fn is_zip(file: &mut File) -> io::Result<bool> {
    let mut start = Vec::with_capacity(4);
    file.take(4).read_to_end(&mut start)?;
    file.rewind()?;
    Ok(matches!(start.as_slice(), b"PK\x03\x04" | b"PK\x05\x06"))
}

fn zip_fault(file: &str, error: ZipError) -> ReadError {
    let file = file.to_owned();
    match error {
        ZipError::Io(source) if source.raw_os_error().is_some() => ReadError::Unreadable { file, source },
        other => ReadError::BadZip { file, reason: other.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_disk_does_is_no_fault_of_the_zip() {
        let fault = |source| zip_fault("staff.zip", ZipError::Io(source));
        assert!(matches!(fault(io::Error::from_raw_os_error(5)), ReadError::Unreadable { .. }));
        for source in [io::ErrorKind::UnexpectedEof.into(), io::Error::other("torn")] {
            assert!(matches!(fault(source), ReadError::BadZip { .. }));
        }
    }
}
