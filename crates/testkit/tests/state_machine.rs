//! The histories of the state machine are worth living through: they meet what the rules are about. (That the library
//! agrees with the model on them is a property of every store: see the memory store's tests.) The input is the same
//! in every run.

use std::collections::BTreeMap;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use proptest_state_machine::ReferenceStateMachine;
use staffroom_core::UserEdit;
use staffroom_testkit::model::{History, Model, Transition};

/// What one history met, each thing once.
fn met(model: &mut Model, transitions: &[Transition]) -> Vec<&'static str> {
    let (mut met, mut committed, mut undone) = (Vec::new(), Vec::new(), Vec::new());
    let mut edited_since_preview = false;
    for transition in transitions {
        let answer = model.answer(transition);
        let says = |what: &str| answer.contains(what);
        let mut note = |what| met.push(what);
        match transition {
            Transition::Commit(plan, ..) if says("Committed") => {
                if says("again: true") {
                    note(if undone.contains(plan) { "commit after its undo" } else { "second commit" });
                } else {
                    committed.push(*plan);
                    note(if edited_since_preview { "commit of a stale plan" } else { "commit" });
                    for code in
                        ["inactive", "already-linked", "email-taken", "email-changed", "all-or-nothing"]
                    {
                        if says(code) && edited_since_preview {
                            note(code);
                        }
                    }
                    if says("changed-since-preview") {
                        note("changed since preview");
                    }
                }
            }
            Transition::Commit(..) => {
                for code in ["not-your-plan", "password-mismatch", "weak-password", "inactive-group"] {
                    if says(code) {
                        note(code);
                    }
                }
                if ["denied", "missing-permission", "group-beyond-actor", "actor-disabled"]
                    .into_iter()
                    .any(says)
                {
                    note("commit denied");
                }
            }
            Transition::Undo(plan, _) if says("Undone") => {
                note(if undone.contains(plan) { "second undo" } else { "undo" });
                undone.push(*plan);
                for touch in ["signed-in", "password-set", "edited"] {
                    if says(touch) {
                        note(touch);
                    }
                }
            }
            Transition::Undo(..) if says("unknown-batch") => note("unknown batch"),
            Transition::Undo(..) => note("undo denied"),
            Transition::Preview(..) if says("Planned") => edited_since_preview = false,
            Transition::Preview(..) => note("preview denied"),
            Transition::Import(..) => {
                edited_since_preview = true;
                note("import");
            }
            Transition::Edit(..) => {
                edited_since_preview = true;
                if says("Conflict") {
                    note("edit in conflict");
                }
            }
            Transition::List(..) => note("list"),
            Transition::EditUser(_, _, edit) if says("now: true") => {
                edited_since_preview = true;
                note("user edited");
                match edit {
                    UserEdit::GrantAccess if says("revoked: true") => note("revoked by access"),
                    UserEdit::JoinGroup(_) if says("revoked: true") => note("revoked by a group"),
                    _ => {}
                }
            }
            Transition::EditUser(..) if says("now: false") => note("user so already"),
            Transition::EditUser(..) => {
                for code in ["user-beyond-actor", "unknown-user", "locks-out", "other-email"] {
                    if says(code) {
                        note(code);
                    }
                }
            }
        }
    }
    met.sort_unstable();
    met.dedup();
    met
}

#[test]
fn histories_meet_what_the_rules_are_about() {
    let mut runner = TestRunner::deterministic();
    let strategy = History::sequential_strategy(1..40);
    let mut histories: BTreeMap<&str, usize> = BTreeMap::new();
    for _ in 0..400 {
        let ((world, _), transitions, _) = strategy.new_tree(&mut runner).unwrap().current();
        for what in met(&mut Model::of(&world), &transitions) {
            *histories.entry(what).or_default() += 1;
        }
    }
    let expected = [
        "commit",
        "commit of a stale plan",
        "second commit",
        "commit after its undo",
        "changed since preview",
        "inactive",
        "already-linked",
        "email-taken",
        "email-changed",
        "all-or-nothing",
        "not-your-plan",
        "password-mismatch",
        "weak-password",
        "inactive-group",
        "commit denied",
        "preview denied",
        "undo",
        "second undo",
        "undo denied",
        "unknown batch",
        "signed-in",
        "password-set",
        "edited",
        "import",
        "edit in conflict",
        "list",
        "user edited",
        "user so already",
        "revoked by access",
        "revoked by a group",
        "user-beyond-actor",
        "unknown-user",
        "locks-out",
        "other-email",
    ];
    let rare: Vec<_> =
        expected.into_iter().filter(|what| histories.get(what).copied().unwrap_or(0) < 3).collect();
    assert!(rare.is_empty(), "in fewer than 3 histories: {rare:?} of {histories:#?}");
}
