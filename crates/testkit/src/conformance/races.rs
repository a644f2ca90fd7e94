//! Several doing something at once: whole operations that take turns at every call to the store. A store may make one
//! wait for the other, or answer that it is contended; it may not lose or double anything.

use std::sync::Arc;

use staffroom_core::store::{Mode, RowLock, Store, StoreError, UserInsert, UserUpdate};
use staffroom_core::{
    Actor, AuditEvent, BatchId, BulkCreate, Committed, IdSet, NetworkName, Outcome, Partial, Plan, Reason,
    Repeat, Roster, RosterRecord, Selection, Session, StaffStatus, Staffroom, User, UserId, UserStatus,
};

use super::alternating::Alternating;
use super::failure::{holds, same, there};
use super::samples::at;
use super::stage::{audit, library, read, users, with_staff};
use super::{Failure, Verdict};
use crate::concurrency::{Job, at_once};
use crate::fixture::{
    self, ADMIN, ADMINS, NETWORK, SCHOOL, TEACHERS, add_users, admin, edit_user, email, staff_id,
    staff_member, user, user_id,
};

/// How often a unit of work is tried again when it is contended.
const ATTEMPTS: usize = 16;

/// One of those who do something at once; `number` keeps their ids apart.
fn actor(store: &Arc<dyn Store>, number: u64) -> Staffroom {
    fixture::staffroom(Arc::new(Alternating(Arc::clone(store))), number)
}

async fn commit(staffroom: Staffroom, session: Session, plan: Plan) -> Result<Committed, Failure> {
    Ok(staffroom.commit(&session, &plan).await?)
}

fn committing(
    store: &Arc<dyn Store>,
    number: u64,
    session: Session,
    plan: &Plan,
) -> Job<Result<Committed, Failure>> {
    Box::pin(commit(actor(store, number), session, plan.clone()))
}

/// Makes one attempt after another, as long as others are in the way.
pub(super) async fn insisting<T, F>(mut attempt: impl FnMut() -> F) -> Result<T, StoreError>
where
    F: Future<Output = Result<T, StoreError>>,
{
    let mut last = StoreError::Contended(None);
    for _ in 0..ATTEMPTS {
        match attempt().await {
            Err(contended @ StoreError::Contended(_)) => last = contended,
            done => return done,
        }
    }
    Err(last)
}

/// Every report is true: each user it says was created is there, linked and with that email; each one refused has the
/// reason that somebody else came first. And nobody was made twice.
async fn reports_are_true(store: &Arc<dyn Store>, reports: &[Committed], staff: usize) -> Verdict {
    let mut created: Vec<UserId> = Vec::new();
    for row in reports.iter().flat_map(|committed| committed.report.rows()) {
        match row.outcome() {
            Outcome::Created(id) => {
                let user =
                    there("a created user", read(&**store).await?.users().find(id, RowLock::None).await?)?;
                same("their staff member", user.staff_member(), row.subject().staff_id())?;
                created.push(id);
            }
            Outcome::Refused(reasons) => {
                let lost = reasons.contains(Reason::AlreadyLinked) || reasons.contains(Reason::EmailTaken);
                holds("whoever is refused has lost to somebody", lost)?;
            }
        }
    }
    created.sort_unstable();
    let there: Vec<User> = users(&mut *read(&**store).await?).await?;
    let made: Vec<UserId> = there.iter().filter(|user| user.batch().is_some()).map(User::id).collect();
    same("who was created", &created, &made)?;
    same("how many users there are for the staff", made.len(), staff)
}

/// Of two different plans over the same staff, committed at once, each staff member gets one user and both reports are
/// true (R13).
pub async fn two_plans_make_one_user_each(store: Arc<dyn Store>) -> Verdict {
    with_staff(&*store, &[1, 2, 3].map(staff_member)).await?;
    let request = BulkCreate::of(Selection::AllCandidates);
    let (one, two) = (actor(&store, 1), actor(&store, 2));
    let plans = [one.preview(&admin(), &request).await?, two.preview(&admin(), &request).await?];
    let jobs = (1..).zip(&plans).map(|(number, plan)| committing(&store, number + 2, admin(), plan));
    let reports = at_once(jobs.collect()).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    reports_are_true(&store, &reports, 3).await
}

/// Of two people who share an address, created at once by two administrators, one gets the user and the other hears
/// that the email is taken (R5, R13).
pub async fn one_address_at_once_makes_one_user(store: Arc<dyn Store>) -> Verdict {
    let shared = staffroom_core::StaffEmail::read("office@school.example");
    with_staff(&*store, &[1, 2].map(|number| staff_member(number).with_email(shared.clone()))).await?;
    let mut plans = Vec::new();
    for number in [1, 2] {
        let key = staffroom_core::StaffKey::Id(staff_id(number));
        let request = BulkCreate::of(Selection::These(vec![key]));
        plans.push(actor(&store, u64::from(number)).preview(&admin(), &request).await?);
    }
    let jobs = (3..).zip(&plans).map(|(number, plan)| committing(&store, number, admin(), plan));
    let reports = at_once(jobs.collect()).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    reports_are_true(&store, &reports, 1).await
}

/// Of the same plan committed twice at once, one commit carries it out and both answer with the same report (R11).
pub async fn one_plan_twice_at_once_happens_once(store: Arc<dyn Store>) -> Verdict {
    with_staff(&*store, &[1, 2].map(staff_member)).await?;
    let plan = library(&store).preview(&admin(), &BulkCreate::of(Selection::AllCandidates)).await?;
    let jobs = [2, 3].map(|number| committing(&store, number, admin(), &plan));
    let done = at_once(jobs.into()).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    let firsts = done.iter().filter(|committed| committed.repeat == Repeat::First).count();
    same("how many carried it out", firsts, 1)?;
    let mut reports = done.iter().map(|committed| &committed.report);
    same("the reports", reports.next(), reports.next())?;
    same("how many users there are", users(&mut *read(&*store).await?).await?.len(), 3)?;
    same("how many audit records there are", audit(&mut *read(&*store).await?).await?.len(), 1)
}

/// Eight administrators who press the button at once make one user for each staff member, and get eight true reports
/// (R13).
pub async fn eight_administrators_make_one_user_each(store: Arc<dyn Store>) -> Verdict {
    let colleagues = eight_administrators(&store).await?;
    let press = |(number, session)| -> Job<Result<Committed, Failure>> {
        Box::pin(press_the_button(actor(&store, number), session))
    };
    let done = at_once((1..).zip(colleagues).map(press).collect()).await;
    eight_reports_are_true(&store, &done.into_iter().collect::<Result<Vec<_>, _>>()?).await
}

/// Administrators who create users in one act make one user for each staff member, too, also while others commit what
/// they have looked over (R13).
pub async fn acts_and_commits_at_once_make_one_user_each(store: Arc<dyn Store>) -> Verdict {
    let colleagues = eight_administrators(&store).await?;
    let press = |(number, session)| -> Job<Result<Committed, Failure>> {
        let staffroom = actor(&store, number);
        if number % 2 == 0 {
            Box::pin(act(staffroom, session, number))
        } else {
            Box::pin(press_the_button(staffroom, session))
        }
    };
    let done = at_once((1..).zip(colleagues).map(press).collect()).await;
    eight_reports_are_true(&store, &done.into_iter().collect::<Result<Vec<_>, _>>()?).await
}

async fn act(staffroom: Staffroom, session: Session, number: u64) -> Result<Committed, Failure> {
    let request = BulkCreate::of(Selection::AllCandidates).in_group(TEACHERS);
    let batch = BatchId::from_uuid(uuid::Uuid::from_u64_pair(0xACE, number));
    Ok(staffroom.bulk_create(&session, &request, batch).await?)
}

/// Twelve staff members, and the sessions of eight administrators.
pub(super) async fn eight_administrators(store: &Arc<dyn Store>) -> Result<Vec<Session>, Failure> {
    let members: Vec<_> = (1..=12).map(staff_member).collect();
    with_staff(&**store, &members).await?;
    let administrator = |number| user(number).entering(IdSet::only(SCHOOL)).in_groups(IdSet::only(ADMINS));
    let colleagues: Vec<User> = (1..=8).map(administrator).collect();
    add_users(&**store, NETWORK, &colleagues).await?;
    let session = |user: &User| Session::new(NETWORK, Actor::User(user.id()), SCHOOL);
    Ok(colleagues.iter().map(session).collect())
}

/// Previews a bulk create of everybody, and commits it.
pub(super) async fn press_the_button(staffroom: Staffroom, session: Session) -> Result<Committed, Failure> {
    let request = BulkCreate::of(Selection::AllCandidates).in_group(TEACHERS);
    let plan = staffroom.preview(&session, &request).await?;
    commit(staffroom, session, plan).await
}

/// The reports are true, and the log adds up to them.
pub(super) async fn eight_reports_are_true(store: &Arc<dyn Store>, reports: &[Committed]) -> Verdict {
    reports_are_true(store, reports, 12).await?;
    let logged = audit(&mut *read(&**store).await?).await?;
    let created = logged.into_iter().filter_map(|record| match record.event {
        AuditEvent::BulkCreate { created, .. } => Some(created),
        _ => None,
    });
    same("how many the log says were created", created.sum::<usize>(), 12)
}

/// A batch of all or nothing that races another creates everybody or nobody (R13).
pub async fn all_or_nothing_holds_in_a_race(store: Arc<dyn Store>) -> Verdict {
    with_staff(&*store, &[1, 2, 3, 4].map(staff_member)).await?;
    let whole = BulkCreate::of(Selection::AllCandidates).with_partial(Partial::Forbidden);
    let key = staffroom_core::StaffKey::Id(staff_id(3));
    let one = BulkCreate::of(Selection::These(vec![key]));
    let plans =
        [library(&store).preview(&admin(), &whole).await?, actor(&store, 2).preview(&admin(), &one).await?];
    let jobs = (3..).zip(&plans).map(|(number, plan)| committing(&store, number, admin(), plan));
    let done = at_once(jobs.collect()).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    let created: Vec<usize> = done.iter().map(|committed| committed.report.counts().created).collect();
    holds(
        &format!("one of the two created all it was asked for, the other nobody: {created:?}"),
        created == [4, 0] || created == [0, 1],
    )?;
    let there = users(&mut *read(&*store).await?).await?.len();
    same("how many users there are", there, 1 + created.iter().sum::<usize>())
}

/// A commit that races an import which makes somebody inactive: either they were created first, or they are refused as
/// inactive. Nobody is lost (R13).
pub async fn a_commit_and_an_import_at_once_agree(store: Arc<dyn Store>) -> Verdict {
    with_staff(&*store, &[1, 2].map(staff_member)).await?;
    let plan = library(&store).preview(&admin(), &BulkCreate::of(Selection::AllCandidates)).await?;
    let stays = staff_member(1);
    let record = RosterRecord::new(
        stays.sis_id().clone(),
        stays.name().clone(),
        StaffStatus::Active,
        stays.email().clone(),
        Vec::new(),
    );
    let roster = Roster::new(None, Vec::new(), vec![record])?;
    let importer = actor(&store, 2);
    let presser = actor(&store, 3);
    let jobs: Vec<Job<Result<Option<Committed>, Failure>>> = vec![
        Box::pin(async move { Ok(Some(commit(presser, admin(), plan).await?)) }),
        Box::pin(async move {
            importer.import(NETWORK, &roster).await?;
            Ok(None)
        }),
    ];
    let done = at_once(jobs).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    let committed = there("the report of the commit", done.into_iter().flatten().next())?;
    let mut uow = read(&*store).await?;
    let gone = there("the departed", uow.staff().find(staff_id(2)).await?)?;
    same("the status of the departed", gone.status(), StaffStatus::Inactive)?;
    let there = users(&mut *uow).await?;
    for (number, row) in (1..).zip(committed.report.rows()) {
        let linked = there.iter().find(|user| user.staff_member() == Some(staff_id(number)));
        same("whether the report is true", row.user(), linked.map(User::id))?;
        if let Outcome::Refused(reasons) = row.outcome() {
            holds(
                "only the departed is refused, as inactive",
                number == 2 && reasons.contains(Reason::Inactive),
            )?;
        }
    }
    Ok(())
}

/// Of two edits of one user at the same revision, made at once, one is written and the other is stale.
pub async fn two_edits_at_once_leave_one_stale(store: Arc<dyn Store>) -> Verdict {
    fixture::set_up(&*store).await?;
    add_users(&*store, NETWORK, &[user(1)]).await?;
    let edits = [user(1).signed_in(at(1)), user(1).set_status(UserStatus::Disabled)];
    let editing = |edit: &User| -> Job<Result<UserUpdate, StoreError>> {
        let (store, edit) = (Alternating(Arc::clone(&store)), edit.clone());
        Box::pin(async move {
            insisting(async || {
                let mut uow = store.begin(NETWORK, Mode::Write).await?;
                uow.users().find(edit.id(), RowLock::None).await?;
                let outcome = uow.users().update(user(1).revision(), &edit).await?;
                uow.commit().await?;
                Ok(outcome)
            })
            .await
        })
    };
    let outcomes = at_once(edits.iter().map(editing).collect()).await;
    let outcomes = outcomes.into_iter().collect::<Result<Vec<_>, _>>()?;
    let kept = outcomes.iter().zip(&edits).find(|(outcome, _)| **outcome == UserUpdate::Updated);
    let stale = outcomes.iter().filter(|outcome| **outcome == UserUpdate::Stale).count();
    same("how many are stale", stale, 1)?;
    let kept = there("the one that is written", kept)?.1;
    same("the user", read(&*store).await?.users().find(user_id(1), RowLock::None).await?.as_ref(), Some(kept))
}

/// Of two users for one email, inserted at once in different spellings, one is there and the other is told.
pub async fn two_users_for_one_email_at_once_leave_one(store: Arc<dyn Store>) -> Verdict {
    fixture::set_up(&*store).await?;
    let rivals = [(1, "Ann@School.Example"), (2, "ann@school.example")];
    let rivals = rivals.map(|(number, address)| User::new(user_id(number), email(address), at(1)));
    let inserting = |rival: &User| -> Job<Result<Vec<UserInsert>, StoreError>> {
        let (store, rival) = (Alternating(Arc::clone(&store)), rival.clone());
        Box::pin(async move {
            insisting(async || {
                let mut uow = store.begin(NETWORK, Mode::Write).await?;
                let outcomes = uow.users().insert(std::slice::from_ref(&rival)).await?;
                uow.commit().await?;
                Ok(outcomes)
            })
            .await
        })
    };
    let outcomes = at_once(rivals.iter().map(inserting).collect()).await;
    let outcomes: Vec<UserInsert> = outcomes.into_iter().collect::<Result<Vec<_>, _>>()?.concat();
    for outcome in [UserInsert::Inserted, UserInsert::EmailTaken] {
        let times = outcomes.iter().filter(|found| **found == outcome).count();
        same(&format!("how many are {outcome:?}"), times, 1)?;
    }
    let mut uow = read(&*store).await?;
    for (rival, outcome) in rivals.iter().zip(outcomes) {
        let there = uow.users().find(rival.id(), RowLock::None).await?.is_some();
        same("whether a rival is there", there, outcome == UserInsert::Inserted)?;
    }
    Ok(())
}

/// Two undos of one batch at once remove every user once: the log counts each of them once.
pub async fn two_undos_at_once_remove_each_user_once(store: Arc<dyn Store>) -> Verdict {
    with_staff(&*store, &[1, 2, 3].map(staff_member)).await?;
    let staffroom = library(&store);
    let plan = staffroom.preview(&admin(), &BulkCreate::of(Selection::AllCandidates)).await?;
    staffroom.commit(&admin(), &plan).await?;
    let undoing = |number| -> Job<Result<usize, Failure>> {
        let (staffroom, batch) = (actor(&store, number), plan.batch());
        Box::pin(async move { Ok(staffroom.undo(&admin(), batch).await?.removed()) })
    };
    let gone = at_once([2, 3].map(undoing).into()).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    same("how many each says are gone", gone, [3, 3])?;
    let mut uow = read(&*store).await?;
    same("who is there", users(&mut *uow).await?.iter().map(User::id).collect::<Vec<_>>(), [ADMIN])?;
    let removed = audit(&mut *uow).await?.into_iter().filter_map(|record| match record.event {
        AuditEvent::Undo { removed, .. } => Some(removed),
        _ => None,
    });
    same("how many the log says were removed", removed.sum::<usize>(), 3)
}

/// A sign-in that races an undo: either the user was removed first, or is kept with the sign-in; never removed after it
/// (R15).
pub async fn a_sign_in_and_an_undo_at_once_agree(store: Arc<dyn Store>) -> Verdict {
    with_staff(&*store, &[staff_member(1)]).await?;
    let staffroom = library(&store);
    let plan = staffroom.preview(&admin(), &BulkCreate::of(Selection::AllCandidates)).await?;
    let report = staffroom.commit(&admin(), &plan).await?.report;
    let id = there("the user", report.rows().first().and_then(staffroom_core::ReportRow::user))?;
    let undoer = actor(&store, 2);
    let person = Alternating(Arc::clone(&store));
    let batch = plan.batch();
    let jobs: Vec<Job<Result<bool, Failure>>> = vec![
        Box::pin(async move { Ok(undoer.undo(&admin(), batch).await?.removed() == 1) }),
        Box::pin(async move {
            let sign_in = async || {
                let mut uow = person.begin(NETWORK, Mode::Write).await?;
                let Some(user) = uow.users().find(id, RowLock::None).await? else {
                    return Ok(UserUpdate::Unknown);
                };
                let outcome = uow.users().update(user.revision(), &user.signed_in(at(1))).await?;
                uow.commit().await?;
                Ok(outcome)
            };
            Ok(insisting(sign_in).await? == UserUpdate::Updated)
        }),
    ];
    let done = at_once(jobs).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    holds(&format!("one of the two came first: {done:?}"), done == [true, false] || done == [false, true])?;
    let there = read(&*store).await?.users().find(id, RowLock::None).await?;
    let expected = (done == [false, true]).then_some(Some(at(1)));
    same("when the user signed in", there.map(|user| user.last_sign_in_at()), expected)
}

/// A network that two open at once has one name, which both are told, and one set of starter groups.
pub async fn a_network_opened_twice_at_once_is_one(store: Arc<dyn Store>) -> Verdict {
    let opening = |number: u64| -> Job<Result<NetworkName, Failure>> {
        let staffroom = actor(&store, number);
        Box::pin(async move {
            let name = NetworkName::parse(&format!("Network {number}"))?;
            Ok(staffroom.open_network(NETWORK, &name).await?.name().clone())
        })
    };
    let told = at_once([1, 2].map(opening).into()).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    let mut uow = read(&*store).await?;
    let network = there("the network", uow.network().find().await?)?;
    same("what both are told", told, vec![network.name().clone(); 2])?;
    let groups = uow.groups().list().await?.len();
    same("how many starter groups there are", groups, staffroom_core::STARTER_GROUPS.len())?;
    edit_user(&*store, NETWORK, ADMIN, Clone::clone).await?;
    Ok(())
}
