//! Mails as files.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod support;

use std::fs;
use std::sync::{Arc, Mutex};

use staffroom_core::{Clock, Letter, Mailer as _, Timestamp};
use staffroom_mail::{Composer, FolderMailer, Pages, SendError};

use support::{Counting, HEADERS, composer, mail, moment, read, reset, sender};

/// Goes backwards in ids, forwards in time.
#[derive(Debug)]
struct Ticking(Mutex<i64>);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        let mut micros = self.0.lock().unwrap();
        *micros += 999_999;
        Timestamp::from_unix_micros(*micros).unwrap()
    }
}

fn names(folder: &std::path::Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_file_for_each_mail_in_the_order_of_time() {
    let folder = tempfile::tempdir().unwrap();
    let pages = Pages::new(support::SIGN_IN, support::SET_PASSWORD).unwrap();
    let clock = Arc::new(Ticking(Mutex::new(moment().unix_micros())));
    let composer = Composer::new(sender(), pages, clock, Arc::new(Counting::default()));
    let mailer = FolderMailer::new(folder.path(), composer).unwrap();
    for minutes in 1..=12 {
        let letter = Letter::Reset { token: support_token(), valid_minutes: minutes };
        mailer.send(&mail(letter)).await.unwrap();
    }
    let names = names(folder.path());
    assert_eq!(names[0], "20261125T140507.123455Z-00000000000000000000000000000001.eml");
    assert_eq!(names.len(), 12);
    for (minutes, name) in (1..=12).zip(names) {
        let read = read(&fs::read(folder.path().join(name)).unwrap());
        assert_eq!(read.headers, HEADERS);
        assert!(read.plain.contains(&format!("within {minutes} minute")), "{}", read.plain);
    }
}

fn support_token() -> staffroom_core::Secret {
    staffroom_core::Secret::new(support::TOKEN.to_owned())
}

#[cfg(unix)]
#[tokio::test]
async fn for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let made = folder.path().join("new");
    let mailer = FolderMailer::new(&made, composer()).unwrap();
    mailer.send(&mail(reset())).await.unwrap();
    let bits = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(bits(&made), 0o700);
    assert_eq!(bits(&made.join(&names(&made)[0])), 0o600);
}

#[tokio::test]
async fn a_folder_that_went_away_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let made = folder.path().join("new");
    let mailer = FolderMailer::new(&made, composer()).unwrap();
    fs::remove_dir(&made).unwrap();
    let error = mailer.send(&mail(reset())).await.unwrap_err();
    assert!(matches!(error.0.downcast_ref(), Some(SendError::Folder(_))), "{error:?}");
    assert!(!format!("{error:?} {mailer:?}").contains(support::TOKEN));
}
