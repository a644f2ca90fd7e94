//! Who may do what, through the library, and what the audit log says of it.

use std::sync::Arc;

use staffroom_core::store::{Mode, RowLock, Store};
use staffroom_core::{
    AccessError, Actor, Attempt, AuditEvent, BulkCreate, CommitError, Denied, IdSet, ListQuery, Selection,
    Session, StaffEmail, UndoError, User, UserStatus,
};

use super::failure::{holds, same, there};
use super::samples::batch_id;
use super::stage::{Everything, audit, library, read, with_staff};
use super::{Failure, Verdict};
use crate::fixture::{
    ADMIN, ADMINS, NETWORK, OTHER_SCHOOL, RETIRED, SCHOOL, SUPERINTENDENTS, TEACHERS, add_users, admin,
    edit_user, group, person, school, sis_id, staff_id, staff_member, user, user_id,
};

fn everybody() -> BulkCreate {
    BulkCreate::of(Selection::AllCandidates)
}

type Edit = fn(&User) -> User;
type Denial = (Actor, Attempt, String);

/// What the log says was denied.
async fn denials(store: &dyn Store) -> Result<Vec<Denial>, Failure> {
    let records = audit(&mut *read(store).await?).await?;
    let denied = records.into_iter().filter_map(|record| match record.event {
        AuditEvent::Denied { attempt, code, .. } => Some((record.actor, attempt, code)),
        _ => None,
    });
    Ok(denied.collect())
}

/// Everything but the log.
async fn unchanged(store: &dyn Store, before: &Everything) -> Verdict {
    let now = Everything::of(store, NETWORK).await?;
    same("the staff", &now.facts, &before.facts)?;
    same("the users", &now.users, &before.users)?;
    same("the batches", &now.batches, &before.batches)
}

/// Whoever may not is refused at every operation; the refusal is in the log, and nothing else is written (R8, R16).
pub async fn a_refusal_is_logged_and_nothing_else_is_written(store: Arc<dyn Store>) -> Verdict {
    with_staff(&*store, &[staff_member(1)]).await?;
    let teacher = user(1).entering(IdSet::only(SCHOOL)).in_groups(IdSet::only(TEACHERS));
    let disabled = user(2).entering(IdSet::only(SCHOOL)).in_groups(IdSet::only(ADMINS));
    let elsewhere = user(3).entering(IdSet::only(OTHER_SCHOOL)).in_groups(IdSet::only(ADMINS));
    add_users(&*store, NETWORK, &[teacher, disabled, elsewhere]).await?;
    edit_user(&*store, NETWORK, user_id(2), |user| user.set_status(UserStatus::Disabled)).await?;
    let before = Everything::of(&*store, NETWORK).await?;
    let staffroom = library(&store);
    let mut expected = Vec::new();
    for (number, code) in
        [(1, "missing-permission"), (2, "actor-disabled"), (3, "no-school-access"), (9, "unknown-actor")]
    {
        let actor = Actor::User(user_id(number));
        let session = Session::new(NETWORK, actor, SCHOOL);
        let list = staffroom.list(&session, &ListQuery::default(), None, 10).await;
        holds("the list is refused", matches!(list, Err(AccessError::Denied(_))))?;
        let preview = staffroom.preview(&session, &everybody()).await;
        holds("the preview is refused", matches!(preview, Err(AccessError::Denied(_))))?;
        let undo = staffroom.undo(&session, batch_id(1)).await;
        holds("the undo is refused", matches!(undo, Err(UndoError::Access(AccessError::Denied(_)))))?;
        for attempt in [Attempt::List, Attempt::Preview, Attempt::Undo] {
            expected.push((actor, attempt, code.to_owned()));
        }
    }
    same("the log", denials(&*store).await?, expected)?;
    unchanged(&*store, &before).await
}

/// Authority is checked again inside the transaction of the commit: whoever lost it since the preview creates nobody
/// (R8).
pub async fn authority_is_checked_again_at_the_commit(store: Arc<dyn Store>) -> Verdict {
    with_staff(&*store, &[staff_member(1)]).await?;
    let staffroom = library(&store);
    let plan = staffroom.preview(&admin(), &everybody().in_group(TEACHERS)).await?;
    let edits: [(Edit, &str); 3] = [
        (|user| user.set_groups(IdSet::only(TEACHERS)), "missing-permission"),
        (|user| user.set_schools(IdSet::only(OTHER_SCHOOL)), "no-school-access"),
        (|user| user.set_status(UserStatus::Disabled), "actor-disabled"),
    ];
    for (edit, code) in edits {
        edit_user(&*store, NETWORK, ADMIN, edit).await?;
        let before = Everything::of(&*store, NETWORK).await?;
        match staffroom.commit(&admin(), &plan).await {
            Err(CommitError::Access(AccessError::Denied(denied))) => {
                same("the refusal", denied.code(), code)?;
            }
            other => return Err(Failure::new(format!("expected a refusal, found {other:?}"))),
        }
        unchanged(&*store, &before).await?;
    }
    let logged: Vec<String> = denials(&*store).await?.into_iter().map(|(_, _, code)| code).collect();
    same("the log", logged, edits.map(|(_, code)| code))
}

/// A group is assigned only by somebody who has all that it gives, at the preview and at the commit (R8).
pub async fn a_group_beyond_the_actor_is_not_assigned(store: Arc<dyn Store>) -> Verdict {
    with_staff(&*store, &[staff_member(1)]).await?;
    let staffroom = library(&store);
    let preview = staffroom.preview(&admin(), &everybody().in_group(SUPERINTENDENTS)).await;
    let beyond = |error: &AccessError| matches!(error, AccessError::Denied(Denied::GroupBeyondActor(_)));
    holds("the preview is refused", preview.is_err_and(|error| beyond(&error)))?;

    let plan = staffroom.preview(&admin(), &everybody().in_group(TEACHERS)).await?;
    let mut uow = store.begin(NETWORK, Mode::Write).await?;
    uow.groups().update(&group(TEACHERS, "Teachers", &["students.view", "budget.sign"])).await?;
    uow.commit().await?;
    let before = Everything::of(&*store, NETWORK).await?;
    let commit = staffroom.commit(&admin(), &plan).await;
    let refused = matches!(&commit, Err(CommitError::Access(error)) if beyond(error));
    holds("the commit is refused", refused)?;
    unchanged(&*store, &before).await?;
    let attempts: Vec<Attempt> = denials(&*store).await?.into_iter().map(|(_, attempt, _)| attempt).collect();
    same("the log", attempts, [Attempt::Preview, Attempt::Commit])
}

/// A group that is unknown or inactive stops the batch, at the preview and at the commit: it is never left out (R7).
pub async fn an_unusable_group_stops_the_batch(store: Arc<dyn Store>) -> Verdict {
    with_staff(&*store, &[staff_member(1)]).await?;
    let staffroom = library(&store);
    let unknown = super::samples::group_id(1);
    let preview = staffroom.preview(&admin(), &everybody().in_group(unknown)).await;
    holds(
        "an unknown group is an error",
        matches!(preview, Err(AccessError::UnknownGroup(id)) if id == unknown),
    )?;
    let preview = staffroom.preview(&admin(), &everybody().in_group(RETIRED)).await;
    holds("an inactive group is an error", matches!(preview, Err(AccessError::InactiveGroup(_))))?;

    let plan = staffroom.preview(&admin(), &everybody().in_group(TEACHERS)).await?;
    let mut uow = store.begin(NETWORK, Mode::Write).await?;
    let teachers = there("the group", uow.groups().find(TEACHERS, RowLock::None).await?)?;
    uow.groups().update(&teachers.with_status(staffroom_core::GroupStatus::Inactive)).await?;
    uow.commit().await?;
    let before = Everything::of(&*store, NETWORK).await?;
    let commit = staffroom.commit(&admin(), &plan).await;
    let refused = matches!(commit, Err(CommitError::Access(AccessError::InactiveGroup(_))));
    holds("a group that became inactive is an error", refused)?;
    unchanged(&*store, &before).await
}

/// Every commit and undo is in the log, with actor, school, group, batch and counts; and the log names nobody (R16).
pub async fn the_audit_log_counts_and_names_nobody(store: Arc<dyn Store>) -> Verdict {
    let canary = staffroom_core::StaffMember::new(
        staff_id(1),
        sis_id("canary-sis"),
        person("Canarygiven", "Canaryfamily"),
        staffroom_core::StaffStatus::Active,
        StaffEmail::read("canary-email@school.example"),
        IdSet::only(SCHOOL),
    );
    let without = staff_member(2).with_email(StaffEmail::Missing);
    with_staff(&*store, &[canary, without]).await?;
    let staffroom = library(&store);
    let keys = [1, 2].map(|number| staffroom_core::StaffKey::Id(staff_id(number)));
    let request = BulkCreate::of(Selection::These(keys.into())).in_group(TEACHERS);
    let plan = staffroom.preview(&admin(), &request).await?;
    staffroom.commit(&admin(), &plan).await?;
    staffroom.undo(&admin(), plan.batch()).await?;
    let log = audit(&mut *read(&*store).await?).await?;
    for record in &log {
        let about = (record.actor, record.school, record.group, record.batch);
        same(
            "whom and what it is about",
            about,
            (Actor::User(ADMIN), Some(SCHOOL), Some(TEACHERS), Some(plan.batch())),
        )?;
    }
    let events: Vec<&AuditEvent> = log.iter().map(|record| &record.event).collect();
    let created = AuditEvent::BulkCreate {
        requested: 2,
        created: 1,
        refused: 1,
        reasons: vec![("no-email".to_owned(), 1)],
    };
    same("the events", events, [&created, &AuditEvent::Undo { removed: 1, kept: 0 }])?;
    let written = format!("{log:?}").to_lowercase();
    holds("nobody is named in the log", !written.contains("canary"))
}

/// The operator needs no permission, but a school that the network has (R8).
pub async fn the_operator_needs_a_school_of_the_network(store: Arc<dyn Store>) -> Verdict {
    with_staff(&*store, &[staff_member(1)]).await?;
    crate::fixture::set_up_network(&*store, crate::fixture::OTHER_NETWORK).await?;
    let mut uow = store.begin(crate::fixture::OTHER_NETWORK, Mode::Write).await?;
    let theirs = super::samples::school_id(1);
    uow.schools().insert(&[school(theirs, "Theirs")]).await?;
    uow.commit().await?;
    let staffroom = library(&store);
    let session = |school| Session::new(NETWORK, Actor::Operator, school);
    let plan = staffroom.preview(&session(SCHOOL), &everybody().in_group(SUPERINTENDENTS)).await?;
    let committed = staffroom.commit(&session(SCHOOL), &plan).await?;
    same("how many were created", committed.report.counts().created, 1)?;
    let refused = staffroom.preview(&session(theirs), &everybody()).await;
    let refused = matches!(refused, Err(AccessError::Denied(Denied::NoSchoolAccess)));
    holds("a school of another network is refused", refused)
}
