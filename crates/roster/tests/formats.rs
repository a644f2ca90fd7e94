//! Which files make which format, and what each says.

mod common;

use common::*;
use staffroom_core::NetworkName;
use staffroom_roster::{Format, ReadError};

fn one_roster_11() -> Vec<(&'static str, String)> {
    let users =
        [user_11("t1", "s1,s2", "teacher"), user_11("p1", "s1", "student"), user_11("g1", "s1", "guardian")];
    vec![("orgs.csv", ORGS.to_owned()), ("users.csv", format!("{USERS_11}{}", users.concat()))]
}

fn one_roster_12() -> Vec<(&'static str, String)> {
    let users = format!("{USERS_12}{}{}", user_12("t1"), user_12("p1"));
    let roles = [
        role_12("t1", "teacher", "", "", "s1"),
        role_12("t1", "aide", "", "", "s2"),
        role_12("p1", "student", "", "", "s1"),
    ];
    vec![
        ("orgs.csv", ORGS.to_owned()),
        ("users.csv", users),
        ("roles.csv", format!("{ROLES_12}{}", roles.concat())),
    ]
}

fn school_data_sync() -> Vec<(&'static str, String)> {
    let users = format!(
        "{SDS_USERS}t1,t1@school.example,Ruiz,Ana,,,,,\nt2,bo,Lind,Bo,,,bo@school.example,,\nt3,cem,Ak,Cem,,,,,\n\
         p1,p1@school.example,Kid,A,,,,,\n"
    );
    let roles = format!(
        "{SDS_ROLES}t1,s1,faculty,,,,,\nt2,s2,officeStaff,,,,,\nt3,d1,itAdmin,,,,,\np1,s1,student,,7,,,\n"
    );
    vec![("orgs.csv", SDS_ORGS.to_owned()), ("users.csv", users), ("roles.csv", roles)]
}

fn with_manifest(mut files: Vec<(&'static str, String)>, lines: &str) -> Vec<(&'static str, String)> {
    files.push(("manifest.csv", format!("propertyName,value\nmanifest.version,1.0\n{lines}")));
    files
}

fn borrowed<'a>(files: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    files.iter().map(|(name, content)| (*name, content.as_str())).collect()
}

#[test]
fn every_format_is_recognised() {
    for (files, format) in [
        (one_roster_11(), Format::OneRoster11),
        (with_manifest(one_roster_11(), "oneroster.version,1.1\nfile.users,bulk\n"), Format::OneRoster11),
        (one_roster_12(), Format::OneRoster12),
        (with_manifest(one_roster_12(), "oneroster.version,1.2\n"), Format::OneRoster12),
        (school_data_sync(), Format::SchoolDataSync21),
        (vec![("staff.csv", "id,name,email\n1,Ana Ruiz,a@school.example\n".to_owned())], Format::PlainCsv),
    ] {
        let read = read(&borrowed(&files));
        assert_eq!(read.format, format);
        assert_eq!(problems(&read), Vec::<String>::new());
    }
}

#[test]
fn one_roster_11_takes_schools_and_role_from_the_line() {
    let file = read(&borrowed(&one_roster_11()));
    assert_eq!(sketch(&file), ["t1 active s1 s2"]);
    assert_eq!((file.rows_read, file.not_staff), (3, 2));
    let record = record(&file, "t1").unwrap();
    assert_eq!(record.name().to_string(), "Given t1 Family");
    assert_eq!(record.email().as_given(), Some("t1@school.example"));
}

#[test]
fn one_roster_12_takes_schools_from_the_roles() {
    let file = read(&borrowed(&one_roster_12()));
    assert_eq!(sketch(&file), ["t1 active s1 s2"]);
    assert_eq!((file.rows_read, file.not_staff), (2, 1));
}

#[test]
fn school_data_sync_reads_the_user_name_when_it_is_an_address() {
    let file = read(&borrowed(&school_data_sync()));
    assert_eq!(sketch(&file), ["t1 active s1", "t2 active s2", "t3 active"]);
    let emails: Vec<_> = file.roster.staff().iter().map(|record| record.email().as_given()).collect();
    assert_eq!(emails, [Some("t1@school.example"), Some("bo@school.example"), None]);
}

#[test]
fn only_schools_are_schools_and_the_district_names_the_network() {
    let file = read(&borrowed(&one_roster_11()));
    let schools: Vec<_> = file.roster.schools().iter().map(|school| school.name().as_str()).collect();
    assert_eq!(schools, ["North High", "South High"]);
    assert_eq!(file.roster.network().map(NetworkName::as_str), Some("Green Valley"));
}

#[test]
fn several_districts_leave_the_network_without_a_name() {
    let orgs = format!("{ORGS}d2,,,Blue Valley,district,,\n");
    let users = format!("{USERS_11}{}", user_11("t1", "s1", "teacher"));
    assert_eq!(read(&[("orgs.csv", &orgs), ("users.csv", &users)]).roster.network(), None);
}

#[test]
fn an_authority_names_the_network_where_no_district_does() {
    let named = |orgs: &str| {
        let orgs = format!("sourcedId,status,name,type\ns1,,North High,school\n{orgs}");
        let users = format!("{USERS_11}{}", user_11("t1", "s1", "teacher"));
        read(&[("orgs.csv", &orgs), ("users.csv", &users)]).roster.network().map(ToString::to_string)
    };
    assert_eq!(named("a1,,Hill Trust,academicTrust\n").as_deref(), Some("Hill Trust"));
    assert_eq!(named("a1,,Hill Trust,academicTrust\na2,,Vale,region\n"), None);
    // Who is gone, and what is only a part of something, names nothing; a district goes before an authority.
    let others = "d2,tobedeleted,Old,district\na2,tobedeleted,Old,region\np1,,Maths,department\n";
    assert_eq!(named(&format!("a1,,Hill Trust,academicTrust\n{others}")).as_deref(), Some("Hill Trust"));
    assert_eq!(named(&format!("d1,,Green,district\na1,,Hill,region\n{others}")).as_deref(), Some("Green"));
}

#[test]
fn every_type_of_organisation_of_the_formats_is_known() {
    for (kind, is_school) in [
        ("school college university campus adultEducation", true),
        ("district local state national department region division province program", false),
        ("departmentOfEducation ministryOfEducation municipality academicTrust localAuthority", false),
        ("researchCenter", false),
    ]
    .into_iter()
    .flat_map(|(kinds, is_school)| kinds.split(' ').map(move |kind| (kind, is_school)))
    {
        let orgs = format!("sourcedId,name,type\no1,Hill,{kind}\n");
        let users = format!("{USERS_11}{}", user_11("t1", "o1", "teacher"));
        let file = read(&[("orgs.csv", &orgs), ("users.csv", &users)]);
        assert_eq!(problems(&file), Vec::<String>::new(), "{kind}");
        assert_eq!(sketch(&file), [if is_school { "t1 active o1" } else { "t1 active" }], "{kind}");
    }
}

#[test]
fn the_preferred_name_is_the_one_that_is_read() {
    let user = "t1,,,true,u,,Alexandra,Smith,,,,,,,,,,,Sasha,,,,\n";
    let file = read_12(&[user.to_owned()], &[role_12("t1", "teacher", "", "", "s1")]);
    assert_eq!(record(&file, "t1").unwrap().name().to_string(), "Sasha Smith");
}

#[test]
fn staff_of_a_district_or_department_have_no_school() {
    let file = read_11(&[user_11("t1", "d1,dep", "administrator"), user_11("t2", "", "aide")]);
    assert_eq!(sketch(&file), ["t1 active", "t2 active"]);
    assert_eq!(problems(&file), Vec::<String>::new());
}

#[test]
fn file_names_and_headers_are_read_in_any_case() {
    let users = format!("{USERS_11}{}", user_11("t1", "s1", "Teacher")).replace("sourcedId", "SOURCEDID");
    let file = read(&[("Orgs.CSV", ORGS), ("USERS.csv", &users)]);
    assert_eq!(sketch(&file), ["t1 active s1"]);
}

#[test]
fn files_may_be_in_one_folder_within() {
    let users = format!("{USERS_11}{}", user_11("t1", "s1", "teacher"));
    assert_eq!(sketch(&read(&[("export/orgs.csv", ORGS), ("export/users.csv", &users)])), ["t1 active s1"]);
}

#[test]
fn a_folder_with_several_rosters_asks_which() {
    let users = format!("{USERS_11}{}", user_11("t1", "s1", "teacher"));
    let (users, orgs) = (users.as_bytes(), ORGS.as_bytes());
    let plain: &[u8] = b"id,name,email\n1,A B,\n";
    let set = [("export/orgs.csv", orgs), ("export/users.csv", users)];
    let both = folder(&[&set[..], &[("staff.csv", plain)]].concat());
    let error = error_at(both.path());
    let words = "holds more than one roster: `staff.csv`, `export/`; name the one that is meant";
    assert!(error.to_string().ends_with(words), "{error}");
    let read = |folder: &std::path::Path| sketch(&staffroom_roster::read(folder, &options()).unwrap());
    assert_eq!(read(&both.path().join("export")), ["t1 active s1"]);
    assert_eq!(read(&both.path().join("staff.csv")), ["1 active"]);
    let two = [("older/orgs.csv", orgs), ("older/users.csv", users)];
    let two = folder(&[&set[..], &two].concat());
    assert!(error_at(two.path()).to_string().contains("`export/`, `older/`"));
    // A roster beside folders of something else is the one that is meant, and so is the only one in several folders.
    assert_eq!(read(folder(&[("staff.csv", plain), ("notes/staff.csv", plain)]).path()), ["1 active"]);
    let among = folder(&[&set[..], &[("notes/staff.csv", plain)]].concat());
    assert_eq!(read(among.path()), ["t1 active s1"]);
    // Half of a roster is none.
    let halves = [("older/users.csv", users), ("oldest/orgs.csv", orgs)];
    assert_eq!(read(folder(&[&set[..], &halves].concat()).path()), ["t1 active s1"]);
}

#[test]
fn a_named_format_is_not_second_guessed() {
    let files = one_roster_12();
    let bytes: Vec<_> = files.iter().map(|(name, content)| (*name, content.as_bytes())).collect();
    let folder = folder(&bytes);
    let read = |format| staffroom_roster::read(folder.path(), &options().with_format(format));
    assert_eq!(read(Format::OneRoster12).unwrap().format, Format::OneRoster12);
    let error = read(Format::OneRoster11).unwrap_err();
    assert!(matches!(error, ReadError::ColumnMissing { .. }), "{error}");
    let error = read(Format::PlainCsv).unwrap_err();
    assert!(matches!(error, ReadError::NotRecognised { .. }), "{error}");
}

#[test]
fn a_manifest_that_announces_changes_only_is_refused() {
    for format in [None, Some(Format::OneRoster11)] {
        let files = with_manifest(one_roster_11(), "oneroster.version,1.1\nfile.users,delta\n");
        let bytes: Vec<_> = files.iter().map(|(name, content)| (*name, content.as_bytes())).collect();
        let error =
            staffroom_roster::read(folder(&bytes).path(), &options().with_format(format)).unwrap_err();
        assert!(matches!(&error, ReadError::ChangesOnly { part, .. } if part == "users.csv"), "{error}");
    }
}

#[test]
fn a_manifest_says_nothing_about_a_format_that_has_none() {
    let files = with_manifest(school_data_sync(), "file.users,delta\n");
    let bytes: Vec<_> = files.iter().map(|(name, content)| (*name, content.as_bytes())).collect();
    let options = options().with_format(Format::SchoolDataSync21);
    let file = staffroom_roster::read(folder(&bytes).path(), &options).unwrap();
    assert_eq!(sketch(&file).len(), 3);
}

#[test]
fn another_version_of_one_roster_is_refused() {
    let files = with_manifest(one_roster_11(), "oneroster.version,1.0\n");
    let error = try_read(&borrowed(&files)).unwrap_err();
    assert!(matches!(&error, ReadError::UnknownVersion { version, .. } if version == "1.0"), "{error}");
}

#[test]
fn what_is_no_roster_says_what_was_found() {
    let error = try_read(&[("a.csv", "x\n"), ("b.csv", "y\n")]).unwrap_err();
    assert!(error.to_string().ends_with("found `a.csv`, `b.csv`"), "{error}");
    let error = try_read(&[("readme.txt", "x")]).unwrap_err();
    assert!(error.to_string().ends_with("found no CSV file"), "{error}");
}

#[test]
fn one_file_of_a_set_asks_for_the_others() {
    let users = format!("{USERS_11}{}", user_11("t1", "s1", "teacher"));
    let folder = folder(&[("users.csv", users.as_bytes())]);
    let path = folder.path().join("users.csv");
    assert!(matches!(error_at(&path), ReadError::PartOfRoster { .. }));
    let named = staffroom_roster::read(&path, &options().with_format(Format::OneRoster11)).unwrap_err();
    assert!(matches!(named, ReadError::PartOfRoster { .. }), "{named}");
}

#[test]
fn a_missing_file_or_column_is_named() {
    let files = one_roster_11();
    let bytes: Vec<_> = files.iter().map(|(name, content)| (*name, content.as_bytes())).collect();
    let error =
        staffroom_roster::read(folder(&bytes).path(), &options().with_format(Format::SchoolDataSync21))
            .unwrap_err();
    assert!(error.to_string().contains("`roles.csv`"), "{error}");
    let error = try_read(&[("orgs.csv", ORGS), ("users.csv", "sourcedId,role\nt1,teacher\n")]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`users.csv` has no column for `givenName`; its header line has `sourcedId`, `role`"
    );
}

#[test]
fn nothing_at_the_path_is_not_found() {
    let folder = folder(&[]);
    assert!(matches!(error_at(&folder.path().join("none")), ReadError::NotFound { .. }));
}
