//! Peers that are Python programs, each in an environment of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Failure;

/// A Python that has `packages`, from its package index: made once, in `target`, under `name`.
///
/// # Errors
/// If there is no Python, or the packages are not to be had.
pub(crate) fn environment(name: &str, packages: &[&str]) -> Result<PathBuf, Failure> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/peers").join(name);
    let python = folder.join("bin/python");
    if !folder.join("complete").exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(packages))?;
        std::fs::write(folder.join("complete"), "")?;
    }
    Ok(python)
}

/// The program `script` of `benches/peers`, run by `python`.
pub(crate) fn program(python: &Path, script: &str) -> Command {
    let mut command = Command::new(python);
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("peers").join(script));
    command
}

/// Runs a command; answers with what it printed.
///
/// # Errors
/// If it fails, with what it said of it.
pub(crate) fn run(command: &mut Command) -> Result<String, Failure> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(String::from_utf8(output.stdout)?);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("`{}` failed: {said}", command.get_program().to_string_lossy()).into())
}
