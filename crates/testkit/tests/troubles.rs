//! Every act that writes, whatever becomes of any of its commits: what is answered and what is written are the same as on a
//! calm day (R11, R12), and whoever has to give up says so and has written nothing.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod common;

use std::collections::HashMap;
use std::fmt::Debug;

use common::scene::{INITIAL, OWN, Scene, address, here, scene};
use common::{Trouble, secret};
use futures_lite::future::block_on;
use staffroom_core::store::{Mode, RowLock, Store};
use staffroom_core::{
    BatchId, BulkCreate, Committed, Edited, EndSessions, GroupEdit, GroupName, HandOff, InitialOf,
    InitialPassword, Invite, NetworkName, Partial, PermissionSet, Plan, Repeat, Report, Roster, RosterRecord,
    Secret, Selection, Session, Source, UserEdit, UserStatus, ValidDays,
};
use staffroom_testkit::fixture::{
    NETWORK, OTHER_NETWORK, OTHER_SCHOOL, RETIRED, SCHOOL, TEACHERS, add_staff, edit_user, operator,
    staff_id, staff_member, user_id,
};
use uuid::Uuid;

/// What is done, by name.
#[derive(Debug, Clone, Copy)]
enum Act {
    Commit,
    CommitAllOrNothing,
    CommitWithSharedPassword,
    CommitWithGeneratedPasswords,
    Undo,
    RevokeOfBatch,
    RevokeOfUser,
    GiveInitialPassword,
    SendReset,
    AskForReset,
    SetPassword,
    SignIn,
    SignInWithAnInitialPassword,
    SignInWithAWrongPassword,
    EnterSchool,
    SignOut,
    EndSessions,
    Invite,
    InviteBatch,
    Edit(UserEdit),
    AddGroup,
    RenameGroup,
    ActivateGroup,
    OpenNetwork,
    Import,
    Sweep,
    Denied,
}

const ACTS: &[Act] = &[
    Act::Commit,
    Act::CommitAllOrNothing,
    Act::CommitWithSharedPassword,
    Act::CommitWithGeneratedPasswords,
    Act::Undo,
    Act::RevokeOfBatch,
    Act::RevokeOfUser,
    Act::GiveInitialPassword,
    Act::SendReset,
    Act::AskForReset,
    Act::SetPassword,
    Act::SignIn,
    Act::SignInWithAnInitialPassword,
    Act::SignInWithAWrongPassword,
    Act::EnterSchool,
    Act::SignOut,
    Act::EndSessions,
    Act::Invite,
    Act::InviteBatch,
    Act::Edit(UserEdit::Disable),
    Act::Edit(UserEdit::RevokeAccess),
    Act::Edit(UserEdit::JoinGroup(TEACHERS)),
    Act::Edit(UserEdit::Link(staff_id(5))),
    Act::AddGroup,
    Act::RenameGroup,
    Act::ActivateGroup,
    Act::OpenNetwork,
    Act::Import,
    Act::Sweep,
    Act::Denied,
];

/// Everything that the acts need.
struct Stage {
    scene: Scene,
    batch: BatchId,
    plans: [Plan; 4],
    /// Of user 1, who has a password of their own.
    session: Secret,
    /// Of user 2, who has an initial one.
    token: Secret,
    clerk: Session,
}

async fn stage() -> Stage {
    let scene =
        scene(&[here(1).entering([SCHOOL, OTHER_SCHOOL].into_iter().collect()), here(2), here(3), here(5)])
            .await;
    let batch = scene.with_batch().await.batch();
    add_staff(&*scene.store, NETWORK, &[3, 4].map(staff_member)).await.unwrap();
    let member = staff_member(5).with_email(staffroom_core::StaffEmail::read(&address(5)));
    add_staff(&*scene.store, NETWORK, &[member]).await.unwrap();
    scene.choose(1).await;
    let session = scene.enter(&address(1), OWN).await.token;
    scene.enter(&address(1), OWN).await;
    scene.give(user_id(2)).await;
    let token = scene.begin(&address(2), INITIAL).await;
    let clerk = scene.clerk(&["users.view"]).await;
    let valid = ValidDays::default();
    let all = || BulkCreate::of(Selection::AllCandidates).in_group(TEACHERS);
    let preview = async |request| scene.staffroom.preview(&operator(), &request).await.unwrap();
    let plans = [
        preview(all()).await,
        preview(all().with_partial(Partial::Forbidden)).await,
        preview(all().with_initial_password(InitialPassword::Shared(valid))).await,
        preview(all().with_initial_password(InitialPassword::Generated(valid))).await,
    ];
    scene.outbox.empty();
    Stage { scene, batch, plans, session, token, clerk }
}

impl Stage {
    /// The operator does it; what came of it, in words.
    async fn act(&self, act: Act) -> String {
        self.act_by(act, &operator()).await
    }

    async fn act_by(&self, act: Act, by: &Session) -> String {
        let staffroom = &self.scene.staffroom;
        let [plan, all_or_nothing, shared, generated] = &self.plans;
        match act {
            Act::Commit => said(&staffroom.commit(by, plan).await.map(carried_out)),
            Act::CommitAllOrNothing => said(&staffroom.commit(by, all_or_nothing).await.map(carried_out)),
            Act::CommitWithSharedPassword => {
                let done = staffroom.commit_with_shared_password(by, shared, secret(INITIAL)).await;
                said(&done.map(carried_out))
            }
            Act::CommitWithGeneratedPasswords => {
                said(&staffroom.commit(by, generated).await.map(carried_out))
            }
            Act::Undo => said(&staffroom.undo(by, self.batch).await),
            Act::RevokeOfBatch => {
                said(&staffroom.revoke_initial_passwords(by, InitialOf::Batch(self.batch)).await)
            }
            Act::RevokeOfUser => {
                said(&staffroom.revoke_initial_passwords(by, InitialOf::User(user_id(2))).await)
            }
            Act::GiveInitialPassword => {
                let valid = ValidDays::default();
                said(&staffroom.give_initial_password(by, user_id(1), secret(INITIAL), valid).await)
            }
            Act::SendReset => said(&staffroom.send_reset(by, user_id(3)).await),
            Act::AskForReset => {
                let from = Source::new("the school");
                let errand = staffroom.ask_for_reset(NETWORK, &address(3), &from).await;
                match errand {
                    Ok(errand) => said(&errand.run().await),
                    Err(error) => said::<(), _>(&Err(error)),
                }
            }
            Act::SetPassword => said(&staffroom.set_password(NETWORK, &self.token, secret(OWN)).await),
            Act::SignIn => said(&self.scene.sign_in(&address(1), OWN).await),
            Act::SignInWithAnInitialPassword => said(&self.scene.sign_in(&address(2), INITIAL).await),
            Act::SignInWithAWrongPassword => said(&self.scene.sign_in(&address(1), INITIAL).await),
            Act::EnterSchool => said(&staffroom.enter_school(NETWORK, &self.session, OTHER_SCHOOL).await),
            Act::SignOut => said(&staffroom.sign_out(NETWORK, &self.session).await),
            Act::EndSessions => said(&staffroom.end_sessions(by, user_id(1), EndSessions::All).await),
            Act::Invite => said(&staffroom.invite(by, &Invite::Users(vec![user_id(3), user_id(1)])).await),
            Act::InviteBatch => said(&staffroom.invite(by, &Invite::Batch(self.batch)).await),
            Act::Edit(UserEdit::Link(to)) => {
                said(&staffroom.edit_user(by, user_id(5), UserEdit::Link(to)).await)
            }
            Act::Edit(edit) => said(&staffroom.edit_user(by, user_id(2), edit).await),
            Act::AddGroup => {
                let name = GroupName::parse("Cooks").unwrap();
                said(&staffroom.add_group(by, &name, &PermissionSet::empty()).await)
            }
            Act::RenameGroup => {
                let name = GroupName::parse("Tutors").unwrap();
                said(&staffroom.edit_group(by, TEACHERS, &GroupEdit::Rename(name)).await)
            }
            Act::ActivateGroup => said(&staffroom.edit_group(by, RETIRED, &GroupEdit::Activate).await),
            Act::OpenNetwork => {
                let name = NetworkName::parse("Hillside").unwrap();
                said(&staffroom.open_network(OTHER_NETWORK, &name).await)
            }
            Act::Import => said(&staffroom.import(NETWORK, &roster()).await),
            Act::Sweep => {
                self.scene.later(400 * 24 * 60 * 60);
                said(&staffroom.sweep(NETWORK).await)
            }
            Act::Denied => {
                let name = GroupName::parse("Cooks").unwrap();
                said(&staffroom.add_group(&self.clerk, &name, &PermissionSet::empty()).await)
            }
        }
    }

    /// What is written down, and what was mailed, but for counted failures and the notes of invitations, and for tokens. New ids
    /// are told by the order in which they are met.
    async fn state(&self) -> String {
        let mut text = String::new();
        for network in [NETWORK, OTHER_NETWORK] {
            let mut uow = self.scene.store.begin(network, Mode::Read).await.unwrap();
            let mut lines = vec![format!("{:?}", uow.network().find().await.unwrap())];
            lines.extend(uow.schools().list().await.unwrap().iter().map(line));
            lines.extend(uow.groups().list().await.unwrap().iter().map(line));
            uow.staff().visit_records(&mut |member| lines.push(line(&member))).await.unwrap();
            let mut users = Vec::new();
            uow.users().visit(&mut |user| users.push(user)).await.unwrap();
            users.sort_by_key(|user| user.email().canonical().to_owned());
            for user in &users {
                lines.push(line(user));
                lines.push(line(&uow.passwords().find(user.id()).await.unwrap()));
                let sessions = uow.sessions().find_by_user(user.id()).await.unwrap();
                let told = |session: &staffroom_core::store::OpenSession| {
                    line(&(session.user, session.school, session.opened_at, session.expires_at))
                };
                let mut sessions: Vec<String> = sessions.iter().map(told).collect();
                sessions.sort();
                lines.extend(sessions);
                let reset = uow.resets().find_by_user(user.id()).await.unwrap();
                lines.push(line(&reset.map(|reset| (reset.user, reset.origin, reset.expires_at))));
            }
            for head in uow.batches().page(None, 100).await.unwrap() {
                let batch = uow.batches().find(head.id).await.unwrap().unwrap();
                lines.push(line(&batch));
                if let Some(shared) = batch.shared_password {
                    lines.push(line(&uow.passwords().find_shared(shared).await.unwrap()));
                }
            }
            uow.audit().visit(&mut |record| lines.push(line(&record))).await.unwrap();
            text.push_str(&lines.join("\n"));
        }
        for mail in self.scene.outbox.empty() {
            text.push_str(&line(&(mail.letter, mail.to)));
        }
        text
    }
}

/// A roster that changes somebody, adds somebody and leaves the others out.
fn roster() -> Roster {
    let record = |number: u32, name: u32| {
        let member = staff_member(number);
        let name = staff_member(name).name().clone();
        RosterRecord::new(member.sis_id().clone(), name, member.status(), member.email().clone(), Vec::new())
    };
    Roster::new(None, Vec::new(), vec![record(1, 1), record(2, 9), record(3, 3), record(8, 8)]).unwrap()
}

/// What is answered of a bulk create: the hand-off too, but for its passwords.
fn carried_out(done: Committed) -> (Repeat, HandOff, Report) {
    (done.repeat, done.hand_off(), done.report)
}

fn line<T: Debug>(value: &T) -> String {
    format!("{value:?}")
}

fn said<T: Debug, E: Debug>(answer: &Result<T, E>) -> String {
    format!("{answer:?}")
}

/// `text` with a number for each id, by the order in which they are met: tries differ in the ids that they draw.
fn with_numbered_ids(text: &str) -> String {
    let mut met: HashMap<Uuid, usize> = HashMap::new();
    let mut numbered = String::new();
    for word in text.split_inclusive(['(', ')', ' ', ',', '\n']) {
        let end = word.strip_suffix([')', ',']).map(Uuid::try_parse);
        match end {
            Some(Ok(id)) => {
                let next = met.len();
                numbered.extend(["#", &met.entry(id).or_insert(next).to_string(), ")"]);
            }
            _ => numbered.push_str(word),
        }
    }
    numbered
}

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
