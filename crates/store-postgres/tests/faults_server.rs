//! Servers that end in the middle of a commit, and disks that are full. Small here; `cargo xtask faults` runs the full size,
//! and the tests that need root.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a round that goes wrong fails the test")]

mod support;

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use staffroom_core::{CommitError, Committed, Plan, Staffroom};
use staffroom_store_postgres::PostgresStore;
use staffroom_testkit::postgres::{Database, Server, Setup};
use support::barred::Barred;
use support::moments::Moments;
use support::rounds::Rounds;
use support::site::{Outcomes, Site, library};
use support::{SERVICE, empty_database, migrate, pool};
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

async fn librarian(options: PgConnectOptions) -> Staffroom {
    library(PostgresStore::new(pool(options, 2).await))
}

/// A commit in a task of its own, as a service runs it; its answer, and how long it took.
fn commit(
    staffroom: &Staffroom,
    site: &Site,
    plan: &Plan,
) -> tokio::task::JoinHandle<(Result<Committed, CommitError>, Duration)> {
    let (staffroom, session, plan) = (staffroom.clone(), site.session(), plan.clone());
    tokio::spawn(async move {
        let began = Instant::now();
        (staffroom.commit(&session, &plan).await, began.elapsed())
    })
}

/// Kills processes as a crash does, or stops them.
fn signal(name: &str, processes: &[String]) {
    // Some may be gone already.
    Command::new("kill").arg(name).args(processes).stderr(Stdio::null()).status().unwrap();
}

/// The server's own process.
fn parent_of(server: &Server) -> String {
    let (folder, _) = server.place().unwrap();
    let noted = std::fs::read_to_string(folder.join("data/postmaster.pid")).unwrap();
    noted.lines().next().unwrap().to_owned()
}

/// The processes that `parent` has at the moment: those that serve sessions, and those that write and tidy.
fn children_of(parent: &str) -> Vec<String> {
    let children = Command::new("pgrep").args(["-P", parent]).output().unwrap().stdout;
    String::from_utf8(children).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn the_server_is_killed_in_the_middle() {
    let mut rounds = Rounds::of("kill -9 of the server", 6, 1_000);
    runtime().block_on(async {
        let (server, database) = own_server(&Setup::default()).await;
        let mut site = Site::make(database.options_as(SERVICE), &database.options(), 1, 300).await;
        let staffroom = librarian(database.options_as(SERVICE)).await;
        let mut outcomes = Outcomes::default();
        let plan = site.plan(false).await;
        let (answer, undisturbed) = commit(&staffroom, &site, &plan).await.unwrap();
        site.finish(&plan, &answer, true).await;
        site.undo(&plan).await;
        let mut moments = Moments::of(undisturbed);
        let mut in_time = 0;
        while let Some(mut round) = rounds.draw() {
            let plan = site.plan(round.rng.bool()).await;
            let at_a_lock = Barred::meets(&round);
            let barred = if at_a_lock { Some(Barred::users(&database.options()).await) } else { None };
            let committing = commit(&staffroom, &site, &plan);
            let moment = moments.draw(&mut round.rng);
            match barred {
                Some(mut barred) => barred.somebody_waits().await,
                None => sleep(moment).await,
            }
            let is_over = committing.is_finished();
            assert!(!(at_a_lock && is_over), "it did not wait for the lock");
            in_time += u64::from(!is_over);
            let crashing = Arc::clone(&server);
            let sessions_only = round.rng.u8(..4) == 0;
            tokio::task::spawn_blocking(move || {
                let parent = parent_of(&crashing);
                if sessions_only {
                    // As when the machine kills what takes most of its memory: the server sends everybody home itself.
                    signal("-KILL", &children_of(&parent));
                    std::thread::sleep(Duration::from_millis(50));
                }
                // Stopped, it starts no further process, which would outlive it and hold its memory.
                signal("-STOP", std::slice::from_ref(&parent));
                let children = children_of(&parent);
                crashing.kill().unwrap();
                signal("-KILL", &children);
                crashing.restart().unwrap();
            })
            .await
            .unwrap();
            let (answer, took) = committing.await.unwrap();
            if is_over {
                moments.over(took);
            } else if !at_a_lock {
                moments.going_on(moment);
            }
            site.look_from(&database.options()).await;
            site.judge(&plan, &answer, &mut outcomes).await;
            site.undo(&plan).await;
        }
        rounds.tell(&format!("{in_time} before the commit had answered; {outcomes:?}"));
        assert!(rounds.total() < 6 || in_time > 0, "the server was never killed in time");
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
            let staffroom = librarian(database.options_as(SERVICE)).await;
            let left = round.rng.u64(..need);
            let at = ballast.clone();
            tokio::task::spawn_blocking(move || fill(&at, left)).await.unwrap();
            let (answer, _) = commit(&staffroom, &site, &plan).await.unwrap();
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
