//! Servers, clients and futures that end in the middle of a commit, and disks that are full. Small here; `cargo xtask
//! faults` runs the full size, and the tests that need root.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a round that goes wrong fails the test")]

mod support;

use std::future::{Future, poll_fn};
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection, PgPool};
use staffroom_core::{Actor, CommitError, Committed, Plan, Session, Staffroom};
use staffroom_store_postgres::PostgresStore;
use staffroom_testkit::fixture::{self, ADMIN, SCHOOL};
use staffroom_testkit::postgres::{Database, Server, Setup};
use support::rounds::Rounds;
use support::site::{Outcomes, Site, library};
use support::{SERVICE, empty_database, fresh_database, migrate, pool};
use tokio::time::{Instant, sleep};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// A server of one's own, and a migrated database in it.
async fn own_server(setup: &Setup) -> (Arc<Server>, Database) {
    let server = Server::start(setup).unwrap_or_else(|error| panic!("{error}"));
    let database = empty_database(&server, "").await.unwrap();
    migrate(&database).await;
    (Arc::new(server), database)
}

async fn librarian(options: PgConnectOptions, connections: u32) -> (Staffroom, PgPool) {
    let pool = pool(options, connections).await;
    (library(PostgresStore::new(pool.clone())), pool)
}

/// A commit in a task of its own, as a service runs it.
fn commit(
    staffroom: &Staffroom,
    site: &Site,
    plan: &Plan,
) -> tokio::task::JoinHandle<Result<Committed, CommitError>> {
    let (staffroom, session, plan) = (staffroom.clone(), site.session(), plan.clone());
    tokio::spawn(async move { staffroom.commit(&session, &plan).await })
}

/// Kills processes as a crash does.
fn kill(processes: &[String]) {
    // Some may be gone already.
    Command::new("kill").arg("-9").args(processes).stderr(Stdio::null()).status().unwrap();
}

/// The processes of the server: its own, and those that serve sessions.
fn processes_of(server: &Server) -> (String, Vec<String>) {
    let (folder, _) = server.place().unwrap();
    let noted = std::fs::read_to_string(folder.join("data/postmaster.pid")).unwrap();
    let parent = noted.lines().next().unwrap().to_owned();
    let children = Command::new("pgrep").args(["-P", &parent]).output().unwrap().stdout;
    let children = String::from_utf8(children).unwrap().lines().map(str::to_owned).collect();
    (parent, children)
}

#[test]
fn the_server_is_killed_in_the_middle() {
    let mut rounds = Rounds::of("kill -9 of the server", 6, 1_000);
    runtime().block_on(async {
        let (server, database) = own_server(&Setup::default()).await;
        let mut site = Site::make(database.options_as(SERVICE), &database.options(), 1, 300).await;
        let (staffroom, _) = librarian(database.options_as(SERVICE), 2).await;
        let mut outcomes = Outcomes::default();
        let mut longest = Duration::from_millis(60);
        let mut in_time = 0;
        while let Some(mut round) = rounds.draw() {
            let plan = site.plan(round.rng.bool()).await;
            let began = Instant::now();
            let committing = commit(&staffroom, &site, &plan);
            sleep(longest.mul_f64(round.rng.f64() * 1.1)).await;
            if committing.is_finished() {
                longest = began.elapsed().min(Duration::from_millis(500));
            } else {
                in_time += 1;
            }
            let crashing = Arc::clone(&server);
            let sessions_only = round.rng.u8(..4) == 0;
            tokio::task::spawn_blocking(move || {
                let (_, children) = processes_of(&crashing);
                if sessions_only {
                    // As when the machine kills what takes most of its memory: the server sends everybody home itself.
                    kill(&children);
                    std::thread::sleep(Duration::from_millis(50));
                }
                crashing.kill().unwrap();
                kill(&children);
                crashing.restart().unwrap();
            })
            .await
            .unwrap();
            let answer = committing.await.unwrap();
            site.look_from(&database.options()).await;
            site.judge(&plan, &answer, &mut outcomes).await;
            site.undo(&plan).await;
        }
        rounds.tell(&format!("{in_time} before the commit had answered; {outcomes:?}"));
        assert!(in_time > 0, "the server was never killed in time");
    });
}

#[test]
fn commits_are_cancelled_on_a_pool_of_one() {
    let mut rounds = Rounds::of("cancelled commits on a pool of one", 300, 100_000);
    runtime().block_on(async {
        let database = fresh_database().await;
        let mut site = Site::make(database.options_as(SERVICE), &database.options(), 1, 5).await;
        let (staffroom, only) = librarian(database.options_as(SERVICE), 1).await;
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
        assert!(
            rounds.total() < 1_000 || done_all_the_same > 0,
            "none was ever dropped while the server committed"
        );
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

/// What the child below is told: a socket's folder, a port, a database, a network and a plan.
const CHILD: &str = "STAFFROOM_TEST_CHILD";
const ACKNOWLEDGED: &str = "the commit was acknowledged";

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
        let (mut killed, mut acknowledged, mut kept) = (0, 0, 0);
        while let Some(mut round) = rounds.draw() {
            let plan = site.plan(round.rng.bool()).await;
            std::fs::write(&paper, serde_json::to_vec(&plan).unwrap()).unwrap();
            let told =
                format!("{}|{port}|{}|{}|{}", folder.display(), database.name(), paper.display(), round.seed);
            let mut child = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "child_that_commits", "--ignored", "--nocapture"])
                .env(CHILD, told)
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            sleep(Duration::from_micros(round.rng.u64(10_000..250_000))).await;
            child.kill().unwrap();
            let output = child.wait_with_output().unwrap();
            let said = String::from_utf8_lossy(&output.stdout).contains(ACKNOWLEDGED);
            killed += u64::from(!output.status.success());
            acknowledged += u64::from(said);
            // What the server was still doing for the child comes to its end.
            assert_eq!(site.idle_in_transaction(SERVICE).await, 0);
            sleep(Duration::from_millis(20)).await;
            site.find_nothing().await;
            assert!(!said || site.has(&plan).await, "the batch was acknowledged, and is lost");
            let (staffroom, _) = librarian(database.options_as(SERVICE), 1).await;
            let answer = staffroom.commit(&site.session(), &plan).await;
            kept += u64::from(answer.as_ref().unwrap().repeat == staffroom_core::Repeat::Again);
            site.finish(&plan, &answer, true).await;
            site.undo(&plan).await;
        }
        rounds.tell(&format!("{killed} killed in time, {acknowledged} had answered, {kept} had committed"));
        assert!(killed > 0, "the child was never killed in time");
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
            .database(database);
        let store = PostgresStore::new(pool(options, 1).await);
        let space = (1 << 40) + seed.parse::<u64>().unwrap();
        let session = Session::new(plan.network(), Actor::User(ADMIN), SCHOOL);
        fixture::staffroom(Arc::new(store), space).commit(&session, &plan).await.unwrap();
        writeln!(std::io::stdout(), "{ACKNOWLEDGED}").unwrap();
    });
}

/// A small file system in memory, gone with its value, or with the process.
struct SmallDisk {
    folder: PathBuf,
    watchdog: Child,
}

impl SmallDisk {
    fn mount(size: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("staffroom-disk-").tempdir().unwrap().keep();
        let clearing = r#"trap '' INT TERM HUP; cat >/dev/null; umount -l "$1"; rmdir "$1""#;
        let mut watchdog = Command::new("sh");
        watchdog.args(["-c", clearing, "watchdog"]).arg(&folder).process_group(0);
        watchdog.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let disk = Self { watchdog: watchdog.spawn().unwrap(), folder };
        let mut mounting = Command::new("mount");
        mounting.args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"]).arg(&disk.folder);
        assert!(
            mounting.status().is_ok_and(|status| status.success()),
            "a small disk takes root, and `mount`"
        );
        disk
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(self.watchdog.stdin.take());
        drop(self.watchdog.wait());
    }
}

/// Takes what there is of the disk, but for `left` bytes.
fn fill(ballast: &Path, left: u64) {
    let mut file = std::fs::File::create(ballast).unwrap();
    let block = vec![1_u8; 65_536];
    while file.write_all(&block).is_ok() {}
    let taken = file.metadata().unwrap().len();
    file.set_len(taken.saturating_sub(left)).unwrap();
}

#[test]
#[ignore = "mounts a file system, which takes root: `cargo xtask faults` runs it"]
fn the_disk_is_full_in_the_middle() {
    let mut rounds = Rounds::of("disk full", 5, 100);
    runtime().block_on(async {
        let disk = SmallDisk::mount("300m");
        let setup = Setup::default()
            .in_folder(&disk.folder)
            .with("max_wal_size", "64MB")
            .with("min_wal_size", "32MB")
            .with("autovacuum", "off");
        let (server, database) = own_server(&setup).await;
        let mut site = Site::make(database.options_as(SERVICE), &database.options(), 1, 1_500).await;
        let ballast = disk.folder.join("ballast");
        let (mut full, mut crashed) = (0, 0);
        let mut need = 4_000_000;
        while let Some(mut round) = rounds.draw() {
            let plan = site.plan(round.rng.bool()).await;
            let (staffroom, _) = librarian(database.options_as(SERVICE), 2).await;
            let left = round.rng.u64(..need);
            let at = ballast.clone();
            tokio::task::spawn_blocking(move || fill(&at, left)).await.unwrap();
            let answer = commit(&staffroom, &site, &plan).await.unwrap();
            std::fs::remove_file(&ballast).unwrap();
            let recovering = Arc::clone(&server);
            let alive = PgConnection::connect_with(&database.options()).await.is_ok();
            if !alive {
                crashed += 1;
                // With no room for its log, the server stops as in a crash, and is started again by whoever runs it.
                tokio::task::spawn_blocking(move || recovering.crash_and_restart().unwrap()).await.unwrap();
            }
            site.look_from(&database.options()).await;
            let done = site.has(&plan).await;
            match &answer {
                Ok(_) => {
                    assert!(done, "the batch was acknowledged, and is lost");
                    need = (left + left / 2).max(1_000_000);
                }
                Err(error) => {
                    full += 1;
                    match support::site::store_error(error) {
                        staffroom_core::store::StoreError::CommitUnknown(_) => {}
                        _ => assert!(!done, "the error says that nothing was written: {error:?}"),
                    }
                }
            }
            site.find_nothing().await;
            site.finish(&plan, &answer, done).await;
            site.undo(&plan).await;
            let mut superuser = PgConnection::connect_with(&database.options()).await.unwrap();
            for statement in ["VACUUM", "CHECKPOINT"] {
                sqlx::raw_sql(statement).execute(&mut superuser).await.unwrap();
            }
        }
        rounds.tell(&format!("{full} commits met a full disk, {crashed} of them a server that stopped"));
        assert!(full > 0, "the disk was never full");
        drop((database, server));
    });
}
