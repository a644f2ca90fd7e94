//! The configuration file: where it is looked for, and what may be in it.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::{Environment, Key};

/// What it is called in a folder of a project.
pub(crate) const NAME: &str = "staffroom.toml";

/// Why a configuration file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    #[error("the configuration file `{path}` cannot be read: {source}", path = .path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{path}, line {line}: this is not TOML: {what}", path = .path.display())]
    Syntax { path: PathBuf, line: usize, what: String },
    #[error("{path}, line {line}: there is no setting `{name}`{nearest}", path = .path.display())]
    UnknownKey { path: PathBuf, line: usize, name: String, nearest: Nearest },
    #[error("{path}, line {line}: `{name}` is to be {wanted}", path = .path.display())]
    WrongType { path: PathBuf, line: usize, name: &'static str, wanted: &'static str },
}

/// The setting that may have been meant, and all there are.
#[derive(Debug)]
pub(crate) struct Nearest(Option<&'static str>);

impl std::fmt::Display for Nearest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(name) = self.0 {
            write!(f, "; did you mean `{name}`?")?;
        }
        let names = Key::ALL.map(|(_, name, _)| format!("`{name}`")).join(", ");
        write!(f, "\n  the settings are: {names}")
    }
}

/// A configuration file that was read.
#[derive(Debug)]
pub(crate) struct ConfigFile {
    path: PathBuf,
    values: BTreeMap<Key, String>,
}

impl ConfigFile {
    /// The file that was named, which must be there; else the first there is of `staffroom.toml` in `folder` and
    /// `staffroom/config.toml` in the user's folder for such files.
    pub(crate) fn find(
        named: Option<&Path>,
        environment: Environment<'_>,
        folder: &Path,
    ) -> Result<Option<Self>, FileError> {
        if let Some(path) = named {
            return Self::read(path).map(Some);
        }
        let of_user = environment("XDG_CONFIG_HOME")
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
            .or_else(|| environment("HOME").map(|home| Path::new(&home).join(".config")))
            .map(|path| path.join("staffroom").join("config.toml"));
        let there = std::iter::once(folder.join(NAME)).chain(of_user).find(|path| path.is_file());
        there.map(|path| Self::read(&path)).transpose()
    }

    fn read(path: &Path) -> Result<Self, FileError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| FileError::Read { path: path.to_owned(), source })?;
        Self::parse(path, &text)
    }

    fn parse(path: &Path, text: &str) -> Result<Self, FileError> {
        let line = |at: usize| text.bytes().take(at).filter(|byte| *byte == b'\n').count().saturating_add(1);
        let owned = || path.to_owned();
        let table = DeTable::parse(text).map_err(|error| FileError::Syntax {
            path: owned(),
            line: line(error.span().map_or(0, |span| span.start)),
            what: error.message().to_owned(),
        })?;
        let mut values = BTreeMap::new();
        for (name, value) in table.get_ref() {
            let line = line(name.span().start);
            let known = Key::ALL.iter().find(|(_, known, _)| *known == name.get_ref());
            let Some((key, known, _)) = known else {
                let name = name.get_ref().to_string();
                let nearest = Nearest(nearest(&name));
                return Err(FileError::UnknownKey { path: owned(), line, name, nearest });
            };
            let text = match (key, value.get_ref()) {
                (Key::Quiet, DeValue::Boolean(value)) => value.to_string(),
                (Key::Quiet, _) => {
                    let wanted = "`true` or `false`, without quotes";
                    return Err(FileError::WrongType { path: owned(), line, name: known, wanted });
                }
                (Key::Database, DeValue::String(url)) => from_folder_of(path, "sqlite:", url),
                (Key::Mail, DeValue::String(url)) => from_folder_of(path, "folder:", url),
                (_, DeValue::String(value)) => value.to_string(),
                _ => {
                    let wanted = "a text in quotes";
                    return Err(FileError::WrongType { path: owned(), line, name: known, wanted });
                }
            };
            values.insert(*key, text);
        }
        Ok(Self { path: path.to_owned(), values })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What it says.
    pub(super) fn value(&self, key: Key) -> Option<&str> {
        self.values.get(&key).map(String::as_str)
    }
}

/// A database in a file, or a folder for mails, that is named without its folder is in the folder of the configuration,
/// wherever the command is called.
fn from_folder_of(config: &Path, scheme: &str, url: &str) -> String {
    match (url.strip_prefix(scheme), config.parent()) {
        (Some(path), Some(folder)) if !path.starts_with('/') && !folder.as_os_str().is_empty() => {
            format!("{scheme}{}", folder.join(path).display())
        }
        _ => url.to_owned(),
    }
}

fn nearest(name: &str) -> Option<&'static str> {
    let likeness = |known: &str| strsim::jaro_winkler(known, &name.to_lowercase());
    let known = Key::ALL.into_iter().map(|(_, known, _)| (likeness(known), known));
    known
        .filter(|(likeness, _)| *likeness >= 0.7)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<ConfigFile, String> {
        ConfigFile::parse(Path::new("/etc/staffroom.toml"), text).map_err(|error| error.to_string())
    }

    #[test]
    fn settings_are_read() {
        let file =
            parsed("# ours\nnetwork = \"Lakeside\"\nquiet = true\ndatabase = \"sqlite:a.db\"\n").unwrap();
        assert_eq!(file.value(Key::Network), Some("Lakeside"));
        assert_eq!(file.value(Key::Quiet), Some("true"));
        assert_eq!(file.value(Key::Database), Some("sqlite:/etc/a.db"));
        assert_eq!(file.value(Key::School), None);
    }

    #[test]
    fn an_unknown_setting_is_told_with_its_line_and_the_nearest() {
        let error = parsed("\nnetwrok = \"Lakeside\"\n").unwrap_err();
        assert!(
            error.starts_with(
                "/etc/staffroom.toml, line 2: there is no setting `netwrok`; did you mean `network`?"
            ),
            "{error}"
        );
        let error = parsed("zzz = 1\n").unwrap_err();
        assert!(!error.contains("did you mean") && error.contains("the settings are: `database`"), "{error}");
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, words) in [
            ("a = 1\nb = = 2\n", "line 2: this is not TOML"),
            ("school = 1\n", "line 1: `school` is to be a text in quotes"),
            ("quiet = \"yes\"\n", "line 1: `quiet` is to be `true` or `false`, without quotes"),
            ("[database]\nurl = \"x\"\n", "`database` is to be a text in quotes"),
        ] {
            let error = parsed(text).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
    }
}
