//! What is too much, and what zips may be.

mod common;

use std::io::Write as _;
use std::path::Path;

use common::*;
use staffroom_roster::{Limit, Limits, ReadError, read_with_progress};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const HEADER: &str = "id,name,email\n";

fn limited(path: &Path, change: impl FnOnce(&mut Limits)) -> Result<usize, (String, Limit, u64)> {
    let mut limits = Limits::default();
    change(&mut limits);
    match staffroom_roster::read(path, &options().with_limits(limits)) {
        Ok(file) => Ok(file.roster.staff().len()),
        Err(ReadError::TooLarge { file, limit, allowed, .. }) => Err((file, limit, allowed)),
        Err(error) => Err((error.to_string(), Limit::LineBytes, 0)),
    }
}

fn people(count: usize) -> String {
    let lines = (0..count).map(|i| format!("{i},A B,\n"));
    HEADER.to_owned() + &lines.collect::<String>()
}

#[test]
fn a_zip_is_read_like_a_folder() {
    let users = format!("{USERS_11}{}", user_11("t1", "s1", "teacher"));
    for prefix in ["", "export/", "../../etc/", "/abs/deep/er/", "back\\slash\\"] {
        let (orgs_name, users_name) = (format!("{prefix}orgs.csv"), format!("{prefix}Users.CSV"));
        let files: [(&str, &[u8]); 5] = [
            (&orgs_name, ORGS.as_bytes()),
            (&users_name, users.as_bytes()),
            ("__MACOSX/._users.csv", b"\0\x05\x16\x07"),
            ("__MACOSX/users.csv", b"\0"),
            ("readme.txt", b"hello"),
        ];
        let (_folder, path) = zip(&files);
        let file = staffroom_roster::read(&path, &options()).unwrap();
        assert_eq!(sketch(&file), ["t1 active s1"], "{prefix}");
    }
}

#[test]
fn a_zip_with_one_csv_file_is_a_plain_roster() {
    let (_folder, path) = zip(&[("staff.csv", b"id,name,email\n1,A B,\n")]);
    assert_eq!(sketch(&staffroom_roster::read(&path, &options()).unwrap()), ["1 active"]);
}

#[test]
fn only_the_csv_files_of_a_zip_count() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("roster.zip");
    let mut writer = ZipWriter::new(std::fs::File::create(&path).unwrap());
    let options = SimpleFileOptions::default();
    writer.add_directory("staff", options).unwrap();
    writer.add_symlink("latest.csv", "staff/staff.csv", options).unwrap();
    for (name, content) in [
        ("readme.txt", "hello"),
        ("__MACOSX/notes.txt", "hello"),
        ("__MACOSX/staff.csv", "x"),
        ("staff/staff.csv", "id,name,email\n1,A B,\n"),
    ] {
        writer.start_file(name, options).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap();
    assert_eq!(sketch(&staffroom_roster::read(&path, &self::options()).unwrap()), ["1 active"]);
}

#[test]
fn two_files_of_one_name_are_refused() {
    let (_folder, path) = zip(&[("a/users.csv", b"x"), ("b/users.csv", b"x"), ("orgs.csv", b"x")]);
    let error = error_at(&path);
    assert!(matches!(error, ReadError::FileTwice { .. }), "{error}");
    assert!(error.to_string().contains("`a/users.csv` and `b/users.csv`"), "{error}");
}

#[test]
fn an_encrypted_file_is_refused() {
    let (_folder, path) = zip(&[("staff.csv", people(3).as_bytes())]);
    // The flag says it; whether the bytes keep the promise does not matter.
    let mut bytes = std::fs::read(&path).unwrap();
    for (signature, flag) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let at = bytes.windows(4).position(|window| window == signature).unwrap();
        bytes[at + flag] |= 1;
    }
    std::fs::write(&path, bytes).unwrap();
    let error = error_at(&path);
    assert!(matches!(error, ReadError::EncryptedZip { .. }), "{error}");
}

#[test]
fn a_damaged_zip_is_refused() {
    let (_folder, path) = zip(&[("staff.csv", people(2000).as_bytes())]);
    let good = std::fs::read(&path).unwrap();
    let mut cut = good.clone();
    cut.truncate(good.len() / 2);
    let mut flipped = good.clone();
    flipped[200] ^= 0xFF;
    for bytes in [cut, flipped, b"PK\x03\x04".to_vec()] {
        std::fs::write(&path, bytes).unwrap();
        let error = error_at(&path);
        assert!(matches!(error, ReadError::BadZip { .. }), "{error}");
    }
}

#[test]
fn bytes_of_a_file_are_limited() {
    let content = people(100);
    let size = content.len() as u64;
    let plain = folder(&[("staff.csv", content.as_bytes())]);
    let file = plain.path().join("staff.csv");
    let (_zipped, zip) = zip(&[("staff.csv", content.as_bytes())]);
    for path in [plain.path(), &file, &zip] {
        assert_eq!(limited(path, |limits| limits.max_file_bytes = size), Ok(100));
        let (_, limit, allowed) = limited(path, |limits| limits.max_file_bytes = size - 1).unwrap_err();
        assert_eq!((limit, allowed), (Limit::FileBytes, size - 1), "{}", path.display());
    }
}

#[test]
fn lines_are_limited() {
    let folder = folder(&[("staff.csv", people(100).as_bytes())]);
    assert_eq!(limited(folder.path(), |limits| limits.max_rows = 100), Ok(100));
    let error = limited(folder.path(), |limits| limits.max_rows = 99);
    assert_eq!(error, Err(("staff.csv".to_owned(), Limit::Rows, 99)));
}

#[test]
fn a_quotation_mark_that_is_never_closed_does_not_swallow_the_file() {
    let content = format!("{HEADER}1,A B,\n2,\"C D,\n{}", people(200_000));
    let folder = folder(&[("staff.csv", content.as_bytes())]);
    let error = limited(folder.path(), |_| ());
    assert_eq!(error, Err(("staff.csv".to_owned(), Limit::LineBytes, 1 << 20)));
    assert_eq!(limited(folder.path(), |limits| limits.max_line_bytes = 1 << 30), Ok(1));
    // It is told where to look.
    let words = "`staff.csv`, line 3, is longer than 1048576 bytes; a quotation mark in it is not closed, or a line break is \
                 missing: mend the line; or, if it is right, raise the limit `max-line-bytes`";
    assert_eq!(error_at(folder.path()).to_string(), words);
}

#[test]
fn a_zip_bomb_is_stopped_while_it_expands() {
    let bomb = people(100_000) + &"9,A B,\n".repeat(1_000_000);
    let (_folder, path) = zip(&[("staff.csv", bomb.as_bytes())]);
    let error = limited(&path, |limits| limits.max_expansion_ratio = 10);
    assert_eq!(error, Err(("staff.csv".to_owned(), Limit::ExpansionRatio, 10)));
    let error = limited(&path, |limits| limits.max_expanded_bytes = 100_000);
    assert_eq!(error, Err(("staff.csv".to_owned(), Limit::ExpandedBytes, 100_000)));
}

#[test]
fn a_file_of_no_more_than_a_mebibyte_may_expand_as_much_as_it_likes() {
    let content = format!("{HEADER}1,A B,\n");
    for (more, expected) in [(0, Ok(1)), (1, Err(("staff.csv".to_owned(), Limit::ExpansionRatio, 1)))] {
        let content = content.clone() + &"\n".repeat((1 << 20) - content.len() + more);
        let (_folder, path) = zip(&[("staff.csv", content.as_bytes())]);
        assert_eq!(limited(&path, |limits| limits.max_expansion_ratio = 1), expected, "{more} more");
    }
}

#[test]
fn a_zip_that_lies_about_its_sizes_is_stopped_all_the_same() {
    let zeros = vec![b'\n'; 20 << 20];
    let (_folder, path) = zip(&[("staff.csv", &[HEADER.as_bytes(), &zeros].concat())]);
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
    bytes[at + 24..at + 28].copy_from_slice(&10_u32.to_le_bytes());
    std::fs::write(&path, bytes).unwrap();
    let mut limits = Limits::default();
    limits.max_line_bytes = 1 << 30;
    let error = staffroom_roster::read(&path, &options().with_limits(limits)).unwrap_err();
    assert!(matches!(error, ReadError::TooLarge { .. } | ReadError::BadZip { .. }), "{error}");
}

#[test]
fn a_large_roster_compresses_well_below_the_limit() {
    let users: String = (0..20_000).map(|i| user_11(&format!("staff-{i:06}"), "s1", "teacher")).collect();
    let users = format!("{USERS_11}{users}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("roster.zip");
    let mut writer = ZipWriter::new(std::fs::File::create(&path).unwrap());
    let best = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9));
    for (name, content) in [("orgs.csv", ORGS), ("users.csv", users.as_str())] {
        writer.start_file(name, best).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap();
    assert!(users.len() > 1 << 20);
    assert_eq!(limited(&path, |limits| limits.max_expansion_ratio /= 4), Ok(20_000));
}

#[test]
fn problems_beyond_the_limit_are_counted() {
    let folder = folder(&[("staff.csv", format!("{HEADER}1,A B,\n{}", ",C D,\n".repeat(50)).as_bytes())]);
    let mut limits = Limits::default();
    limits.max_problems = 20;
    let file = staffroom_roster::read(folder.path(), &options().with_limits(limits)).unwrap();
    assert_eq!((file.problems.len(), file.problems_not_kept, file.problem_count()), (20, 30, 50));
    assert_eq!(file.into_strict().unwrap_err().count, 50);
}

#[test]
fn progress_runs_from_nothing_to_all() {
    let content = people(50_000);
    let folder = folder(&[("staff.csv", content.as_bytes())]);
    let seen = std::cell::RefCell::new(Vec::new());
    read_with_progress(folder.path(), &options(), &|done, total| seen.borrow_mut().push((done, total)))
        .unwrap();
    let (seen, size) = (seen.into_inner(), content.len() as u64);
    assert_eq!((seen.first(), seen.last()), (Some(&(0, size)), Some(&(size, size))));
    assert!(seen.is_sorted() && seen.len() > 5, "{seen:?}");
}
