//! Copies of the file, made while others write.

#![allow(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

mod support;

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use staffroom_core::{BulkCreate, Selection};
use staffroom_store_sqlite::{BackupError, Settings, SqliteStore};
use staffroom_testkit::fixture::{TEACHERS, admin};
use support::rounds::Rounds;
use support::{checker, file_with_staff, library, run, runtime};

const PEOPLE: u32 = 60;

/// Every copy is whole and consistent, can be opened at once, and can be worked on.
#[test]
fn copies_made_while_others_write_are_consistent() {
    let mut rounds = Rounds::of("copies", 6, 300);
    let (folder, path) = run(file_with_staff(PEOPLE));
    let over = Arc::new(AtomicBool::new(false));
    let writer = std::thread::spawn({
        let (path, over) = (path.clone(), Arc::clone(&over));
        move || {
            run(async {
                let store = SqliteStore::open(&path, Settings::default()).await.unwrap();
                let staffroom = library(&store);
                let request = BulkCreate::of(Selection::AllCandidates).in_group(TEACHERS);
                let mut batches = 0;
                while !over.load(Ordering::Relaxed) {
                    let plan = staffroom.preview(&admin(), &request).await.unwrap();
                    staffroom.commit(&admin(), &plan).await.unwrap();
                    staffroom.undo(&admin(), plan.batch()).await.unwrap();
                    batches += 1;
                }
                batches
            })
        }
    });
    runtime().block_on(async {
        let store = SqliteStore::open(&path, Settings::default()).await.unwrap();
        while let Some(round) = rounds.draw() {
            let copy = folder.path().join(format!("copy-{}.db", round.seed));
            store.backup(&copy).await.unwrap();
            checker::find_nothing(&copy).await;
            let restored = SqliteStore::open(&copy, Settings::default()).await.unwrap();
            let staffroom = library(&restored);
            let everybody = BulkCreate::of(Selection::AllCandidates);
            let plan = staffroom.preview(&admin(), &everybody).await.unwrap();
            staffroom.commit(&admin(), &plan).await.unwrap();
            drop(staffroom);
            restored.close().await;
            checker::find_nothing(&copy).await;
            fs::remove_file(&copy).unwrap();
        }
    });
    over.store(true, Ordering::Relaxed);
    assert!(writer.join().unwrap() > 0, "nobody wrote");
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
