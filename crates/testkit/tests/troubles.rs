//! Every act that writes, whatever becomes of any of its commits: what is answered and what is written are the same as on a
//! calm day (R11, R12), and whoever has to give up says so and has written nothing.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what cannot be set up fails the test")]

#[path = "troubles/acts.rs"]
mod acts;
mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use acts::{ACTS, Act, stage, with_numbered_ids};
use async_trait::async_trait;
use common::Trouble;
use futures_lite::future::block_on;
use staffroom_core::store::{Mode, RowLock, Store, StoreError, UnitOfWork};
use staffroom_core::{Edited, NetworkId, UserEdit, UserStatus};
use staffroom_testkit::fixture::{self, NETWORK, edit_user, operator, user_id};

/// What is answered, what is there afterwards, and how many commits it took, when so many commits go wrong in that way.
async fn tried(act: Act, trouble: Option<(Trouble, usize, usize)>) -> (String, String, usize) {
    let stage = stage().await;
    let (kind, calm, times) = trouble.unwrap_or((Trouble::Contended, usize::MAX, 0));
    stage.scene.store.trouble(kind, calm, times);
    let answer = with_numbered_ids(&stage.act(act).await);
    let commits = stage.scene.store.commits();
    (answer, with_numbered_ids(&stage.state().await), commits)
}

#[test]
fn every_act_writes_on_a_calm_day() {
    block_on(async {
        for &act in ACTS {
            let before = with_numbered_ids(&stage().await.state().await);
            let (answer, after, commits) = tried(act, None).await;
            assert!(
                answer.starts_with("Ok") || answer.contains("Refused") || answer.contains("Denied"),
                "{act:?}: {answer}"
            );
            assert!(commits > 0, "{act:?} commits nothing");
            assert!(
                before != after || matches!(act, Act::SignInWithAWrongPassword | Act::Sweep),
                "{act:?} changes nothing"
            );
        }
    });
}

#[test]
fn whichever_commit_goes_wrong_the_answer_and_the_outcome_are_those_of_a_calm_day() {
    block_on(async {
        let mut broken = Vec::new();
        for &act in ACTS {
            let (answer, state, commits) = tried(act, None).await;
            for trouble in [Trouble::ReplyLost, Trouble::CommitLost, Trouble::Contended, Trouble::Unavailable]
            {
                for calm in 0..commits {
                    let (tried_answer, tried_state, tried_commits) =
                        tried(act, Some((trouble, calm, 1))).await;
                    if tried_answer != answer {
                        broken.push(format!(
                            "{act:?}, {trouble:?} after {calm}: {tried_answer}\n instead of {answer}"
                        ));
                    }
                    if tried_state != state {
                        let different: Vec<(&str, &str)> =
                            tried_state.lines().zip(state.lines()).filter(|(a, b)| a != b).collect();
                        broken.push(format!(
                            "{act:?}, {trouble:?} after {calm}: {different:#?} {} {}",
                            tried_state.lines().count(),
                            state.lines().count()
                        ));
                    }
                    if tried_commits == commits && trouble != Trouble::ReplyLost {
                        broken.push(format!(
                            "{act:?}, {trouble:?} after {calm}: {tried_commits} commits as on a calm day"
                        ));
                    }
                }
            }
        }
        assert!(broken.is_empty(), "{}", broken.join("\n\n"));
    });
}

#[test]
fn what_is_done_is_not_done_again_after_somebody_else_took_it_back() {
    block_on(async {
        let stage = stage().await;
        let (staffroom, by) = (&stage.scene.staffroom, &operator());
        let lost = || stage.scene.store.trouble(Trouble::ReplyLost, 0, 1);
        let status = async || {
            let mut uow = stage.scene.store.begin(NETWORK, Mode::Read).await.unwrap();
            uow.users().find(user_id(2), RowLock::None).await.unwrap().unwrap().status()
        };
        stage.scene.store.then(Box::new(|store| {
            Box::pin(async move {
                edit_user(&*store, NETWORK, user_id(2), |user| user.set_status(UserStatus::Enabled))
                    .await
                    .unwrap();
            })
        }));
        lost();
        let done = staffroom.edit_user(by, user_id(2), UserEdit::Disable).await.unwrap();
        assert_eq!((done.edited, status().await), (Edited::Now, UserStatus::Enabled));
        let records = stage.scene.events().await;
        assert_eq!(records.iter().filter(|event| **event == "user-edit").count(), 1, "{records:?}");
    });
}

/// What the acts of that test take.
const ALL: [&str; 7] = [
    "users.bulk-create",
    "users.manage",
    "users.view",
    "groups.manage",
    "students.view",
    "grades.record",
    "staff.view",
];

#[test]
fn nobody_is_denied_what_they_have_done() {
    block_on(async {
        for act in
            [Act::Edit(UserEdit::Disable), Act::Undo, Act::RevokeOfBatch, Act::RenameGroup, Act::EndSessions]
        {
            let stage = stage().await;
            let by = stage.scene.clerk_of(user_id(98), &ALL).await;
            stage.scene.store.then(Box::new(|store| {
                Box::pin(async move {
                    edit_user(&*store, NETWORK, user_id(98), |user| user.set_status(UserStatus::Disabled))
                        .await
                        .unwrap();
                })
            }));
            stage.scene.store.trouble(Trouble::ReplyLost, 0, 1);
            let answer = stage.act_by(act, &by).await;
            assert!(answer.starts_with("Ok("), "{act:?}: {answer}");
            assert!(!stage.scene.events().await.contains(&"denied"), "{act:?}");
        }
    });
}

#[test]
fn whoever_gives_up_has_tried_so_often_and_has_written_nothing() {
    block_on(async {
        for &act in ACTS {
            let before = with_numbered_ids(&stage().await.state().await);
            for (trouble, error, tries) in [
                (Trouble::Contended, "Contended(", 16),
                (Trouble::CommitLost, "CommitUnknown(", 16),
                // A store that is started again is back soon, or not at all.
                (Trouble::Unavailable, "Unavailable(", 4),
            ] {
                // Each try that is denied tries as often to write the denial down.
                let tries = if matches!(act, Act::Denied) { tries * tries } else { tries };
                let (answer, state, commits) = tried(act, Some((trouble, 0, usize::MAX))).await;
                assert!(
                    answer.starts_with("Err(") && answer.contains(error),
                    "{act:?}, {trouble:?}: {answer}"
                );
                assert_eq!((state == before, commits), (true, tries), "{act:?}, {trouble:?}");
            }
        }
    });
}

/// A store that is not there, and how often it was asked.
#[derive(Debug, Default)]
struct Away(AtomicUsize);

#[async_trait]
impl Store for Away {
    async fn begin(&self, _: NetworkId, _: Mode) -> Result<Box<dyn UnitOfWork>, StoreError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Err(StoreError::Unavailable("it is away".into()))
    }
}

#[test]
fn a_store_that_cannot_even_be_begun_with_has_waited_itself() {
    block_on(async {
        let store = Arc::new(Away::default());
        let staffroom = fixture::staffroom(Arc::<Away>::clone(&store), 7);
        let answer = format!("{:?}", staffroom.sweep(NETWORK).await);
        assert!(answer.starts_with("Err(Unavailable("), "{answer}");
        assert_eq!(store.0.load(Ordering::Relaxed), 1);
    });
}

#[test]
fn nobody_who_never_hears_of_a_commit_is_told_that_nothing_was_written() {
    block_on(async {
        for &act in ACTS {
            let (calm, state, _) = tried(act, None).await;
            let (answer, written, _) = tried(act, Some((Trouble::ReplyLost, 0, usize::MAX))).await;
            // An attempt to sign in that may have been counted is counted again.
            let is_throttled =
                matches!(act, Act::SignIn | Act::SignInWithAnInitialPassword | Act::SignInWithAWrongPassword)
                    && answer.contains("TooMany");
            assert!(answer == calm || answer.contains("CommitUnknown(") || is_throttled, "{act:?}: {answer}");
            if answer == calm {
                assert_eq!(written, state, "{act:?}");
            }
        }
    });
}
