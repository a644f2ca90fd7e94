//! Two networks in one store, with the same ids and emails: nothing done in one reads, changes or reveals the other.

use std::fmt::Debug;
use std::sync::Arc;

use staffroom_core::store::{Count, Mode, OpenSession, RowLock, StaffFilter, StaffScope, Store};
use staffroom_core::{
    Actor, BulkCreate, CommitError, IdSet, NetworkId, PasswordState, Selection, Session, StaffEmail,
    StaffMember, UndoError, User, UserStatus,
};

use super::failure::{holds, misuse, same};
use super::samples::{
    SHARED_PASSWORDS, USERS, a_change_of_each, at, failure_key, group_id, one_of_each, open_session,
    own_hash_in, reset, school_id, session_id, shared_id, shared_in, token_hash,
};
use super::stage::{Everything, carry_out, facts_about, library, read, write};
use super::{Failure, Verdict};
use crate::fixture::{
    self, ADMIN, NETWORK, OTHER_NETWORK, SCHOOL, add_staff, add_users, admin, group, school, set_up,
    set_up_network, sis_id, staff_id, staff_member, user, user_id,
};
use crate::relay::{Call, pass};

/// Both networks, and one record of every kind in the other.
async fn neighbours(store: &dyn Store) -> Result<(), Failure> {
    set_up(store).await?;
    set_up_network(store, OTHER_NETWORK).await?;
    carry_out(store, OTHER_NETWORK, one_of_each(OTHER_NETWORK)).await?;
    Ok(())
}

fn session_in(network: NetworkId) -> Session {
    Session::new(network, Actor::User(ADMIN), SCHOOL)
}

/// The same ids, SIS ids, names and emails in two networks do not conflict, for any kind of record.
pub async fn networks_with_the_same_ids_do_not_conflict(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    set_up_network(&*store, OTHER_NETWORK).await?;
    for network in [NETWORK, OTHER_NETWORK] {
        let mut uow = store.begin(network, Mode::Write).await?;
        for call in one_of_each(network) {
            let (what, success) = (format!("{call:?}"), call.plain_success());
            let answer = pass(&mut *uow, call).await?;
            same(&what, Some(answer), success)?;
        }
        uow.commit().await?;
    }
    let here = Everything::of(&*store, NETWORK).await?;
    let there = Everything::of(&*store, OTHER_NETWORK).await?;
    same("the users of both", &here.users, &there.users)?;
    same("the batch here", here.batches.first().map(|batch| batch.report.network()), Some(NETWORK))?;
    same("the batch there", there.batches.first().map(|batch| batch.report.network()), Some(OTHER_NETWORK))
}

/// Asking by an id, an email or a SIS id of another network finds nothing.
pub async fn nothing_of_another_network_is_found(store: Arc<dyn Store>) -> Verdict {
    neighbours(&*store).await?;
    let mut uow = read(&*store).await?;
    let found = [
        ("a school", uow.schools().find(school_id(30)).await?.is_some()),
        ("a group", uow.groups().find(group_id(30), RowLock::None).await?.is_some()),
        ("a staff member", uow.staff().find(staff_id(30)).await?.is_some()),
        ("a user", uow.users().find(user_id(30), RowLock::None).await?.is_some()),
        ("an email", uow.users().find_by_email(user(30).email()).await?.is_some()),
        ("a hash", uow.passwords().find(user_id(31)).await?.is_some()),
        ("a hash by its email", uow.passwords().find_by_email(user(31).email()).await?.is_some()),
        ("a session", uow.sessions().find(&token_hash(30)).await?.is_some()),
        ("the session of a user", !uow.sessions().find_by_user(user_id(30)).await?.is_empty()),
        ("a reset", uow.resets().find(&token_hash(30)).await?.is_some()),
        ("the reset of a user", uow.resets().find_by_user(user_id(30)).await?.is_some()),
        ("failures", uow.failures().find(&failure_key(30)).await?.is_some()),
        ("a shared password", uow.passwords().find_shared(shared_id(30)).await?.is_some()),
        ("a batch", uow.batches().find(super::samples::batch_id(30)).await?.is_some()),
        ("the facts", facts_about(&mut *uow, staff_id(30)).await?.is_some()),
    ];
    for (what, found) in found {
        same(&format!("whether {what} of another network is found"), found, false)?;
    }
    let ids = uow.staff().find_ids(&[sis_id("S-0030")]).await?;
    same("a SIS id of another network", ids, [None])?;
    same("a user asked for with others", uow.users().find_each(&[user_id(30)]).await?, [None])?;
    let made = uow.users().find_by_batch(super::samples::batch_id(30), RowLock::None).await?;
    same("the users of a batch of another network", made, [])
}

/// Lists, visits, pages, counts and the audit log stop at the network.
pub async fn lists_stop_at_the_network(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let alone = Everything::of(&*store, NETWORK).await?;
    set_up_network(&*store, OTHER_NETWORK).await?;
    carry_out(&*store, OTHER_NETWORK, one_of_each(OTHER_NETWORK)).await?;
    same("what is seen with a neighbour", Everything::of(&*store, NETWORK).await?, alone)?;
    let mut uow = read(&*store).await?;
    let everyone = StaffFilter::everyone();
    same("a page", uow.staff().page(&everyone, None, 10).await?, [])?;
    let count = uow.staff().count(&everyone, 10).await?;
    same("the count", count, Count::Exactly(0))?;
    let users: Vec<_> = uow.users().page("", 10).await?.iter().map(User::id).collect();
    same("a page of users", users, [ADMIN])?;
    same("a page of batches", uow.batches().page(None, 10).await?, [])?;
    same("a page of the log", uow.audit().page(None, 10).await?, [])
}

/// A network reads beside a twin, which has the same records under the same ids, as it does alone: nothing that is put together
/// of several records takes one from there.
pub async fn a_twin_is_not_seen(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    carry_out(&*store, NETWORK, one_of_each(NETWORK)).await?;
    // Two who share an address, which somebody holds there, and others have.
    let candidate = |number| staff_member(number).with_email(StaffEmail::read("candidate@school.example"));
    add_staff(&*store, NETWORK, &[candidate(40), candidate(42)]).await?;
    let alone = read_all(&*store).await?;
    set_up_network(&*store, OTHER_NETWORK).await?;
    carry_out(&*store, OTHER_NETWORK, one_of_each(OTHER_NETWORK)).await?;
    add_staff(&*store, OTHER_NETWORK, &[candidate(40), candidate(41), candidate(42)]).await?;
    add_users(&*store, OTHER_NETWORK, &[user(40).set_email(fixture::email("candidate@school.example"))])
        .await?;
    same("what is read beside a twin", &read_all(&*store).await?, &alone)?;
    // Of two that were taken for one, the first is read: each is the first somewhere.
    for network in [NETWORK, OTHER_NETWORK] {
        let mut uow = store.begin(network, Mode::Read).await?;
        for (number, expected) in [(30, shared_in(network).hash), (31, own_hash_in(network))] {
            let found = uow.passwords().find_by_email(user(number).email()).await?;
            same("the hash of a twin", found.map(|found| found.hash), Some(expected))?;
        }
    }
    carry_out(&*store, OTHER_NETWORK, a_change_of_each()).await?;
    same("what is read beside a twin that was changed", read_all(&*store).await?, alone)
}

/// All there is in the network, and lists of it.
async fn read_all(store: &dyn Store) -> Result<impl PartialEq + Debug, Failure> {
    let everything = Everything::of(store, NETWORK).await?;
    let mut uow = read(store).await?;
    let mut lists = Vec::new();
    for scope in [StaffScope::Everyone, StaffScope::Candidates] {
        for works_in in [None, Some(SCHOOL), Some(school_id(30))] {
            let filter = StaffFilter { scope, works_in, ..StaffFilter::everyone() };
            let count = uow.staff().count(&filter, 100).await?;
            lists.push((count, uow.staff().page(&filter, None, 100).await?));
        }
    }
    let users = uow.users().page("", 100).await?;
    let mut each = uow.users().find_each(&USERS).await?;
    for user in &users {
        each.push(uow.users().find_by_email(user.email()).await?);
        each.push(uow.users().find(user.id(), RowLock::None).await?);
    }
    let held = uow.users().find_by_batch(super::samples::batch_id(30), RowLock::None).await?;
    Ok((everything, lists, users, each, held, uow.audit().page(None, 100).await?))
}

/// Whatever is written in one network, under whatever ids, another stays as it is.
pub async fn another_network_is_not_changed(store: Arc<dyn Store>) -> Verdict {
    neighbours(&*store).await?;
    let before = Everything::of(&*store, OTHER_NETWORK).await?;
    carry_out(&*store, NETWORK, one_of_each(NETWORK)).await?;
    carry_out(&*store, NETWORK, a_change_of_each()).await?;
    let after = Everything::of(&*store, OTHER_NETWORK).await?;
    same("the other network", &after, &before)?;
    let mut uow = write(&*store).await?;
    let first = user(30).revision();
    uow.users().delete(&USERS.map(|id| (id, first))).await?;
    for id in SHARED_PASSWORDS {
        uow.passwords().remove_unused_shared(id).await?;
    }
    uow.commit().await?;
    same("the other network in the end", Everything::of(&*store, OTHER_NETWORK).await?, before)
}

/// Who holds or shares an email, and who is linked, is a matter of the network alone.
pub async fn facts_stop_at_the_network(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    set_up_network(&*store, OTHER_NETWORK).await?;
    let member = |number| staff_member(number).with_email(StaffEmail::read("ann@school.example"));
    add_staff(&*store, NETWORK, &[member(1)]).await?;
    add_staff(&*store, OTHER_NETWORK, &[member(1), member(2)]).await?;
    let holder = user(1).set_email(fixture::email("Ann@school.example")).linked_to(staff_id(1));
    add_users(&*store, OTHER_NETWORK, &[holder.set_status(UserStatus::Disabled)]).await?;
    let facts = facts_about(&mut *read(&*store).await?, staff_id(1)).await?;
    let facts = super::failure::there("the staff member", facts)?;
    same("the holder", facts.email_holder, None)?;
    same("the link", facts.linked_user, None)?;
    same("the sharers", facts.email_sharers, [])
}

/// A record cannot refer to one of another network: it is misuse, as if the other were not there.
pub async fn references_stop_at_the_network(store: Arc<dyn Store>) -> Verdict {
    neighbours(&*store).await?;
    let theirs = PasswordState::InitialShared { secret: shared_id(30), expires_at: fixture::moment() };
    let stranger = StaffMember::new(
        staff_id(1),
        sis_id("S-0001"),
        staff_member(1).name().clone(),
        staff_member(1).status(),
        StaffEmail::Missing,
        IdSet::only(school_id(30)),
    );
    let calls = [
        Call::InsertStaff(vec![stranger]),
        Call::InsertUsers(vec![user(1).linked_to(staff_id(30))]),
        Call::InsertUsers(vec![user(1).entering(IdSet::only(school_id(30)))]),
        Call::InsertUsers(vec![user(1).in_groups(IdSet::only(group_id(30)))]),
        Call::InsertUsers(vec![user(1).with_password(theirs)]),
        Call::SetHashes(vec![(user_id(31), super::samples::hash("theirs"))]),
        Call::InsertSession(open_session(1, user_id(31))),
        Call::InsertSession(OpenSession { school: school_id(30), ..open_session(1, ADMIN) }),
        Call::PutReset(reset(31)),
    ];
    for call in calls {
        let what = format!("a reference to another network: {call:?}");
        misuse(&what, pass(&mut *write(&*store).await?, call).await)?;
    }
    Ok(())
}

/// A whole bulk create and its undo in one network leave another, with the same staff, exactly as it was.
pub async fn operations_stop_at_the_network(store: Arc<dyn Store>) -> Verdict {
    for network in [NETWORK, OTHER_NETWORK] {
        set_up_network(&*store, network).await?;
        add_staff(&*store, network, &[staff_member(1), staff_member(2)]).await?;
    }
    let before = Everything::of(&*store, OTHER_NETWORK).await?;
    let staffroom = library(&store);
    let request = BulkCreate::of(Selection::AllCandidates).in_group(fixture::TEACHERS);
    let plan = staffroom.preview(&admin(), &request).await?;
    let done = staffroom.commit(&admin(), &plan).await?;
    same("how many were created", done.report.counts().created, 2)?;
    same("the other network", &Everything::of(&*store, OTHER_NETWORK).await?, &before)?;

    let elsewhere = session_in(OTHER_NETWORK);
    let stolen = staffroom.commit(&elsewhere, &plan).await;
    holds("a plan is of its network", matches!(stolen, Err(CommitError::NotYourPlan)))?;
    let undone = staffroom.undo(&elsewhere, plan.batch()).await;
    holds("a batch is of its network", matches!(undone, Err(UndoError::UnknownBatch(_))))?;
    staffroom.undo(&admin(), plan.batch()).await?;
    same("the other network in the end", Everything::of(&*store, OTHER_NETWORK).await?, before)
}

/// Tokens, failures and invitations of another network do nothing here: no session is moved or ended, no reset taken, no
/// failure counted on or cleared, no invitation in the way.
pub async fn tokens_stop_at_the_network(store: Arc<dyn Store>) -> Verdict {
    neighbours(&*store).await?;
    let before = Everything::of(&*store, OTHER_NETWORK).await?;
    add_users(&*store, NETWORK, &[user(30), user(31)]).await?;
    let mut uow = write(&*store).await?;
    same("moving a session", uow.sessions().enter(session_id(30), SCHOOL).await?, false)?;
    same("ending a session", uow.sessions().end(session_id(30)).await?, false)?;
    same("ending those of a user", uow.sessions().end_by_user(user_id(30)).await?, 0)?;
    same("forgetting sessions", uow.sessions().forget_expired(at(1 << 50), 9).await?, 0)?;
    same("taking a reset", uow.resets().take(&token_hash(30)).await?, None)?;
    same("removing that of a user", uow.resets().remove_by_user(user_id(31)).await?, false)?;
    same("forgetting resets", uow.resets().forget_expired(at(1 << 50), 9).await?, 0)?;
    same("what failed before", uow.failures().add(&failure_key(30), at(3)).await?, None)?;
    uow.failures().clear(&failure_key(31)).await?;
    same("revoking", uow.passwords().revoke_shared(shared_id(30), at(3)).await?, false)?;
    uow.passwords().remove(&[user_id(31)]).await?;
    let claimed = uow.invitations().claim(&[user_id(30), user_id(31)], at(9), at(1)).await?;
    same("claiming", claimed, [true, true])?;
    // Of the same moment as the one that the other network has.
    uow.invitations().release(&[user_id(31)], at(9)).await?;
    same("forgetting failures", uow.failures().forget(at(1 << 50), 9).await?, 1)?;
    uow.sessions().insert(&open_session(30, user_id(30))).await?;
    uow.resets().put(&reset(31)).await?;
    same("forgetting one session", uow.sessions().forget_expired(at(1 << 50), 9).await?, 1)?;
    same("forgetting one reset", uow.resets().forget_expired(at(1 << 50), 9).await?, 1)?;
    uow.sessions().insert(&open_session(30, user_id(30))).await?;
    uow.resets().put(&reset(31)).await?;
    uow.commit().await?;
    same("the other network", Everything::of(&*store, OTHER_NETWORK).await?, before)?;
    let mut uow = store.begin(OTHER_NETWORK, Mode::Write).await?;
    let claimed = uow.invitations().claim(&[user_id(30), user_id(31)], at(20), at(9)).await?;
    same("who was invited there", claimed, [false, false])
}

/// What another network calls its schools and groups is its own affair: the same names are free here.
pub async fn names_stop_at_the_network(store: Arc<dyn Store>) -> Verdict {
    neighbours(&*store).await?;
    let calls = [
        Call::InsertGroup(group(group_id(77), "COACHES", &[])),
        Call::InsertSchools(vec![school(school_id(77), "East")]),
        Call::InsertStaff(vec![StaffMember::new(
            staff_id(77),
            sis_id("S-0030"),
            staff_member(30).name().clone(),
            staff_member(30).status(),
            staff_member(30).email().clone(),
            staff_member(30).schools().clone(),
        )]),
        Call::InsertUsers(vec![User::new(
            user_id(77),
            fixture::email("USER30@school.example"),
            fixture::moment(),
        )]),
    ];
    let mut uow = write(&*store).await?;
    for call in calls {
        let (what, success) = (format!("{call:?}"), call.plain_success());
        let answer = pass(&mut *uow, call).await?;
        same(&what, Some(answer), success)?;
    }
    Ok(())
}
