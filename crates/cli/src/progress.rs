//! How far long work has come, on a terminal.

use std::fmt;
use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use staffroom_core::{Progress, Step};

/// Work that is done by then needs no bar.
const PATIENCE: Duration = Duration::from_millis(400);

/// A progress bar on stderr, or nothing: if stderr is no terminal, or quiet was asked for.
#[derive(Debug)]
pub(crate) struct Meter {
    bar: ProgressBar,
    /// What the bar is about now.
    phase: Mutex<Option<Phase>>,
    began: Instant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Reading,
    Step(Step),
}

impl Meter {
    pub(crate) fn new(quiet: bool) -> Self {
        let target = if quiet || !std::io::stderr().is_terminal() {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        };
        Self { bar: ProgressBar::with_draw_target(None, target), phase: Mutex::new(None), began: now() }
    }

    /// So many bytes of the roster are read.
    pub(crate) fn reading(&self, done: u64, total: u64) {
        self.show(Phase::Reading, done, Some(total));
    }

    /// Takes the bar off the screen, for whatever is printed next.
    pub(crate) fn clear(&self) {
        if !self.bar.is_hidden() {
            self.bar.finish_and_clear();
            *self.phase.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }

    fn show(&self, phase: Phase, done: u64, total: Option<u64>) {
        if self.bar.is_hidden() || now().duration_since(self.began) < PATIENCE {
            return;
        }
        let mut shown = self.phase.lock().unwrap_or_else(PoisonError::into_inner);
        if *shown != Some(phase) {
            *shown = Some(phase);
            self.bar.set_style(style(phase, total.is_some()));
            self.bar.set_length(total.unwrap_or_default());
            self.bar.reset();
            self.bar.set_message(words(phase));
        }
        if let Some(total) = total.filter(|total| self.bar.length() != Some(*total)) {
            self.bar.set_length(total);
        }
        self.bar.set_position(done);
    }
}

#[expect(clippy::disallowed_methods, reason = "how long somebody has waited decides whether a bar is shown")]
fn now() -> Instant {
    Instant::now()
}

impl Progress for Meter {
    fn report(&self, step: Step, done: usize, total: Option<usize>) {
        let number = |count| u64::try_from(count).unwrap_or(u64::MAX);
        self.show(Phase::Step(step), number(done), total.map(number));
    }
}

const fn words(phase: Phase) -> &'static str {
    match phase {
        Phase::Reading => "Reading the roster",
        Phase::Step(Step::Import) => "Importing",
        Phase::Step(Step::Assess) => "Deciding",
        Phase::Step(Step::Hash) => "Hashing passwords",
        Phase::Step(Step::Create) => "Creating accounts",
        Phase::Step(_) => "Working",
    }
}

fn style(phase: Phase, total_is_known: bool) -> ProgressStyle {
    ProgressStyle::with_template(template(phase, total_is_known))
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .with_key("rate", |state: &ProgressState, out: &mut dyn fmt::Write| {
            // A bar without its rate is still a bar.
            out.write_fmt(format_args!("{:.0}/s", state.per_sec())).unwrap_or_default();
        })
        .progress_chars("=> ")
}

const fn template(phase: Phase, total_is_known: bool) -> &'static str {
    match (phase, total_is_known) {
        (Phase::Reading, _) => "{msg:18} [{bar:24}] {bytes} of {total_bytes}, {bytes_per_sec}, {eta} to go",
        (Phase::Step(_), true) => "{msg:18} [{bar:24}] {human_pos} of {human_len}, {rate}, {eta} to go",
        (Phase::Step(_), false) => "{msg:18} {spinner} {human_pos}, {rate}",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_are_well_formed() {
        for phase in [Phase::Reading, Phase::Step(Step::Import)] {
            for known in [true, false] {
                assert!(ProgressStyle::with_template(template(phase, known)).is_ok());
            }
        }
    }
}
