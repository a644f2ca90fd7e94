//! The copy of the workspace that changes are woven into.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::run::{TaskError, file_error, root};

/// The variable that says which change is switched on.
pub(super) const SWITCH: &str = "STAFFROOM_MUTANT";
/// The variable that names a file; which switches are reached, and in which test, is added to it.
pub(super) const TRACE: &str = "STAFFROOM_MUTANTS_TRACE";
/// What stands before each package whose sources are woven: changed code may be as ugly as it likes.
const HEAD: &str =
    "#![allow(warnings, missing_docs, arithmetic_overflow, unconditional_panic, overflowing_literals)]";
const FOOT: &str = "\nmod woven;\n";

/// A folder that holds the workspace with some files replaced.
pub(super) struct Copy {
    folder: PathBuf,
    /// What is woven, by paths from the root of the workspace.
    woven: BTreeSet<PathBuf>,
}

impl Copy {
    /// Copies the workspace. What is the same already is left as it is, so that it is not built again; the sources of `files` and the
    /// roots of their `packages` are left to [`Self::weave`].
    pub(super) fn make(folder: PathBuf, files: BTreeSet<PathBuf>) -> Result<Self, TaskError> {
        let copy = Self { folder, woven: files };
        let mut kept = copy.woven.clone();
        copy.fill(Path::new(""), &mut kept)?;
        for folder in copy.packages() {
            let switches = folder.join("src/woven.rs");
            copy.write(&switches, switches_source())?;
            kept.extend([folder.join("src/lib.rs"), switches]);
        }
        copy.clear(Path::new(""), &kept)?;
        Ok(copy)
    }

    /// Writes the woven sources.
    pub(super) fn weave(&self, sources: &BTreeMap<PathBuf, String>) -> Result<(), TaskError> {
        for (file, text) in sources {
            self.write(file, text)?;
        }
        Ok(())
    }

    /// A woven source as it is written: the root of a package has the switches below it.
    pub(super) fn dress(file: &Path, text: String) -> String {
        if is_root(file) { format!("{HEAD}{text}{FOOT}") } else { text }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folders of the packages with woven sources.
    fn packages(&self) -> BTreeSet<PathBuf> {
        self.woven
            .iter()
            .filter(|file| is_root(file))
            .filter_map(|file| Some(file.parent()?.parent()?.into()))
            .collect()
    }

    fn fill(&self, below: &Path, kept: &mut BTreeSet<PathBuf>) -> Result<(), TaskError> {
        for path in entries(&root(), below)? {
            let from = root().join(&path);
            if from.is_dir() {
                self.fill(&path, kept)?;
            } else {
                if !self.woven.contains(&path) {
                    let content = fs::read(&from).map_err(|source| file_error(&from, source))?;
                    self.write(&path, content)?;
                }
                kept.insert(path);
            }
        }
        Ok(())
    }

    /// Removes what is no longer in the workspace.
    fn clear(&self, below: &Path, kept: &BTreeSet<PathBuf>) -> Result<(), TaskError> {
        for path in entries(&self.folder, below)? {
            let here = self.folder.join(&path);
            if here.is_dir() {
                self.clear(&path, kept)?;
            } else if !kept.contains(&path) {
                fs::remove_file(&here).map_err(|source| file_error(&here, source))?;
            }
        }
        Ok(())
    }

    fn write(&self, file: &Path, content: impl AsRef<[u8]>) -> Result<(), TaskError> {
        let path = self.folder.join(file);
        if fs::read(&path).is_ok_and(|there| there == content.as_ref()) {
            return Ok(());
        }
        let made = path.parent().map_or(Ok(()), fs::create_dir_all);
        made.and_then(|()| fs::write(&path, content)).map_err(|source| file_error(&path, source))
    }
}

/// The root of the package that a source is in.
pub(super) fn root_of(file: &Path) -> Option<PathBuf> {
    let folder = file.ancestors().find(|folder| folder.ends_with("src"))?;
    Some(folder.join("lib.rs"))
}

fn is_root(file: &Path) -> bool {
    root_of(file).is_some_and(|root| root == file)
}

/// What is in a folder, but for what is hidden or built.
fn entries(root: &Path, below: &Path) -> Result<Vec<PathBuf>, TaskError> {
    let folder = root.join(below);
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).map_err(|source| file_error(&folder, source))? {
        let name = entry.map_err(|source| file_error(&folder, source))?.file_name();
        if name != "target" && !name.as_encoded_bytes().starts_with(b".") {
            found.push(below.join(name));
        }
    }
    Ok(found)
}

/// The module of the switches. The environment is read once; a test is known by its thread, which bears its name.
fn switches_source() -> String {
    format!(
        r#"//! The switches of what was woven in.

use std::cell::RefCell;
use std::collections::HashSet;
use std::ffi::OsString;
use std::io::Write;
use std::sync::OnceLock;

static SWITCHES: OnceLock<(u32, Option<OsString>)> = OnceLock::new();

thread_local! {{
    static REACHED: RefCell<HashSet<u32>> = RefCell::new(HashSet::new());
}}

pub(crate) fn on(change: u32) -> bool {{
    let (on, trace) = SWITCHES.get_or_init(|| {{
        let on = std::env::var("{SWITCH}").ok().and_then(|on| on.parse().ok());
        (on.unwrap_or(u32::MAX), std::env::var_os("{TRACE}"))
    }});
    if let Some(file) = trace {{
        if REACHED.try_with(|reached| reached.borrow_mut().insert(change)).unwrap_or(true) {{
            let thread = std::thread::current();
            let line = format!("{{change}} {{}}\n", thread.name().unwrap_or_default());
            let file = std::fs::OpenOptions::new().append(true).create(true).open(file);
            let _ = file.and_then(|mut file| file.write_all(line.as_bytes()));
        }}
    }}
    *on == change
}}
"#
    )
}
