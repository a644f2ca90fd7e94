//! Connections that end, fall silent or lose a reply in the middle of a commit. Small here; `cargo xtask faults` runs the
//! full size.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a round that goes wrong fails the test")]

mod support;

use std::time::Duration;

use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use staffroom_core::Staffroom;
use staffroom_store_postgres::{PostgresStore, Settings};
use staffroom_testkit::postgres::{Database, Server};
use support::proxy::{Fault, Proxy, When};
use support::rounds::Rounds;
use support::site::{Outcomes, Site, library};
use support::{SERVICE, fresh_database};

const PEOPLE: u32 = 20;
/// Longer than any statement of these tests takes, short enough to wait for.
const STATEMENT: Duration = Duration::from_secs(2);
/// A session that was given up holds its rows for so long.
const IDLE: Duration = Duration::from_millis(700);

/// A database, a network in it, and the library behind a proxy.
struct Lab {
    proxy: Proxy,
    site: Site,
    staffroom: Staffroom,
    database: Database,
}

impl Lab {
    async fn open(connections: u32) -> Self {
        let database = fresh_database().await;
        let (_, port) = Server::shared().unwrap().place().unwrap_or_else(|| {
            panic!("these tests need a throwaway server: unset STAFFROOM_TEST_DATABASE_URL")
        });
        let proxy = Proxy::to(port).await;
        let site = Site::make(database.options_as(SERVICE), &database.options(), 1, PEOPLE).await;
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(5))
            .connect_lazy_with(proxy.options(&database, SERVICE));
        let settings = Settings::default().with_statement_timeout(STATEMENT).with_idle_timeout(IDLE);
        Self { proxy, site, staffroom: library(PostgresStore::with_settings(pool, settings)), database }
    }

    /// How many messages a commit is.
    async fn messages(&mut self) -> u64 {
        let plan = self.site.plan(false).await;
        let commit = async {
            self.staffroom.commit(&self.site.session(), &plan).await.unwrap();
        };
        let messages = self.proxy.messages_of(commit).await;
        self.site.undo(&plan).await;
        messages
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// Rounds of one fault at a random message; answers how often it happened.
fn at_random(name: &'static str, fault: Fault, small: u64) {
    let mut rounds = Rounds::of(name, small, 1_000);
    runtime().block_on(async {
        let mut lab = Lab::open(2).await;
        let mut outcomes = Outcomes::default();
        let mut messages = lab.messages().await;
        let mut happened = 0;
        while let Some(mut round) = rounds.draw() {
            let plan = lab.site.plan(round.rng.bool()).await;
            lab.proxy.arm(When::Message(round.rng.u64(1..=messages)), fault);
            let answer = lab.staffroom.commit(&lab.site.session(), &plan).await;
            let (fired, seen) = lab.proxy.disarm();
            happened += u64::from(fired);
            if !fired {
                messages = seen;
            }
            lab.site.judge(&plan, &answer, &mut outcomes).await;
            lab.site.undo(&plan).await;
        }
        rounds.tell(&format!("the fault happened {happened} times; {outcomes:?}"));
        assert!(happened > 0, "the fault never happened");
    });
}

/// Rounds of one fault at the message that commits.
fn at_the_commit(name: &'static str, fault: Fault, small: u64) {
    let mut rounds = Rounds::of(name, small, 1_000);
    runtime().block_on(async {
        let mut lab = Lab::open(2).await;
        let mut outcomes = Outcomes::default();
        while let Some(mut round) = rounds.draw() {
            let plan = lab.site.plan(round.rng.bool()).await;
            lab.proxy.arm(When::Commit, fault);
            let answer = lab.staffroom.commit(&lab.site.session(), &plan).await;
            assert!(lab.proxy.disarm().0, "the fault did not happen: {answer:?}");
            lab.site.judge(&plan, &answer, &mut outcomes).await;
            lab.site.undo(&plan).await;
        }
        rounds.tell(&format!("{outcomes:?}"));
        assert_eq!(outcomes.refused, 0, "nobody is told that nothing was written once a commit is under way");
    });
}

#[test]
fn the_network_is_cut_before_a_message() {
    at_random("network cut before a message", Fault::CutBefore, 12);
}

#[test]
fn the_network_is_cut_after_a_message() {
    at_random("network cut after a message", Fault::CutAfter, 12);
}

#[test]
fn a_reply_is_lost() {
    at_random("a reply lost", Fault::LoseReply, 12);
}

#[test]
fn the_reply_to_a_commit_is_lost() {
    at_the_commit("the reply to COMMIT lost", Fault::LoseReply, 12);
}

#[test]
fn the_network_falls_silent() {
    at_random("half-open before a message", Fault::GoSilent, 1);
}

#[test]
fn the_network_falls_silent_while_the_server_commits() {
    at_the_commit("half-open while the server commits", Fault::GoSilentAfter, 1);
}

/// Ends the sessions of the service, and waits until they are gone.
async fn terminate(superuser: &mut PgConnection) {
    let ending = format!(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity \
         WHERE usename = '{SERVICE}' AND datname = current_database() AND application_name = 'faulty'"
    );
    let ended: Vec<bool> = sqlx::query_scalar(AssertSqlSafe(ending)).fetch_all(superuser).await.unwrap();
    assert!(!ended.is_empty() && ended.iter().all(|gone| *gone), "the session is ended: {ended:?}");
}

/// The sessions of a commit are ended at its first message, then at its second, until it comes through untouched; at each
/// of them both before the server hears the message and while it works on it.
fn at_every_statement(name: &'static str, fault: Fault) {
    let mut rounds = Rounds::of(name, 1, 10);
    runtime().block_on(async {
        let mut lab = Lab::open(1).await;
        let mut superuser = PgConnection::connect_with(&lab.database.options()).await.unwrap();
        let mut outcomes = Outcomes::default();
        let mut most = 0;
        while let Some(mut round) = rounds.draw() {
            let generated = round.rng.bool();
            for number in 1.. {
                let plan = lab.site.plan(generated).await;
                lab.proxy.arm(When::Message(number), fault);
                let (staffroom, session, committed) =
                    (lab.staffroom.clone(), lab.site.session(), plan.clone());
                let mut commit = tokio::spawn(async move { staffroom.commit(&session, &committed).await });
                let answer = loop {
                    tokio::select! {
                        held = lab.proxy.held() => {
                            terminate(&mut superuser).await;
                            held.send(()).ok();
                        }
                        answer = &mut commit => break answer.unwrap(),
                    }
                };
                let (fired, _) = lab.proxy.disarm();
                lab.site.judge(&plan, &answer, &mut outcomes).await;
                lab.site.undo(&plan).await;
                if !fired {
                    assert!(answer.is_ok(), "untouched, it succeeds");
                    break;
                }
                most = most.max(number);
            }
        }
        rounds.tell(&format!("{most} messages in a commit; {outcomes:?}"));
        assert!(most > 10, "a commit is more than ten messages");
        assert_eq!(outcomes.refused, 0, "one session that is ended is made good by another try");
    });
}

#[test]
fn the_session_is_ended_before_every_statement() {
    at_every_statement("pg_terminate_backend before every statement", Fault::Hold);
}

#[test]
fn the_session_is_ended_during_every_statement() {
    at_every_statement("pg_terminate_backend during every statement", Fault::Pass);
}
