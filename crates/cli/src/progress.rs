//! How far long work has come: a bar on a terminal, now and then a plain line elsewhere, nothing if quiet was asked for.

use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{
    HumanBytes, HumanCount, HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle,
};
use staffroom_core::{Progress, Step};

/// Work that is done by then needs no bar.
const PATIENCE: Duration = Duration::from_millis(400);

/// How long there is between two plain lines.
const BETWEEN_LINES: Duration = Duration::from_secs(5);

/// Tells on stderr how far the work has come.
#[derive(Debug)]
pub(crate) struct Meter {
    kind: Kind,
    began: Instant,
}

#[derive(Debug)]
enum Kind {
    Quiet,
    /// For a terminal. What it is about now is beside it.
    Bar(ProgressBar, Mutex<Option<Phase>>),
    /// For files and pipes.
    Lines(Mutex<Line>),
}

/// What the next line depends on.
#[derive(Debug)]
struct Line {
    phase: Option<Phase>,
    phase_began: Instant,
    last: Instant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Reading,
    Step(Step),
}

impl Meter {
    pub(crate) fn new(quiet: bool) -> Self {
        let began = now();
        let kind = if quiet {
            Kind::Quiet
        } else if io::stderr().is_terminal() {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            Kind::Bar(bar, Mutex::new(None))
        } else {
            Kind::Lines(Mutex::new(Line { phase: None, phase_began: began, last: began }))
        };
        Self { kind, began }
    }

    /// So many bytes of the roster are read.
    pub(crate) fn reading(&self, done: u64, total: u64) {
        self.show(Phase::Reading, done, Some(total));
    }

    /// Takes the bar off the screen, for whatever is printed next.
    pub(crate) fn clear(&self) {
        if let Kind::Bar(bar, phase) = &self.kind {
            bar.finish_and_clear();
            *phase.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }

    fn show(&self, phase: Phase, done: u64, total: Option<u64>) {
        match &self.kind {
            Kind::Quiet => {}
            Kind::Bar(bar, shown) => {
                if now().duration_since(self.began) >= PATIENCE {
                    show_bar(bar, shown, phase, done, total);
                }
            }
            Kind::Lines(line) => {
                let mut line = line.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(text) = line.next(now(), phase, done, total) {
                    // A stderr that is gone is nobody's concern.
                    drop(writeln!(io::stderr().lock(), "{text}"));
                }
            }
        }
    }
}

fn show_bar(bar: &ProgressBar, shown: &Mutex<Option<Phase>>, phase: Phase, done: u64, total: Option<u64>) {
    let mut shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
    if *shown != Some(phase) {
        *shown = Some(phase);
        bar.set_style(style(phase, total.is_some()));
        bar.set_length(total.unwrap_or_default());
        bar.reset();
        bar.set_message(words(phase));
    }
    if let Some(total) = total.filter(|total| bar.length() != Some(*total)) {
        bar.set_length(total);
    }
    bar.set_position(done);
}

impl Line {
    /// The line that is due at `now`, if one is.
    fn next(&mut self, now: Instant, phase: Phase, done: u64, total: Option<u64>) -> Option<String> {
        if self.phase != Some(phase) {
            self.phase = Some(phase);
            self.phase_began = now;
        }
        if now.duration_since(self.last) < BETWEEN_LINES {
            return None;
        }
        self.last = now;
        Some(line(phase, now.duration_since(self.phase_began), done, total))
    }
}

/// `Creating accounts: 20,000 of 80,000, 4,000/s, 15 seconds to go`.
fn line(phase: Phase, spent: Duration, done: u64, total: Option<u64>) -> String {
    let shown = |number: u64| match phase {
        Phase::Reading => HumanBytes(number).to_string(),
        Phase::Step(_) => HumanCount(number).to_string(),
    };
    let millis = spent.as_millis();
    let rate = u128::from(done).saturating_mul(1_000).checked_div(millis);
    let rate = rate.and_then(|rate| u64::try_from(rate).ok()).filter(|rate| *rate > 0);
    let mut text = format!("{}: {}", words(phase), shown(done));
    if let Some(total) = total {
        text = format!("{text} of {}", shown(total));
    }
    if let Some(rate) = rate {
        text = format!("{text}, {}/s", shown(rate));
        if let Some(left) = total.and_then(|total| total.saturating_sub(done).checked_div(rate)) {
            text = format!("{text}, {} to go", HumanDuration(Duration::from_secs(left)));
        }
    }
    text
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long somebody has waited decides whether progress is shown"
)]
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
        Phase::Step(Step::Undo) => "Removing accounts",
        Phase::Step(Step::Invite) => "Sending invitations",
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

    #[test]
    fn a_plain_line_has_the_rate_and_the_time_left() {
        let creating = Phase::Step(Step::Create);
        assert_eq!(
            line(creating, Duration::from_secs(5), 20_000, Some(80_000)),
            "Creating accounts: 20,000 of 80,000, 4,000/s, 15 seconds to go"
        );
        assert_eq!(line(creating, Duration::ZERO, 20_000, None), "Creating accounts: 20,000");
    }

    #[test]
    fn plain_lines_are_rare() {
        let began = now();
        let mut next = Line { phase: None, phase_began: began, last: began };
        let mut lines = 0;
        for millis in (0..60_000).step_by(10) {
            let at = began + Duration::from_millis(millis);
            lines += usize::from(next.next(at, Phase::Reading, millis, Some(60_000)).is_some());
        }
        assert_eq!(lines, 11);
    }
}
