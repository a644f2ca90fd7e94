//! The peer that is a Django program, in a Python environment of its own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use staffroom_testkit::postgres::Database;

use crate::Failure;

const PACKAGES: [&str; 2] = ["django>=5.2,<5.3", "psycopg[binary]>=3.2,<4"];

/// A Python that has Django, from its package index: made once, in `target`.
///
/// # Errors
/// If there is no Python, or the packages are not to be had.
pub fn python() -> Result<PathBuf, Failure> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/peers/django");
    let python = folder.join("bin/python");
    if !folder.join("complete").exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(PACKAGES))?;
        std::fs::write(folder.join("complete"), "")?;
    }
    Ok(python)
}

/// Runs the program over a database; answers how many users it created, and how long that took.
///
/// # Errors
/// If it fails.
pub fn bulk_create(python: &Path, database: &Database) -> Result<(Duration, u64), Failure> {
    let options = database.options();
    let socket = options.get_socket().ok_or("the server has no socket")?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/django_bulk.py");
    let said = run(Command::new(python)
        .arg(script)
        .arg(socket)
        .arg(options.get_port().to_string())
        .arg(database.name()))?;
    let (created, seconds) = said.trim().split_once(' ').ok_or("the program said something else")?;
    Ok((Duration::from_secs_f64(seconds.parse()?), created.parse()?))
}

fn run(command: &mut Command) -> Result<String, Failure> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(String::from_utf8(output.stdout)?);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("`{}` failed: {said}", command.get_program().to_string_lossy()).into())
}
