//! Finding the server's programs.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Where systems put the programs that are not for everybody's `PATH`: folders with a folder for each version.
const VERSIONED: [&str; 3] = ["/usr/lib/postgresql", "/usr/local/lib/postgresql", "/opt/homebrew/opt"];

/// The folder with the installed `initdb`, `pg_ctl` and `postgres`: from the `PATH`, or else the newest version where
/// systems put them.
pub fn installed() -> Option<PathBuf> {
    let on_path =
        env::var_os("PATH").into_iter().flat_map(|path| env::split_paths(&path).collect::<Vec<_>>());
    // What is on the path may be links into the folder where all of them are.
    let behind_links =
        on_path.filter_map(|folder| Some(folder.join("initdb").canonicalize().ok()?.parent()?.to_owned()));
    behind_links.chain(versioned()).find(|folder| has_programs(folder))
}

fn has_programs(folder: &Path) -> bool {
    ["initdb", "pg_ctl", "postgres"].into_iter().all(|program| folder.join(program).is_file())
}

/// The newest first.
fn versioned() -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = VERSIONED
        .into_iter()
        .filter_map(|folder| std::fs::read_dir(folder).ok())
        .flatten()
        .flatten()
        .filter_map(|entry| Some((version(&entry.file_name())?, entry.path().join("bin"))))
        .collect();
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    found.into_iter().map(|(_, folder)| folder).collect()
}

/// The version in `15`, `16` or `postgresql@17`.
fn version(name: &OsStr) -> Option<u32> {
    let name = name.to_str()?;
    name.strip_prefix("postgresql@").unwrap_or(name).parse().ok()
}
