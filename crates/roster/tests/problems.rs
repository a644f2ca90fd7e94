//! What each kind of bad line says, and what becomes of the person.

mod common;

use common::*;
use staffroom_roster::{Effect, ProblemKind, ReadError};

#[test]
fn a_wrong_number_of_columns_leaves_the_line_out() {
    let file = read_plain("id,first,last,email\n1,Ana,Ruiz\n2,Bo,Lind,,x\n3,Cem,Ak,\n4,Di,Ek,,,\n");
    assert_eq!(sketch(&file), ["3 active", "4 active"]);
    assert_eq!(
        problems(&file),
        [
            "staff.csv:2: the line has 3 columns, the header has 4; put values with a comma, a quotation mark or a \
             line break in quotation marks",
            "staff.csv:3: the line has 5 columns, the header has 4; put values with a comma, a quotation mark or a \
             line break in quotation marks",
        ]
    );
}

#[test]
fn bad_ids_and_names_leave_the_line_out() {
    let long = "x".repeat(256);
    let file = read_plain(&format!(
        "id,first,last,email\n ,Ana,Ruiz,\n{long},Ana,Ruiz,\na\u{0}b,Ana,Ruiz,\n1,,,\n2,A\u{202E}na,Ruiz,\n3,Ana,Ruiz,\n"
    ));
    assert_eq!(sketch(&file), ["3 active"]);
    let expected = ["2 bad-id", "3 bad-id", "4 bad-id", "5 bad-name", "6 bad-name"];
    assert_eq!(kinds(&file), expected.map(|kind| format!("staff.csv:{kind}")));
    assert_eq!(file.problems[0].column.as_deref(), Some("id"));
    assert_eq!(file.problems[0].effect(), Effect::LineLeftOut);
    assert_eq!(file.problems[3].column.as_deref(), Some("last"));
}

#[test]
fn a_bad_name_in_a_set_leaves_the_line_out() {
    let nameless = "t2,,,true,s1,teacher,u,,,,,,t2@school.example,,,,,\n".to_owned();
    let file = read_11(&[user_11("t1", "s1", "teacher"), nameless.clone()]);
    assert_eq!((sketch(&file).len(), kinds(&file)), (1, vec!["users.csv:3 bad-name".to_owned()]));
    // A later line may still be good.
    let file = read_11(&[nameless, user_11("t2", "s1", "teacher")]);
    assert_eq!((sketch(&file).len(), kinds(&file)), (1, vec!["users.csv:2 bad-name".to_owned()]));
}

#[test]
fn a_person_without_an_id_is_a_problem_and_not_a_pupil() {
    let users = [user_12("t1"), user_12(""), user_12("p1")];
    let file = read_12(&users, &[role_12("t1", "teacher", "", "", "s1")]);
    assert_eq!((sketch(&file).len(), file.not_staff), (1, 1));
    assert_eq!(kinds(&file), ["users.csv:3 bad-id"]);
}

#[test]
fn the_second_line_of_a_person_is_left_out() {
    let second = user_11("t1", "s2", "aide");
    let file = read_11(&[user_11("t1", "s1", "teacher"), second]);
    assert_eq!(
        (sketch(&file), kinds(&file)),
        (vec!["t1 active s1".to_owned()], vec!["users.csv:3 duplicate-id".to_owned()])
    );
    let file = read_12(&[user_12("t1"), user_12("t1")], &[role_12("t1", "teacher", "", "", "s1")]);
    assert_eq!(
        (sketch(&file), kinds(&file)),
        (vec!["t1 active s1".to_owned()], vec!["users.csv:3 duplicate-id".to_owned()])
    );
}

#[test]
fn a_role_of_nobody_is_reported_where_it_stands() {
    let roles = [
        role_12("gone", "student", "", "", "s1"),
        role_12("t1", "teacher", "", "", "s1"),
        role_12("ghost", "teacher", "", "", "s1"),
        role_12("ghost", "aide", "", "", "s2"),
    ];
    let file = read_12(&[user_12("t1")], &roles);
    assert_eq!(sketch(&file), ["t1 active s1"]);
    assert_eq!(
        problems(&file),
        [
            "roles.csv:4: column `userSourcedId`: there is nobody `ghost` in `users.csv` (2 lines name that id); add the \
             person to `users.csv`, or remove the role"
        ]
    );
}

#[test]
fn an_unknown_school_keeps_the_person_without_it() {
    let file = read_11(&[user_11("t1", "s1,nowhere", "teacher")]);
    assert_eq!(
        (sketch(&file), kinds(&file)),
        (vec!["t1 active s1".to_owned()], vec!["users.csv:2 unknown-org".to_owned()])
    );
    assert_eq!(file.problems[0].effect(), Effect::KeptWithout);
    assert_eq!(file.problems[0].column.as_deref(), Some("orgSourcedIds"));
    let file = read_12(&[user_12("t1")], &[role_12("t1", "teacher", "", "", "nowhere")]);
    assert_eq!(
        (sketch(&file), kinds(&file)),
        (vec!["t1 active".to_owned()], vec!["roles.csv:2 unknown-org".to_owned()])
    );
}

#[test]
fn bad_dates_and_statuses_of_roles_are_reported_with_their_column() {
    let odd = "r,perhaps,,t1,primary,teacher,,,s1,\n".to_owned();
    let file = read_12(&[user_12("t1")], &[role_12("t1", "aide", "1.8.2026", "31/12/26", "s1"), odd]);
    let found: Vec<_> =
        file.problems.iter().map(|problem| (problem.kind, problem.line, problem.column.as_deref())).collect();
    assert_eq!(
        found,
        [
            (ProblemKind::BadDate, 2, Some("beginDate")),
            (ProblemKind::BadDate, 2, Some("endDate")),
            (ProblemKind::UnknownStatus, 3, Some("status")),
        ]
    );
}

#[test]
fn bad_organisations_are_reported_once_and_not_for_everybody_there() {
    let orgs = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\ns1,,,North,school,,\n\
                s1,,,North again,school,,\ns2,,, ,school,,\ns4,,,Barn,farm,,\ns5,huh,,East,school,,\n,,,No id,school,,\n";
    let users = format!("{USERS_11}{}", user_11("t1", "s1,s2,s4,s5", "teacher"));
    let file = read(&[("orgs.csv", orgs), ("users.csv", &users)]);
    assert_eq!(sketch(&file), ["t1 active s1"]);
    let expected = ["3 duplicate-id", "4 bad-name", "5 unknown-org-type", "6 unknown-status", "7 bad-id"];
    assert_eq!(kinds(&file), expected.map(|kind| format!("orgs.csv:{kind}")));
}

#[test]
fn a_school_name_that_cannot_be_is_left_out_of_a_plain_file() {
    let file = read_plain(&format!("id,name,email,school\n1,A B,,North|{}\n", "x".repeat(201)));
    assert_eq!(
        (sketch(&file), kinds(&file)),
        (vec!["1 active North".to_owned()], vec!["staff.csv:2 bad-school".to_owned()])
    );
}

#[test]
fn problems_of_people_who_are_not_staff_concern_nobody() {
    let users = [user_11("t1", "s1", "teacher"), ",,,true,nowhere,student,u,,,,,,,,,,,\n".to_owned()];
    let file = read_11(&users);
    assert_eq!((file.problems.len(), file.not_staff), (0, 1));
}

#[test]
fn lines_are_counted_as_an_editor_counts_them() {
    for end in ["\n", "\r\n", "\r"] {
        let content = "id,name,email\n\n1,\"A\nB\",\n\n\n,C D,\n2,\"E\n\nF\",\n,G H,".replace('\n', end);
        let file = read_plain(&content);
        assert_eq!(kinds(&file), ["staff.csv:7 bad-id", "staff.csv:11 bad-id"], "{end:?}");
    }
}

#[test]
fn a_record_of_several_lines_is_named_by_its_first() {
    for end in ["\n", "\r\n", "\r"] {
        let content = "id,name,email\n1,A B,\n\n,\"C\n\nD\",\n,E F,".replace('\n', end);
        assert_eq!(kinds(&read_plain(&content)), ["staff.csv:4 bad-id", "staff.csv:7 bad-id"], "{end:?}");
    }
}

#[test]
fn strict_wants_no_problem_at_all() {
    let good = read_plain("id,name,email\n1,A B,\n");
    assert!(good.into_strict().is_ok());
    let error = read_plain("id,name,email\n1,A B,\n,C D,\n").into_strict().unwrap_err();
    assert_eq!((error.count, error.problems.len()), (1, 1));
    assert_eq!(error.to_string(), "the roster has 1 problem, so nothing of it is used");
}

#[test]
fn a_roster_without_staff_is_refused_with_its_first_problem() {
    let error = try_read(&[("staff.csv", "id,name,email\n,A B,\n,C D,\n")]).unwrap_err();
    assert!(matches!(error, ReadError::NoStaff { rows: 2, not_staff: 0, .. }));
    assert!(error.to_string().contains("staff.csv:2: column `id`"), "{error}");
}

#[test]
fn values_in_messages_stay_on_one_line_and_short() {
    let role = format!("\"tea\ncher\u{202E}{}\"", "x".repeat(100));
    let file = read_11(&[user_11("t1", "s1", "teacher"), format!("t2,,,true,s1,{role},u,,A,B,,,,,,,,\n")]);
    let shown = file.problems[0].to_string();
    assert!(!shown.contains(['\n', '\u{202E}']) && shown.len() < 220, "{shown}");
}
