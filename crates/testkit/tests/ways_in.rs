//! The histories of ways in are worth living through: they meet what the rules are about. (That the library agrees with the
//! model on them is a property of every store: see the memory store's tests.) The input is the same in every run.

use std::collections::BTreeMap;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use proptest_state_machine::ReferenceStateMachine;
use staffroom_testkit::ways_in::{Doors, Happening, Histories};

/// What a step met, in a word.
fn met(step: &Happening, answer: &str) -> String {
    let what = match step {
        Happening::Wait(_) => return "a wait".to_owned(),
        Happening::Knock(..) => "sign-in",
        Happening::Forget(..) => "request for a reset",
        Happening::Set(..) => "use of a token",
        Happening::Show(_) => "shown session",
        Happening::Enter(..) => "entering",
        Happening::Revoke(_) | Happening::RevokeShared => "revocation",
        Happening::Enable(..) => "enabling",
        Happening::EndSessions(_) => "end of sessions",
        Happening::Send(_) => "sent reset",
        other => return format!("{other:?}").split('(').next().unwrap_or_default().to_owned(),
    };
    let how: String = answer.chars().take_while(|letter| !letter.is_ascii_digit()).collect();
    format!("{what}: {}", how.trim())
}

#[test]
fn histories_meet_what_the_rules_are_about() {
    let mut runner = TestRunner::deterministic();
    let strategy = Histories::sequential_strategy(1..80);
    let mut histories: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..400 {
        let (_, steps, _) = strategy.new_tree(&mut runner).unwrap().current();
        let mut doors = Doors::new();
        let mut all: Vec<String> = steps.iter().map(|step| met(step, &doors.step(step))).collect();
        all.sort();
        all.dedup();
        for what in all {
            *histories.entry(what).or_default() += 1;
        }
    }
    let expected = [
        "sign-in: in school",
        "sign-in: must set",
        "sign-in: refused",
        "sign-in: initial-expired",
        "sign-in: wait until",
        "sign-in: locked",
        "request for a reset: asked",
        "request for a reset: wait until",
        "use of a token: set",
        "use of a token: weak",
        "use of a token: unknown token",
        "shown session: in school",
        "shown session: nobody",
        "entering: in school",
        "entering: no access",
        "revocation: revoked",
        "sent reset: sent",
        "sent reset: disabled",
        "enabling: edited",
        "end of sessions: ended",
        "Give",
        "Sweep",
        "SignOut",
    ];
    let rare: Vec<_> =
        expected.into_iter().filter(|what| histories.get(*what).copied().unwrap_or(0) < 3).collect();
    assert!(rare.is_empty(), "in fewer than 3 histories: {rare:?} of {histories:#?}");
}
