//! Reading the roster that was named, and telling about its bad lines.

use std::path::Path;

use staffroom_core::Clock;
use staffroom_roster::{Problem, ReadOptions, RosterFile};
use staffroom_system::SystemClock;

use crate::args::ReadingArgs;
use crate::error::Error;
use crate::output::say;
use crate::progress::Meter;

/// How many bad lines are shown unless `--strict` asks for all of them.
const PROBLEMS_SHOWN: usize = 20;

/// Reads the roster at `path`.
pub(crate) fn read(path: &Path, args: &ReadingArgs, meter: &Meter) -> Result<RosterFile, Error> {
    let today = args.as_of.unwrap_or_else(|| SystemClock.now().as_datetime().date_naive());
    let options = ReadOptions::new(today).with_format(args.roster_format);
    let file = staffroom_roster::read_with_progress(path, &options, &|done, total| {
        meter.reading(done, total);
    });
    meter.clear();
    let file = file?;
    if args.strict {
        return file.into_strict().map_err(|error| {
            tell_problems(&error.problems, error.count, usize::MAX);
            error.into()
        });
    }
    if !file.problems.is_empty() {
        tell_problems(&file.problems, file.problem_count(), PROBLEMS_SHOWN);
        say("the rest of the roster is used; `--strict` would use nothing of it");
    }
    Ok(file)
}

/// Shows the first bad lines, at most `shown`, and counts the others.
fn tell_problems(problems: &[Problem], count: u64, shown: usize) {
    let plural = if count == 1 { "" } else { "s" };
    say(&format!("the roster has {count} problem{plural}:"));
    for problem in problems.iter().take(shown) {
        say(&format!("  {problem}"));
    }
    let more = count.saturating_sub(u64::try_from(problems.len().min(shown)).unwrap_or(u64::MAX));
    if more > 0 {
        say(&format!("  and {more} more (`--strict` lists them)"));
    }
}
