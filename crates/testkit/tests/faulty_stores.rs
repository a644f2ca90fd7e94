//! The suite, held against stores built wrong on purpose: it catches every one of them, and no check is idle.

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;

use futures_lite::future::block_on;
use staffroom_core::store::Store;
use staffroom_store_memory::MemoryStore;
use staffroom_testkit::conformance::{CHECKS, Check};
use staffroom_testkit::faulty::{Fault, with_fault};

fn right() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new())
}

/// The names of the checks that `fault` fails.
fn caught_by(fault: Fault) -> Vec<&'static str> {
    let fails = |check: &&Check| block_on(check.run(with_fault(right(), fault))).is_err();
    CHECKS.iter().filter(fails).map(Check::name).collect()
}

#[test]
fn there_are_at_least_forty_checks_and_ten_faults() {
    assert!(CHECKS.len() >= 40, "{} checks", CHECKS.len());
    assert!(Fault::ALL.len() >= 10, "{} faults", Fault::ALL.len());
}

#[test]
fn a_store_that_is_right_passes_every_check() {
    for check in CHECKS {
        if let Err(failure) = block_on(check.run(right())) {
            panic!("{failure}");
        }
    }
}

/// Every fault with the checks that it fails; on as many threads as there are processors.
fn all_faults() -> Vec<(Fault, Vec<&'static str>)> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let some =
        |faults: &[Fault]| -> Vec<_> { faults.iter().map(|fault| (*fault, caught_by(*fault))).collect() };
    thread::scope(|scope| {
        let parts = Fault::ALL.chunks(Fault::ALL.len().div_ceil(threads));
        let running: Vec<_> = parts.map(|faults| scope.spawn(move || some(faults))).collect();
        running
            .into_iter()
            .flat_map(|part| part.join().unwrap_or_else(|panic| resume_unwind(panic)))
            .collect()
    })
}

/// Prints what catches each fault and what each check catches: `cargo test -p staffroom-testkit --test faulty_stores --
/// --nocapture`.
#[test]
fn every_fault_is_caught_and_every_check_catches_one() {
    let mut catches: BTreeMap<&str, Vec<Fault>> =
        CHECKS.iter().map(|check| (check.name(), Vec::new())).collect();
    let mut escaped: Vec<Fault> = Vec::new();
    for (fault, names) in all_faults() {
        println!(
            "{fault:?} ({}) is caught by {} checks: {}",
            fault.what().trim(),
            names.len(),
            names.join(", ")
        );
        // A store that loses everything fails nearly every check and proves little about any.
        if names.len() < CHECKS.len() / 2 {
            for name in &names {
                catches.entry(name).or_default().push(fault);
            }
        }
        if names.is_empty() {
            escaped.push(fault);
        }
    }
    println!();
    for (name, faults) in &catches {
        println!("{name} catches {} faults: {faults:?}", faults.len());
    }
    let idle: Vec<&&str> =
        catches.iter().filter(|(_, faults)| faults.is_empty()).map(|(name, _)| name).collect();
    assert!(escaped.is_empty(), "no check catches {escaped:?}");
    assert!(idle.is_empty(), "these checks catch no fault: {idle:?}");
}

#[test]
fn a_failing_check_says_what_broke_where_and_by_which_sentence() {
    let check = Check::named("a_taken_email_is_an_outcome").unwrap();
    let faulty = with_fault(right(), Fault::OverlooksConflictsWithinACall);
    let text = block_on(check.run(faulty)).unwrap_err().to_string();
    println!("{text}");
    for part in [
        "`a_taken_email_is_an_outcome` (users)",
        &check.contract(),
        "conformance/users.rs:",
        "expected [Inserted, EmailTaken, EmailTaken, Inserted]",
        "found    [Inserted, EmailTaken, Inserted, Inserted]",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}
