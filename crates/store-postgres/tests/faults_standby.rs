//! A server with a synchronous standby that is lost in the middle of a commit, and the standby that takes its place. Small
//! here; `cargo xtask faults` runs the full size.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a round that goes wrong fails the test")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection, PgConnection};
use staffroom_core::store::StoreError;
use staffroom_store_postgres::{PostgresStore, Settings};
use staffroom_testkit::postgres::{Database, Server, Setup};
use support::proxy::{Fault, Proxy, When};
use support::rounds::Rounds;
use support::site::{Outcomes, Site, library, store_error};
use support::standby::Standby;
use support::{SERVICE, empty_database, migrate};
use tokio::time::sleep;

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

struct Pair {
    primary: Arc<Server>,
    database: Database,
}

impl Pair {
    async fn open() -> Self {
        let primary = Server::start(&Setup::default()).unwrap_or_else(|error| panic!("{error}"));
        let database = empty_database(&primary, "").await.unwrap();
        migrate(&database).await;
        Self { primary: Arc::new(primary), database }
    }

    fn port(&self) -> u16 {
        self.primary.place().unwrap().1
    }

    /// A standby that has caught up, and that the primary waits for from now on.
    async fn follow(&self) -> Standby {
        let primary = Arc::clone(&self.primary);
        let standby = tokio::task::spawn_blocking(move || Standby::of(&primary)).await.unwrap();
        self.wait_for("standby").await;
        let mut superuser = PgConnection::connect_with(self.primary.options()).await.unwrap();
        for _ in 0..500 {
            let followed: bool = sqlx::query_scalar(
                "SELECT EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync')",
            )
            .fetch_one(&mut superuser)
            .await
            .unwrap();
            if followed {
                return standby;
            }
            sleep(Duration::from_millis(20)).await;
        }
        panic!("the standby does not follow");
    }

    /// Whom the primary waits for before it answers to a commit; nobody, if it is empty.
    async fn wait_for(&self, names: &str) {
        let mut superuser = PgConnection::connect_with(self.primary.options()).await.unwrap();
        for statement in [
            format!("ALTER SYSTEM SET synchronous_standby_names = '{names}'"),
            "SELECT pg_reload_conf()".to_owned(),
        ] {
            sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut superuser).await.unwrap();
        }
    }
}

#[test]
fn the_standby_takes_over_in_the_middle() {
    let mut rounds = Rounds::of("standby promoted", 2, 100);
    runtime().block_on(async {
        let pair = Pair::open().await;
        let mut proxy = Proxy::to(pair.port()).await;
        let mut site = Site::make(pair.database.options_as(SERVICE), &pair.database.options(), 1, 50).await;
        let mut outcomes = Outcomes::default();
        let plan = site.plan(false).await;
        let messages = {
            let pool = PgPoolOptions::new().connect_lazy_with(proxy.options(&pair.database, SERVICE));
            let staffroom = library(PostgresStore::new(pool));
            let commit = async {
                staffroom.commit(&site.session(), &plan).await.unwrap();
            };
            proxy.messages_of(commit).await
        };
        site.undo(&plan).await;
        let mut in_time = 0;
        while let Some(mut round) = rounds.draw() {
            let standby = pair.follow().await;
            proxy.turn_to(pair.port());
            let pool = PgPoolOptions::new()
                .max_connections(2)
                .connect_lazy_with(proxy.options(&pair.database, SERVICE));
            let staffroom = library(PostgresStore::new(pool));
            let plan = site.plan(round.rng.bool()).await;
            // The primary is lost at a message: the last ones more often, where there is something to lose.
            let when =
                if round.rng.bool() { When::Commit } else { When::Message(round.rng.u64(1..=messages)) };
            let fault = if round.rng.bool() { Fault::Hold } else { Fault::Pass };
            proxy.arm(when, fault);
            let (session, committed) = (site.session(), plan.clone());
            let mut commit = tokio::spawn(async move { staffroom.commit(&session, &committed).await });
            let finished = tokio::select! {
                held = proxy.held() => {
                    in_time += 1;
                    fail_over(&pair, &standby, &proxy).await;
                    held.send(()).ok();
                    None
                }
                answer = &mut commit => Some(answer.unwrap()),
            };
            let answer = match finished {
                None => commit.await.unwrap(),
                Some(answer) => {
                    fail_over(&pair, &standby, &proxy).await;
                    answer
                }
            };
            proxy.disarm();
            // What counts is what the new primary has.
            let name = pair.database.name();
            site.look_from(&standby.options(name)).await;
            site.move_to(standby.options(name).username(SERVICE).password(SERVICE)).await;
            site.judge(&plan, &answer, &mut outcomes).await;
            site.undo(&plan).await;
            // The old one comes back alone, for the next round. It may have kept what the new one has not.
            let primary = Arc::clone(&pair.primary);
            tokio::task::spawn_blocking(move || primary.restart().unwrap()).await.unwrap();
            pair.wait_for("").await;
            site.look_from(&pair.database.options()).await;
            site.move_to(pair.database.options_as(SERVICE)).await;
            let kept = site.again(&plan).await;
            site.finish(&plan, &kept, true).await;
            site.undo(&plan).await;
        }
        rounds.tell(&format!("{in_time} in the middle; {outcomes:?}"));
        assert!(in_time > 0, "the primary was never lost in the middle");
    });
}

/// The primary is killed, the standby promoted, and the network leads there.
async fn fail_over(pair: &Pair, standby: &Standby, proxy: &Proxy) {
    let primary = Arc::clone(&pair.primary);
    tokio::task::spawn_blocking(move || primary.kill().unwrap()).await.unwrap();
    tokio::task::block_in_place(|| standby.promote());
    proxy.turn_to(standby.port);
}

/// A commit that the standby has not got is not acknowledged, however long it takes: the time that a statement may take
/// does not end the wait.
#[test]
fn a_commit_that_the_standby_has_not_got_is_not_acknowledged() {
    runtime().block_on(async {
        let pair = Pair::open().await;
        let mut site = Site::make(pair.database.options_as(SERVICE), &pair.database.options(), 1, 5).await;
        let plan = site.plan(false).await;
        // Nobody of that name follows.
        pair.wait_for("nobody").await;
        let settings = Settings::default()
            .with_statement_timeout(Duration::from_secs(2))
            .with_lock_timeout(Duration::from_secs(1));
        let pool =
            PgPoolOptions::new().max_connections(4).connect_lazy_with(pair.database.options_as(SERVICE));
        let staffroom = library(PostgresStore::with_settings(pool, settings));
        let answer = staffroom.commit(&site.session(), &plan).await;
        let error = answer.as_ref().map(|done| &done.report).map_err(store_error);
        assert!(matches!(error, Err(StoreError::CommitUnknown(_))), "{error:?}");
        pair.wait_for("").await;
        // Once nobody is waited for any more, it is there.
        let answer = site.again(&plan).await;
        site.finish(&plan, &answer, true).await;
    });
}
