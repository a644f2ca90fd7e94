//! `staffroom import`.

use crate::support::{Home, PlainRoster, lakeside, repository};

fn roster(people: usize) -> PlainRoster {
    let numbers: Vec<String> = (0..people).map(|number| format!("{number:03}")).collect();
    let emails: Vec<String> = numbers.iter().map(|number| format!("p{number}@s.example")).collect();
    let lines: Vec<[&str; 6]> = numbers
        .iter()
        .zip(&emails)
        .map(|(number, email)| [number.as_str(), "Ann", "Lee", email.as_str(), "North", "yes"])
        .collect();
    PlainRoster::of(&lines)
}

#[test]
fn a_folder_with_two_rosters_asks_which_is_meant() {
    let home = Home::empty();
    let folder = repository().join("examples/lakeside");
    let ran = home.run(&["import", folder.to_str().unwrap()]).ending(4);
    let words = "holds more than one roster: `staff.csv`, `oneroster/`; name the one that is meant\n";
    assert!(ran.err.ends_with(words), "{}", ran.err);
    assert!(home.files().is_empty());
}

#[test]
fn a_roster_is_imported_and_imported_again_changes_nothing() {
    let home = Home::empty();
    let lakeside = lakeside();
    let first = home.json(&["import", &lakeside]);
    assert_eq!((&first["new_network"], &first["schools_added"]), (&true.into(), &3.into()));
    assert_eq!((&first["staff_added"], &first["staff_departed"]), (&120.into(), &0.into()));
    let again = home.json(&["import", &lakeside]);
    assert_eq!((&again["new_network"], &again["staff_added"]), (&false.into(), &0.into()));
    assert_eq!(again["staff_unchanged"], 120);
}

#[test]
fn a_roster_that_would_empty_the_network_is_refused() {
    let home = Home::empty();
    let (all, few) = (roster(30), roster(20));
    let args = |roster: &PlainRoster| ["import".to_owned(), roster.path().to_owned()];
    let import = |roster: &PlainRoster, more: &[&str]| {
        let args = args(roster);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        home.run(&[&args[..], &["--network", "N"], more].concat())
    };
    import(&all, &[]).ending(0);
    // Ten of thirty is a third, and may be.
    import(&few, &[]).ending(0);
    import(&all, &[]).ending(0);
    let fewer = roster(19);
    let refused = import(&fewer, &[]).ending(4);
    let words = "error: the roster would make 11 of the 30 active staff members inactive, which is more than a third\n";
    assert!(refused.err.starts_with(words), "{}", refused.err);
    assert!(refused.err.contains("`--allow-departures` imports it all the same"), "{}", refused.err);
    assert_eq!(home.json(&["status"])["staff_active"], 30);
    let create = home.run(&["bulk-create", "--from", fewer.path(), "--network", "N", "--all"]).ending(4);
    assert!(create.err.contains("more than a third"), "{}", create.err);
    // A dry run shows it, and says so.
    let dry = import(&fewer, &["--dry-run"]).ending(0);
    assert!(
        dry.out.contains("11 no longer listed") && dry.out.contains("`--allow-departures`"),
        "{}",
        dry.out
    );
    assert_eq!(home.json(&["status"])["staff_active"], 30);
    import(&fewer, &["--allow-departures"]).ending(0);
    assert_eq!(home.json(&["status"])["staff_active"], 19);
}

#[test]
fn whoever_comes_back_is_active_again_and_accounts_stay() {
    let home = Home::empty();
    let (all, few) = (roster(3), roster(2));
    home.run(&["import", all.path(), "--network", "N"]).ending(0);
    home.run(&["bulk-create", "--all"]).ending(0);
    let gone = home.run(&["import", few.path(), "--network", "N"]).ending(0);
    assert!(gone.out.contains("1 no longer listed"), "{}", gone.out);
    let follow = home.json(&["follow-up", "--only", "staff-inactive"]);
    assert_eq!(follow["users"][0]["email"], "p002@s.example");
    assert_eq!(follow["users"][0]["matters"], serde_json::json!(["staff-inactive"]));
    home.run(&["import", all.path(), "--network", "N"]).ending(0);
    let status = home.json(&["status"]);
    assert_eq!((&status["staff_active"], &status["users_enabled"]), (&3.into(), &3.into()));
}

#[test]
fn bad_lines_are_counted() {
    let home = Home::empty();
    let roster = PlainRoster::of(&[
        ["1", "Ann", "Lee", "ann@s.example", "North", "yes"],
        ["", "Bob", "Ray", "bob@s.example", "North", "yes"],
    ]);
    let ran = home.run(&["import", roster.path(), "--format", "json"]).ending(0);
    assert_eq!(ran.json()["problems"], 1);
    assert!(ran.err.contains("the roster has 1 problem:"), "{}", ran.err);
    home.run(&["import", roster.path(), "--strict"]).ending(4);
}

#[test]
fn several_networks_in_one_file_are_told_apart() {
    let home = Home::imported();
    let roster = roster(2);
    home.run(&["import", roster.path(), "--network", "Birch Schools"]).ending(0);
    let networks = home.json(&["networks"]);
    let names: Vec<_> =
        networks["networks"].as_array().unwrap().iter().map(|row| row["network"].clone()).collect();
    assert_eq!(names, ["Birch Schools", "Lakeside School Network"]);
    let which = home.run(&["candidates"]).ending(2);
    let words = "error: the database has several networks; name one with `--network`\n  its networks are: `Birch Schools`, `Lakeside School Network`\n";
    assert_eq!(which.err, words);
    let status = home.run(&["status"]).ending(0);
    assert!(status.out.contains("the database has several networks"), "{}", status.out);
    let misspelt = home.run(&["candidates", "--network", "Brich Schools"]).ending(2);
    assert!(misspelt.err.contains("did you mean `Birch Schools`?"), "{}", misspelt.err);
    // One school, one network: neither need be named.
    let list = home.run(&["candidates", "--network", "birch schools"]).ending(0);
    assert!(list.out.contains("Candidates: 2."), "{}", list.out);
}

#[test]
fn a_file_that_names_no_network_is_about_the_only_one_there_is() {
    let home = Home::empty();
    let (three, two) = (roster(3), roster(2));
    let first = home.json(&["import", three.path()]);
    assert_eq!((&first["network"], &first["new_network"]), (&"staff".into(), &true.into()));
    // Another file, of another name.
    std::fs::copy(two.path(), home.path("next week.csv")).unwrap();
    let second = home.json(&["import", "next week.csv"]);
    assert_eq!((&second["network"], &second["new_network"]), (&"staff".into(), &false.into()));
    assert_eq!(second["staff_departed"], 1);
    home.run(&["import", &lakeside()]).ending(0);
    let which = home.run(&["import", "next week.csv"]).ending(2);
    assert!(
        which.err.contains("the database has several networks; name one with `--network`"),
        "{}",
        which.err
    );
}
