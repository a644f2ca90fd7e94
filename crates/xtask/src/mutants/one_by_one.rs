//! Makes each change by itself and builds what tests it. It takes a day, and makes the changes that no switch can make.

use super::change::cargo_mutants;
use super::stages::{SOURCES, STAGES, Stage};
use super::trial::CASES;
use crate::run::{TaskError, run, say, target};
use crate::tools::CARGO_MUTANTS;

/// Runs `cargo mutants` stage by stage, each for what the ones before it did not catch; what is left is listed. `arguments` go to
/// it: `--file PATH` for one file, `--shard 1/8` for a part, `--in-place` to build where we are.
pub(super) fn mutate(arguments: &[&str]) -> Result<(), TaskError> {
    CARGO_MUTANTS.find_or_install()?;
    for stage in STAGES {
        if let Err(error) = stage.run(arguments) {
            // A mutant that is missed here may be caught by the next stage.
            say(&error.to_string());
        }
    }
    let mut left: Vec<String> = STAGES.iter().flat_map(Stage::left).collect();
    left.dedup();
    if left.is_empty() { Ok(()) } else { Err(TaskError::Mutants(left.join("\n"))) }
}

impl Stage {
    fn folder(&self) -> std::path::PathBuf {
        target().join("mutants").join(self.package)
    }

    fn run(&self, arguments: &[&str]) -> Result<(), TaskError> {
        let mut mutants = cargo_mutants()?;
        mutants.args(["--iterate", "--package", self.package, "--test-package", self.tested_by]);
        mutants.arg("--output").arg(self.folder());
        if self.tests.is_empty() {
            mutants.args(["--cargo-arg=--lib", "--cargo-arg=--tests"]);
        }
        mutants.args(self.tests.iter().map(|name| match *name {
            SOURCES => "--cargo-arg=--lib".to_owned(),
            name => format!("--cargo-arg=--test={name}"),
        }));
        run(mutants.args(arguments).env("PROPTEST_CASES", CASES))
    }

    /// What the last stage of this package missed.
    fn left(&self) -> Vec<String> {
        let missed =
            std::fs::read_to_string(self.folder().join("mutants.out/missed.txt")).unwrap_or_default();
        missed.lines().map(|line| format!("  {line}")).collect()
    }
}
