//! Committing plans, through the library: once, whole, with the last word on every row.

use std::sync::Arc;

use staffroom_core::store::{RowLock, Store};
use staffroom_core::{
    BulkCreate, Counts, IdSet, Outcome, Partial, Plan, Reason, ReasonSet, Repeat, Report, Selection, Session,
    StaffEmail, StaffId, StaffKey, StaffMember, StaffStatus, User, UserStatus, Warning,
};

use super::failure::{holds, same, there};
use super::stage::{Everything, audit, library, read, users, with_staff, write};
use super::{Failure, Verdict};
use crate::fixture::{
    ADMIN, NETWORK, OTHER_SCHOOL, SCHOOL, TEACHERS, add_users, admin, edit_user, email, sis_id, staff_id,
    staff_member, user, user_id,
};

fn everybody() -> BulkCreate {
    BulkCreate::of(Selection::AllCandidates)
}

fn asked_for(numbers: &[u32]) -> BulkCreate {
    BulkCreate::of(Selection::These(numbers.iter().map(|number| StaffKey::Id(staff_id(*number))).collect()))
}

fn mailed(number: u32, address: &str) -> StaffMember {
    staff_member(number).with_email(StaffEmail::read(address))
}

async fn planned(store: &Arc<dyn Store>, request: &BulkCreate) -> Result<Plan, Failure> {
    Ok(library(store).preview(&admin(), request).await?)
}

fn outcomes(report: &Report) -> Vec<(Option<StaffId>, Option<ReasonSet>)> {
    let outcome = |row: &staffroom_core::ReportRow| match row.outcome() {
        Outcome::Created(_) => None,
        Outcome::Refused(reasons) => Some(reasons),
    };
    report.rows().iter().map(|row| (row.subject().staff_id(), outcome(row))).collect()
}

/// A plan is carried out once: committing it again answers with the first report and changes nothing (R11).
pub async fn a_plan_is_carried_out_exactly_once(store: Arc<dyn Store>) -> Verdict {
    with_staff(&*store, &[staff_member(1), staff_member(2)]).await?;
    let plan = planned(&store, &everybody()).await?;
    let first = library(&store).commit(&admin(), &plan).await?;
    same("the first commit", first.repeat, Repeat::First)?;
    same("how many were created", first.report.counts().created, 2)?;
    let after = Everything::of(&*store, NETWORK).await?;
    for _ in 0..2 {
        let again = library(&store).commit(&admin(), &plan).await?;
        same("a later commit", again.repeat, Repeat::Again)?;
        same("its report", &again.report, &first.report)?;
    }
    same("what is there", Everything::of(&*store, NETWORK).await?, after)
}

/// A plan that was undone is not carried out again: its commit still answers with the first report (R11, R15).
pub async fn an_undone_plan_stays_undone(store: Arc<dyn Store>) -> Verdict {
    with_staff(&*store, &[staff_member(1)]).await?;
    let plan = planned(&store, &everybody()).await?;
    let first = library(&store).commit(&admin(), &plan).await?;
    crate::fixture::staffroom(Arc::clone(&store), 2).undo(&admin(), plan.batch()).await?;
    let again = library(&store).commit(&admin(), &plan).await?;
    same("the commit", again.repeat, Repeat::Again)?;
    same("its report", again.report, first.report)?;
    let there: Vec<_> = users(&mut *read(&*store).await?).await?.iter().map(User::id).collect();
    same("who is there", there, [ADMIN])
}

/// Users, links, access, memberships, the batch with its report and the audit record are all there after a commit
/// (R12), and the users have the school and group of the plan and nothing else (R6, R7).
pub async fn a_commit_writes_all_that_belongs_to_a_batch(store: Arc<dyn Store>) -> Verdict {
    with_staff(&*store, &[staff_member(1), mailed(2, "Bob.B@Bücher.Example")]).await?;
    let staffroom = library(&store);
    let plan = staffroom.preview(&admin(), &everybody().in_group(TEACHERS)).await?;
    // The session has moved to another school since; the plan has not (R6).
    let moved = Session::new(NETWORK, admin().actor(), OTHER_SCHOOL);
    let report = staffroom.commit(&moved, &plan).await?.report;
    let mut uow = read(&*store).await?;
    for (row, member) in report.rows().iter().zip([staff_member(1), mailed(2, "Bob.B@Bücher.Example")]) {
        let id = there("a user in the report", row.user())?;
        let expected = User::new(id, there("an email", member.email().valid().cloned())?, report.at())
            .linked_to(member.id())
            .entering(IdSet::only(SCHOOL))
            .in_groups(IdSet::only(TEACHERS))
            .made_by(plan.batch());
        same("a user", uow.users().find(id, RowLock::None).await?, Some(expected))?;
    }
    let batch = there("the batch", uow.batches().find(plan.batch()).await?)?;
    same("its report", &batch.report, &report)?;
    same("its digest", batch.plan, plan.digest())?;
    same("how many audit records there are", audit(&mut *uow).await?.len(), 1)
}

/// Everybody asked for has one outcome, in the order of the request, and the numbers add up (R4, R14).
pub async fn everybody_asked_for_has_one_outcome(store: Arc<dyn Store>) -> Verdict {
    let inactive = staff_member(2).with_status(StaffStatus::Inactive);
    with_staff(&*store, &[staff_member(1), inactive, mailed(3, ""), staff_member(4)]).await?;
    add_users(&*store, NETWORK, &[user(4).linked_to(staff_id(4))]).await?;
    let by_sis = |sis: &str| StaffKey::SisId(sis_id(sis));
    let by_id = |number| StaffKey::Id(staff_id(number));
    let keys = vec![
        by_sis("S-0004"),
        by_id(99),
        by_id(2),
        by_sis("S-0001"),
        by_id(1),
        by_sis("nobody"),
        by_id(3),
        by_id(2),
    ];
    let plan = planned(&store, &BulkCreate::of(Selection::These(keys))).await?;
    let report = library(&store).commit(&admin(), &plan).await?.report;
    let only = |reason| Some(ReasonSet::only(reason));
    let expected = [
        (Some(staff_id(4)), only(Reason::AlreadyLinked)),
        (Some(staff_id(99)), only(Reason::Unknown)),
        (Some(staff_id(2)), only(Reason::Inactive)),
        (Some(staff_id(1)), None),
        (None, only(Reason::Unknown)),
        (Some(staff_id(3)), only(Reason::NoEmail)),
    ];
    same("the outcomes", outcomes(&report), expected)?;
    let Counts { requested, created, refused, .. } = report.counts();
    same("the numbers", (requested, created, refused), (6, 1, 5))
}

/// Of several selected candidates with one address none is chosen; one selected alone is, with a warning (R5).
pub async fn shared_addresses_are_not_chosen(store: Arc<dyn Store>) -> Verdict {
    let members = [
        mailed(1, "office@school.example"),
        mailed(2, "Office@School.Example"),
        mailed(3, "reception@school.example"),
        mailed(4, "RECEPTION@school.example").with_status(StaffStatus::Inactive),
    ];
    with_staff(&*store, &members).await?;
    let report =
        library(&store).commit(&admin(), &planned(&store, &asked_for(&[1, 2, 3])).await?).await?.report;
    let shared = Some(ReasonSet::only(Reason::EmailShared));
    let expected = [(1, shared), (2, shared), (3, None)].map(|(number, why)| (Some(staff_id(number)), why));
    same("the outcomes", outcomes(&report), expected)?;
    let others: Vec<Vec<StaffId>> =
        report.rows().iter().map(|row| row.email_sharers().iter().map(|other| other.id).collect()).collect();
    same("whom they share with", others, [[2], [1], [4]].map(|ids| ids.map(staff_id).to_vec()))?;
    let warned = report.rows().last().is_some_and(|row| row.warnings().contains(Warning::EmailShared));
    holds("the one created has a warning", warned)
}

/// What has changed since the preview is decided again, inside the transaction, row by row (R13).
pub async fn what_changed_since_the_preview_is_decided_again(store: Arc<dyn Store>) -> Verdict {
    let members: Vec<StaffMember> = (1..=6).map(staff_member).collect();
    with_staff(&*store, &members).await?;
    let plan = planned(&store, &asked_for(&[1, 2, 3, 4, 5, 6])).await?;
    same("how many are planned", plan.counts().created, 6)?;
    let mut uow = write(&*store).await?;
    let left = staff_member(1).with_status(StaffStatus::Inactive);
    let renamed = StaffMember::new(
        staff_id(5),
        sis_id("S-0005"),
        crate::fixture::person("Married", "Name"),
        StaffStatus::Active,
        StaffEmail::read("STAFF5@school.example"),
        IdSet::only(SCHOOL),
    );
    uow.staff().update(&[left, mailed(4, "new4@school.example"), renamed]).await?;
    let holder = user(3).set_email(email("Staff3@School.Example")).set_status(UserStatus::Disabled);
    uow.users().insert(&[user(2).linked_to(staff_id(2)), holder]).await?;
    uow.commit().await?;
    let report = library(&store).commit(&admin(), &plan).await?.report;
    let expected = [
        Some(Reason::Inactive),
        Some(Reason::AlreadyLinked),
        Some(Reason::EmailTaken),
        Some(Reason::EmailChanged),
        None,
        None,
    ];
    let reasons: Vec<Option<ReasonSet>> = outcomes(&report).into_iter().map(|(_, reasons)| reasons).collect();
    same("the outcomes", reasons, expected.map(|reason| reason.map(ReasonSet::only)))?;
    let changed = |row: &staffroom_core::ReportRow| row.warnings().contains(Warning::ChangedSincePreview);
    let changed: Vec<bool> = report.rows().iter().map(changed).collect();
    same("who is said to have changed", changed, [true, true, true, true, true, false])?;
    let linked = users(&mut *read(&*store).await?).await?.iter().filter_map(User::staff_member).count();
    same("how many users are linked", linked, 3)
}

/// A request for all or nothing creates nobody if one is refused, at the preview or at the commit (R13).
pub async fn all_or_nothing_creates_nobody_if_one_is_refused(store: Arc<dyn Store>) -> Verdict {
    with_staff(&*store, &[staff_member(1), staff_member(2), staff_member(3)]).await?;
    let request = asked_for(&[1, 2, 3]).with_partial(Partial::Forbidden);
    let plan = planned(&store, &request).await?;
    same("how many are planned", plan.counts().created, 3)?;
    add_users(&*store, NETWORK, &[user(7).set_email(email("staff2@school.example"))]).await?;
    let report = library(&store).commit(&admin(), &plan).await?.report;
    let only = |reason| Some(ReasonSet::only(reason));
    let reasons: Vec<Option<ReasonSet>> = outcomes(&report).into_iter().map(|(_, reasons)| reasons).collect();
    let (all, taken) = (only(Reason::AllOrNothing), only(Reason::EmailTaken));
    same("the outcomes", reasons, [all, taken, all])?;
    let there: Vec<_> = users(&mut *read(&*store).await?).await?.iter().map(User::id).collect();
    same("who is there", there, [ADMIN, user_id(7)])?;
    same("the plan made now", planned(&store, &request).await?.counts().created, 0)
}

/// A candidate is the same for the list, the preview and the commit: one function decides, on the same facts (R1, R2).
pub async fn a_candidate_is_the_same_everywhere(store: Arc<dyn Store>) -> Verdict {
    let members = [
        staff_member(1),
        staff_member(2).with_status(StaffStatus::Inactive),
        mailed(3, ""),
        mailed(4, "n/a").with_status(StaffStatus::Inactive),
        mailed(5, "Admin@School.example"),
        staff_member(6),
        staff_member(7),
    ];
    with_staff(&*store, &members).await?;
    add_users(&*store, NETWORK, &[user(6).linked_to(staff_id(6))]).await?;
    edit_user(&*store, NETWORK, user_id(6), |user| user.set_status(UserStatus::Disabled)).await?;
    let staffroom = library(&store);
    let query = staffroom_core::ListQuery::default();
    let listed = staffroom.list(&admin(), &query, None, 100).await?.rows;
    let listed: Vec<StaffId> = listed.iter().map(|row| row.facts.staff_member.id()).collect();
    same("who is listed", &listed, &[1, 7].map(staff_id).to_vec())?;
    let everyone = staffroom_core::ListQuery { who: staffroom_core::Who::Everyone, ..query };
    let mut reasons: Vec<Vec<Reason>> = Vec::new();
    staffroom
        .list_all(&admin(), &everyone, &mut |row| reasons.push(row.assessment.reasons.iter().collect()))
        .await?;
    let expected: [&[Reason]; 7] = [
        &[],
        &[Reason::Inactive],
        &[Reason::NoEmail],
        &[Reason::Inactive, Reason::InvalidEmail],
        &[Reason::EmailTaken],
        &[Reason::AlreadyLinked],
        &[],
    ];
    same("the reasons of everyone", reasons, expected)?;
    let plan = planned(&store, &everybody()).await?;
    let report = staffroom.commit(&admin(), &plan).await?.report;
    let created: Vec<StaffId> = report.rows().iter().filter_map(|row| row.subject().staff_id()).collect();
    same("who is created", created, listed)?;
    let left = staffroom.list(&admin(), &staffroom_core::ListQuery::default(), None, 100).await?;
    same("who is listed in the end", left.rows, [])
}
