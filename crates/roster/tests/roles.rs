//! Who is staff.

mod common;

use std::fmt::Write as _;

use common::*;

/// Every role of the three formats that makes a person staff.
const STAFF_11: [&str; 4] = ["administrator", "aide", "proctor", "teacher"];
const STAFF_12: [&str; 9] = [
    "aide",
    "counselor",
    "districtAdministrator",
    "principal",
    "proctor",
    "siteAdministrator",
    "systemAdministrator",
    "teacher",
    "administrator",
];
const NOT_STAFF: [&str; 4] = ["student", "parent", "guardian", "relative"];

#[test]
fn every_staff_role_of_one_roster_11_is_staff_and_no_other() {
    let mut users: Vec<_> = STAFF_11.map(|role| user_11(role, "s1", role)).into();
    users.extend(NOT_STAFF.map(|role| user_11(role, "s1", role)));
    let file = read_11(&users);
    assert_eq!(sketch(&file), STAFF_11.map(|role| format!("{role} active s1")));
    assert_eq!(file.not_staff, 4);
}

#[test]
fn every_staff_role_of_one_roster_12_is_staff_and_no_other() {
    let all = || STAFF_12.into_iter().chain(NOT_STAFF);
    let users: Vec<_> = all().map(user_12).collect();
    let roles: Vec<_> = all().map(|role| role_12(role, role, "", "", "s1")).collect();
    let file = read_12(&users, &roles);
    assert_eq!(sketch(&file), STAFF_12.map(|role| format!("{role} active s1")));
    assert_eq!(problems(&file), Vec::<String>::new());
}

#[test]
fn the_default_roles_of_school_data_sync_are_sorted_into_staff_and_others() {
    let staff = [
        "principal",
        "chair",
        "professor",
        "researcher",
        "adjunct",
        "affiliate",
        "occupationalTherapist",
        "physicalTherapist",
        "speechTherapist",
        "visionTherapist",
        "paraprofessional",
        "specialServices",
        "advisor",
        "proctor",
        "nurse",
        "officeStaff",
        "lecturer",
        "itAdmin",
        "administrator",
        "teacher",
        "faculty",
        "staff",
        "teacherAssistant",
        "assistant",
        "instructor",
        "substitute",
        "coach",
    ];
    let others = ["alumni", "student", "other"];
    let (mut users, mut roles) = (SDS_USERS.to_owned(), SDS_ROLES.to_owned());
    for role in staff.into_iter().chain(others) {
        writeln!(users, "{role},{role},Family,Given,,,,,").unwrap();
        writeln!(roles, "{role},s1,{role},,,,,").unwrap();
    }
    let file = read(&[("orgs.csv", SDS_ORGS), ("users.csv", &users), ("roles.csv", &roles)]);
    assert_eq!(sketch(&file), staff.map(|role| format!("{role} active s1")));
    assert_eq!((file.not_staff, problems(&file).len()), (3, 0));
}

#[test]
fn a_parent_who_teaches_is_staff() {
    let roles = [role_12("t1", "parent", "", "", "s2"), role_12("t1", "teacher", "", "", "s1")];
    assert_eq!(sketch(&read_12(&[user_12("t1")], &roles)), ["t1 active s1"]);
}

#[test]
fn a_student_who_also_works_is_left_for_a_person_to_decide() {
    let users = [user_12("t1"), user_12("t2")];
    for end in ["", "2027-06-30", "soon"] {
        let roles = [
            role_12("t1", "teacher", "", "", "s1"),
            role_12("t2", "aide", "", "", "s1"),
            role_12("t2", "student", "2025-08-01", end, "s1"),
        ];
        let file = read_12(&users, &roles);
        assert_eq!(sketch(&file), ["t1 active s1"], "student until {end:?}");
        assert_eq!(kinds(&file), ["users.csv:3 student-and-staff"]);
    }
}

#[test]
fn a_former_student_may_be_staff() {
    let roles = [role_12("t1", "teacher", "", "", "s1"), role_12("t1", "student", "", "2020-06-30", "s2")];
    let file = read_12(&[user_12("t1")], &roles);
    assert_eq!(sketch(&file), ["t1 active s1"]);
    assert_eq!(file.problems, []);
}

#[test]
fn in_one_roster_11_a_deleted_student_may_be_staff() {
    let former = user_11("t1", "s2", "student").replacen(",,,true", ",tobedeleted,,true", 1);
    let file = read_11(&[former, user_11("t1", "s1", "teacher")]);
    assert_eq!((sketch(&file), file.not_staff), (vec!["t1 active s1".to_owned()], 1));
    assert_eq!(file.problems, []);
}

#[test]
fn the_order_of_the_lines_makes_no_difference() {
    let users: Vec<_> = (0..50).map(|i| user_12(&format!("t{i}"))).collect();
    let mut roles = Vec::new();
    for i in (0..50).rev() {
        roles.push(role_12(&format!("t{i}"), "teacher", "", "", "s1"));
        roles.push(role_12(&format!("t{}", (i * 7) % 50), "aide", "", "", "s2"));
    }
    let mut forward = sketch(&read_12(&users, &roles));
    for (i, line) in forward.iter().enumerate() {
        assert!(line.starts_with(&format!("t{i} active s")), "{line}");
    }
    roles.reverse();
    let mut backward = sketch(&read_12(&users, &roles));
    for line in forward.iter_mut().chain(&mut backward) {
        *line = line.replace("s2 s1", "s1 s2");
    }
    assert_eq!(forward, backward);
}

#[test]
fn in_one_roster_11_two_lines_tell_a_student_who_works() {
    for (first, second) in [("student", "teacher"), ("teacher", "student")] {
        let file =
            read_11(&[user_11("t1", "s1", "aide"), user_11("t2", "s1", first), user_11("t2", "s1", second)]);
        assert_eq!(sketch(&file), ["t1 active s1"], "{first}, {second}");
        assert_eq!(kinds(&file), ["users.csv:4 student-and-staff"]);
    }
}

#[test]
fn a_user_without_any_role_is_not_staff() {
    let file = read_12(&[user_12("t1"), user_12("x")], &[role_12("t1", "teacher", "", "", "s1")]);
    assert_eq!((sketch(&file), file.not_staff), (vec!["t1 active s1".to_owned()], 1));
}

#[test]
fn an_unknown_role_makes_nobody_staff_and_is_reported() {
    let file = read_11(&[user_11("t1", "s1", "teacher"), user_11("t2", "s1", "wizard")]);
    assert_eq!(sketch(&file), ["t1 active s1"]);
    assert_eq!(
        problems(&file),
        [
            "users.csv:3: column `role`: `wizard` is not a role of OneRoster 1.1; write one of the roles of the \
             format, like `teacher` or `aide`"
        ]
    );
    let roles = [role_12("t1", "teacher", "", "", "s1"), role_12("t2", "ext:wizard", "", "", "s1")];
    let file = read_12(&[user_12("t1"), user_12("t2")], &roles);
    assert_eq!((sketch(&file).len(), kinds(&file)), (1, vec!["roles.csv:3 unknown-role".to_owned()]));
}

#[test]
fn a_plain_file_may_have_roles_too() {
    let file = read_plain(
        "id,name,email,role\n1,A B,,Teacher\n2,C D,,Lunch lady\n3,E F,,student\n4,G H,,Parent; Guardian\n\
         5,I J,,parent|teacher\n6,K L,,student,\n7,M N,,\"student, aide\"\n8,O P,,\n9,Q R,,other\n",
    );
    let ids: Vec<_> = file.roster.staff().iter().map(|record| record.sis_id().as_str()).collect();
    assert_eq!(ids, ["1", "2", "5", "8", "9"]);
    assert_eq!((file.not_staff, kinds(&file)), (3, vec!["staff.csv:8 student-and-staff".to_owned()]));
}
