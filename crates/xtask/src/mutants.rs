//! Changes the code in one place after the other, and sees whether a test notices. `docs/evidence.md` says what came of it.
//!
//! To build each change by itself takes a day. Here all of them are woven into one copy of the workspace, each behind a switch; the
//! copy is built once, and its tests are run with one switch after the other turned on.

mod build;
mod change;
mod compile;
mod copy;
mod known;
mod one_by_one;
mod outcome;
mod places;
mod stages;
mod trial;
mod trials;
mod weave;

use std::collections::BTreeSet;

use crate::run::{TaskError, say, target};
use outcome::SUMMARY;
use stages::STAGES;

/// Makes the changes of the packages that are named, or of all that are in the stages; options choose among them as those of
/// `cargo mutants` do. What is left is listed.
pub(crate) fn mutate(arguments: &[&str]) -> Result<(), TaskError> {
    if let ["--one-by-one", rest @ ..] = arguments {
        return one_by_one::mutate(rest);
    }
    let known: BTreeSet<&str> = STAGES.iter().map(|stage| stage.package).collect();
    let named = arguments.iter().copied().take_while(|argument| !argument.starts_with('-'));
    let mut packages: Vec<&str> = named.collect();
    let options = arguments.get(packages.len()..).unwrap_or_default();
    if let Some(unknown) = packages.iter().find(|package| !known.contains(*package)) {
        return Err(TaskError::Argument((*unknown).to_owned()));
    }
    if packages.is_empty() {
        packages = known.into_iter().collect();
    }
    let folder = target().join("mutants");
    let changes = change::list(&packages, options)?;
    let mut built = build::build(&folder, &changes)?;
    let traced = trials::trace(&mut built, &packages, &folder)?;
    let mut left = Vec::new();
    for package in packages {
        let outcomes = trials::try_all(package, &changes, &built.known, &traced, &folder)?;
        say(&format!("{SUMMARY}\n{}", outcome::summary(package, &outcomes)));
        left.extend(outcome::left(&outcomes).into_iter().map(|line| format!("  {line}")));
    }
    if left.is_empty() { Ok(()) } else { Err(TaskError::Mutants(left.join("\n"))) }
}
