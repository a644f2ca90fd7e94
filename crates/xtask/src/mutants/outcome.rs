//! What came of the changes of a package, and where it is written.

use std::fmt;
use std::path::Path;

use super::change::Change;
use crate::run::{TaskError, file_error};

/// What came of one change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It does not compile.
    Broken,
    /// No switch can make it.
    Fixed,
    /// No test reaches it.
    NotReached,
    /// Tests reach it, and all pass.
    Left,
    /// A test of this program failed.
    Noticed(String),
    /// A test of this program did not end.
    Endless(String),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broken => f.write_str("does not compile"),
            Self::Fixed => f.write_str("cannot be switched"),
            Self::NotReached => f.write_str("not reached"),
            Self::Left => f.write_str("left"),
            Self::Noticed(by) => write!(f, "noticed by {by}"),
            Self::Endless(by) => write!(f, "without end in {by}"),
        }
    }
}

/// The head of the table whose lines are those of [`summary`].
pub(super) const SUMMARY: &str =
    "package | changes | do not compile | cannot be switched | made | noticed | left | not reached";

/// The figures of a package, as `docs/evidence.md` has them.
pub(super) fn summary(package: &str, outcomes: &[(&Change, Outcome)]) -> String {
    let count = |wanted: fn(&Outcome) -> bool| outcomes.iter().filter(|(_, outcome)| wanted(outcome)).count();
    let broken = count(|outcome| *outcome == Outcome::Broken);
    let fixed = count(|outcome| *outcome == Outcome::Fixed);
    let noticed = count(|outcome| matches!(outcome, Outcome::Noticed(_) | Outcome::Endless(_)));
    let left = count(|outcome| *outcome == Outcome::Left);
    let not_reached = count(|outcome| *outcome == Outcome::NotReached);
    let (all, made) = (outcomes.len(), outcomes.len() - broken - fixed);
    format!("{package} | {all} | {broken} | {fixed} | {made} | {noticed} | {left} | {not_reached}")
}

/// What no test noticed.
pub(super) fn left(outcomes: &[(&Change, Outcome)]) -> Vec<String> {
    let left = outcomes.iter().filter_map(|(change, outcome)| match outcome {
        Outcome::Left => Some(change.name.clone()),
        Outcome::NotReached => Some(format!("{} (not reached)", change.name)),
        _ => None,
    });
    left.collect()
}

/// Writes what is known so far into `left-PACKAGE.txt` and `all-PACKAGE.txt` of a folder.
pub(super) fn write(folder: &Path, package: &str, outcomes: &[(&Change, Outcome)]) -> Result<(), TaskError> {
    let all = outcomes.iter().map(|(change, outcome)| format!("{}: {outcome}", change.name));
    for (name, lines) in [("left", left(outcomes)), ("all", all.collect())] {
        let path = folder.join(format!("{name}-{package}.txt"));
        std::fs::write(&path, lines.join("\n") + "\n").map_err(|source| file_error(&path, source))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutants::change::Genre;

    #[test]
    fn what_was_made_is_noticed_or_left_or_not_reached() {
        let change = Change {
            package: "p".to_owned(),
            file: "f".to_owned(),
            name: "f:1:1: replace + with -".to_owned(),
            genre: Genre::Binary,
            start: (1, 1),
            replacement: "-".to_owned(),
        };
        let by = || "tests".to_owned();
        let outcomes = [
            Outcome::Broken,
            Outcome::Broken,
            Outcome::Fixed,
            Outcome::Noticed(by()),
            Outcome::Endless(by()),
            Outcome::Left,
            Outcome::NotReached,
        ];
        let outcomes = outcomes.map(|outcome| (&change, outcome));
        assert_eq!(summary("p", &outcomes), "p | 7 | 2 | 1 | 4 | 2 | 1 | 1");
        let expected = ["f:1:1: replace + with -", "f:1:1: replace + with - (not reached)"];
        assert_eq!(left(&outcomes), expected);
    }
}
