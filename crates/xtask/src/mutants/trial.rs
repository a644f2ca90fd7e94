//! Runs the tests of one program with one change switched on.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use super::compile::Program;
use super::copy::{SWITCH, TRACE};
use crate::run::{TaskError, file_error, show};

/// So many cases of each property: the suites are run a thousand times.
pub(super) const CASES: &str = "16";
/// The same cases each time, so that what the trace reached is reached again.
const SEED: &str = "20251127";
/// What is changed may ask for memory without end: so many kilobytes, and no more.
const MEMORY: &str = "6000000";
/// So long may any tests take, and so many times longer than without a change.
const AT_LEAST: Duration = Duration::from_secs(20);
const TIMES: u32 = 4;

/// A program, and which changes its tests reach.
pub(super) struct Traced {
    pub(super) program: Program,
    /// How long all its tests take.
    pub(super) took: Duration,
    reached: BTreeMap<usize, Tests>,
}

#[derive(Debug, PartialEq, Eq)]
enum Tests {
    Named(BTreeSet<String>),
    /// A thread reached it that bears the name of no test.
    All,
}

/// What came of a trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trial {
    Missed,
    Noticed,
    /// The tests did not end: that counts as noticed.
    Endless,
}

impl Traced {
    /// Runs all tests of a program with nothing switched on. They must pass.
    pub(super) fn trace(program: Program, file: &Path) -> Result<Self, TaskError> {
        drop(std::fs::remove_file(file));
        let start = now();
        let mut command = tests_of(&program, &[]);
        command.env(TRACE, file).stdout(Stdio::null());
        let status =
            command.status().map_err(|source| TaskError::Start { command: show(&command), source })?;
        if !status.success() {
            return Err(TaskError::Failed(program.path.display().to_string()));
        }
        let took = start.elapsed();
        let trace = if file.is_file() {
            std::fs::read_to_string(file).map_err(|source| file_error(file, source))?
        } else {
            String::new()
        };
        Ok(Self { program, took, reached: read(&trace) })
    }

    /// What it is called where an outcome is told.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.program.package, self.program.name)
    }

    /// Whether any test reaches this change.
    pub(super) fn reaches(&self, change: usize) -> bool {
        self.reached.contains_key(&change)
    }

    /// Runs the tests that reach a change until one fails, or all have passed.
    pub(super) fn run(&self, change: usize) -> Result<Trial, TaskError> {
        let named: Vec<&str> = match self.reached.get(&change) {
            Some(Tests::Named(names)) => names.iter().map(String::as_str).collect(),
            Some(Tests::All) => Vec::new(),
            None => return Ok(Trial::Missed),
        };
        let mut command = tests_of(&self.program, &named);
        command.arg("--test-threads=1").env(SWITCH, change.to_string()).stdout(Stdio::piped());
        let start = |source| TaskError::Start { command: self.program.path.display().to_string(), source };
        let mut child = command.spawn().map_err(start)?;
        let (lines, told) = channel();
        if let Some(output) = child.stdout.take() {
            std::thread::spawn(move || {
                let mut whole = BufReader::new(output).lines();
                // Nobody listens any more once the trial is over.
                while whole.next().is_some_and(|line| line.is_ok_and(|line| lines.send(line).is_ok())) {}
            });
        }
        let end = now() + AT_LEAST + self.took * TIMES;
        let ended = loop {
            match told.recv_timeout(end.saturating_duration_since(now())) {
                Ok(line) if line.ends_with("FAILED") => break Some(Trial::Noticed),
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => break Some(Trial::Endless),
                Err(RecvTimeoutError::Disconnected) => break None,
            }
        };
        if ended.is_some() {
            drop(child.kill());
        }
        let status = child.wait().map_err(start)?;
        Ok(ended.unwrap_or(if status.success() { Trial::Missed } else { Trial::Noticed }))
    }
}

fn tests_of(program: &Program, names: &[&str]) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit -v {MEMORY}; exec \"$0\" \"$@\"")]).arg(&program.path);
    if !names.is_empty() {
        command.arg("--exact").args(names);
    }
    command.current_dir(&program.folder).stdin(Stdio::null()).stderr(Stdio::null());
    let settings = [
        ("CASES", CASES),
        ("RNG_SEED", SEED),
        ("MAX_SHRINK_ITERS", "0"),
        ("DISABLE_FAILURE_PERSISTENCE", "true"),
    ];
    command.envs(settings.map(|(name, value)| (format!("PROPTEST_{name}"), value)));
    command
}

/// What the switches wrote: the number of a change and the name of a thread in each line.
fn read(trace: &str) -> BTreeMap<usize, Tests> {
    let mut reached = BTreeMap::new();
    for (change, thread) in trace.lines().filter_map(|line| line.split_once(' ')) {
        let Ok(change) = change.parse() else { continue };
        let tests = reached.entry(change).or_insert_with(|| Tests::Named(BTreeSet::new()));
        match tests {
            Tests::Named(names) if is_test(thread) => {
                names.insert(thread.to_owned());
            }
            tests => *tests = Tests::All,
        }
    }
    reached
}

/// Threads that tests start bear no name, or that of a library's workers.
fn is_test(thread: &str) -> bool {
    !thread.is_empty()
        && thread != "main"
        && thread.bytes().all(|byte| byte == b'_' || byte == b':' || byte.is_ascii_alphanumeric())
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long tests take is measured, and nothing else depends on it"
)]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_tried_by_the_tests_that_reach_it_or_by_all_where_a_nameless_thread_does() {
        let named = |names: &[&str]| Tests::Named(names.iter().map(|&name| name.to_owned()).collect());
        let expected = BTreeMap::from([(3, named(&["a::b", "c"])), (4, Tests::All), (5, Tests::All)]);
        assert_eq!(read("3 c\n3 a::b\n4 c\n4 \n5 worker-1\n"), expected);
    }
}
