//! Clients that go away in the middle of a commit: futures that are dropped, processes that are killed. Small here; `cargo
//! xtask faults` runs the full size.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a round that goes wrong fails the test")]

mod support;

use std::future::{Future, poll_fn};
use std::io::{BufRead, BufReader, Read, Write};
use std::pin::pin;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use staffroom_core::{Actor, Plan, Session};
use staffroom_store_postgres::PostgresStore;
use staffroom_testkit::fixture::{self, ADMIN, SCHOOL};
use staffroom_testkit::postgres::Server;
use support::barred::Barred;
use support::moments::Moments;
use support::rounds::Rounds;
use support::site::{Site, library};
use support::{SERVICE, fresh_database, pool};
use tokio::time::{Instant, sleep};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

#[test]
fn commits_are_cancelled_on_a_pool_of_one() {
    let mut rounds = Rounds::of("cancelled commits on a pool of one", 300, 100_000);
    runtime().block_on(async {
        let database = fresh_database().await;
        let mut site = Site::make(database.options_as(SERVICE), &database.options(), 1, 5).await;
        let only = pool(database.options_as(SERVICE), 1).await;
        let staffroom = library(PostgresStore::new(only.clone()));
        let mut polls = 60;
        let (mut dropped, mut done_all_the_same) = (0_u64, 0_u64);
        let mut plan = site.plan(false).await;
        while let Some(mut round) = rounds.draw() {
            let most = round.rng.u64(1..=polls);
            let session = site.session();
            let answer = polled(most, staffroom.commit(&session, &plan)).await;
            // The pool still works, and hands out no connection inside a transaction.
            // In one simple message: both clocks are read at its beginning, unless a transaction has begun before.
            let clocks = "SELECT (now() = statement_timestamp())::text";
            let outside = sqlx::raw_sql(clocks).fetch_one(&only).await.unwrap();
            let outside = sqlx::Row::get::<String, _>(&outside, 0) == "true";
            assert!(outside, "the pool handed out a connection inside a transaction");
            dropped += u64::from(answer.is_err());
            if answer.is_err() && most == polls {
                // A connection that was opened anew takes more of them: the end must be within reach, too.
                polls += 10;
            }
            if let Ok((answer, needed)) = &answer {
                polls = *needed + 1;
                answer.as_ref().unwrap_or_else(|error| panic!("untouched, it failed: {error:?}"));
            }
            if round.seed % 200 == 0 {
                assert_eq!(site.idle_in_transaction(SERVICE).await, 0);
                site.find_nothing().await;
            }
            if site.has(&plan).await {
                done_all_the_same += u64::from(answer.is_err());
                let again = staffroom.commit(&site.session(), &plan).await;
                site.finish(&plan, &again, true).await;
                site.undo(&plan).await;
                plan = site.plan(round.rng.bool()).await;
            }
        }
        assert_eq!(site.idle_in_transaction(SERVICE).await, 0);
        site.find_nothing().await;
        rounds.tell(&format!(
            "{dropped} dropped before they answered, {done_all_the_same} of them had been done"
        ));
        assert!(dropped > 0, "none was ever dropped");
    });
}

/// Polls `work` so often and no more: its answer and how often it was polled, or an error if it was dropped.
async fn polled<T>(most: u64, work: impl Future<Output = T>) -> Result<(T, u64), ()> {
    let mut work = pin!(work);
    let mut polls = 0;
    poll_fn(move |context| {
        polls += 1;
        match work.as_mut().poll(context) {
            Poll::Ready(answer) => Poll::Ready(Ok((answer, polls))),
            Poll::Pending if polls >= most => Poll::Ready(Err(())),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// The server goes on with a commit that its client no longer waits for.
#[test]
fn a_commit_that_is_dropped_while_the_server_commits_is_there() {
    runtime().block_on(async {
        let database = fresh_database().await;
        let mut site = Site::make(database.options_as(SERVICE), &database.options(), 1, 5).await;
        let plan = site.plan(false).await;
        // The commit itself waits, for a lock that this test holds.
        let dawdling = "\
            CREATE FUNCTION staffroom.dawdle() RETURNS trigger LANGUAGE plpgsql AS \
                'BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NULL; END'; \
            CREATE CONSTRAINT TRIGGER dawdle AFTER INSERT ON staffroom.batches DEFERRABLE INITIALLY DEFERRED \
                FOR EACH ROW EXECUTE FUNCTION staffroom.dawdle()";
        database.execute(dawdling.to_owned()).await.unwrap();
        let mut holder = PgConnection::connect_with(&database.options()).await.unwrap();
        sqlx::raw_sql("SELECT pg_advisory_lock(4711)").execute(&mut holder).await.unwrap();
        let only = pool(database.options_as(SERVICE).application_name(CLIENT), 1).await;
        let (staffroom, session) = (library(PostgresStore::new(only.clone())), site.session());
        let committed = plan.clone();
        let commit = tokio::spawn(async move { staffroom.commit(&session, &committed).await });
        let waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND locktype = 'advisory' \
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))";
        while !sqlx::query_scalar::<_, bool>(waiting).fetch_one(&mut holder).await.unwrap() {
            assert!(!commit.is_finished(), "the commit did not wait");
            sleep(Duration::from_millis(5)).await;
        }
        commit.abort();
        assert!(commit.await.is_err_and(|error| error.is_cancelled()));
        assert!(!site.has(&plan).await, "the commit did not wait");
        holder.close().await.unwrap();
        site.sessions_end(CLIENT).await;
        assert!(site.has(&plan).await, "what the server was asked to commit is not there");
        let answer = site.again(&plan).await;
        site.finish(&plan, &answer, true).await;
    });
}

/// The sessions of whoever goes away.
const CLIENT: &str = "goes away";
/// What the child below is told: a socket's folder, a port, a database, a network and a plan.
const CHILD: &str = "STAFFROOM_TEST_CHILD";
const ABOUT_TO_COMMIT: &str = "about to commit";
/// Followed by how many microseconds it took.
const ACKNOWLEDGED: &str = "the commit was acknowledged after ";

/// A process that commits a plan.
struct Client {
    process: Child,
    said: BufReader<ChildStdout>,
}

impl Client {
    /// Starts it, and comes back when it is about to commit.
    fn start(told: &str) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child_that_commits", "--ignored", "--nocapture"])
            .env(CHILD, told)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        while !line.contains(ABOUT_TO_COMMIT) {
            line.clear();
            assert_ne!(said.read_line(&mut line).unwrap(), 0, "the client failed before it came to commit");
        }
        Self { process, said }
    }

    fn kill(&mut self) {
        self.process.kill().unwrap();
    }

    /// Waits for its end: whether it came to it by itself, and how long its commit took, if that was acknowledged.
    fn end(mut self) -> (bool, Option<Duration>) {
        let mut rest = String::new();
        self.said.read_to_string(&mut rest).unwrap();
        let by_itself = self.process.wait().unwrap().success();
        let micros = rest.lines().find_map(|line| line.strip_prefix(ACKNOWLEDGED)?.parse().ok());
        (by_itself, micros.map(Duration::from_micros))
    }
}

#[test]
fn the_client_is_killed_in_the_middle() {
    let mut rounds = Rounds::of("SIGKILL of the committing process", 8, 1_000);
    runtime().block_on(async {
        let database = fresh_database().await;
        let Some((folder, port)) = Server::shared().unwrap().place() else {
            panic!("this test needs a throwaway server: unset STAFFROOM_TEST_DATABASE_URL")
        };
        let mut site = Site::make(database.options_as(SERVICE), &database.options(), 1, 300).await;
        let papers = tempfile::tempdir().unwrap();
        let paper = papers.path().join("plan");
        let start = |plan: &Plan, seed: u64| {
            std::fs::write(&paper, serde_json::to_vec(plan).unwrap()).unwrap();
            let (folder, paper) = (folder.display(), paper.display());
            let told = format!("{folder}|{port}|{}|{paper}|{seed}", database.name());
            tokio::task::block_in_place(|| Client::start(&told))
        };
        let plan = site.plan(false).await;
        let (_, undisturbed) = start(&plan, 0).end();
        let mut moments = Moments::of(undisturbed.unwrap());
        site.undo(&plan).await;
        let (mut killed, mut acknowledged, mut kept) = (0, 0, 0);
        while let Some(mut round) = rounds.draw() {
            let plan = site.plan(round.rng.bool()).await;
            let moment = moments.draw(&mut round.rng);
            let mut client;
            if Barred::meets(&round) {
                let mut barred = Barred::users(&database.options()).await;
                client = start(&plan, round.seed);
                barred.somebody_waits().await;
                client.kill();
                barred.lift().await;
            } else {
                client = start(&plan, round.seed);
                sleep(moment).await;
                client.kill();
            }
            let (by_itself, took) = client.end();
            match took {
                Some(took) => moments.over(took),
                None if Barred::meets(&round) => {}
                None => moments.going_on(moment),
            }
            killed += u64::from(!by_itself);
            acknowledged += u64::from(took.is_some());
            // What the server was still doing for the client comes to its end.
            site.sessions_end(CLIENT).await;
            site.find_nothing().await;
            assert!(took.is_none() || site.has(&plan).await, "the batch was acknowledged, and is lost");
            let answer = site.again(&plan).await;
            kept += u64::from(answer.as_ref().unwrap().repeat == staffroom_core::Repeat::Again);
            site.finish(&plan, &answer, true).await;
            site.undo(&plan).await;
        }
        rounds.tell(&format!("{killed} killed in time, {acknowledged} had answered, {kept} had committed"));
        assert!(rounds.total() < 6 || killed > 0, "the client was never killed in time");
    });
}

/// Not a test: the process that another test kills.
#[test]
#[ignore = "is run by `the_client_is_killed_in_the_middle`, as the process that is killed"]
fn child_that_commits() {
    let Ok(told) = std::env::var(CHILD) else {
        // Run by hand, with all that is ignored: there is nothing to commit.
        return;
    };
    runtime().block_on(async {
        let [folder, port, database, paper, seed] = told.split('|').collect::<Vec<_>>().try_into().unwrap();
        let plan: Plan = serde_json::from_slice(&std::fs::read(paper).unwrap()).unwrap();
        let options = PgConnectOptions::new_without_pgpass()
            .socket(folder)
            .port(port.parse().unwrap())
            .username(SERVICE)
            .password(SERVICE)
            .application_name(CLIENT)
            .database(database);
        let store = PostgresStore::new(pool(options, 1).await);
        let space = (1 << 40) + seed.parse::<u64>().unwrap();
        let session = Session::new(plan.network(), Actor::User(ADMIN), SCHOOL);
        let staffroom = fixture::staffroom(Arc::new(store), space);
        // On a line of its own, after what the harness says.
        writeln!(std::io::stdout(), "\n{ABOUT_TO_COMMIT}").unwrap();
        let began = Instant::now();
        staffroom.commit(&session, &plan).await.unwrap();
        writeln!(std::io::stdout(), "{ACKNOWLEDGED}{}", began.elapsed().as_micros()).unwrap();
    });
}
