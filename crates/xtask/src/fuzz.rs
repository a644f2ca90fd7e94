//! Fuzzing: every target of `fuzz/` for some seconds, on all cores.

mod figures;
mod tools;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;

use self::figures::Figures;
use self::tools::Tools;
use crate::run::{TaskError, complain, file_error, root, run, say};

/// How many seconds a target is run unless said.
const USUALLY: u32 = 60;
/// How many inputs are run of each target in `cargo xtask ci`.
const BRIEFLY: u32 = 1_500;

/// How the targets are built and run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effort {
    /// Fast to run, for so many seconds, each time with other inputs.
    Seconds(u32),
    /// Fast to build, for so many inputs, the same ones each time: a change is not red by chance.
    Inputs(u32),
}

impl Effort {
    const fn is_brief(self) -> bool {
        matches!(self, Self::Inputs(_))
    }

    fn flags(self) -> Vec<String> {
        match self {
            Self::Seconds(seconds) => vec![format!("-max_total_time={seconds}")],
            // Some targets take a hundred times as long for an input as others: those run fewer.
            Self::Inputs(inputs) => {
                vec![format!("-runs={inputs}"), "-seed=1".to_owned(), "-max_total_time=8".to_owned()]
            }
        }
    }
}

/// What is to be run.
#[derive(Debug, PartialEq, Eq)]
struct Asked<'a> {
    seconds: u32,
    names: Vec<&'a str>,
}

/// Runs the targets whose names contain what was asked for, or all; red if one broke a law.
pub(crate) fn fuzz(arguments: &[&str]) -> Result<(), TaskError> {
    let asked = read(arguments)?;
    let targets: Vec<String> = targets()?
        .into_iter()
        .filter(|target| asked.names.is_empty() || asked.names.iter().any(|name| target.contains(name)))
        .collect();
    if targets.is_empty() {
        return Err(TaskError::Argument(asked.names.join(" ")));
    }
    let tools = Tools::find_or_install()?;
    run_all(&tools, Effort::Seconds(asked.seconds), &targets)
}

/// Some inputs of each target. Where there is no nightly toolchain, says so and leaves it out: what was found before is
/// replayed by the tests all the same.
pub(crate) fn briefly() -> Result<(), TaskError> {
    if !tools::has_nightly() {
        complain(
            "\n*** FUZZING IS LEFT OUT: it takes a nightly toolchain, and none is installed here \
             (`rustup toolchain install nightly`). The corpora are replayed by the tests. ***\n",
        );
        return Ok(());
    }
    run_all(&Tools::find_or_install()?, Effort::Inputs(BRIEFLY), &targets()?)
}

/// The names of the programs in `fuzz/fuzz_targets`.
fn targets() -> Result<Vec<String>, TaskError> {
    let folder = root().join("fuzz/fuzz_targets");
    let entries = fs::read_dir(&folder).map_err(|source| file_error(&folder, source))?;
    let mut names: Vec<String> = entries
        .flatten()
        .filter_map(|entry| Some(entry.path().file_stem()?.to_string_lossy().into_owned()))
        .collect();
    names.sort();
    Ok(names)
}

fn run_all(tools: &Tools, effort: Effort, targets: &[String]) -> Result<(), TaskError> {
    let mut command = tools.cargo_fuzz();
    command.args(["build", "--sanitizer", "none"]);
    if effort.is_brief() {
        command.arg("--dev");
    }
    // cargo-fuzz builds one of them, or all.
    if let [only] = targets {
        command.arg(only);
    }
    // The code forbids `unsafe`: a sanitizer would find nothing, and halve the rate.
    run(&mut command)?;
    let programs = tools.programs(effort.is_brief());
    let queue = Mutex::new(targets.iter());
    let workers = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let outcomes: Vec<Result<Figures, TaskError>> = thread::scope(|scope| {
        let work = || {
            let mut done = Vec::new();
            while let Some(target) = next(&queue) {
                done.push(run_one(tools, &programs, effort, target));
            }
            done
        };
        let running: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        running.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
    });
    let (mut executions, mut broken) = (0_u64, Vec::new());
    for outcome in outcomes {
        let figures = outcome?;
        executions = executions.saturating_add(figures.executions);
        broken.extend(figures.broken);
    }
    say(&format!("{} targets, {executions} executions in all", targets.len()));
    if broken.is_empty() { Ok(()) } else { Err(TaskError::LawBroken(broken.join("\n"))) }
}

fn next<'a, T>(queue: &Mutex<impl Iterator<Item = &'a T>>) -> Option<&'a T> {
    queue.lock().ok()?.next()
}

/// Runs one target. What it finds worth keeping goes to the target folder, where the next run takes it from.
fn run_one(tools: &Tools, programs: &Path, effort: Effort, target: &str) -> Result<Figures, TaskError> {
    // What a brief run finds worth keeping would change the next one.
    let found = tools.kept(if effort.is_brief() { "brief" } else { "corpus" }, target);
    if effort.is_brief() && found.exists() {
        fs::remove_dir_all(&found).map_err(|source| file_error(&found, source))?;
    }
    let faults = tools.kept("artifacts", target);
    for folder in [&found, &faults] {
        fs::create_dir_all(folder).map_err(|source| file_error(folder, source))?;
    }
    let fuzz = root().join("fuzz");
    let program: PathBuf = programs.join(target);
    let mut command = Command::new(&program);
    command
        .args(effort.flags())
        .args(["-print_final_stats=1", "-timeout=25", "-rss_limit_mb=4096"])
        .arg(format!("-dict={}", fuzz.join("dictionaries").join(format!("{target}.dict")).display()))
        .arg(format!("-artifact_prefix={}/", faults.display()))
        .args([&found, &fuzz.join("corpus").join(target)])
        .stdin(Stdio::null());
    let shown = program.display().to_string();
    let output = command.output().map_err(|source| TaskError::Start { command: shown.clone(), source })?;
    let log = String::from_utf8_lossy(&output.stderr);
    let mut figures = Figures::read(&log);
    say(&format!("{target:14} {figures}"));
    if !output.status.success() {
        complain(figures::end_of(&log));
        figures.broken = Some(figures::remedy(target, &shown, &log));
    }
    Ok(figures)
}

fn read<'a>(arguments: &[&'a str]) -> Result<Asked<'a>, TaskError> {
    let mut asked = Asked { seconds: USUALLY, names: Vec::new() };
    let mut left = arguments.iter().copied();
    while let Some(argument) = left.next() {
        match argument {
            "--seconds" => {
                let number = left.next().unwrap_or_default();
                let wrong = || TaskError::Argument(format!("{argument} {number}"));
                // For ever is what libFuzzer takes 0 for.
                asked.seconds = number.parse().ok().filter(|seconds| *seconds > 0).ok_or_else(wrong)?;
            }
            flag if flag.starts_with('-') => return Err(TaskError::Argument(flag.to_owned())),
            name => asked.names.push(name),
        }
    }
    Ok(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_for_a_minute_unless_said() {
        assert_eq!(read(&[]).unwrap(), Asked { seconds: 60, names: vec![] });
        let asked = read(&["--seconds", "5", "email", "plan"]).unwrap();
        assert_eq!(asked, Asked { seconds: 5, names: vec!["email", "plan"] });
        for wrong in [&["--seconds"][..], &["--seconds", "0"], &["--seconds", "long"], &["--rounds", "3"]] {
            assert!(matches!(read(wrong), Err(TaskError::Argument(_))), "{wrong:?}");
        }
    }

    #[test]
    fn the_targets_are_found() {
        assert!(targets().unwrap().contains(&"email".to_owned()));
    }

    #[test]
    fn a_name_that_fits_no_target_is_refused() {
        assert!(matches!(fuzz(&["no-such-target"]), Err(TaskError::Argument(_))));
    }
}
