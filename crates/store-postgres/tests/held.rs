//! What is read to be relied on is as it is after the wait for it (R8).

#![allow(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

mod support;

use std::time::Duration;

use sqlx::Connection;
use sqlx::PgConnection;
use staffroom_core::store::{Mode, RowLock, SharedPassword, Store, UserUpdate};
use staffroom_core::{
    Actor, BulkCreate, IdSet, InitialPassword, PasswordHash, PasswordState, Repeat, Secret, Selection,
    Session, SharedPasswordId, Timestamp, ValidDays,
};
use staffroom_testkit::fixture::{
    ADMIN, ADMINS, NETWORK, SCHOOL, add_staff, add_users, set_up, staff_member, staffroom, user, user_id,
};
use staffroom_testkit::postgres::Database;
use support::{fresh_store, run};
use tokio::task::JoinHandle;

const WAITING: &str = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = $1";

/// Until somebody waits for a lock, who has to be `second`.
async fn wait_for_a_wait<T>(database: &Database, second: &JoinHandle<T>) {
    let mut watch = PgConnection::connect_with(&database.options()).await.unwrap();
    while sqlx::query_scalar::<_, i64>(WAITING).bind(database.name()).fetch_one(&mut watch).await.unwrap()
        == 0
    {
        assert!(!second.is_finished(), "the second unit of work did not wait");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// A user whose group is taken away while somebody waits to hold them has no such group afterwards.
#[test]
fn a_user_is_held_with_the_groups_and_schools_they_have_after_the_wait() {
    run(async {
        let (store, database) = fresh_store().await;
        set_up(&*store).await.unwrap();
        let member = user(1).entering(IdSet::only(SCHOOL)).in_groups(IdSet::only(ADMINS));
        add_users(&*store, NETWORK, std::slice::from_ref(&member)).await.unwrap();

        let mut first = store.begin(NETWORK, Mode::Write).await.unwrap();
        let stripped = member.set_groups(IdSet::empty()).set_schools(IdSet::empty());
        let written = first.users().update(member.revision(), &stripped).await.unwrap();
        assert_eq!(written, UserUpdate::Updated);

        let waits = {
            let store = store.clone();
            tokio::spawn(async move {
                let mut second = store.begin(NETWORK, Mode::Write).await.unwrap();
                second.users().find(user_id(1), RowLock::Held).await.unwrap().unwrap()
            })
        };
        wait_for_a_wait(&database, &waits).await;
        first.commit().await.unwrap();

        let held = waits.await.unwrap();
        assert!(held.groups().is_empty() && held.schools().is_empty(), "{held:?}");
    });
}

/// A shared password is there for as long as somebody who is just being created refers to it.
#[test]
fn a_shared_password_that_is_being_given_is_not_removed() {
    run(async {
        let (store, database) = fresh_store().await;
        set_up(&*store).await.unwrap();
        let expires_at = Timestamp::from_unix_micros(1_790_000_000_000_000).unwrap();
        let shared = SharedPassword {
            id: SharedPasswordId::from_uuid(user_id(9).as_uuid()),
            hash: PasswordHash::from_phc("$hash".to_owned()),
            expires_at,
            revoked_at: None,
        };
        let mut uow = store.begin(NETWORK, Mode::Write).await.unwrap();
        uow.passwords().insert_shared(&shared).await.unwrap();
        uow.commit().await.unwrap();

        let password = PasswordState::InitialShared { secret: shared.id, expires_at };
        let mut first = store.begin(NETWORK, Mode::Write).await.unwrap();
        first.users().insert(&[user(1).with_password(password)]).await.unwrap();

        let remove = {
            let (store, id) = (store.clone(), shared.id);
            tokio::spawn(async move {
                let mut second = store.begin(NETWORK, Mode::Write).await.unwrap();
                second.passwords().remove_unused_shared(id).await.unwrap();
                second.commit().await.unwrap();
            })
        };
        wait_for_a_wait(&database, &remove).await;
        first.commit().await.unwrap();
        remove.await.unwrap();

        let mut uow = store.begin(NETWORK, Mode::Read).await.unwrap();
        assert_eq!(uow.passwords().find_shared(shared.id).await.unwrap(), Some(shared));
    });
}

/// A plan that is committed twice at once has one report, also if the second finds somebody eligible again whom the first had to
/// refuse: it meets the shared password of the first, and not that of another batch (R11).
#[test]
fn a_plan_that_is_committed_meanwhile_is_answered_with_its_report() {
    run(async {
        let ((store, database), (elsewhere, _elsewhere)) = (fresh_store().await, fresh_store().await);
        let (session, member) = (Session::new(NETWORK, Actor::User(ADMIN), SCHOOL), staff_member(1));
        for store in [&store, &elsewhere] {
            set_up(&**store).await.unwrap();
            add_staff(&**store, NETWORK, std::slice::from_ref(&member)).await.unwrap();
        }
        let request = BulkCreate::of(Selection::AllCandidates)
            .with_initial_password(InitialPassword::Shared(ValidDays::default()));
        let plan = staffroom(store.clone(), 1).preview(&session, &request).await.unwrap();
        let secret = || Secret::new("a password for everybody".to_owned());

        // What the first writes, which by the time that the second has waited for the staff member refused them.
        staffroom(elsewhere.clone(), 2).commit_with_shared_password(&session, &plan, secret()).await.unwrap();
        let mut uow = elsewhere.begin(NETWORK, Mode::Read).await.unwrap();
        let batch = uow.batches().find(plan.batch()).await.unwrap().unwrap();
        let shared = uow.passwords().find_shared(batch.shared_password.unwrap()).await.unwrap().unwrap();
        let mut first = store.begin(NETWORK, Mode::Write).await.unwrap();
        first.staff().facts(&[member.id()], RowLock::Held).await.unwrap();
        first.passwords().insert_shared(&shared).await.unwrap();
        first.batches().insert(&batch).await.unwrap();

        let second = {
            let (store, plan) = (store.clone(), plan.clone());
            tokio::spawn(async move {
                staffroom(store, 3).commit_with_shared_password(&session, &plan, secret()).await
            })
        };
        wait_for_a_wait(&database, &second).await;
        first.commit().await.unwrap();

        let again = second.await.unwrap().unwrap();
        assert_eq!((again.repeat, again.report), (Repeat::Again, batch.report));
    });
}
