//! Files that are not what they should be, by accident or on purpose.

mod common;

use common::*;
use proptest::prelude::*;
use staffroom_roster::{Format, ReadError};

fn bytes_error(content: &[u8]) -> ReadError {
    error_at(folder(&[("staff.csv", content)]).path())
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_header() {
    assert_eq!(sketch(&read_plain("\u{FEFF}id,name,email\n1,A B,\n")), ["1 active"]);
    let (orgs, users) =
        (format!("\u{FEFF}{ORGS}"), format!("\u{FEFF}{USERS_11}{}", user_11("t1", "s1", "teacher")));
    assert_eq!(sketch(&read(&[("orgs.csv", &orgs), ("users.csv", &users)])), ["t1 active s1"]);
}

#[test]
fn line_ends_and_quoted_line_breaks_of_any_kind_are_read() {
    for end in ["\n", "\r\n", "\r"] {
        let content = "id,name,email\n1,\"Ana\nRuiz\",a@x.example\n2,C D,c@x.example".replace('\n', end);
        let file = read_plain(&content);
        assert_eq!(sketch(&file), ["1 active", "2 active"], "{end:?}");
        assert_eq!(record(&file, "1").unwrap().name().to_string(), "Ana Ruiz");
        assert_eq!(record(&file, "2").unwrap().email().as_given(), Some("c@x.example"));
    }
}

#[test]
fn empty_files_and_bare_headers_are_refused() {
    for content in ["", "\n\n\n", "\u{FEFF}"] {
        assert!(matches!(bytes_error(content.as_bytes()), ReadError::Empty { .. }), "{content:?}");
    }
    assert!(matches!(bytes_error(b"id,name,email\n"), ReadError::NoStaff { rows: 0, .. }));
    let error = try_read(&[("orgs.csv", ORGS), ("users.csv", USERS_11)]).unwrap_err();
    assert!(matches!(error, ReadError::NoStaff { rows: 0, .. }), "{error}");
    let error = try_read(&[("orgs.csv", ""), ("users.csv", USERS_11)]).unwrap_err();
    assert!(matches!(&error, ReadError::Empty { file } if file == "orgs.csv"), "{error}");
}

#[test]
fn lines_of_nothing_but_commas_are_nothing() {
    let file = read_plain("id,name,email\n1,A B,\n,,\n , ,\n\n,,,,,\n");
    assert_eq!((sketch(&file).len(), file.rows_read, file.problems.len()), (1, 1, 0));
}

#[test]
fn text_that_is_not_utf8_names_the_line() {
    let latin1 = b"id,name,email\n1,A B,\n2,Jos\xE9 D,\n";
    assert!(matches!(bytes_error(latin1), ReadError::NotUtf8 { line: 3, .. }));
    let crlf = b"id,name,email\r\n\r\n1,A B,\r\n2,Jos\xE9 D,\r\n";
    assert!(matches!(bytes_error(crlf), ReadError::NotUtf8 { line: 4, .. }));
    let utf16 = |mark: &[u8], to: fn(u16) -> [u8; 2]| -> Vec<u8> {
        mark.iter().copied().chain("id,name,email\n1,A B,\n".encode_utf16().flat_map(to)).collect()
    };
    for bytes in [
        utf16(b"\xFF\xFE", u16::to_le_bytes),
        utf16(b"\xFE\xFF", u16::to_be_bytes),
        utf16(b"", u16::to_le_bytes),
        utf16(b"", u16::to_be_bytes),
    ] {
        let error = bytes_error(&bytes);
        assert!(matches!(error, ReadError::NotUtf8 { line: 1, .. }), "{error}");
        assert!(error.to_string().contains("CSV UTF-8"), "{error}");
    }
}

#[test]
fn a_nul_spoils_its_line_only() {
    let file = read_plain("id,name,email\n1,A\0 B,\n2,C D,\n");
    assert_eq!(
        (sketch(&file), kinds(&file)),
        (vec!["2 active".to_owned()], vec!["staff.csv:2 bad-name".to_owned()])
    );
}

/// Stands in for a password: it must be nowhere in what comes back.
const CANARY: &str = "Canary-7f3a";

#[test]
fn passwords_are_never_read() {
    let user_11 = |id: &str, tail: &str| {
        format!("{id},,,true,s1,teacher,u,,Ana,Ruiz,,,a@x.example,,,,,{CANARY}{tail}\n")
    };
    let set_11 = format!("{USERS_11}{}{}{}", user_11("t1", ""), user_11("t1", ""), user_11("t2", ",surplus"));
    let users_12 = format!("{USERS_12}t1,odd,,odd,u,,Ana,Ruiz,,,a@x.example,,,,,{CANARY},,,,,,,\n");
    let roles_12 = format!("{ROLES_12}{}", role_12("t1", "teacher", "x", "y", "z"));
    let users_sds = format!("{SDS_USERS}t1,u,Ruiz,Ana,{CANARY},,a@x.example,,\n");
    let roles_sds = format!("{SDS_ROLES}t1,s1,teacher,,,,,\n");
    let plain =
        format!("id,name,password,email\n1,A B,{CANARY},\n1,A C,{CANARY},x\n,,{CANARY},\n2,{CANARY}\n");
    for files in [
        vec![("orgs.csv", ORGS), ("users.csv", &set_11)],
        vec![("orgs.csv", ORGS), ("users.csv", &users_12), ("roles.csv", &roles_12)],
        vec![("orgs.csv", SDS_ORGS), ("users.csv", &users_sds), ("roles.csv", &roles_sds)],
        vec![("staff.csv", plain.as_str())],
    ] {
        let file = read(&files);
        let everything = format!("{file:?} {}", problems(&file).join(" "));
        assert!(!everything.contains(CANARY), "{everything}");
    }
    let refused = try_read(&[("staff.csv", &format!("id,name,password,email\n,,{CANARY},\n"))]).unwrap_err();
    assert!(!format!("{refused:?} {refused}").contains(CANARY));
}

/// Pieces from which a roster that is nearly right is made.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => prop::sample::select(vec![
            ",", ",", ",", "\n", "\n", "\r\n", "\r", "\"", "\"\"", ";", "|", "\t", "t1", "t2", "s1", "teacher", "student",
            "parent", "true", "false", "tobedeleted", "2026-08-24", "a@x.example", "\u{FEFF}", "\0", "\u{202E}", " ",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..60).prop_map(|pieces| pieces.concat())
}

/// Reading may fail; it may not panic, nor hand out a record with a school that is not there.
fn must_survive(files: &[(&str, &[u8])], format: Option<Format>) {
    let folder = folder(files);
    if let Ok(file) = staffroom_roster::read(folder.path(), &options().with_format(format)) {
        assert!(!file.roster.staff().is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        must_survive(&[("staff.csv", &bytes)], None);
        let zip = [b"PK\x03\x04".as_slice(), &bytes].concat();
        let folder = folder(&[("roster.zip", &zip)]);
        prop_assert!(staffroom_roster::read(&folder.path().join("roster.zip"), &options()).is_err());
    }

    #[test]
    fn a_zip_with_any_byte_changed_is_survived(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let (_folder, path) = zip(&[("staff.csv", b"id,name,email\n1,A B,\n"), ("x/orgs.csv", b"a,b\n")]);
        let mut bytes = std::fs::read(&path).unwrap();
        let at = at.index(bytes.len());
        bytes[at] = to;
        std::fs::write(&path, bytes).unwrap();
        for format in [None, Some(Format::PlainCsv), Some(Format::OneRoster11)] {
            let _ = staffroom_roster::read(&path, &options().with_format(format));
        }
    }

    #[test]
    fn any_lines_are_survived(plain in text(), orgs in text(), users in text(), roles in text()) {
        must_survive(&[("staff.csv", format!("id,first,last,email,school,active,role\n{plain}").as_bytes())], None);
        let (orgs, users_11) = (format!("{ORGS}{orgs}"), format!("{USERS_11}{users}"));
        must_survive(&[("orgs.csv", orgs.as_bytes()), ("users.csv", users_11.as_bytes())], None);
        let (users, roles) = (format!("{USERS_12}{users}"), format!("{ROLES_12}{roles}"));
        let set: [(&str, &[u8]); 3] =
            [("orgs.csv", orgs.as_bytes()), ("users.csv", users.as_bytes()), ("roles.csv", roles.as_bytes())];
        must_survive(&set, None);
        must_survive(&set, Some(Format::SchoolDataSync21));
    }

    #[test]
    fn whoever_is_a_student_is_never_staff(
        lines in prop::collection::vec(("[ab]", prop::sample::select(vec!["student", "teacher", "parent", "aide"])), 1..8),
    ) {
        let students: Vec<_> = lines.iter().filter(|(_, role)| *role == "student").map(|(id, _)| id.clone()).collect();
        let users: Vec<_> = lines.iter().map(|(id, role)| user_11(id, "s1", role)).collect();
        let set_11 = try_read(&[("orgs.csv", ORGS), ("users.csv", &format!("{USERS_11}{}", users.concat()))]);
        let roles: Vec<_> = lines.iter().map(|(id, role)| role_12(id, role, "", "", "s1")).collect();
        let set_12 = try_read(&[
            ("orgs.csv", ORGS),
            ("users.csv", &format!("{USERS_12}{}{}", user_12("a"), user_12("b"))),
            ("roles.csv", &format!("{ROLES_12}{}", roles.concat())),
        ]);
        for (read, staff_roles) in [(set_11, ["teacher", "aide"]), (set_12, ["teacher", "aide"])] {
            for id in ["a", "b"] {
                let is_staff = lines.iter().any(|(of, role)| of == id && staff_roles.contains(role));
                let expected = is_staff && !students.iter().any(|student| student == id);
                let found = read.as_ref().is_ok_and(|file| record(file, id).is_some());
                prop_assert_eq!(found, expected, "{}", id);
            }
        }
    }
}
