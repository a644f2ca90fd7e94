//! Processes that are killed in the middle, and futures that are dropped. Small here; `cargo xtask crashes` runs the full
//! size.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a round that goes wrong fails the test")]

mod support;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::num::NonZeroU32;
use std::path::Path;
use std::process::{Child, ChildStdout};
use std::thread::sleep;
use std::time::Duration;

use fastrand::Rng;
use staffroom_core::store::{Mode, RowLock, Store};
use staffroom_core::{BatchId, BulkCreate, Selection, StaffKey, UserId};
use staffroom_store_sqlite::{Settings, SqliteStore};
use staffroom_testkit::fixture::{NETWORK, TEACHERS, admin, staff_id};
use support::moments::Moments;
use support::rounds::Rounds;
use support::{checker, child, file_with_staff, library, library_in_space, run, runtime, told};
use tokio::time::Instant;

const PEOPLE: u32 = 60;
/// Batches are never removed, and the checker looks at each beside each.
const ROUNDS_FOR_A_FILE: u64 = 20;

/// What a child acknowledged.
#[derive(Debug, Default)]
struct Acknowledged {
    created: Vec<BatchId>,
    undone: BTreeSet<BatchId>,
}

impl Acknowledged {
    /// Whole lines only: the last one may have been cut off.
    fn read(output: &str) -> Self {
        let mut read = Self::default();
        for line in output.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')) {
            match line.split_once(' ') {
                Some(("created", id)) => read.created.push(id.parse().unwrap()),
                Some(("undone", id)) => drop(read.undone.insert(id.parse().unwrap())),
                _ => {}
            }
        }
        read
    }
}

/// A process that creates and undoes, over and over.
struct Busy {
    process: Child,
    out: BufReader<ChildStdout>,
    /// What it said before it is killed.
    said: String,
}

impl Busy {
    /// Starts it, and comes back when it has said `lines` lines of its work.
    fn start(path: &Path, space: u64, lines: usize) -> Self {
        let mut process = child("child_that_creates_and_undoes", path, space).spawn().unwrap();
        let out = BufReader::new(process.stdout.take().unwrap());
        let mut busy = Self { process, out, said: String::new() };
        while !busy.said.contains(AT_WORK) {
            busy.hear();
        }
        (0..lines).for_each(|_| busy.hear());
        busy
    }

    fn hear(&mut self) {
        assert_ne!(self.out.read_line(&mut self.said).unwrap(), 0, "it ended by itself");
    }

    fn kill(mut self) -> Acknowledged {
        self.process.kill().unwrap();
        self.out.read_to_string(&mut self.said).unwrap();
        assert!(!self.process.wait().unwrap().success(), "it ended by itself");
        Acknowledged::read(&self.said)
    }
}

/// What a child says before its work begins.
const AT_WORK: &str = "at work";
/// So many batches and undos are within reach of a kill.
const REACH: usize = 6;

/// How long a process takes for as much as is within reach.
async fn measure() -> Moments {
    let (_folder, path) = file_with_staff(PEOPLE).await;
    let mut process = Busy::start(&path, 1 << 50, 1);
    let began = Instant::now();
    (0..REACH).for_each(|_| process.hear());
    let took = began.elapsed();
    process.kill();
    Moments::of(took)
}

/// Nothing that was acknowledged is lost, nothing is half done, and the file is sound (R11, R12).
#[test]
fn a_process_is_killed_in_the_middle() {
    let mut rounds = Rounds::of("process killed", 12, 500);
    runtime().block_on(async {
        let (mut _folder, mut path) = file_with_staff(PEOPLE).await;
        let mut moments = measure().await;
        let (mut batches, mut undos) = (0, 0);
        while let Some(mut round) = rounds.draw() {
            if round.seed % ROUNDS_FOR_A_FILE == 0 {
                (_folder, path) = file_with_staff(PEOPLE).await;
                moments = measure().await;
            }
            // Some are killed when they have just acknowledged something.
            let lines = if round.seed % 6 == 1 { round.rng.usize(1..=REACH) } else { 0 };
            let process = Busy::start(&path, (1 << 40) + round.seed, lines);
            if lines == 0 {
                sleep(moments.draw(&mut round.rng));
            }
            let said = process.kill();
            (batches, undos) = (batches + said.created.len(), undos + said.undone.len());

            let store = SqliteStore::open(&path, Settings::default()).await.unwrap();
            checker::find_nothing(&path).await;
            let mut uow = store.begin(NETWORK, Mode::Read).await.unwrap();
            for id in &said.created {
                let batch = uow.batches().find(*id).await.unwrap();
                let batch = batch.unwrap_or_else(|| panic!("batch {id} was acknowledged, and is lost"));
                let reported: BTreeSet<UserId> =
                    batch.report.rows().iter().filter_map(staffroom_core::ReportRow::user).collect();
                let users = uow.users().find_by_batch(*id, RowLock::None).await.unwrap();
                let users: BTreeSet<UserId> = users.iter().map(staffroom_core::User::id).collect();
                // Its undo may have been carried out and not acknowledged.
                assert!(users == reported || users.is_empty(), "batch {id} is there in part");
                assert!(users.is_empty() || !said.undone.contains(id), "the undo of batch {id} is lost");
            }
            drop(uow);
            store.close().await;
        }
        rounds.tell(&format!("{batches} batches and {undos} undos acknowledged"));
        assert!(rounds.total() < 6 || batches > 0, "no process acknowledged anything");
    });
}

/// Not a test: the process that another test kills. Creates users for some, says so, takes some of it back, says so, and
/// so on.
#[test]
#[ignore = "is run by `a_process_is_killed_in_the_middle`, as the process that is killed"]
fn child_that_creates_and_undoes() {
    let Some((path, space)) = told() else {
        return;
    };
    run(async {
        let store = SqliteStore::open(&path, Settings::default()).await.unwrap();
        let staffroom = library_in_space(&store, space);
        let mut rng = Rng::with_seed(space);
        let say = |what: &str, id: BatchId| {
            let mut out = std::io::stdout().lock();
            writeln!(out, "{what} {id}").unwrap();
            out.flush().unwrap();
        };
        // On a line of its own, after what the harness says.
        writeln!(std::io::stdout(), "\n{AT_WORK}").unwrap();
        loop {
            let some = (1..=PEOPLE).filter(|_| rng.u8(..4) == 0).map(|number| StaffKey::Id(staff_id(number)));
            let request = BulkCreate::of(Selection::These(some.collect())).in_group(TEACHERS);
            let Ok(plan) = staffroom.preview(&admin(), &request).await else {
                continue;
            };
            staffroom.commit(&admin(), &plan).await.unwrap();
            say("created", plan.batch());
            if rng.u8(..3) > 0 {
                staffroom.undo(&admin(), plan.batch()).await.unwrap();
                say("undone", plan.batch());
            }
        }
    });
}

/// However a future ends, its connection is out of its transaction when the next one gets it, and a batch is there as a
/// whole or not at all.
#[test]
fn commits_are_cancelled_at_any_moment() {
    let mut rounds = Rounds::of("commits cancelled", 300, 20_000);
    runtime().block_on(async {
        let (mut _folder, mut path) = file_with_staff(PEOPLE).await;
        // A pool of one: whoever is next gets the connection of whoever was cancelled.
        let settings = Settings::default().with_connections(NonZeroU32::MIN);
        let mut store = SqliteStore::open(&path, settings.clone()).await.unwrap();
        let mut staffroom = library(&store);
        let request = BulkCreate::of(Selection::AllCandidates).in_group(TEACHERS);
        let mut moments = None;
        let (mut cancelled, mut done) = (0, 0);
        while let Some(mut round) = rounds.draw() {
            if round.seed % (100 * ROUNDS_FOR_A_FILE) == 0 {
                checker::find_nothing(&path).await;
                (_folder, path) = file_with_staff(PEOPLE).await;
                store = SqliteStore::open(&path, settings.clone()).await.unwrap();
                staffroom = library(&store);
            }
            let plan = staffroom.preview(&admin(), &request).await.unwrap();
            // The first one of all is waited for: it tells how long one takes.
            let patience = moments.map_or(Duration::MAX, |moments: Moments| moments.draw(&mut round.rng));
            let began = Instant::now();
            let answer = tokio::time::timeout(patience, staffroom.commit(&admin(), &plan)).await;
            let took = began.elapsed();
            let moments = moments.get_or_insert(Moments::of(took));
            let mut uow = store.begin(NETWORK, Mode::Read).await.unwrap();
            let there = uow.batches().find(plan.batch()).await.unwrap().is_some();
            let users = uow.users().find_by_batch(plan.batch(), RowLock::None).await.unwrap().len();
            drop(uow);
            assert_eq!(users, if there { plan.counts().created } else { 0 }, "the batch is there in part");
            if let Ok(answer) = answer {
                answer.unwrap();
                done += 1;
                moments.over(took);
                assert!(there, "the batch was acknowledged, and is lost");
            } else {
                cancelled += 1;
                moments.going_on(patience);
            }
            // A `begin` that is dropped at once, too.
            let _ = tokio::time::timeout(Duration::ZERO, store.begin(NETWORK, Mode::Write)).await;
            if there {
                staffroom.undo(&admin(), plan.batch()).await.unwrap();
            }
        }
        checker::find_nothing(&path).await;
        rounds.tell(&format!("{cancelled} cancelled, {done} done"));
        assert!(rounds.total() < 100 || cancelled > 0, "no commit was cancelled in time");
    });
}
