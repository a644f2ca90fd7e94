//! The file itself: who may read it, and what is said if it cannot be used.

#![allow(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

mod support;

use std::fs;
use std::path::Path;

use sqlx::{Connection, raw_sql};
use staffroom_core::store::{Mode, Store, StoreError};
use staffroom_store_sqlite::{OpenError, Settings, SqliteStore, migrations};
use staffroom_testkit::fixture::{NETWORK, OTHER_NETWORK, set_up_network};
use support::checker::connect;
use support::{file_with_staff, fresh_folder, fresh_store, run};

async fn open(path: impl AsRef<Path>) -> OpenError {
    SqliteStore::open(path, Settings::default()).await.unwrap_err()
}

async fn open_or_create(path: impl AsRef<Path>) -> OpenError {
    SqliteStore::open_or_create(path, Settings::default()).await.unwrap_err()
}

#[test]
#[cfg(unix)]
fn nobody_but_its_owner_may_read_the_file_or_what_is_beside_it() {
    use std::os::unix::fs::PermissionsExt;
    run(async {
        let (store, folder) = fresh_store().await;
        set_up_network(&*store, NETWORK).await.unwrap();
        let mut names = Vec::new();
        for entry in fs::read_dir(folder.path()).unwrap() {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{}: {mode:o}", entry.path().display());
            names.push(entry.file_name().into_string().unwrap());
        }
        names.sort_unstable();
        assert_eq!(names, ["staffroom.db", "staffroom.db-shm", "staffroom.db-wal"]);
    });
}

#[test]
fn a_file_that_is_not_there_is_made_only_if_that_is_asked_for() {
    run(async {
        let (folder, path) = fresh_folder();
        assert!(matches!(open(&path).await, OpenError::NotThere(found) if found == path));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was made");
        let elsewhere = folder.path().join("nowhere").join("staffroom.db");
        assert!(matches!(open_or_create(&elsewhere).await, OpenError::NoFolder(_)));
        SqliteStore::open_or_create(&path, Settings::default()).await.unwrap().close().await;
        SqliteStore::open(&path, Settings::default()).await.unwrap().close().await;
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "a file that was closed is one file");
    });
}

#[test]
fn what_is_no_database_of_ours_is_refused_and_left_as_it_is() {
    run(async {
        let (folder, path) = fresh_folder();
        assert!(matches!(open(folder.path()).await, OpenError::NotAFile(_)));
        assert!(matches!(open_or_create(folder.path()).await, OpenError::NotAFile(_)));
        let text = "a list of names, kept by hand\n".repeat(100);
        fs::write(&path, &text).unwrap();
        assert!(matches!(open(&path).await, OpenError::Foreign(_)));
        assert!(matches!(open_or_create(&path).await, OpenError::Foreign(_)));
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
        let other = folder.path().join("other.db");
        fs::write(&other, "").unwrap();
        let mut connection = connect(&other).await;
        raw_sql("CREATE TABLE users (name)").execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let before = fs::read(&other).unwrap();
        assert!(matches!(open_or_create(&other).await, OpenError::Foreign(_)));
        assert_eq!(fs::read(&other).unwrap(), before);
    });
}

#[test]
fn an_empty_file_is_not_ready_and_can_be_made_so() {
    run(async {
        let (_folder, path) = fresh_folder();
        fs::write(&path, "").unwrap();
        let refused = open(&path).await;
        assert!(matches!(refused, OpenError::TooOld { found: 0, .. }), "{refused}");
        SqliteStore::open_or_create(&path, Settings::default()).await.unwrap();
    });
}

#[test]
fn a_schema_of_a_newer_release_is_refused_in_a_clear_sentence() {
    run(async {
        let (_folder, path) = file_with_staff(1).await;
        let store = SqliteStore::open(&path, Settings::default()).await.unwrap();
        let mut connection = connect(&path).await;
        raw_sql("PRAGMA user_version = 99").execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        for refused in
            [open(&path).await, open_or_create(&path).await, migrations::check(&path).await.unwrap_err()]
        {
            let expected = format!(
                "{} is at change 99 of its schema, and this release knows {}; use a newer release of Staffroom",
                path.display(),
                migrations::NEWEST
            );
            assert_eq!(refused.to_string(), expected);
        }
        // Whoever has the file open already does not write into what it does not know.
        for mode in [Mode::Read, Mode::Write] {
            let begun = store.begin(NETWORK, mode).await.map(drop);
            assert!(matches!(begun, Err(StoreError::Other(_))), "{begun:?}");
        }
    });
}

#[test]
fn a_damaged_file_is_told_from_a_foreign_one() {
    run(async {
        let (_folder, path) = file_with_staff(50).await;
        let mut bytes = fs::read(&path).unwrap();
        let after_the_header = bytes.len().min(4_096);
        bytes.iter_mut().skip(100).take(after_the_header - 100).for_each(|byte| *byte = 0xA5);
        fs::write(&path, bytes).unwrap();
        let refused = open(&path).await;
        assert!(matches!(refused, OpenError::Damaged(_)), "{refused}");
    });
}

#[test]
fn names_of_files_are_taken_letter_for_letter() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        for name in ["file:x?mode=memory", ":memory:", "école ñ 学校.db", "a'b\".db", "100%.db"] {
            let path = folder.path().join(name);
            SqliteStore::open_or_create(&path, Settings::default()).await.unwrap().close().await;
            assert!(path.is_file(), "{name}");
        }
    });
}

#[test]
fn the_operator_sees_every_network_of_the_file() {
    run(async {
        let (store, _folder) = fresh_store().await;
        assert_eq!(store.networks().await.unwrap(), []);
        for network in [OTHER_NETWORK, NETWORK] {
            set_up_network(&*store, network).await.unwrap();
        }
        let networks = store.networks().await.unwrap();
        assert_eq!(
            networks.iter().map(staffroom_core::Network::id).collect::<Vec<_>>(),
            [NETWORK, OTHER_NETWORK]
        );
    });
}
