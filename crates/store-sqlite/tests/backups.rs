//! Copies of the file, made while others write.

#![allow(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

mod support;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread::JoinHandle;

use staffroom_core::{BulkCreate, Selection};
use staffroom_store_sqlite::{BackupError, Settings, SqliteStore};
use staffroom_testkit::fixture::{TEACHERS, admin};
use support::rounds::Rounds;
use support::{checker, file_with_staff, library, run};

const PEOPLE: u32 = 60;

/// Batches are never removed, and the checker looks at each beside each.
const ROUNDS_FOR_A_FILE: usize = 20;

/// Somebody who creates users for all and takes it back, over and over, until told to stop.
struct Writer {
    over: Arc<AtomicBool>,
    thread: JoinHandle<u64>,
}

impl Writer {
    /// Comes back when it has written the first batch.
    fn at_work_on(path: &Path) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let (path, told) = (path.to_owned(), Arc::clone(&over));
        let (tell, begun) = mpsc::channel();
        let work = async move {
            let store = SqliteStore::open(&path, Settings::default()).await.unwrap();
            let staffroom = library(&store);
            let request = BulkCreate::of(Selection::AllCandidates).in_group(TEACHERS);
            let mut batches = 0;
            loop {
                let plan = staffroom.preview(&admin(), &request).await.unwrap();
                staffroom.commit(&admin(), &plan).await.unwrap();
                staffroom.undo(&admin(), plan.batch()).await.unwrap();
                tell.send(()).ok();
                if told.load(Ordering::Relaxed) {
                    break batches;
                }
                batches += 1;
            }
        };
        let writer = Self { over, thread: std::thread::spawn(move || run(work)) };
        begun.recv().unwrap();
        writer
    }

    /// How many batches there were from then on.
    fn stop(self) -> u64 {
        self.over.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}

/// Copies the file to `copy`, looks the copy over, and works on it.
async fn copy_and_restore(store: &SqliteStore, copy: &Path) {
    store.backup(copy).await.unwrap();
    checker::find_nothing(copy).await;
    let restored = SqliteStore::open(copy, Settings::default()).await.unwrap();
    let staffroom = library(&restored);
    let plan = staffroom.preview(&admin(), &BulkCreate::of(Selection::AllCandidates)).await.unwrap();
    staffroom.commit(&admin(), &plan).await.unwrap();
    drop(staffroom);
    restored.close().await;
    checker::find_nothing(copy).await;
}

/// Every copy is whole and consistent, can be opened at once, and can be worked on.
#[test]
fn copies_made_while_others_write_are_consistent() {
    let mut rounds = Rounds::of("copies", 6, 300);
    let mut written = 0;
    let mut next = rounds.draw();
    while next.is_some() {
        let (folder, path) = run(file_with_staff(PEOPLE));
        let writer = Writer::at_work_on(&path);
        run(async {
            let store = SqliteStore::open(&path, Settings::default()).await.unwrap();
            for number in 0..ROUNDS_FOR_A_FILE {
                if next.is_none() {
                    break;
                }
                copy_and_restore(&store, &folder.path().join(format!("copy-{number}.db"))).await;
                next = rounds.draw();
            }
        });
        written += writer.stop();
    }
    rounds.tell(&format!("{written} batches were written and undone meanwhile"));
    assert!(written > 0, "nobody wrote");
}

#[test]
fn a_copy_is_private_and_alone() {
    run(async {
        let (folder, path) = file_with_staff(3).await;
        let store = SqliteStore::open(&path, Settings::default()).await.unwrap();
        let copies = folder.path().join("copies");
        fs::create_dir(&copies).unwrap();
        store.backup(copies.join("copy.db")).await.unwrap();
        let names: Vec<_> = fs::read_dir(&copies).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["copy.db"]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(copies.join("copy.db")).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600);
        }
    });
}

#[test]
fn nothing_is_overwritten() {
    run(async {
        let (folder, path) = file_with_staff(3).await;
        let store = SqliteStore::open(&path, Settings::default()).await.unwrap();
        let there = folder.path().join("there");
        fs::write(&there, "kept").unwrap();
        for taken in [there.as_path(), path.as_path(), folder.path()] {
            let refused = store.backup(taken).await;
            assert!(matches!(&refused, Err(BackupError::AlreadyThere(at)) if at == taken), "{refused:?}");
        }
        assert_eq!(fs::read_to_string(&there).unwrap(), "kept");
        let refused = store.backup(folder.path().join("nowhere").join("copy.db")).await;
        assert!(matches!(refused, Err(BackupError::NoFolder(_))), "{refused:?}");
    });
}
