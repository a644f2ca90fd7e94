//! Passwords and tokens that go through every flow are said nowhere, and are not in the file or beside it (R9, R16, R17).

#![allow(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

mod support;

use std::sync::Arc;

use staffroom_store_sqlite::SqliteStore;
use staffroom_testkit::conformance::{Verdict, fly_canaries};
use staffroom_testkit::overheard::Listener;
use support::run;

#[test]
fn no_password_or_token_is_said_or_kept() -> Verdict {
    let listener = Listener::start();
    run(async {
        let (store, folder) = support::fresh_store().await;
        let flight = fly_canaries(Arc::<SqliteStore>::clone(&store)).await?;
        flight.is_not_in("what was said", flight.said().as_bytes())?;
        let heard = listener.heard();
        assert!(heard.contains("resets"), "the statements were not overheard");
        flight.is_not_in("the log", heard.as_bytes())?;
        flight.is_not_in("the store, printed,", format!("{store:#?}").as_bytes())?;
        flight.is_not_in_dump("what the store hands out", flight.kept().as_bytes())?;
        // The file, what is written ahead of it, and whatever else lies there: while it is open, and once it is closed.
        flight.is_not_in_dump("the folder", &bytes_in(folder.path()))?;
        SqliteStore::clone(&store).close().await;
        flight.is_not_in_dump("the folder of a closed file", &bytes_in(folder.path()))
    })
}

fn bytes_in(folder: &std::path::Path) -> Vec<u8> {
    let files = std::fs::read_dir(folder).unwrap();
    files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
}
