//! The spellings of plain staff files.

mod common;

use common::*;
use staffroom_roster::ReadError;

#[test]
fn columns_are_found_in_any_order_and_spelling() {
    for header in [
        "SIS ID,First name,Last name,Email,School,Active",
        "sis_id,first-name,LAST_NAME,E-mail,Schools,Enabled",
        "Staff ID,Given Name,Surname,Email Address,Campus,Is Active",
        "Employee Number,Forename,Family Name,Work Email,Location,Status",
        "id,first,last,mail,Site,Employment Status",
    ] {
        let file = read_plain(&format!("{header}\nT1,Ana,Ruiz,a@school.example,North High,yes\n"));
        assert_eq!(sketch(&file), ["T1 active North High"], "{header}");
        let record = record(&file, "T1").unwrap();
        assert_eq!(record.name().to_string(), "Ana Ruiz", "{header}");
        assert_eq!(record.email().as_given(), Some("a@school.example"), "{header}");
    }
    let file = read_plain("Notes,Active,Last,Email,ID,First\nx,no,Ruiz,a@school.example,T1,Ana\n");
    assert_eq!(sketch(&file), ["T1 inactive"]);
}

#[test]
fn the_more_telling_spelling_wins() {
    let file =
        read_plain("ID,Staff ID,First,Last,Email,Work email\n9,T1,Ana,Ruiz,home@a.example,work@a.example\n");
    assert_eq!(sketch(&file), ["T1 active"]);
    assert_eq!(record(&file, "T1").unwrap().email().as_given(), Some("work@a.example"));
}

#[test]
fn comma_semicolon_and_tab_separate() {
    for separator in [",", ";", "\t"] {
        let content = "id,first,last,email,school\n1,Ana,Ruiz,,North\n".replace(',', separator);
        assert_eq!(sketch(&read_plain(&content)), ["1 active North"], "{separator:?}");
    }
}

#[test]
fn several_schools_are_separated_by_semicolons_or_bars() {
    let file = read_plain("id,name,email,school\n1,A B,,North; South | North |\n2,C D,,\" South \"\n");
    assert_eq!(sketch(&file), ["1 active North South", "2 active South"]);
    let schools: Vec<_> = file.roster.schools().iter().map(|school| school.name().as_str()).collect();
    assert_eq!(schools, ["North", "South"]);
}

#[test]
fn a_full_name_is_taken_apart() {
    let file = read_plain("id,name,email\n1,\"Ruiz, Ana Maria\",\n2,Ana Maria Ruiz,\n3,Suharto,\n");
    let names: Vec<_> =
        file.roster.staff().iter().map(|record| (record.name().given(), record.name().family())).collect();
    assert_eq!(names, [("Ana Maria", "Ruiz"), ("Ana Maria", "Ruiz"), ("", "Suharto")]);
}

#[test]
fn two_lines_that_differ_in_the_school_are_one_person() {
    let file = read_plain(
        "id,name,email,school\n1,A B,a@x.example,North\n2,C D,,North\n1,A B,A@X.example,South;North\n",
    );
    assert_eq!(sketch(&file), ["1 active North South", "2 active North"]);
    assert_eq!(file.problems, []);
}

#[test]
fn two_lines_that_differ_in_more_are_a_problem() {
    let file = read_plain("id,name,email,school\n1,A B,,North\n1,A C,,South\n1,A B,x@y.example,South\n");
    assert_eq!(sketch(&file), ["1 active North"]);
    assert_eq!(kinds(&file), ["staff.csv:3 duplicate-id", "staff.csv:4 duplicate-id"]);
}

#[test]
fn words_for_active_and_inactive_are_read() {
    for (word, status) in [
        ("yes", "active"),
        ("Y", "active"),
        ("TRUE", "active"),
        ("1", "active"),
        ("Active", "active"),
        ("no", "inactive"),
        ("n", "inactive"),
        ("false", "inactive"),
        ("0", "inactive"),
        ("Inactive", "inactive"),
    ] {
        let file = read_plain(&format!("id,name,email,status\n1,A B,,{word}\n"));
        assert_eq!(sketch(&file), [format!("1 {status}")], "{word}");
        assert_eq!(file.problems, []);
    }
}

#[test]
fn a_missing_column_is_named_with_its_spellings() {
    for (header, column) in [
        ("first,last,email", "the id (`SIS ID`"),
        ("id,last,email", "the first name (`First name`"),
        ("id,first,email", "the last name (`Last name`"),
        ("id,first,last", "the email (`Email`"),
    ] {
        let error = try_read(&[("staff.csv", &format!("{header}\n"))]).unwrap_err();
        assert!(matches!(error, ReadError::ColumnMissing { .. }));
        assert!(error.to_string().contains(column), "{error}");
    }
}

#[test]
fn a_file_without_a_header_does_not_show_its_first_person() {
    let error = try_read(&[("staff.csv", "1,Ana,Ruiz,ana@school.example,s3cret\n")]).unwrap_err().to_string();
    assert!(!error.contains("s3cret") && !error.contains("Ana"), "{error}");
}

#[test]
fn the_same_column_twice_is_refused() {
    let error = try_read(&[("staff.csv", "id,first,last,email,E-mail\n1,A,B,,\n")]).unwrap_err();
    assert!(matches!(error, ReadError::ColumnTwice { .. }), "{error}");
}
