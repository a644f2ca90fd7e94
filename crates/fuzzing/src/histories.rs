//! Histories that the models of the testkit live through beside a store in memory.

use staffroom_testkit::model::{History, check_history};
use staffroom_testkit::properties::Verdict;
use staffroom_testkit::strategies::history_from_seeds;
use staffroom_testkit::ways_in::{Histories, check_ways_in};

use crate::memory::BENCH;

/// The most steps of a history.
const MOST: usize = 40;

/// Imports, edits, previews, commits, undos and lists, each chosen by four bytes.
pub(crate) fn of_bulk_creates(bytes: &[u8]) -> Verdict {
    let Some(((world, _), steps)) = history_from_seeds::<History>(bytes, MOST) else { return Ok(()) };
    check_history(&BENCH, &world, &steps)
}

/// Sign-ins, resets, revocations and waits, each chosen by four bytes.
pub(crate) fn of_ways_in(bytes: &[u8]) -> Verdict {
    let Some((_, steps)) = history_from_seeds::<Histories>(bytes, MOST) else { return Ok(()) };
    check_ways_in(&BENCH, &steps)
}
