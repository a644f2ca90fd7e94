//! Passwords and tokens that go through every flow are said nowhere, and are not in the store (R9, R16, R17).

use std::sync::Arc;

use futures_lite::future::block_on;
use staffroom_store_memory::MemoryStore;
use staffroom_testkit::conformance::{Verdict, fly_canaries};
use staffroom_testkit::overheard::Listener;

#[test]
fn no_password_or_token_is_said_or_kept() -> Verdict {
    let listener = Listener::start();
    let store = Arc::new(MemoryStore::new());
    let flight = block_on(fly_canaries(Arc::<MemoryStore>::clone(&store)))?;
    flight.is_not_in("what was said", flight.said().as_bytes())?;
    flight.is_not_in("the log", listener.heard().as_bytes())?;
    flight.is_not_in("the store, printed,", format!("{store:#?}").as_bytes())?;
    flight.is_not_in_dump("what the store hands out", flight.kept().as_bytes())
}
