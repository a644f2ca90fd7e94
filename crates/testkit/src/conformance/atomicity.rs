//! Units of work: all or nothing, its own writes, and nothing after an error.

use std::sync::Arc;
use std::time::Duration;

use staffroom_core::store::{
    GroupWrite, Mode, Reset, RowLock, SchoolWrite, StaffFilter, StaffWrite, Store, StoreError, UserInsert,
    UserUpdate,
};
use staffroom_core::{NetworkName, StaffEmail, User};

use super::Verdict;
use super::failure::{holds, misuse, same};
use super::samples::{a_change_of_each, at, batch_id, failure_key, one_of_each, open_session, reset};
use super::stage::{Everything, carry_out, facts_about, ids, read, visited, with_staff, write};
use crate::concurrency::within;
use crate::fixture::{
    ADMIN, NETWORK, SCHOOL, TEACHERS, add_users, email, group, school, set_up, staff_id, staff_member, user,
    user_id,
};
use crate::relay::{Call, pass};

/// What a unit of work wrote is there for others when its commit has answered, records of every kind.
pub async fn a_commit_makes_everything_visible(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    for calls in [one_of_each(NETWORK), a_change_of_each()] {
        let mut uow = write(&*store).await?;
        for call in calls {
            pass(&mut *uow, call).await?;
        }
        let seen_inside = Everything::in_sight(&mut *uow).await?;
        uow.commit().await?;
        same("what others see", Everything::of(&*store, NETWORK).await?, seen_inside)?;
    }
    Ok(())
}

/// Dropping a unit of work, after any of its writes, leaves no trace of records that it added, of any kind.
pub async fn dropping_leaves_no_trace_of_what_was_added(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let before = Everything::of(&*store, NETWORK).await?;
    for written in 1..=one_of_each(NETWORK).len() {
        let mut uow = write(&*store).await?;
        for call in one_of_each(NETWORK).into_iter().take(written) {
            pass(&mut *uow, call).await?;
        }
        drop(uow);
        same(&format!("after {written} writes"), &Everything::of(&*store, NETWORK).await?, &before)?;
    }
    Ok(())
}

/// Dropping a unit of work leaves no trace of what it changed or removed, of any kind of record.
pub async fn dropping_leaves_no_trace_of_what_was_changed(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    carry_out(&*store, NETWORK, one_of_each(NETWORK)).await?;
    let before = Everything::of(&*store, NETWORK).await?;
    for written in 1..=a_change_of_each().len() {
        let mut uow = write(&*store).await?;
        for call in a_change_of_each().into_iter().take(written) {
            pass(&mut *uow, call).await?;
        }
        drop(uow);
        same(&format!("after {written} writes"), &Everything::of(&*store, NETWORK).await?, &before)?;
    }
    Ok(())
}

/// A network whose unit of work was dropped does not exist.
pub async fn dropping_leaves_no_network(store: Arc<dyn Store>) -> Verdict {
    let mut uow = write(&*store).await?;
    uow.network().insert(&NetworkName::parse("Nowhere")?).await?;
    drop(uow);
    same("the record", read(&*store).await?.network().find().await?, None)?;
    let mut uow = write(&*store).await?;
    misuse("a write in it", uow.groups().insert(&group(TEACHERS, "Teachers", &[])).await)
}

/// What is not committed is seen by nobody else.
pub async fn what_is_not_committed_is_not_seen(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let before = Everything::of(&*store, NETWORK).await?;
    let mut uow = write(&*store).await?;
    for call in one_of_each(NETWORK) {
        pass(&mut *uow, call).await?;
    }
    // A store may make readers wait for the writer, or turn them away; it may not show them what is half done.
    match within(Duration::from_secs(2), Everything::of(&*store, NETWORK)).await {
        None | Some(Err(StoreError::Contended(_))) => {}
        Some(seen) => same("what others see", &seen?, &before)?,
    }
    uow.commit().await?;
    holds("it is there in the end", Everything::of(&*store, NETWORK).await? != before)
}

/// A unit of work reads what it has written: records, facts, lists, counts.
pub async fn a_unit_of_work_reads_its_own_writes(store: Arc<dyn Store>) -> Verdict {
    with_staff(&*store, &[staff_member(1)]).await?;
    let mut uow = write(&*store).await?;
    let everyone = StaffFilter::everyone();
    for call in one_of_each(NETWORK) {
        pass(&mut *uow, call).await?;
    }
    let seen = Everything::in_sight(&mut *uow).await?;
    same("the schools, groups, staff and users", counts(&seen), (3, 5, 3, 3))?;
    same("the hashes, shared passwords and batches", kept(&seen), (1, 1, 1, 1))?;
    same("the sessions, resets and failures", of_sign_ins(&seen), (2, 2, 2))?;
    let same_email = staff_member(1).with_email(StaffEmail::Valid(user(30).email().clone()));
    uow.staff().update(&[same_email]).await?;
    let facts = facts_about(&mut *uow, staff_id(1)).await?;
    let holder = facts.as_ref().and_then(|facts| facts.email_holder);
    same("the holder of an email it wrote", holder, Some(user_id(30)))?;
    same("the sharers", facts.map(|facts| facts.email_sharers.len()), Some(1))?;
    let list = visited(&mut *uow, &everyone).await?;
    same("who is in the list", ids(&list), [1, 30, 31].map(staff_id))?;
    let count = uow.staff().count(&everyone, 10).await?;
    same("the count", count, staffroom_core::store::Count::Exactly(3))?;
    for call in a_change_of_each() {
        pass(&mut *uow, call).await?;
    }
    let seen = Everything::in_sight(&mut *uow).await?;
    same("the schools, groups, staff and users in the end", counts(&seen), (3, 5, 3, 2))?;
    same("the hashes, shared passwords and batches in the end", kept(&seen), (0, 0, 1, 1))?;
    same("the sessions, resets and failures in the end", of_sign_ins(&seen), (0, 0, 1))
}

fn counts(seen: &Everything) -> (usize, usize, usize, usize) {
    (seen.schools.len(), seen.groups.len(), seen.staff.len(), seen.users.len())
}

fn kept(seen: &Everything) -> (usize, usize, usize, usize) {
    (seen.hashes.len(), seen.shared.len(), seen.batches.len(), seen.audit.len())
}

fn of_sign_ins(seen: &Everything) -> (usize, usize, usize) {
    (seen.sessions.len(), seen.resets.len(), seen.failures.len())
}

/// A unit of work for reading writes nothing: whoever tries has misused the store, whatever the method.
pub async fn a_unit_of_work_for_reading_cannot_write(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    carry_out(&*store, NETWORK, one_of_each(NETWORK)).await?;
    let before = Everything::of(&*store, NETWORK).await?;
    let name = Call::InsertNetwork(NetworkName::parse("Another")?);
    // What was added once more under other ids is refused for being a write, not for being there.
    let fresh = [
        Call::InsertSchools(vec![school(super::samples::school_id(40), "West")]),
        Call::InsertGroup(group(super::samples::group_id(40), "Cooks", &[])),
        Call::InsertStaff(vec![staff_member(40)]),
        Call::InsertShared(super::samples::shared(31)),
        Call::InsertUsers(vec![user(32)]),
        Call::InsertBatch(super::samples::batch(NETWORK, 31)),
        Call::AppendAudit(super::samples::audit_record(31, 1)),
        Call::InsertSession(open_session(40, ADMIN)),
        Call::PutReset(Reset { user: ADMIN, ..reset(40) }),
        Call::AddFailure(failure_key(40), at(1)),
        Call::ClaimInvitations(vec![ADMIN], at(1), at(0)),
        Call::ForgetSessions(at(i64::MAX / 2), 10),
        Call::ForgetResets(at(i64::MAX / 2), 10),
        Call::ForgetFailures(at(i64::MAX / 2), 10),
    ];
    for call in fresh.into_iter().chain(a_change_of_each()).chain([name]) {
        let mut uow = store.begin(NETWORK, Mode::Read).await?;
        misuse(&format!("a write while reading: {call:?}"), pass(&mut *uow, call).await)?;
    }
    let uow = read(&*store).await?;
    uow.commit().await?;
    same("what is there", Everything::of(&*store, NETWORK).await?, before)
}

/// A unit of work for reading holds nothing: whoever relies on what it has read has misused the store, whatever the method.
pub async fn a_unit_of_work_for_reading_cannot_hold(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    carry_out(&*store, NETWORK, one_of_each(NETWORK)).await?;
    let calls = |lock| {
        [
            Call::Facts(vec![staff_id(30)], lock),
            Call::FindUser(ADMIN, lock),
            Call::FindUsersByBatch(batch_id(30), lock),
            Call::FindGroup(TEACHERS, lock),
        ]
    };
    for call in calls(RowLock::None) {
        pass(&mut *read(&*store).await?, call).await?;
    }
    for call in calls(RowLock::Held) {
        let what = format!("what is held while reading: {call:?}");
        misuse(&what, pass(&mut *read(&*store).await?, call).await)?;
    }
    Ok(())
}

/// After an error a unit of work cannot be committed, and nothing that it wrote stays.
pub async fn a_unit_of_work_that_failed_cannot_be_committed(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let before = Everything::of(&*store, NETWORK).await?;
    let mut uow = write(&*store).await?;
    for call in one_of_each(NETWORK) {
        pass(&mut *uow, call).await?;
    }
    misuse("a user of nobody", uow.users().insert(&[user(9).linked_to(staff_id(9))]).await)?;
    holds("a commit after an error is refused", uow.commit().await.is_err())?;
    same("what is there", Everything::of(&*store, NETWORK).await?, before)
}

/// A conflict is an outcome of its row: the unit of work goes on, and commits what was written before and after it.
pub async fn conflicts_do_not_end_a_unit_of_work(store: Arc<dyn Store>) -> Verdict {
    with_staff(&*store, &[staff_member(1)]).await?;
    add_users(&*store, NETWORK, &[user(1)]).await?;
    let mut uow = write(&*store).await?;
    let thief = |number| User::new(user_id(number), email("USER1@school.example"), crate::fixture::moment());
    same("a user before", uow.users().insert(&[user(2)]).await?, [UserInsert::Inserted])?;
    same("a taken email", uow.users().insert(&[thief(3)]).await?, [UserInsert::EmailTaken])?;
    let taken = uow.schools().insert(&[school(SCHOOL, "Taken")]).await?;
    same("a taken school", taken, [SchoolWrite::Taken])?;
    let taken = uow.groups().insert(&group(TEACHERS, "Taken", &[])).await?;
    same("a taken group", taken, GroupWrite::Taken)?;
    let taken = uow.staff().insert(&[staff_member(1)]).await?;
    same("a taken staff member", taken, [StaffWrite::Taken])?;
    let edit = user(1).set_email(email("user2@school.example"));
    let taken = uow.users().update(user(1).revision(), &edit).await?;
    same("a taken email in an update", taken, UserUpdate::EmailTaken)?;
    same("a user after", uow.users().insert(&[user(4)]).await?, [UserInsert::Inserted])?;
    uow.commit().await?;
    let mut uow = read(&*store).await?;
    for (number, expected) in [(1, true), (2, true), (3, false), (4, true)] {
        let there = uow.users().find(user_id(number), RowLock::None).await?.is_some();
        same(&format!("whether user {number} is there"), there, expected)?;
    }
    Ok(())
}
