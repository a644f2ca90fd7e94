//! The default: one file in the current folder, which keeps what is done.

use std::fs;
use std::process::Stdio;

use sqlx::{ConnectOptions, Connection};

use crate::postgres::wait;
use crate::support::{Home, PlainRoster, Ran, lakeside};

const FIRST: [&str; 5] = ["bulk-create", "--school", "Lakeside Elementary", "--works-here", "--group"];

fn first() -> Vec<String> {
    let from = ["Teacher", "--from", &lakeside()].map(str::to_owned);
    FIRST.map(str::to_owned).into_iter().chain(from).collect()
}

#[test]
fn the_first_command_leaves_a_database_the_second_creates_nothing_and_undo_brings_the_first_state_back() {
    let home = Home::empty();
    let first = first();
    let first: Vec<&str> = first.iter().map(String::as_str).collect();
    let ran = home.run(&first).ending(0);
    assert!(ran.out.starts_with("Created 33 of 33 accounts; 0 refused.\n"), "{}", ran.out);
    assert!(
        ran.err.contains("into the new network `Lakeside School Network`: 3 schools added"),
        "{}",
        ran.err
    );
    assert_eq!(home.files(), ["staffroom.db"]);
    assert_eq!(home.json(&["status"])["users_enabled"], 33);

    let again = home.run(&first).ending(0);
    let start = "No accounts to create: nobody who works in Lakeside Elementary is a candidate.\n";
    assert!(again.out.starts_with(start), "{}", again.out);
    assert!(again.out.contains("\nalready-linked (33): has a user already."), "{}", again.out);
    assert!(again.err.contains("note: the network `Lakeside School Network` is as the roster says"));
    assert_eq!(home.json(&["batches", "list"])["batches"].as_array().unwrap().len(), 1);

    let undone = home.run(&["undo", "--last"]).ending(0);
    assert!(
        undone.out.starts_with("Of the 33 users of the batch, 33 are removed; 0 kept.\n"),
        "{}",
        undone.out
    );
    let status = home.json(&["status"]);
    assert_eq!((&status["users_enabled"], &status["candidates"]), (&0.into(), &105.into()));
    let third = home.run(&first).ending(0);
    assert!(third.out.starts_with("Created 33 of 33 accounts; 0 refused.\n"), "{}", third.out);
}

#[test]
fn whoever_only_reads_makes_no_file_and_is_told_how_to_begin() {
    let home = Home::empty();
    for args in [
        &["candidates"][..],
        &["users", "list"],
        &["staff", "show", "1001"],
        &["batches", "list"],
        &["undo", "--last"],
        &["audit"],
        &["follow-up"],
        &["networks"],
        &["schools"],
        &["groups", "add", "X"],
    ] {
        let ran = home.run(args).ending(4);
        assert!(
            ran.err.starts_with("error: there is no database at `sqlite:staffroom.db` yet\n"),
            "{}",
            ran.err
        );
        assert!(
            ran.err.contains("`staffroom import PATH`") && ran.err.contains("`staffroom init"),
            "{}",
            ran.err
        );
        assert_eq!(ran.out, "");
    }
    let status = home.run(&["status"]).ending(0);
    assert!(status.out.contains("there is no database at `sqlite:staffroom.db` yet"), "{}", status.out);
    assert!(home.files().is_empty());
}

#[test]
fn a_dry_run_makes_no_file() {
    let home = Home::empty();
    let lakeside = lakeside();
    let ran = home.run(&["bulk-create", "--from", &lakeside, "--school", "LES", "--works-here", "--dry-run"]);
    assert!(ran.ending(0).out.contains("Would create 33 of 33 accounts"));
    let ran = home.run(&["import", &lakeside, "--dry-run"]).ending(0);
    assert!(ran.out.starts_with("Dry run: nothing is imported."), "{}", ran.out);
    assert!(home.files().is_empty());
    // And in one that is there, nothing.
    home.run(&["import", &lakeside]).ending(0);
    let before = home.json(&["status"]);
    home.run(&["bulk-create", "--school", "LES", "--works-here", "--dry-run"]).ending(0);
    assert_eq!(home.json(&["status"]), before);
}

#[test]
fn a_misspelt_school_makes_no_file() {
    let home = Home::empty();
    let lakeside = lakeside();
    home.run(&["bulk-create", "--from", &lakeside, "--school", "Lakside High", "--all"]).ending(2);
    assert!(home.files().is_empty());
}

#[test]
fn init_makes_a_file_and_a_network_once() {
    let home = Home::empty();
    let made = home.json(&["init", "--network", "Birch Schools"]);
    assert_eq!((&made["created"], &made["network"]), (&true.into(), &"Birch Schools".into()));
    let again = home.json(&["init", "--network", "Birch Schools"]);
    assert_eq!((&again["created"], &again["network_id"]), (&false.into(), &made["network_id"]));
    let status = home.run(&["status"]).ending(0);
    assert!(status.out.contains("the network has no school yet"), "{}", status.out);
    let list = home.run(&["candidates"]).ending(4);
    assert!(list.err.contains("import its roster: `staffroom import PATH`"), "{}", list.err);
    // A roster that names no network goes into the one that was named.
    let roster = PlainRoster::of(&[["1", "Ann", "Lee", "ann@s.example", "North", "yes"]]);
    home.run(&["import", roster.path(), "--network", "Birch Schools"]).ending(0);
    assert_eq!(home.json(&["networks"])["networks"].as_array().unwrap().len(), 1);
}

#[cfg(unix)]
#[test]
fn the_file_is_private() {
    let home = Home::imported();
    let mode = |name: &str| {
        std::os::unix::fs::PermissionsExt::mode(&fs::metadata(home.path(name)).unwrap().permissions()) & 0o777
    };
    assert_eq!(mode("staffroom.db"), 0o600);
    let copy = home.path("copy.db");
    home.run(&["backup", copy.to_str().unwrap()]).ending(0);
    assert_eq!(mode("copy.db"), 0o600);
}

#[test]
fn a_backup_is_a_database_of_its_own_and_never_overwrites() {
    let home = Home::created();
    let copied = home.json(&["backup", "copy.db"]);
    assert!(copied["bytes"].as_u64().unwrap() > 0);
    home.run(&["undo", "--last"]).ending(0);
    let status = home.json(&["status", "--database", "sqlite:copy.db"]);
    assert_eq!((&status["users_enabled"], &status["database"]), (&33.into(), &"sqlite:copy.db".into()));
    let again = home.run(&["backup", "copy.db"]).ending(2);
    assert!(again.err.contains("is there already, and is not overwritten"), "{}", again.err);
    let nowhere = home.run(&["backup", "nowhere/copy.db"]).ending(2);
    assert!(nowhere.err.contains("there is no folder"), "{}", nowhere.err);
    assert_eq!(home.files(), ["copy.db", "staffroom.db"]);
}

#[test]
fn a_file_of_something_else_is_not_touched() {
    let home = Home::empty();
    fs::write(home.path("staffroom.db"), "a letter to the parents, which is no database at all").unwrap();
    let lakeside = lakeside();
    for args in [&["status"][..], &["import", &lakeside], &["candidates"], &["migrate"], &["backup", "b.db"]]
    {
        let ran = home.run(args).ending(4);
        assert!(ran.err.contains("is not a database of Staffroom"), "{args:?}: {}", ran.err);
    }
    fs::create_dir(home.path("folder.db")).unwrap();
    let ran = home.run(&["status", "--database", "sqlite:folder.db"]).ending(4);
    assert!(ran.err.contains("is not a file"), "{}", ran.err);
    let ran = home.run(&["import", &lakeside, "--database", "sqlite:nowhere/a.db"]).ending(2);
    assert!(ran.err.contains("there is no folder"), "{}", ran.err);
    let ran = home.run(&["status", "--database", "sqlite:"]).ending(2);
    assert!(ran.err.contains("there is no file named after `sqlite:`"), "{}", ran.err);
}

#[test]
fn a_file_has_nothing_to_migrate_unless_it_is_old() {
    let home = Home::imported();
    let ran = home.run(&["migrate"]).ending(0);
    assert!(
        ran.out.starts_with("The database `sqlite:staffroom.db` is up to date, at change "),
        "{}",
        ran.out
    );
    assert_eq!(home.json(&["migrate", "--check"])["found"], "up-to-date");
    let granted = home.run(&["migrate", "--grant", "x"]).ending(2);
    assert!(granted.err.contains("a file has no roles to grant anything to"), "{}", granted.err);
    let missing = home.run(&["migrate", "--check", "--database", "sqlite:none.db"]).ending(4);
    assert!(missing.err.contains("there is no file"), "{}", missing.err);
}

#[test]
fn several_at_once_over_one_file_create_everybody_once() {
    let home = Home::imported();
    let create = ["bulk-create", "--all", "--school", "LHS", "--format", "json", "--quiet"];
    let start = |_| home.command(&create).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let running: Vec<_> = (0..6).map(start).collect();
    let mut created = 0;
    for child in running {
        let ran = Ran::from(child.wait_with_output().unwrap()).ending(3);
        created += ran.json()["created"].as_u64().unwrap();
    }
    assert_eq!(created, 103);
    let status = home.json(&["status"]);
    assert_eq!((&status["users_enabled"], &status["users_linked"]), (&103.into(), &103.into()));
}

#[test]
fn a_file_that_somebody_was_stopped_from_making_is_made_again() {
    let home = Home::empty();
    fs::write(home.path("staffroom.db"), "").unwrap();
    let none = home.run(&["candidates"]).ending(4);
    assert!(none.err.starts_with("error: there is no database at `sqlite:staffroom.db` yet"), "{}", none.err);
    home.run(&["import", &lakeside()]).ending(0);
    assert_eq!(home.json(&["status"])["staff_active"], 112);
}

#[test]
fn a_file_of_another_release_is_refused_by_every_verb() {
    let home = Home::created();
    let set = |version: i64| {
        wait(async {
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(home.path("staffroom.db"));
            let mut connection = options.connect().await.unwrap();
            let sql = format!("PRAGMA user_version = {version}");
            sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        });
    };
    let lakeside = lakeside();
    let verbs =
        [&["status"][..], &["candidates"], &["import", &lakeside], &["undo", "--last"], &["backup", "b.db"]];
    for (version, words) in [(999, "; use a newer release of Staffroom\n"), (1, "; migrate it first\n")] {
        set(version);
        for args in verbs {
            // One makes a copy before one migrates.
            if args[0] == "backup" && version == 1 {
                home.run(args).ending(0);
                continue;
            }
            let ran = home.run(args).ending(4);
            let start = format!("is at change {version} of its schema, and this release ");
            assert!(ran.err.contains(&start) && ran.err.contains(words), "{args:?}: {}", ran.err);
            assert_eq!(ran.out, "");
        }
        let check = home.run(&["migrate", "--check", "--format", "json"]).ending(4).json();
        assert_eq!(check["found_change"], version);
    }
}
