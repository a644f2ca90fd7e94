//! What a release is proved with: races and faults over PostgreSQL, crashes over SQLite, schedules of the memory store, and how
//! long answers take, at full size. The tests themselves are in the `tests` of the stores and of `crates/schedules`, and run at a
//! small size with all others.

use std::hash::{BuildHasher, RandomState};

use crate::needs;
use crate::run::{TaskError, cargo, complain, run};

const RACES: &[&str] = &["races"];
const FAULTS: &[&str] = &["faults_client", "faults_network", "faults_server", "faults_standby"];
const CRASHES: &[&str] = &["crashes", "processes", "backups"];
const TIMING: &[&str] = &["timing"];
/// Not the stores that are built wrong: they need as many schedules as they need.
const SCHEDULES: &[&str] = &["memory_store", "hashing_pool"];

/// How a proof is to be run.
#[derive(Debug, PartialEq, Eq)]
struct Asked<'a> {
    rounds: &'a str,
    seed: u32,
    profile: Option<&'a str>,
    names: Vec<&'a str>,
}

/// Administrators at once.
pub(crate) fn races(arguments: &[&str]) -> Result<(), TaskError> {
    needs::find_or_install()?;
    prove("staffroom-store-postgres", RACES, &["--include-ignored"], arguments)
}

/// Servers, networks, disks and clients that fail.
pub(crate) fn faults(arguments: &[&str]) -> Result<(), TaskError> {
    needs::find_or_install()?;
    // The tests that take root among them.
    prove("staffroom-store-postgres", FAULTS, &["--include-ignored"], arguments)
}

/// Processes on one file, killed, at once, and beside a copy.
pub(crate) fn crashes(arguments: &[&str]) -> Result<(), TaskError> {
    prove("staffroom-store-sqlite", CRASHES, &[], arguments)
}

/// Known and unknown addresses, by the time that an answer takes. Optimised, as what is attacked would be.
pub(crate) fn timing(arguments: &[&str]) -> Result<(), TaskError> {
    prove("staffroom-store-memory", TIMING, &[], &[&["--optimised"], arguments].concat())?;
    prove("staffroom-store-sqlite", TIMING, &[], &[&["--optimised"], arguments].concat())
}

/// Schedules that chance decides. Optimised, for there are a million.
pub(crate) fn schedules(arguments: &[&str]) -> Result<(), TaskError> {
    prove("staffroom-schedules", SCHEDULES, &[], &[&["--optimised"], arguments].concat())
}

fn prove(package: &str, tests: &[&str], which: &[&str], arguments: &[&str]) -> Result<(), TaskError> {
    let asked = read(arguments, RandomState::new().hash_one(0_u8))?;
    complain(&format!("from seed {}", asked.seed));
    let mut command = cargo(&["test", "--package", package, "--locked"]);
    command.args(asked.profile);
    for test in tests {
        command.args(["--test", test]);
    }
    // One after the other, so that the rates say something.
    command.args(["--", "--nocapture", "--test-threads=1"]).args(which).args(asked.names);
    run(command.env("STAFFROOM_ROUNDS", asked.rounds).env("STAFFROOM_SEED", asked.seed.to_string()))
}

fn read<'a>(arguments: &[&'a str], random: u64) -> Result<Asked<'a>, TaskError> {
    // Short enough to be typed again.
    let seed = u32::try_from(random % 1_000_000_000).unwrap_or_default();
    let mut asked = Asked { rounds: "full", seed, profile: None, names: Vec::new() };
    let mut left = arguments.iter().copied();
    while let Some(argument) = left.next() {
        match argument {
            "--rounds" => {
                let number = left.next().unwrap_or_default();
                asked.rounds = number.parse::<u64>().map(|_| number).map_err(|_| wrong(argument, number))?;
            }
            "--optimised" => asked.profile = Some("--release"),
            "--seed" => {
                let number = left.next().unwrap_or_default();
                asked.seed = number.parse().map_err(|_| wrong(argument, number))?;
            }
            flag if flag.starts_with('-') => return Err(TaskError::Argument(flag.to_owned())),
            name => asked.names.push(name),
        }
    }
    Ok(asked)
}

fn wrong(flag: &str, value: &str) -> TaskError {
    TaskError::Argument(format!("{flag} {value}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_full_size_and_a_new_seed_unless_said() {
        assert_eq!(read(&[], 7).unwrap(), Asked { rounds: "full", seed: 7, profile: None, names: vec![] });
        let asked = read(&["--seed", "3", "silent", "--rounds", "12"], 7).unwrap();
        assert_eq!(asked, Asked { rounds: "12", seed: 3, profile: None, names: vec!["silent"] });
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for wrong in [&["--round", "3"][..], &["--rounds"], &["--rounds", "many"], &["--seed", "-1"]] {
            assert!(matches!(read(wrong, 7), Err(TaskError::Argument(_))), "{wrong:?}");
        }
    }
}
