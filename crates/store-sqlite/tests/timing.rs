//! Nobody is told by the time that an answer takes whether an address is known (R17): neither by a sign-in nor by a request
//! for a reset. `cargo xtask timing` compares 10,000 of each.

mod support;

use std::sync::Arc;

use staffroom_credentials::{Argon2Passwords, Parameters, Settings};
use staffroom_system::SystemRandomness;
use staffroom_testkit::conformance::Verdict;
use staffroom_testkit::timing::{Size, trials};

#[test]
fn known_and_unknown_addresses_take_the_same_time() -> Verdict {
    // The least parameters there are, for both strengths: what is hashed makes up for nothing that is looked up.
    let settings = Settings::default().with_parameters(Parameters::OWN, Parameters::OWN)?;
    let randomness = Arc::new(SystemRandomness);
    let passwords = Argon2Passwords::start(settings, Arc::<SystemRandomness>::clone(&randomness) as _)?;
    let size = match std::env::var("STAFFROOM_ROUNDS").ok().as_deref() {
        None => Size::SMALL,
        Some("full") => Size::FULL,
        Some(pairs) => Size::of(pairs.parse()?),
    };
    support::run(async {
        let (store, _folder) = support::fresh_store().await;
        for trial in trials(store, Arc::new(passwords), randomness, size).await? {
            println!("{trial}");
            assert!(trial.is_as_it_should_be(), "{trial}");
        }
        Ok(())
    })
}
