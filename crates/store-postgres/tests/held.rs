//! What is read to be relied on is as it is after the wait for it (R8).

#![allow(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

mod support;

use std::time::Duration;

use sqlx::Connection;
use sqlx::PgConnection;
use staffroom_core::IdSet;
use staffroom_core::store::{Mode, RowLock, Store, UserUpdate};
use staffroom_testkit::fixture::{ADMINS, NETWORK, SCHOOL, add_users, set_up, user, user_id};
use support::{fresh_store, run};

const WAITING: &str = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = $1";

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
        let mut watch = PgConnection::connect_with(&database.options()).await.unwrap();
        let waiting = || async { tokio::time::sleep(Duration::from_millis(10)).await };
        while sqlx::query_scalar::<_, i64>(WAITING).bind(database.name()).fetch_one(&mut watch).await.unwrap()
            == 0
        {
            assert!(!waits.is_finished(), "the second unit of work did not wait");
            waiting().await;
        }
        first.commit().await.unwrap();

        let held = waits.await.unwrap();
        assert!(held.groups().is_empty() && held.schools().is_empty(), "{held:?}");
    });
}
