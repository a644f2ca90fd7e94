//! Lists are the same as the memory store's, whatever the locale of the database: nothing is compared, ordered or folded
//! by its rules (R2, R3).

#![allow(clippy::panic, reason = "what helps tests fails like them")]

mod support;

use proptest::collection::vec;
use proptest::sample::select;
use staffroom_store_memory::MemoryStore;
use staffroom_store_postgres::{PostgresStore, Settings};
use staffroom_testkit::lists::{same_lists, wanted};
use staffroom_testkit::postgres::Server;
use staffroom_testkit::properties::for_all;
use staffroom_testkit::strategies::{Preset, world};
use support::{SERVICE, empty_database, ended_and_emptied, migrate, pool, run};

/// How many cases of each preset a plain run tries in each locale.
const CASES: u32 = 24;
/// Holds the lists of a database made with `locale` to those of the memory store.
fn agrees_with_memory(locale: &str) {
    let server = Server::shared().unwrap_or_else(|error| panic!("{error}"));
    let how = format!("TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE '{locale}' LC_CTYPE '{locale}'");
    let database = run(async {
        let database = empty_database(server, &how).await.unwrap_or_else(|error| {
            panic!(
                "{error}: this machine needs the locale {locale}; as root on Debian: apt-get install locales, then \
                 localedef -i {} -f UTF-8 {locale}",
                locale.split('.').next().unwrap_or_default()
            )
        });
        migrate(&database).await;
        database
    });
    for preset in Preset::ALL {
        for_all(
            CASES,
            (world(preset), vec(wanted(), 1..4), select(vec![0, 1_000])),
            |(world, wanted, look_up_limit)| {
                run(async {
                    // What the case before gave up is taken back in its own runtime, which may not be this one.
                    ended_and_emptied(&database).await;
                    let pool = pool(database.options_as(SERVICE), 2).await;
                    // Looked up, as far as there are that many; and walked past.
                    let settings = Settings::default().with_look_up_limit(look_up_limit);
                    let store = PostgresStore::with_settings(pool, settings);
                    same_lists(&MemoryStore::new(), &store, &world, &wanted).await
                })
            },
        );
    }
}

#[test]
fn lists_are_those_of_memory_in_c() {
    agrees_with_memory("C");
}

#[test]
fn lists_are_those_of_memory_in_c_utf8() {
    agrees_with_memory("C.UTF-8");
}

#[test]
fn lists_are_those_of_memory_in_english() {
    agrees_with_memory("en_US.UTF-8");
}

/// Where the capital of `i` is not `I`.
#[test]
fn lists_are_those_of_memory_in_turkish() {
    agrees_with_memory("tr_TR.UTF-8");
}
