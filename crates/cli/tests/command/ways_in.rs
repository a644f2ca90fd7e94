//! The verbs about ways in: passwords given and revoked, links, invitations, sessions, and trying out the sign-in page.

use std::fs;

use serde_json::Value;

use crate::passwords::{PASSWORD, mails, open_session, reading, sending_mail, set_with_token, token_in};
use crate::support::Home;

const USER: &str = "suharto@lakeside.example";
const ANOTHER: &str = "emma.bronte@lakeside.example";
const NEW: &str = "a kettle under seven lamps";

fn outcome(home: &Home, email: &str, password: &str) -> String {
    let args = ["sign-in", "test", email, "--password-fd", "0", "--format", "json"];
    reading(home, &args, password).json()["outcome"].as_str().unwrap().to_owned()
}

fn events(home: &Home) -> Vec<String> {
    let log = home.json(&["audit", "--all"]);
    let events = log["records"].as_array().unwrap().iter().map(|record| record["event"].as_str().unwrap());
    events.map(str::to_owned).collect()
}

#[test]
fn an_initial_password_is_given_used_once_and_revoked() {
    let home = Home::created();
    assert_eq!(outcome(&home, USER, PASSWORD), "refused");
    let given = ["users", "set-password", USER, "--password-fd", "0", "--valid-days", "3"];
    let ran = reading(&home, &given, PASSWORD).ending(0);
    let words = "Suharto (suharto@lakeside.example) signs in with that password, within 3 days,";
    assert!(ran.out.starts_with(words), "{}", ran.out);
    assert_eq!(home.json(&["users", "show", USER])["password"], "initial-generated");
    assert_eq!(outcome(&home, USER, PASSWORD), "must-set-password");
    // One made of their own name is none.
    let weak = reading(&home, &given, "suharto lakeside").ending(2);
    assert!(weak.err.contains("password will not do: "), "{}", weak.err);
    let revoked = home.run(&["users", "revoke-initial", USER]).ending(0);
    assert!(revoked.out.contains("does not work any more"), "{}", revoked.out);
    assert_eq!(outcome(&home, USER, PASSWORD), "refused");
    let again = home.run(&["users", "revoke-initial", USER]).ending(0);
    assert!(again.out.contains("has no initial password that works"), "{}", again.out);
    assert!(events(&home).iter().any(|event| event == "password-given"), "{:?}", events(&home));
    assert!(events(&home).iter().any(|event| event == "initial-revoked"), "{:?}", events(&home));
}

#[test]
fn what_a_user_is_given_revokes_their_initial_password() {
    let home = Home::created();
    let given = ["users", "set-password", USER, "--password-fd", "0"];
    reading(&home, &given, PASSWORD).ending(0);
    let same = home.json(&["users", "disable", USER]);
    assert_eq!((&same["changed"], &same["initial_revoked"]), (&true.into(), &false.into()));
    home.run(&["users", "enable", USER]).ending(0);
    assert_eq!(outcome(&home, USER, PASSWORD), "must-set-password");
    let granted = home.run(&["users", "grant", USER, "--group", "Network Admin"]).ending(0);
    let told = granted.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("The initial password that they were given does not work any more"), "{told}");
    assert_eq!(outcome(&home, USER, PASSWORD), "refused");
    assert_eq!(home.json(&["users", "show", USER])["password"], "unset");
}

#[test]
fn a_shared_password_is_revoked_for_all_at_once() {
    let home = Home::imported();
    let create = ["bulk-create", "--school", "LES", "--works-here", "--initial-password", "shared"];
    reading(&home, &[&create[..], &["--password-fd", "0"]].concat(), PASSWORD).ending(0);
    assert_eq!(outcome(&home, USER, PASSWORD), "must-set-password");
    assert_eq!(home.json(&["users", "show", ANOTHER])["password_revoked_at"], Value::Null);
    let revoked = home.json(&["users", "revoke-initial", "--last"]);
    assert_eq!(revoked["users"], 33);
    assert_eq!(home.json(&["users", "revoke-initial", "--last"])["users"], 0);
    assert_eq!(outcome(&home, ANOTHER, PASSWORD), "initial-expired");
    let shown = home.run(&["users", "show", ANOTHER]).ending(0);
    assert!(shown.out.contains("initial, the one of the batch, revoked on "), "{}", shown.out);
    assert!(home.json(&["users", "show", ANOTHER])["password_revoked_at"].is_string());
    // The sheet made again sends them elsewhere.
    let again = home.json(&["hand-off", "--last"]);
    let people = again["people"].as_array().unwrap();
    assert!(people.iter().any(|row| row["way_in"] == "forgot-password"), "{again}");
    assert!(people.iter().all(|row| row["way_in"] != "shared-password"), "{again}");
    for args in [&["users", "revoke-initial"][..], &["users", "revoke-initial", USER, "--last"]] {
        home.run(args).ending(2);
    }
}

#[cfg(unix)]
#[test]
fn a_link_is_mailed_works_once_and_ends_sessions() {
    let home = Home::created();
    sending_mail(&home);
    for args in [&["users", "send-reset", USER][..], &["sign-in", "forgot", USER]] {
        open_session(&home, USER);
        home.run(args).ending(0);
        let token = token_in(&mails(&home).pop().unwrap());
        assert_eq!(home.json(&["users", "sessions", USER])["sessions"].as_array().unwrap().len(), 1);
        let before = mails(&home).len();
        let set =
            set_with_token(&home, &format!("https://accounts.example/set?token={token}"), NEW).ending(0);
        assert!(set.out.contains("A mail tells them so."), "{}", set.out);
        assert_eq!(mails(&home).len(), before + 1);
        assert_eq!(outcome(&home, USER, NEW), "signed-in");
        assert_eq!(home.json(&["users", "sessions", USER])["sessions"], serde_json::json!([]));
        let again = set_with_token(&home, &token, NEW).ending(2);
        assert!(again.err.contains("this link does not work any more"), "{}", again.err);
    }
    // The answer is the same for every email, and mail goes only to who is there.
    let before = mails(&home).len();
    let known = home.run(&["sign-in", "forgot", ANOTHER]).ending(0);
    let unknown = home.run(&["sign-in", "forgot", "nobody@lakeside.example"]).ending(0);
    assert_eq!((known.out, known.err), (unknown.out, unknown.err));
    assert_eq!(mails(&home).len(), before + 1);
}

#[test]
fn people_are_invited_once_a_day_and_only_if_somebody_says_so() {
    let home = Home::created();
    sending_mail(&home);
    assert!(!home.path("mails").exists(), "creating accounts sends nothing");
    home.run(&["users", "disable", ANOTHER]).ending(0);
    let invited = home.json(&["users", "invite", "--last"]);
    assert_eq!((&invited["sent"], &invited["left_out"]), (&32.into(), &1.into()));
    assert_eq!(mails(&home).len(), 32);
    let again = home.json(&["users", "invite", "--all-never-signed-in"]);
    assert_eq!((&again["sent"], &again["left_out"]), (&0.into(), &32.into()));
    let one = home.run(&["users", "invite", USER, ANOTHER]).ending(0);
    for words in ["was invited less than a day ago", "is disabled", "0 invitations sent, 2 left out."] {
        assert!(one.out.contains(words), "{words}: {}", one.out);
    }
    assert_eq!(mails(&home).len(), 32);
    home.run(&["users", "invite"]).ending(2);
}

#[test]
fn sessions_are_listed_and_ended() {
    let home = Home::created();
    open_session(&home, USER);
    open_session(&home, USER);
    let list = home.json(&["users", "sessions", USER]);
    assert_eq!((list["sessions"].as_array().unwrap().len(), &list["ended"]), (2, &Value::Null));
    assert_eq!(list["sessions"][0]["school"], "Lakeside Elementary");
    let first = list["sessions"][0]["session"].as_str().unwrap();
    let left = home.json(&["users", "sessions", USER, "--end", first]);
    assert_eq!((left["sessions"].as_array().unwrap().len(), &left["ended"]), (1, &1.into()));
    let all = home.run(&["users", "sessions", USER, "--end-all"]).ending(0);
    let words = "Ended: 1 session. suharto@lakeside.example is signed in nowhere.\n";
    assert_eq!(all.out, words);
    let wrong = home.run(&["users", "sessions", USER, "--end", "the first"]).ending(2);
    assert!(wrong.err.starts_with("error: `the first` is no id of a session\n"), "{}", wrong.err);
    let swept = home.run(&["sweep"]).ending(0);
    assert!(swept.out.starts_with("Forgotten: 0 sessions and 0 links that are over"), "{}", swept.out);
}

#[test]
fn mail_says_what_it_needs_and_shows_no_password() {
    let home = Home::created();
    let none = home.run(&["users", "send-reset", USER]).ending(2);
    assert!(
        none.err.starts_with("error: it is not set where mail goes: the setting `mail`\n"),
        "{}",
        none.err
    );
    let half = home.run(&["users", "send-reset", USER, "--mail", "folder:mails"]).ending(2);
    assert!(half.err.contains("the setting `mail-from` is needed for mail, and not set"), "{}", half.err);
    fs::write(
        home.path("staffroom.toml"),
        "mail = \"smtps://me:open-sesame@127.0.0.1:1\"\nmail-from = \"a@lakeside.example\"\n\
         sign-in-url = \"https://accounts.example/in\"\nset-password-url = \"https://accounts.example/set\"\n",
    )
    .unwrap();
    let status = home.run(&["status"]).ending(0);
    assert!(status.out.contains("smtps://me@127.0.0.1:1, by the file `staffroom.toml`"), "{}", status.out);
    let down = home.run(&["users", "send-reset", USER]).ending(1);
    assert!(down.err.contains("nothing was sent"), "{}", down.err);
    for text in [&status.out, &status.err, &down.out, &down.err] {
        assert!(!text.contains("sesame"), "{text}");
    }
}

/// Passwords and tokens are where they belong, and in nothing that the command prints or keeps.
#[cfg(unix)]
#[test]
fn no_secret_is_in_any_output_or_in_the_database() {
    let home = Home::imported();
    sending_mail(&home);
    let mut printed = String::new();
    let mut keep = |ran: crate::support::Ran| {
        printed += &ran.out;
        printed += &ran.err;
    };
    let shared = "canary shared thistle oboe";
    let given = "canary given thistle oboe";
    let wrong = "canary wrong thistle oboe";
    let chosen = "canary chosen thistle oboe";
    let weak = "canary1";
    let create = ["bulk-create", "--school", "LES", "--works-here", "--initial-password", "shared"];
    keep(reading(&home, &[&create[..], &["--password-fd", "0"]].concat(), weak).ending(2));
    keep(reading(&home, &[&create[..], &["--password-fd", "0"]].concat(), shared).ending(0));
    let create = ["bulk-create", "--school", "LHS", "--staff", "1075", "--initial-password", "generated"];
    keep(home.run(&[&create[..], &["--hand-off", "sheet.csv", "--format", "json"]].concat()).ending(0));
    let sheet = fs::read_to_string(home.path("sheet.csv")).unwrap();
    let generated = sheet.lines().nth(1).unwrap().split(',').nth(2).unwrap().to_owned();
    keep(reading(&home, &["users", "set-password", USER, "--password-fd", "0"], given).ending(0));
    let test = |email: &str, password: &str| {
        reading(&home, &["sign-in", "test", email, "--password-fd", "0"], password)
    };
    keep(test(USER, given).ending(0));
    keep(test(USER, wrong).ending(3));
    keep(test("nobody@lakeside.example", wrong).ending(3));
    keep(test(ANOTHER, shared).ending(0));
    keep(test("noah.baker@lakeside.example", &generated).ending(0));
    keep(home.run(&["sign-in", "forgot", USER]).ending(0));
    let token = token_in(&mails(&home).pop().unwrap());
    keep(set_with_token(&home, &token, weak).ending(2));
    keep(set_with_token(&home, &token, chosen).ending(0));
    keep(test(USER, chosen).ending(0));
    keep(set_with_token(&home, &token, chosen).ending(2));
    keep(home.run(&["users", "send-reset", USER]).ending(0));
    let unused = token_in(&mails(&home).pop().unwrap());
    for format in ["table", "json", "csv"] {
        for args in [
            &["users", "list"][..],
            &["users", "show", USER],
            &["users", "sessions", USER],
            &["audit", "--all"],
            &["batches", "show", "--last"],
            &["hand-off", "--last"],
            &["follow-up"],
            &["status"],
        ] {
            let mut command = home.command(&[args, &["--format", format]].concat());
            command.env("RUST_LOG", "trace").env("RUST_BACKTRACE", "full");
            keep(command.output().unwrap().into());
        }
    }
    keep(home.run(&["users", "revoke-initial", "--last"]).ending(0));
    keep(home.run(&["undo", "--last"]));
    // All there is of the database, as bytes.
    let kept: Vec<u8> = home
        .files()
        .iter()
        .filter(|name| name.starts_with("staffroom.db"))
        .flat_map(|name| fs::read(home.path(name)).unwrap())
        .collect();
    assert!(kept.len() > 100_000 && printed.len() > 10_000);
    for secret in [shared, given, wrong, chosen, weak, &generated, &token, &unused] {
        assert!(!printed.contains(secret), "{secret} is printed");
        let is_kept = kept.windows(secret.len()).any(|bytes| bytes == secret.as_bytes());
        assert!(!is_kept, "{secret} is in the database");
    }
}

/// The same over PostgreSQL, as the role that owns nothing.
#[test]
fn no_secret_is_in_a_dump_of_postgresql() {
    use staffroom_testkit::postgres::installed;

    use crate::postgres::{Place, SERVICE};
    use crate::support::{LAKESIDE, Ran, command};

    let place = Place::migrated();
    let folder = tempfile::tempdir().unwrap();
    let sheet = folder.path().join("sheet.csv");
    let over = |args: &[&str], input: &str| -> Ran {
        let mut child = command(&[args, &["--network", "Lakeside School Network"]].concat())
            .env("STAFFROOM_DATABASE", place.url(SERVICE, SERVICE))
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        // A command that reads nothing has closed it by then.
        drop(std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()));
        child.wait_with_output().unwrap().into()
    };
    let shared = "canary shared thistle oboe";
    let given = "canary given thistle oboe";
    let initial = ["--initial-password", "shared", "--password-fd", "0"];
    let mut printed = String::new();
    let mut keep = |ran: Ran| {
        printed += &ran.out;
        printed += &ran.err;
    };
    keep(over(&["import", LAKESIDE], "").ending(0));
    keep(
        over(&[&["bulk-create", "--school", "LES", "--works-here"], &initial[..]].concat(), shared).ending(0),
    );
    let create = ["bulk-create", "--school", "LHS", "--staff", "1075", "--initial-password", "generated"];
    keep(over(&[&create[..], &["--hand-off", sheet.to_str().unwrap()]].concat(), "").ending(0));
    let sheet = fs::read_to_string(&sheet).unwrap();
    let generated = sheet.lines().nth(1).unwrap().split(',').nth(2).unwrap();
    keep(over(&["users", "set-password", USER, "--password-fd", "0"], given).ending(0));
    for (email, password, outcome) in [
        (USER, given, "must-set-password"),
        (ANOTHER, shared, "must-set-password"),
        ("noah.baker@lakeside.example", generated, "must-set-password"),
        (USER, shared, "refused"),
    ] {
        let args = ["sign-in", "test", email, "--password-fd", "0", "--format", "json"];
        let tried = over(&args, password);
        assert_eq!(tried.json()["outcome"], outcome, "{email}: {tried:?}");
        keep(tried);
    }
    keep(over(&["users", "revoke-initial", USER], "").ending(0));
    keep(over(&["audit", "--all", "--format", "json"], "").ending(0));
    keep(over(&["sweep"], "").ending(0));
    let dump = std::process::Command::new(installed().unwrap().join("pg_dump"))
        .arg(place.owner_url())
        .output()
        .unwrap();
    assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
    let dump = String::from_utf8(dump.stdout).unwrap();
    assert!(dump.contains("$argon2id$") && dump.contains(USER), "it is the database");
    for secret in [shared, given, generated] {
        assert!(!printed.contains(secret), "{secret} is printed");
        assert!(!dump.contains(secret), "{secret} is in the dump");
    }
}
