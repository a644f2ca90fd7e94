//! Builds the woven copy, and leaves out what does not compile.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::change::Change;
use super::compile::{CompileError, Program, errors, messages, program};
use super::copy::{Copy, root_of};
use super::known::{Known, number_of};
use super::places::{Kind, Places, find};
use super::stages::FEATURES;
use super::weave::{Mark, Weaver, marks};
use crate::run::{TaskError, cargo, complain, file_error, root};

/// So many times what does not compile is taken out: the compiler does not see all of it at once.
const ROUNDS: usize = 60;

/// The copy with all changes that can be made in it.
pub(super) struct Built<'a> {
    changes: &'a [Change],
    files: BTreeMap<PathBuf, File>,
    copy: Copy,
    /// Where the copy is, and what is built of it and known about it.
    folder: &'a Path,
    pub(super) known: Known,
    /// What it is known about.
    of: u64,
}

struct File {
    source: String,
    places: Places,
}

/// Weaves the changes into a copy in `folder`, which is checked until it compiles.
pub(super) fn build<'a>(folder: &'a Path, changes: &'a [Change]) -> Result<Built<'a>, TaskError> {
    let files = read(changes)?;
    let copy = Copy::make(folder.join("copy"), files.keys().cloned().collect())?;
    let of = number_of((files.values().map(|file| &file.source).collect::<Vec<_>>(), changes));
    let mut known = Known::read(folder, of).unwrap_or_default();
    for file in files.values() {
        known.broken.extend(&file.places.broken);
        known.fixed.extend(&file.places.fixed);
    }
    let mut built = Built { changes, files, copy, folder, known, of };
    let packages: BTreeSet<&str> = changes.iter().map(|change| change.package.as_str()).collect();
    built.settle(&["check", "--keep-going"], &packages)?;
    Ok(built)
}

impl Built<'_> {
    /// Builds the tests of these packages.
    pub(super) fn programs(&mut self, packages: &BTreeSet<&str>) -> Result<Vec<Program>, TaskError> {
        let messages = self.settle(&["test", "--no-run", "--lib", "--tests"], packages)?;
        Ok(messages.iter().filter_map(program).collect())
    }

    /// Weaves and builds until there are no errors, and answers with what cargo said then.
    fn settle(&mut self, arguments: &[&str], packages: &BTreeSet<&str>) -> Result<Vec<Value>, TaskError> {
        for round in 1..=ROUNDS {
            let sources = self.sources();
            self.copy.weave(&sources)?;
            let mut command = self.cargo(arguments);
            command.args(packages.iter().flat_map(|package| ["--package", package]));
            let features = FEATURES.iter().filter(|(package, _)| packages.contains(package));
            command.args(features.flat_map(|(_, feature)| ["--features", feature]));
            let messages = messages(&mut command)?;
            let errors = errors(&messages);
            if errors.is_empty() {
                self.known.write(self.folder, self.of)?;
                return Ok(messages);
            }
            let before = self.known.len();
            for error in &errors {
                self.blame(error, &sources);
            }
            let out = self.known.len() - before;
            complain(&format!("round {round}: {} errors, {out} changes left out", errors.len()));
            if out == 0 {
                let shown = errors.iter().map(|error| error.rendered.as_str()).collect();
                return Err(TaskError::Unwoven(shown));
            }
        }
        Err(TaskError::Unwoven(format!("there are errors after {ROUNDS} rounds")))
    }

    fn sources(&self) -> BTreeMap<PathBuf, String> {
        let woven = self.files.iter().map(|(path, file)| {
            let places = &file.places.woven;
            let weaver = Weaver { source: &file.source, places, changes: self.changes, known: &self.known };
            (path.clone(), Copy::dress(path, weaver.file()))
        });
        woven.collect()
    }

    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = cargo(arguments);
        command.current_dir(self.copy.folder()).env("CARGO_TARGET_DIR", self.folder.join("target"));
        command.args(["--locked", "--message-format", "json"]);
        command
    }

    /// Takes out the changes that an error comes of: those that it is in; failing that, all of the place that it is in, since what
    /// is changed and what is not do not fit together there.
    fn blame(&mut self, error: &CompileError, sources: &BTreeMap<PathBuf, String>) {
        if let Some(function) = error.called_by_the_compiler() {
            let places = self.files.values().flat_map(|file| &file.places.woven);
            let named = places.filter(|place| matches!(&place.kind, Kind::Const(name) if name == function));
            self.known.fixed.extend(named.flat_map(|place| place.changes.iter().copied()));
            return;
        }
        let mut places = Vec::new();
        for (file, at) in &error.spans {
            let (Some(source), Some(woven)) = (self.files.get(file), sources.get(file)) else { continue };
            for (range, mark) in marks(woven) {
                if range.start > at.start || range.end < at.end {
                    continue;
                }
                match mark {
                    Mark::Change(change) => {
                        self.known.broken.insert(change);
                        return;
                    }
                    Mark::Place(place) => places.extend(source.places.woven.get(place)),
                }
            }
        }
        // What a function answers at once fits or does not, by itself.
        if let Some(place) = places.iter().find(|place| !matches!(place.kind, Kind::Body)) {
            complain(&format!("what is woven does not fit together:\n{}", error.rendered));
            let known = &mut self.known;
            known.fixed.extend(place.changes.iter().filter(|change| !known.broken.contains(change)));
        }
    }
}

fn read(changes: &[Change]) -> Result<BTreeMap<PathBuf, File>, TaskError> {
    let mut paths: BTreeSet<PathBuf> = changes.iter().map(|change| PathBuf::from(&change.file)).collect();
    paths.extend(paths.clone().iter().filter_map(|path| root_of(path)));
    let mut files = BTreeMap::new();
    for path in paths {
        let from = root().join(&path);
        let source = std::fs::read_to_string(&from).map_err(|source| file_error(&from, source))?;
        let here = changes.iter().enumerate().filter(|(_, change)| Path::new(&change.file) == path);
        let places = find(&source, here)
            .map_err(|error| TaskError::Unwoven(format!("{}: {error}", path.display())))?;
        files.insert(path, File { source, places });
    }
    Ok(files)
}
