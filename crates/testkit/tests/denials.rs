//! Whatever is denied, the audit log says who attempted what, where, and of which batch and user (R16). A group is named once
//! the permission is there, since it is looked up then; and whenever somebody is to be put into it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod common;

use std::fmt::Debug;

use common::scene::{INITIAL, Scene, here, scene};
use common::secret;
use futures_lite::future::block_on;
use staffroom_core::{
    Actor, Attempt, AuditEvent, AuditRecord, BatchId, BulkCreate, EndSessions, GroupEdit, GroupId, GroupName,
    InitialOf, Invite, ListQuery, Permission, PermissionSet, Plan, Selection, Session, StaffKey, UserEdit,
    UserId, UserKey, UserQuery, ValidDays,
};
use staffroom_testkit::fixture::{
    ADMINS, NETWORK, OTHER_SCHOOL, SCHOOL, TEACHERS, add_staff, operator, staff_id, staff_member, user_id,
};

/// What a record of a denial is about.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct About {
    batch: Option<BatchId>,
    group: Option<GroupId>,
    user: Option<UserId>,
}

struct Stage {
    scene: Scene,
    /// A batch in no group, which was carried out.
    batch: BatchId,
    /// A plan for somebody else, in a group.
    plan: Plan,
}

const USER: UserId = user_id(3);

async fn stage() -> Stage {
    let scene = scene(&[here(3)]).await;
    let batch = scene.with_batch().await.batch();
    add_staff(&*scene.store, NETWORK, &[staff_member(3)]).await.unwrap();
    let request = BulkCreate::of(Selection::AllCandidates).in_group(TEACHERS);
    let plan = scene.staffroom.preview(&operator(), &request).await.unwrap();
    Stage { scene, batch, plan }
}

/// That somebody is turned away, and nothing else.
fn denied<T: Debug, E: Debug>(answer: &Result<T, E>) {
    let answer = format!("{answer:?}");
    assert!(answer.starts_with("Err(") && answer.contains("Denied("), "{answer}");
}

impl Stage {
    /// Attempts it as `by`, who may not; what the record should be about.
    async fn attempt(&self, attempt: Attempt, by: &Session) -> About {
        let (staffroom, of_user) = (&self.scene.staffroom, About { user: Some(USER), ..About::default() });
        let of_batch = About { batch: Some(self.batch), ..About::default() };
        let everyone = || ListQuery::default();
        match attempt {
            Attempt::List => denied(&staffroom.list(by, &everyone(), None, 5).await),
            Attempt::Preview => {
                let request = BulkCreate::of(Selection::AllCandidates).in_group(TEACHERS);
                denied(&staffroom.preview(by, &request).await);
                return About { group: Some(TEACHERS), ..About::default() };
            }
            Attempt::Commit => {
                let request = BulkCreate::of(Selection::AllCandidates).in_group(TEACHERS);
                let id = BatchId::from_uuid(uuid::Uuid::from_u128(0xBA7C));
                denied(&staffroom.bulk_create(by, &request, id).await);
                return About { group: Some(TEACHERS), batch: Some(id), ..About::default() };
            }
            Attempt::Undo => {
                denied(&staffroom.undo(by, self.batch).await);
                return of_batch;
            }
            Attempt::ViewBatches => {
                denied(&staffroom.batch(by, self.batch).await);
                return of_batch;
            }
            Attempt::HandOff => {
                denied(&staffroom.hand_off(by, self.batch).await);
                return of_batch;
            }
            Attempt::ViewStaff => denied(&staffroom.explain(by, &StaffKey::Id(staff_id(1))).await),
            Attempt::ViewUsers => denied(&staffroom.user(by, &UserKey::Id(USER)).await),
            Attempt::EditUser => {
                denied(&staffroom.edit_user(by, USER, UserEdit::JoinGroup(TEACHERS)).await);
                return About { group: Some(TEACHERS), ..of_user };
            }
            Attempt::LinkUser => {
                denied(&staffroom.edit_user(by, USER, UserEdit::Link(staff_id(3))).await);
                return of_user;
            }
            Attempt::GrantAccess => {
                denied(&staffroom.edit_user(by, USER, UserEdit::GrantAccess).await);
                return of_user;
            }
            Attempt::GivePassword => {
                let given = staffroom.give_initial_password(by, USER, secret(INITIAL), ValidDays::default());
                denied(&given.await);
                return of_user;
            }
            Attempt::SendReset => {
                denied(&staffroom.send_reset(by, USER).await);
                return of_user;
            }
            Attempt::RevokeInitial => {
                denied(&staffroom.revoke_initial_passwords(by, InitialOf::User(USER)).await);
                return of_user;
            }
            Attempt::RevokeInitialOfBatch => {
                denied(&staffroom.revoke_initial_passwords(by, InitialOf::Batch(self.batch)).await);
                return of_batch;
            }
            Attempt::ViewSessions => {
                denied(&staffroom.sessions(by, USER).await);
                return of_user;
            }
            Attempt::EndSessions => {
                denied(&staffroom.end_sessions(by, USER, EndSessions::All).await);
                return of_user;
            }
            Attempt::Invite => {
                denied(&staffroom.invite(by, &Invite::Batch(self.batch)).await);
                return of_batch;
            }
            Attempt::ViewGroups => denied(&staffroom.groups(by).await),
            Attempt::EditGroup => {
                let edited = staffroom.edit_group(by, TEACHERS, &GroupEdit::Deactivate).await;
                denied(&edited);
            }
            Attempt::ViewAudit => denied(&staffroom.audit(by, None, 5).await),
            Attempt::FollowUp => denied(&staffroom.follow_up(by, &mut |_| ()).await),
            Attempt::Overview => denied(&staffroom.overview(by).await),
            other => panic!("nobody attempts {other:?} here"),
        }
        About::default()
    }

    async fn last(&self) -> AuditRecord {
        self.scene.log().await.pop().unwrap()
    }
}

/// Holds the newest record of the log to the attempt.
async fn written_down(stage: &Stage, attempt: Attempt, by: &Session, code: &str, about: About) {
    let record = stage.last().await;
    let AuditEvent::Denied { attempt: written, code: why, user } = &record.event else {
        panic!("{attempt:?}: {record:?}")
    };
    assert_eq!((*written, why.as_str()), (attempt, code));
    assert_eq!((record.actor, record.school), (by.actor(), Some(SCHOOL)), "{attempt:?}");
    let found = About { batch: record.batch, group: record.group, user: *user };
    assert_eq!(found, about, "{attempt:?}");
}

#[test]
fn whatever_takes_a_permission_that_somebody_lacks() {
    block_on(async {
        for &attempt in Attempt::ALL {
            let stage = stage().await;
            let by = stage.scene.clerk(&["students.view"]).await;
            let before = stage.scene.log().await.len();
            let about = stage.attempt(attempt, &by).await;
            assert_eq!(stage.scene.log().await.len(), before + 1, "{attempt:?}");
            written_down(&stage, attempt, &by, "missing-permission", about).await;
        }
    });
}

#[test]
fn a_plan_that_somebody_may_not_carry_out() {
    block_on(async {
        let stage = stage().await;
        let by = stage.scene.clerk(&["users.bulk-create"]).await;
        let plan =
            stage.scene.staffroom.preview(&by, &BulkCreate::of(Selection::AllCandidates)).await.unwrap();
        stage.scene.take_from_clerks().await;
        denied(&stage.scene.staffroom.commit(&by, &plan).await);
        let about = About { batch: Some(plan.batch()), ..About::default() };
        written_down(&stage, Attempt::Commit, &by, "missing-permission", about).await;
        assert_ne!(plan.batch(), stage.plan.batch());
    });
}

#[test]
fn whoever_would_act_on_somebody_with_more_power() {
    block_on(async {
        let all = [
            "users.manage",
            "users.view",
            "users.link",
            "users.grant-access",
            "students.view",
            "grades.record",
        ];
        for attempt in [
            Attempt::EditUser,
            Attempt::LinkUser,
            Attempt::GrantAccess,
            Attempt::GivePassword,
            Attempt::SendReset,
            Attempt::RevokeInitial,
            Attempt::ViewSessions,
            Attempt::EndSessions,
        ] {
            let stage = stage().await;
            let by = stage.scene.clerk(&all).await;
            stage.scene.staffroom.edit_user(&operator(), USER, UserEdit::JoinGroup(ADMINS)).await.unwrap();
            let about = stage.attempt(attempt, &by).await;
            written_down(&stage, attempt, &by, "user-beyond-actor", about).await;
            if attempt == Attempt::EditUser {
                denied(&stage.scene.staffroom.edit_user(&by, USER, UserEdit::LeaveGroup(ADMINS)).await);
                let about = About { group: Some(ADMINS), ..about };
                written_down(&stage, attempt, &by, "user-beyond-actor", about).await;
            }
        }
    });
}

#[test]
fn whoever_would_give_a_password_to_somebody_of_another_school_too() {
    block_on(async {
        let stage = stage().await;
        let by = stage.scene.clerk(&["users.manage", "users.view"]).await;
        let elsewhere = Session::new(NETWORK, operator().actor(), OTHER_SCHOOL);
        stage.scene.staffroom.edit_user(&elsewhere, USER, UserEdit::GrantAccess).await.unwrap();
        let about = stage.attempt(Attempt::GivePassword, &by).await;
        written_down(&stage, Attempt::GivePassword, &by, "user-elsewhere", about).await;
    });
}

#[test]
fn whoever_would_act_on_a_batch_of_a_group_that_gives_more() {
    block_on(async {
        for attempt in [Attempt::Undo, Attempt::RevokeInitialOfBatch] {
            let mut stage = stage().await;
            stage.scene.staffroom.commit(&operator(), &stage.plan).await.unwrap();
            stage.batch = stage.plan.batch();
            let by = stage.scene.clerk(&["users.bulk-create"]).await;
            let about = stage.attempt(attempt, &by).await;
            let about = About { group: Some(TEACHERS), ..about };
            written_down(&stage, attempt, &by, "user-beyond-actor", about).await;
        }
    });
}

#[test]
fn whoever_would_edit_or_add_a_group_that_gives_more() {
    block_on(async {
        let stage = stage().await;
        let by = stage.scene.clerk(&["groups.manage"]).await;
        denied(&stage.scene.staffroom.edit_group(&by, ADMINS, &GroupEdit::Deactivate).await);
        let about = About { group: Some(ADMINS), ..About::default() };
        written_down(&stage, Attempt::EditGroup, &by, "group-beyond-actor", about).await;
        let name = GroupName::parse("Cooks").unwrap();
        let permissions: PermissionSet = [Permission::USERS_VIEW].into_iter().collect();
        denied(&stage.scene.staffroom.add_group(&by, &name, &permissions).await);
        // It has no id that anybody could look up.
        written_down(&stage, Attempt::EditGroup, &by, "group-beyond-actor", About::default()).await;
        assert_eq!(by.actor(), Actor::User(user_id(99)));
    });
}

#[test]
fn lists_that_somebody_may_not_see() {
    block_on(async {
        let stage = stage().await;
        let by = stage.scene.clerk(&["students.view"]).await;
        let (staffroom, all) = (&stage.scene.staffroom, ListQuery::default());
        denied(&staffroom.list_all(&by, &all, &mut |_| ()).await);
        written_down(&stage, Attempt::List, &by, "missing-permission", About::default()).await;
        denied(&staffroom.count(&by, &all, 9).await);
        written_down(&stage, Attempt::List, &by, "missing-permission", About::default()).await;
        denied(&staffroom.explain_all(&by, &all, &mut |_| ()).await);
        written_down(&stage, Attempt::ViewStaff, &by, "missing-permission", About::default()).await;
        denied(&staffroom.users(&by, &UserQuery::default(), None, 5).await);
        written_down(&stage, Attempt::ViewUsers, &by, "missing-permission", About::default()).await;
        denied(&staffroom.all_users(&by, &UserQuery::default(), &mut |_| ()).await);
        written_down(&stage, Attempt::ViewUsers, &by, "missing-permission", About::default()).await;
        denied(&staffroom.batches(&by, None, 5).await);
        written_down(&stage, Attempt::ViewBatches, &by, "missing-permission", About::default()).await;
        denied(&staffroom.invite(&by, &Invite::Users(vec![USER])).await);
        written_down(&stage, Attempt::Invite, &by, "missing-permission", About::default()).await;
        denied(&staffroom.invite(&by, &Invite::AllNeverSignedIn).await);
        written_down(&stage, Attempt::Invite, &by, "missing-permission", About::default()).await;
    });
}
