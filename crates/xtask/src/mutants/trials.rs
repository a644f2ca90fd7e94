//! Tries one change after the other.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::build::Built;
use super::change::Change;
use super::known::Known;
use super::outcome::{self, Outcome};
use super::stages::{STAGES, Stage};
use super::trial::{Traced, Trial};
use crate::run::{TaskError, complain};

/// So many trials run at a time, and only one while the machine has more to do than this.
const WORKERS: usize = 2;
const BUSY: f64 = 4.0;
/// So often what is known so far is written down, and how far it has come is said.
const SAID_EVERY: Duration = Duration::from_secs(10);

/// Builds the programs that look at these packages, and sees what each reaches.
pub(super) fn trace(
    built: &mut Built<'_>,
    packages: &[&str],
    folder: &Path,
) -> Result<Vec<Traced>, TaskError> {
    let stages: Vec<&Stage> = STAGES.iter().filter(|stage| packages.contains(&stage.package)).collect();
    let mut traced = Vec::new();
    for program in built.programs(&stages.iter().map(|stage| stage.tested_by).collect())? {
        if stages.iter().any(|stage| stage.has(&program)) {
            let known = Traced::trace(program, &folder.join("trace.txt"))?;
            complain(&format!("{}: {:.1?}", known.name(), known.took));
            traced.push(known);
        }
    }
    Ok(traced)
}

/// Tries all changes of a package that can be made. What is known so far is in files in `folder`.
#[expect(clippy::disallowed_methods, reason = "it decides nothing but when something is said")]
pub(super) fn try_all<'a>(
    package: &str,
    changes: &'a [Change],
    known: &Known,
    traced: &[Traced],
    folder: &Path,
) -> Result<Vec<(&'a Change, Outcome)>, TaskError> {
    let programs = asked(package, traced);
    let (mut outcomes, mut tried) = (Vec::new(), Vec::new());
    for (number, change) in changes.iter().enumerate().filter(|(_, change)| change.package == package) {
        let by: Vec<&Traced> = programs.iter().copied().filter(|program| program.reaches(number)).collect();
        if known.broken.contains(&number) {
            outcomes.push((change, Outcome::Broken));
        } else if known.fixed.contains(&number) {
            outcomes.push((change, Outcome::Fixed));
        } else if by.is_empty() {
            outcomes.push((change, Outcome::NotReached));
        } else {
            tried.push((number, change, by));
        }
    }
    let (next, known_before) = (AtomicUsize::new(0), outcomes.len());
    let so_far = Mutex::new((outcomes, Instant::now()));
    let work = |worker: usize| {
        while let Some((number, change, by)) = tried.get(next.fetch_add(1, Ordering::Relaxed)) {
            while worker > 0 && load() > BUSY && next.load(Ordering::Relaxed) < tried.len() {
                std::thread::sleep(Duration::from_secs(5));
            }
            let outcome = try_one(*number, by)?;
            let mut so_far = locked(&so_far);
            let (outcomes, said) = &mut *so_far;
            outcomes.push((change, outcome));
            if said.elapsed() > SAID_EVERY {
                *said = Instant::now();
                outcome::write(folder, package, outcomes)?;
                let (done, of) = (outcomes.len().saturating_sub(known_before), tried.len());
                let left = outcome::left(outcomes).len();
                complain(&format!("{package}: going on, {done} of {of} changes tried, {left} not noticed"));
            }
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS).map(|worker| scope.spawn(move || work(worker))).collect();
        workers.into_iter().try_for_each(|worker| worker.join().unwrap_or(Ok(())))
    })?;
    let (mut outcomes, _) = so_far.into_inner().unwrap_or_else(PoisonError::into_inner);
    outcomes.sort_by_key(|(change, _)| (&change.file, change.start));
    outcome::write(folder, package, &outcomes)?;
    Ok(outcomes)
}

/// The programs that look at a package, the quick ones first.
fn asked<'a>(package: &str, traced: &'a [Traced]) -> Vec<&'a Traced> {
    let stages = || STAGES.iter().filter(|stage| stage.package == package);
    let looks = |program: &&Traced| stages().any(|stage| stage.has(&program.program));
    let mut programs: Vec<&Traced> = traced.iter().filter(looks).collect();
    programs.sort_by_key(|program| program.took);
    programs
}

fn try_one(change: usize, programs: &[&Traced]) -> Result<Outcome, TaskError> {
    for program in programs {
        match program.run(change)? {
            Trial::Missed => {}
            Trial::Noticed => return Ok(Outcome::Noticed(program.name())),
            Trial::Endless => return Ok(Outcome::Endless(program.name())),
        }
    }
    Ok(Outcome::Left)
}

fn locked<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many tasks have wanted a processor in the last minute, on average; nothing where nobody says.
fn load() -> f64 {
    let loads = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    loads.split(' ').next().and_then(|load| load.parse().ok()).unwrap_or(0.0)
}
