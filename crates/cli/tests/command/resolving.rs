//! Emails that are taken: what is proposed, what is done about it, and that nothing is revealed.

use serde_json::Value;

use crate::support::Home;

const THEIRS: &str = "suharto@lakeside.example";

fn why(home: &Home, more: &[&str]) -> Value {
    let args = [&["candidates", "--why", "--search", "suharto", "--format", "json"], more].concat();
    home.run(&args).ending(0).json()[0].clone()
}

#[test]
fn the_unlinked_user_who_holds_the_address_is_linked() {
    let home = Home::created();
    home.run(&["users", "unlink", THEIRS]).ending(0);
    let row = why(&home, &["--school", "LES"]);
    assert_eq!(row["reasons"], serde_json::json!(["email-taken"]));
    assert_eq!((&row["resolution"], &row["resolution_user"]), (&"link".into(), &THEIRS.into()));
    let shown = home.run(&["candidates", "--why", "--search", "suharto", "--school", "LES"]).ending(0);
    assert!(
        shown.out.contains("\n  staffroom users link suharto@lakeside.example --staff 1012\n"),
        "{}",
        shown.out
    );
    let shown = home.run(&["staff", "show", "1012", "--school", "LES"]).ending(0);
    for part in
        ["Email held by  suharto@lakeside.example, linked to nobody", "\n  staffroom users link suharto"]
    {
        assert!(shown.out.contains(part), "{part}: {}", shown.out);
    }
    // Proposing is not doing.
    assert_eq!(home.json(&["users", "show", THEIRS])["staff_id"], Value::Null);

    let linked = home.json(&["users", "link", THEIRS, "--staff", "1012"]);
    assert_eq!(
        (&linked["edit"], &linked["changed"], &linked["sis_id"]),
        (&"link".into(), &true.into(), &"1012".into())
    );
    let again = home.json(&["users", "link", THEIRS, "--staff", "1012"]);
    assert_eq!(again["changed"], false);
    assert_eq!(why(&home, &["--school", "LES"])["resolution"], Value::Null);
}

#[test]
fn whoever_has_a_user_already_is_given_access_to_this_school() {
    let home = Home::created();
    let row = why(&home, &["--school", "LHS"]);
    assert_eq!((&row["resolution"], &row["resolution_user"]), (&"grant-access".into(), &THEIRS.into()));
    let granted = home.json(&["users", "grant", THEIRS, "--school", "LHS"]);
    assert_eq!(granted["schools"], serde_json::json!(["Lakeside Elementary", "Lakeside High"]));
    assert_eq!(why(&home, &["--school", "LHS"])["resolution"], Value::Null);
}

#[test]
fn whoever_is_in_their_own_way_needs_nothing() {
    let home = Home::created();
    let flat = |args: &[&str]| {
        let out = home.run(args).ending(0).out;
        out.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let here = flat(&["staff", "show", "1012", "--school", "LES"]);
    for words in [
        "already-linked: has a user already. To do: nothing: their user may enter Lakeside Elementary already.",
        "email-taken: has an email that a user holds already. To do: nothing: the holder is their own user.",
    ] {
        assert!(here.contains(words), "{words}: {here}");
    }
    let there = flat(&["staff", "show", "1012", "--school", "LHS"]);
    assert!(there.contains("if they are to enter this school as well, give their user access"), "{there}");
    let why = ["candidates", "--why", "--search", "su", "--school", "LES"];
    let own = "To do: nothing, if the holder is their own user.";
    assert!(flat(&why).contains(own), "{}", flat(&why));
    // Somebody else's user is another matter.
    home.run(&["users", "unlink", THEIRS]).ending(0);
    let why = ["candidates", "--why", "--works-here", "--school", "LES"];
    let mixed = "To do: nothing, if the holder is their own user; else link that user to this staff member";
    assert!(flat(&why).contains(mixed), "{}", flat(&why));
    let other = flat(&["staff", "show", "1012", "--school", "LES"]);
    assert!(other.contains("To do: link that user to this staff member, or correct the email"), "{other}");
}

#[test]
fn a_link_is_made_only_where_it_is_theirs() {
    let home = Home::created();
    home.run(&["users", "unlink", THEIRS]).ending(0);
    let other = home.run(&["users", "link", THEIRS, "--staff", "1008"]).ending(2);
    assert!(other.err.contains("the staff member has another email than the user"), "{}", other.err);
    let nobody = home.run(&["users", "link", THEIRS, "--staff", "9999"]).ending(2);
    assert!(nobody.err.contains("no staff member with the SIS id `9999`"), "{}", nobody.err);
    let linked = home.run(&["users", "link", "emma.bronte@lakeside.example", "--staff", "1012"]).ending(2);
    assert!(linked.err.contains("linked to another staff member"), "{}", linked.err);
}

#[test]
fn a_user_of_another_school_is_not_revealed() {
    let home = Home::created();
    let admin = "emma.bronte@lakeside.example";
    home.run(&["users", "grant", admin, "--group", "Network Admin"]).ending(0);
    // Somebody who works here too, and has an account for another school only.
    home.run(&["bulk-create", "--school", "LHS", "--staff", "1075"]).ending(0);
    let args = ["--school", "LES", "--as", admin, "--format", "json"];
    let row =
        home.run(&[&["candidates", "--why", "--search", "noah baker"], &args[..]].concat()).ending(0).json();
    assert_eq!(row[0]["reasons"], serde_json::json!(["already-linked", "email-taken"]));
    assert_eq!((&row[0]["resolution"], &row[0]["resolution_user"]), (&Value::Null, &Value::Null));
    let shown = home.run(&["staff", "show", "1075", "--school", "LES", "--as", admin]).ending(0);
    assert!(shown.out.contains("a user whom you may not see"), "{}", shown.out);
    assert!(!shown.out.contains("staffroom users"), "{}", shown.out);
}
