//! What is done while commits go wrong: every act that writes, and all that it needs and leaves.

use std::collections::HashMap;
use std::fmt::Debug;

use crate::common::scene::{INITIAL, OWN, Scene, address, here, scene};
use crate::common::secret;
use staffroom_core::store::{Mode, Store};
use staffroom_core::{
    BatchId, BulkCreate, Committed, EndSessions, GroupEdit, GroupName, HandOff, InitialOf, InitialPassword,
    Invite, NetworkName, Partial, PermissionSet, Plan, Repeat, Report, Roster, RosterRecord, Secret,
    Selection, Session, Source, UserEdit, ValidDays,
};
use staffroom_testkit::fixture::{
    NETWORK, OTHER_NETWORK, OTHER_SCHOOL, RETIRED, SCHOOL, TEACHERS, add_staff, operator, staff_id,
    staff_member, user_id,
};
use uuid::Uuid;

/// What is done, by name.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Act {
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

pub(crate) const ACTS: &[Act] = &[
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
pub(crate) struct Stage {
    pub(crate) scene: Scene,
    batch: BatchId,
    plans: [Plan; 4],
    /// Of user 1, who has a password of their own.
    session: Secret,
    /// Of user 2, who has an initial one.
    token: Secret,
    clerk: Session,
}

pub(crate) async fn stage() -> Stage {
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
    pub(crate) async fn act(&self, act: Act) -> String {
        self.act_by(act, &operator()).await
    }

    pub(crate) async fn act_by(&self, act: Act, by: &Session) -> String {
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
    pub(crate) async fn state(&self) -> String {
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
pub(crate) fn with_numbered_ids(text: &str) -> String {
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
