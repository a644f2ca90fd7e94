//! Lists are the same as the memory store's, whatever the names, emails and ids: nothing is compared, ordered or folded
//! by rules of SQLite's own (R2, R3).

#![allow(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

mod support;

use proptest::collection::vec;
use staffroom_store_memory::MemoryStore;
use staffroom_store_sqlite::{Settings, SqliteStore};
use staffroom_testkit::lists::{same_lists, wanted};
use staffroom_testkit::properties::for_all;
use staffroom_testkit::strategies::{Preset, world};
use support::{fresh_folder, run};

/// How many cases of each preset a plain run tries.
const CASES: u32 = 48;

/// Lists of people who are looked up one by one, up to so many, and walked past otherwise.
fn agree(look_up_limit: u32) {
    for preset in Preset::ALL {
        for_all(CASES, (world(preset), vec(wanted(), 1..4)), |(world, wanted)| {
            run(async {
                let (_folder, path) = fresh_folder();
                let settings = Settings::default().with_look_up_limit(look_up_limit);
                let store = SqliteStore::open_or_create(path, settings).await.unwrap();
                same_lists(&MemoryStore::new(), &store, &world, &wanted).await
            })
        });
    }
}

#[test]
fn lists_that_are_looked_up_are_those_of_memory() {
    agree(1_000);
}

#[test]
fn lists_that_are_walked_are_those_of_memory() {
    agree(0);
}
