//! What the fuzzers of `fuzz/` hold to be true of any bytes.
//!
//! Each target is one function from bytes to nothing, which panics if a law is broken: with the rule, and what broke it.
//! The laws are those of [`staffroom_testkit::properties`] and [`staffroom_testkit::model`] where there is one; what is
//! here besides them is how bytes become their input. A target has a corpus in `fuzz/corpus/NAME` and a dictionary in
//! `fuzz/dictionaries/NAME.dict`; `tests/replay.rs` runs every file of the corpora through its target with the ordinary
//! compiler, past crashes among them.
//!
//! The crate is not published: whoever writes a store uses the testkit, and needs none of what this depends on.

mod altered;
mod documents;
mod emails;
mod facts;
mod histories;
mod kept_emails;
mod machine;
mod memory;
mod output;
mod passwords;
mod rosters;
mod sheets;
mod sqlite;
mod stores;
mod texts;
mod tokens;
mod zips;

/// The command's own piece that writes a sheet: the command is no library.
#[path = "../../cli/src/hand_off/table.rs"]
mod table;

use staffroom_testkit::properties::Verdict;

/// A target of the fuzzers.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// The name of its function here, of its program, its corpus and its dictionary.
    pub name: &'static str,
    /// The function: panics if a law is broken.
    pub run: fn(&[u8]),
}

macro_rules! targets {
    ($($(#[$doc:meta])* $name:ident = $laws:path;)*) => {
        $(
            $(#[$doc])*
            ///
            /// # Panics
            /// If a law is broken: with the rule, and what broke it.
            pub fn $name(bytes: &[u8]) {
                hold($laws(bytes));
            }
        )*

        /// Every target.
        pub const TARGETS: &[Target] = &[$(Target { name: stringify!($name), run: $name }),*];
    };
}

targets! {
    /// An email address: its canonical form is its own, agrees with the slow rule and survives being kept.
    email = emails::laws;
    /// Two addresses in a file of SQLite: the database calls them the same exactly if core does, and keeps every byte.
    kept_email = kept_emails::laws;
    /// Names, ids, searches and permissions, as people and systems type them.
    text = texts::laws;
    /// A roster as files: every format, from a folder and from a zip.
    roster = rosters::laws;
    /// A roster as a zip of any bytes.
    roster_zip = zips::laws;
    /// A plan as a document, as it comes back from a browser.
    plan = documents::plan;
    /// Reports and other answers as documents, as a host may keep them.
    report = documents::report;
    /// The parts of requests that a host reads from JSON.
    body = documents::body;
    /// A plan that somebody altered on the way is refused, or does nothing that its actor could not have asked for.
    altered_plan = altered::laws;
    /// The rule of eligibility, on any facts.
    eligibility = facts::laws;
    /// A password and the texts that it must not be made of.
    policy = passwords::laws;
    /// A hand-off sheet: read back as it was written, with nothing that a spreadsheet runs.
    hand_off = sheets::laws;
    /// Tokens, ids, digests and cursors as texts.
    token = tokens::laws;
    /// Any history of imports, edits, previews, commits and undos, against the model.
    history = histories::of_bulk_creates;
    /// Any history of sign-ins, sessions, tokens and resets, against the model.
    session = histories::of_ways_in;
    /// Any calls to a store, memory against SQLite.
    store = stores::laws;
}

#[expect(clippy::panic, reason = "a fuzzer, and a test, is told by a panic that a law is broken")]
fn hold(verdict: Verdict) {
    if let Err(violation) = verdict {
        panic!("{violation}");
    }
}

/// Leaves the function with a [`Violation`](staffroom_testkit::properties::Violation) unless the condition holds.
macro_rules! require {
    ($rule:literal, $condition:expr, $($what:tt)+) => {
        if !$condition {
            return Err(staffroom_testkit::properties::Violation::of($rule, format!($($what)+)));
        }
    };
}

use require;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "R3 is broken: two users get one address")]
    fn a_law_that_is_broken_is_a_panic() {
        let laws = |same: bool| -> Verdict {
            require!("R3", !same, "two users get one address");
            Ok(())
        };
        hold(laws(false));
        hold(laws(true));
    }
}
