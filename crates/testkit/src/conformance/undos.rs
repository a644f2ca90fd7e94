//! Undoing batches, through the library.

use std::sync::Arc;

use staffroom_core::store::Store;
use staffroom_core::{
    Actor, AuditEvent, BulkCreate, IdSet, ListQuery, ReportRow, Selection, Session, StaffId, StaffKey, Touch,
    UndoOutcome, UndoReport, User, UserId, UserStatus,
};

use super::failure::{holds, same};
use super::samples::at;
use super::stage::{Everything, audit, library, read, users, with_staff};
use super::{Failure, Verdict};
use crate::fixture::{
    ADMIN, ADMINS, NETWORK, OTHER_SCHOOL, SCHOOL, TEACHERS, add_users, admin, edit_user, staff_id,
    staff_member, user,
};

/// Four staff members, and a user for each made by one batch.
async fn a_batch_of_four(store: &Arc<dyn Store>) -> Result<(staffroom_core::BatchId, Vec<UserId>), Failure> {
    let members = [1, 2, 3, 4].map(staff_member);
    with_staff(&**store, &members).await?;
    let request = BulkCreate::of(Selection::AllCandidates).in_group(TEACHERS);
    let plan = library(store).preview(&admin(), &request).await?;
    let report = library(store).commit(&admin(), &plan).await?.report;
    let users: Vec<UserId> = report.rows().iter().filter_map(ReportRow::user).collect();
    same("how many were created", users.len(), 4)?;
    Ok((plan.batch(), users))
}

/// The library again, with ids that have not been used.
fn later(store: &Arc<dyn Store>) -> staffroom_core::Staffroom {
    crate::fixture::staffroom(Arc::clone(store), 2)
}

fn outcomes(report: &UndoReport) -> Vec<UndoOutcome> {
    report.rows.iter().map(|row| row.outcome.clone()).collect()
}

async fn listed(store: &Arc<dyn Store>) -> Result<Vec<StaffId>, Failure> {
    let page = library(store).list(&admin(), &ListQuery::default(), None, 100).await?;
    Ok(page.rows.iter().map(|row| row.facts.staff_member.id()).collect())
}

/// An undo removes the users whom nobody has touched, and their staff members are candidates again; the others are
/// kept as they are, with the reason (R15).
pub async fn an_undo_keeps_whoever_was_touched(store: Arc<dyn Store>) -> Verdict {
    let (batch, made) = a_batch_of_four(&store).await?;
    let edits: [fn(&User) -> User; 3] = [
        |user| user.signed_in(at(1)),
        |user| user.chose_password(at(1)),
        |user| user.set_status(UserStatus::Disabled),
    ];
    for (id, edit) in made.iter().zip(edits) {
        edit_user(&*store, NETWORK, *id, edit).await?;
    }
    let before = Everything::of(&*store, NETWORK).await?;
    let report = later(&store).undo(&admin(), batch).await?;
    let kept = |touch| UndoOutcome::Kept(vec![touch]);
    let expected =
        [kept(Touch::SignedIn), kept(Touch::PasswordSet), kept(Touch::Edited), UndoOutcome::Removed];
    same("the outcomes", outcomes(&report), expected)?;
    same("who is a candidate", listed(&store).await?, [staff_id(4)])?;
    let after = users(&mut *read(&*store).await?).await?;
    let untouched: Vec<&User> = before.users.iter().filter(|user| made.get(3) != Some(&user.id())).collect();
    same("who is there", after.iter().collect::<Vec<_>>(), untouched)
}

/// Undoing again removes nobody else, answers with what is gone by then, and says in the log that it did nothing (R15).
pub async fn undoing_again_is_harmless(store: Arc<dyn Store>) -> Verdict {
    let (batch, made) = a_batch_of_four(&store).await?;
    if let Some(first) = made.first() {
        edit_user(&*store, NETWORK, *first, |user| user.signed_in(at(1))).await?;
    }
    let staffroom = later(&store);
    let first = staffroom.undo(&admin(), batch).await?;
    let before = users(&mut *read(&*store).await?).await?;
    let second = staffroom.undo(&admin(), batch).await?;
    same("the second report", second.rows, first.rows)?;
    let mut uow = read(&*store).await?;
    same("the users", users(&mut *uow).await?, before)?;
    let undone = audit(&mut *uow).await?.into_iter().filter_map(|record| match record.event {
        AuditEvent::Undo { removed, kept } => Some((removed, kept)),
        _ => None,
    });
    same("the log", undone.collect::<Vec<_>>(), [(3, 1), (0, 1)])
}

/// After an undo the same people can be created again, by another batch with other user ids (R15).
pub async fn the_undone_can_be_created_again(store: Arc<dyn Store>) -> Verdict {
    let (batch, made) = a_batch_of_four(&store).await?;
    let staffroom = later(&store);
    staffroom.undo(&admin(), batch).await?;
    same("who is there", users(&mut *read(&*store).await?).await?.len(), 1)?;
    let plan = staffroom.preview(&admin(), &BulkCreate::of(Selection::AllCandidates)).await?;
    let report = staffroom.commit(&admin(), &plan).await?.report;
    same("how many were created", report.counts().created, 4)?;
    let there: Vec<UserId> = users(&mut *read(&*store).await?).await?.iter().map(User::id).collect();
    same("how many are there", there.len(), 5)?;
    holds("they have other ids", made.iter().all(|id| !there.contains(id)) && there.contains(&ADMIN))
}

/// A list of batches is told how many users of each are gone by undoing it, however often that was done; not of those that
/// are as they were, nor of those of a school that the actor may not enter (R8, R15).
pub async fn a_list_says_how_many_are_undone(store: Arc<dyn Store>) -> Verdict {
    let (first, made) = a_batch_of_four(&store).await?;
    if let Some(touched) = made.first() {
        edit_user(&*store, NETWORK, *touched, |user| user.signed_in(at(1))).await?;
    }
    let staffroom = later(&store);
    staffroom.undo(&admin(), first).await?;
    staffroom.undo(&admin(), first).await?;
    let elsewhere = Session::new(NETWORK, Actor::Operator, OTHER_SCHOOL);
    let one = |number| BulkCreate::of(Selection::These(vec![StaffKey::Id(staff_id(number))]));
    let mut others = Vec::new();
    for (session, number) in [(elsewhere, 2), (admin(), 3)] {
        let plan = staffroom.preview(&session, &one(number)).await?;
        staffroom.commit(&session, &plan).await?;
        others.push(plan.batch());
    }
    let there = others.first().copied();
    if let Some(batch) = there {
        staffroom.undo(&elsewhere, batch).await?;
    }
    let local = user(50).entering(IdSet::only(SCHOOL)).in_groups(IdSet::only(ADMINS));
    add_users(&*store, NETWORK, std::slice::from_ref(&local)).await?;
    let local = Session::new(NETWORK, Actor::User(local.id()), SCHOOL);
    let all = staffroom.batches(&elsewhere, None, 10).await?.rows;
    same("how many batches there are", all.len(), 3)?;
    let seen = staffroom.undone(&local, &all).await?;
    same("what somebody of one school is told", seen, [(first, 3)].into())?;
    let seen = staffroom.undone(&elsewhere, &all).await?;
    let expected = there.map(|batch| (batch, 1)).into_iter().chain([(first, 3)]).collect();
    same("what the operator is told", seen, expected)?;
    same("what is told of none", staffroom.undone(&elsewhere, &[]).await?.len(), 0)
}
