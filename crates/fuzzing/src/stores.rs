//! Memory against SQLite.

use staffroom_store_memory::MemoryStore;
use staffroom_testkit::alike::{Steps, same_answers};
use staffroom_testkit::properties::Verdict;
use staffroom_testkit::strategies::history_from_seeds;

use crate::sqlite;

/// The most steps that are taken.
const MOST: usize = 40;

/// Any calls, each chosen by four bytes, to a store in memory and to one over a file.
pub(crate) fn laws(bytes: &[u8]) -> Verdict {
    let Some((world, steps)) = history_from_seeds::<Steps>(bytes, MOST) else { return Ok(()) };
    sqlite::run(async { same_answers(&MemoryStore::new(), &sqlite::emptied().await?, &world, &steps).await })
}
