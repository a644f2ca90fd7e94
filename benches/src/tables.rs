//! The peers that work on tables in memory: polars and DuckDB, in a Python environment of their own.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::{Failure, python};

const PACKAGES: [&str; 2] = ["polars", "duckdb"];

/// A program that is a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// polars.
    Polars,
    /// DuckDB.
    DuckDb,
}

/// What a round of a peer said.
#[derive(Debug, Clone, Copy)]
pub struct Round {
    /// How long it took.
    pub time: Duration,
    /// How many candidates it found, and the sums of the bits of all reasons and all warnings.
    pub sums: [u64; 3],
}

/// A Python that has both, from its package index: made once, in `target`.
///
/// # Errors
/// If there is no Python, or the packages are not to be had.
pub fn python() -> Result<PathBuf, Failure> {
    python::environment("polars", &PACKAGES)
}

/// Lets a peer do its work `rounds` times, on one thread, on the tables in `folder`.
///
/// # Errors
/// If it fails.
pub fn assess(python: &Path, peer: Peer, folder: &Path, rounds: u32) -> Result<Vec<Round>, Failure> {
    let script = match peer {
        Peer::Polars => "assess_polars.py",
        Peer::DuckDb => "assess_duckdb.py",
    };
    let said = python::run(
        python::program(python, script)
            .env("POLARS_MAX_THREADS", "1")
            .arg(folder)
            .args([rounds.to_string(), "1".to_owned()]),
    )?;
    said.lines().map(round).collect()
}

fn round(line: &str) -> Result<Round, Failure> {
    let mut words = line.split_whitespace();
    let mut next = || words.next().ok_or("the program said too little");
    let time = Duration::from_secs_f64(next()?.parse()?);
    Ok(Round { time, sums: [next()?.parse()?, next()?.parse()?, next()?.parse()?] })
}
