//! Settings: from flags, variables, the configuration file and defaults.

use std::fs;

use serde_json::Value;

use crate::support::{Home, Ran, lakeside};

/// What `status` says about one setting.
fn setting(status: &Value, name: &str) -> (Value, String) {
    let rows = status["settings"].as_array().unwrap();
    let row = rows.iter().find(|row| row["name"] == name).unwrap();
    (row["value"].clone(), row["origin"].as_str().unwrap().to_owned())
}

#[test]
fn a_flag_goes_before_a_variable_before_the_file_before_the_default() {
    let home = Home::imported();
    let status = |variable: bool, flag: bool| {
        let mut args = vec!["status", "--format", "json"];
        args.extend(if flag { &["--school", "LES"][..] } else { &[] });
        let mut command = home.command(&args);
        if variable {
            command.env("STAFFROOM_SCHOOL", "LMS");
        }
        setting(&Ran::from(command.output().unwrap()).ending(0).json(), "school")
    };
    assert_eq!(status(false, false).0, Value::Null);
    fs::write(home.path("staffroom.toml"), "school = \"LHS\"\n").unwrap();
    assert_eq!(status(false, false), ("LHS".into(), "the file `staffroom.toml`".to_owned()));
    assert_eq!(status(true, false), ("LMS".into(), "the variable `STAFFROOM_SCHOOL`".to_owned()));
    assert_eq!(status(true, true), ("LES".into(), "the flag `--school`".to_owned()));
}

#[test]
fn every_setting_can_be_in_the_file() {
    let home = Home::created();
    fs::write(
        home.path("staffroom.toml"),
        "# ours\ndatabase = \"sqlite:staffroom.db\"\nschema = \"staffroom\"\nnetwork = \"Lakeside School Network\"\n\
         school = \"LES\"\nas = \"suharto@lakeside.example\"\nformat = \"json\"\nquiet = true\ncolor = \"never\"\n",
    )
    .unwrap();
    let denied = home.run(&["candidates"]).ending(2);
    assert!(denied.err.contains("lacks the permission"), "{}", denied.err);
    home.run(&["users", "grant", "suharto@lakeside.example", "--group", "Network Admin", "--as", "x"])
        .ending(2);
    fs::write(home.path("staffroom.toml"), "school = \"LES\"\nformat = \"json\"\n").unwrap();
    assert_eq!(home.run(&["candidates", "--works-here"]).ending(0).json(), serde_json::json!([]));
    let table = home.run(&["candidates", "--works-here", "--format", "table"]).ending(0);
    assert!(table.out.starts_with("Nobody who works in Lakeside Elementary"), "{}", table.out);
}

#[test]
fn the_file_is_looked_for_in_order() {
    let home = Home::imported();
    let user = home.path("config/staffroom");
    fs::create_dir_all(&user).unwrap();
    fs::write(user.join("config.toml"), "school = \"LMS\"\n").unwrap();
    let status = |args: &[&str], variable: Option<&str>| {
        let mut command = home.command(&[&["status", "--format", "json"], args].concat());
        command.env("XDG_CONFIG_HOME", home.path("config"));
        if let Some(path) = variable {
            command.env("STAFFROOM_CONFIG", path);
        }
        Ran::from(command.output().unwrap())
    };
    let school = |ran: Ran| setting(&ran.ending(0).json(), "school").0;
    assert_eq!(school(status(&[], None)), "LMS");
    fs::write(home.path("staffroom.toml"), "school = \"LHS\"\n").unwrap();
    assert_eq!(school(status(&[], None)), "LHS");
    fs::write(home.path("other.toml"), "school = \"LES\"\n").unwrap();
    assert_eq!(school(status(&[], Some("other.toml"))), "LES");
    assert_eq!(school(status(&["--config", "staffroom.toml"], Some("other.toml"))), "LHS");
    let missing = status(&["--config", "none.toml"], None).ending(4);
    assert!(missing.err.contains("the configuration file `none.toml` cannot be read"), "{}", missing.err);
}

#[test]
fn what_is_wrong_in_the_file_is_told_with_its_line() {
    let home = Home::imported();
    let said = |text: &str| {
        fs::write(home.path("staffroom.toml"), text).unwrap();
        home.run(&["status"]).ending(4).err
    };
    let unknown = said("school = \"LHS\"\nnetwrok = \"Lakeside\"\n");
    let words = "error: staffroom.toml, line 2: there is no setting `netwrok`; did you mean `network`?\n  the settings are: `database`, ";
    assert!(unknown.starts_with(words), "{unknown}");
    let value = said("format = \"xml\"\n");
    assert!(
        value.contains("the file `staffroom.toml` says `xml` for `format`; write `table` or `json` or `csv`"),
        "{value}"
    );
    assert!(said("quiet = \"perhaps\"\n").contains("line 1: `quiet` is to be `true` or `false`"));
    assert!(said("school = LHS\n").contains("line 1: this is not TOML"));
    // A wrong variable is a wrong call.
    fs::remove_file(home.path("staffroom.toml")).unwrap();
    let ran = home.command(&["status"]).env("STAFFROOM_FORMAT", "xml").output().map(Ran::from).unwrap();
    assert!(ran.ending(2).err.contains("the variable `STAFFROOM_FORMAT` says `xml`"));
    // One that is empty is none.
    let ran = home.command(&["status"]).env("STAFFROOM_FORMAT", "").output().map(Ran::from).unwrap();
    ran.ending(0);
}

#[test]
fn a_file_names_its_database_from_its_own_folder() {
    let home = Home::imported();
    fs::create_dir(home.path("sub")).unwrap();
    fs::write(home.path("staffroom.toml"), "database = \"sqlite:staffroom.db\"\n").unwrap();
    let config = home.path("staffroom.toml");
    let mut command = home.command(&["status", "--format", "json", "--config", config.to_str().unwrap()]);
    let ran = Ran::from(command.current_dir(home.path("sub")).output().unwrap()).ending(0);
    assert_eq!(ran.json()["staff_active"], 112);
}

#[test]
fn the_status_shows_no_password() {
    let home = Home::empty();
    let url = "postgres://me:open-sesame@127.0.0.1:1/accounts?password=open-sesame";
    for args in [&["status"][..], &["candidates"], &["import", &lakeside()]] {
        let ran = home.run(&[args, &["--database", url]].concat());
        assert!(!ran.out.contains("sesame") && !ran.err.contains("sesame"), "{ran:?}");
    }
}
