//! What the crates show to whoever links them: the compiler they need, their features, and the foreign types and the examples of
//! core.

#![expect(clippy::indexing_slicing, reason = "what is not there in JSON is null: reading it does not panic")]

mod examples;
mod features;
mod surface;
mod versions;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::run::{TaskError, cargo, output_of, root, run, say};
use crate::tools::{CARGO_DENY, CARGO_SEMVER_CHECKS};

/// Checks all of it, and, where `cargo-deny` is installed, licences, sources and second versions of what we are built from.
pub(crate) fn check() -> Result<(), TaskError> {
    let metadata = metadata()?;
    refuse(versions::faults(&metadata))?;
    say(&versions::said());
    let surface = surface::of_core()?;
    refuse(surface::faults(&surface))?;
    refuse(examples::faults(&surface))?;
    features::check(&metadata)?;
    if let Some(cargo_deny) = CARGO_DENY.find() {
        return deny_with(cargo_deny, &[]);
    }
    say(
        "cargo-deny is not installed here: `cargo xtask deny` looks at licences, sources and second versions",
    );
    Ok(())
}

/// Checks what is named, or licences, sources and second versions, and installs what it takes.
pub(crate) fn deny(checks: &[&str]) -> Result<(), TaskError> {
    deny_with(CARGO_DENY.find_or_install()?, checks)
}

/// Holds the published libraries, or those that are named, against what they were at a commit, and installs what it takes.
pub(crate) fn semver(arguments: &[&str]) -> Result<(), TaskError> {
    let [commit, packages @ ..] = arguments else { return Err(TaskError::NoCommit) };
    if let Some(flag) = arguments.iter().find(|argument| argument.starts_with('-')) {
        return Err(TaskError::Argument((*flag).to_owned()));
    }
    let metadata = metadata()?;
    let published: Vec<&str> = features::published_libraries(&metadata).map(name).collect();
    if let Some(unknown) = packages.iter().find(|package| !published.contains(*package)) {
        return Err(TaskError::Argument((*unknown).to_owned()));
    }
    // Cargo hands its subcommands their own name first.
    let mut command = Command::new(CARGO_SEMVER_CHECKS.find_or_install()?);
    command.args(["semver-checks", "--baseline-rev", commit]).current_dir(root());
    for package in if packages.is_empty() { &published } else { packages } {
        command.args(["--package", package]);
    }
    run(&mut command)
}

/// The advisories are left to those who can fetch them, and name them.
fn deny_with(cargo_deny: PathBuf, checks: &[&str]) -> Result<(), TaskError> {
    let checks = if checks.is_empty() { &["licenses", "bans", "sources"] } else { checks };
    let mut command = Command::new(cargo_deny);
    run(command.args(["--locked", "check"]).args(checks).current_dir(root()))
}

fn metadata() -> Result<Value, TaskError> {
    read(&output_of(&mut cargo(&["metadata", "--no-deps", "--format-version", "1", "--locked"]))?)
}

fn read(json: &str) -> Result<Value, TaskError> {
    serde_json::from_str(json)
        .map_err(|error| TaskError::Api(format!("  cargo's JSON cannot be read: {error}")))
}

fn refuse(faults: BTreeSet<String>) -> Result<(), TaskError> {
    if faults.is_empty() {
        return Ok(());
    }
    Err(TaskError::Api(faults.into_iter().collect::<Vec<_>>().join("\n")))
}

/// The packages of the workspace.
fn packages(metadata: &Value) -> impl Iterator<Item = &Value> {
    metadata["packages"].as_array().into_iter().flatten()
}

fn name(value: &Value) -> &str {
    value["name"].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparison_takes_a_commit_and_names_of_libraries() {
        assert!(matches!(semver(&[]), Err(TaskError::NoCommit)));
        for wrong in [&["--all"][..], &["HEAD", "staffroom"], &["HEAD", "staffroom-core", "core"]] {
            assert!(matches!(semver(wrong), Err(TaskError::Argument(_))), "{wrong:?}");
        }
    }
}
