//! Initial passwords: how they come in, where they go, and where they never are.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use crate::support::{Home, Ran, lakeside};

pub(crate) const PASSWORD: &str = "meadow lantern oboe";

/// A call with something to read on standard input.
pub(crate) fn reading(home: &Home, args: &[&str], input: &str) -> Ran {
    let mut child = home
        .command(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that reads nothing has closed it by then.
    drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
    child.wait_with_output().unwrap().into()
}

const SHARED: [&str; 8] =
    ["bulk-create", "--school", "LES", "--works-here", "--initial-password", "shared", "--password-fd", "0"];

#[test]
fn a_shared_password_is_one_for_all_of_them() {
    let home = Home::imported();
    let ran = reading(&home, &SHARED, &format!("{PASSWORD}\n")).ending(0);
    let flat = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("Tell these people the password: with it and their work email"), "{flat}");
    assert!(!ran.out.contains("Forgot your password?"), "{}", ran.out);
    let user = home.json(&["users", "show", "suharto@lakeside.example"]);
    assert_eq!(user["password"], "initial-shared");
    assert!(user["password_expires_at"].is_string(), "{user}");
    // The slips say so, and have it nowhere.
    home.run(&["hand-off", "--last", "--write", "slips.html"]).ending(0);
    let slips = fs::read_to_string(home.path("slips.html")).unwrap();
    assert_eq!(slips.matches("Sign in with this email and the password you are told, by ").count(), 33);
    assert!(!slips.contains(PASSWORD), "{slips}");
}

#[test]
fn the_report_says_which_kind_and_until_when() {
    let home = Home::imported();
    let args = [&SHARED[..], &["--valid-days", "7", "--format", "json"]].concat();
    let report = reading(&home, &args, PASSWORD).ending(0).json();
    assert_eq!(report["initial_password"], "shared");
    let day = |text: &serde_json::Value| text.as_str().unwrap().split_once('T').unwrap().0.to_owned();
    assert!(day(&report["password_expires_at"]) > day(&report["at"]), "{report}");
    let dry = [&SHARED[..6], &["--dry-run", "--format", "json"]].concat();
    // Nobody is asked for a password that is not needed.
    let dry = home.run(&dry).ending(0).json();
    assert_eq!((&dry["initial_password"], &dry["password_expires_at"]), (&"shared".into(), &().into()));
}

#[cfg(unix)]
#[test]
fn a_password_comes_by_any_descriptor() {
    let home = Home::imported();
    fs::write(home.path("password.txt"), format!("{PASSWORD}\n")).unwrap();
    let program = env!("CARGO_BIN_EXE_staffroom");
    let line = format!(
        "{program} bulk-create --school LES --staff 1012 --initial-password shared --password-fd 3 3<password.txt"
    );
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &line]).current_dir(home.path("")).env("HOME", "/nowhere").stdin(Stdio::null());
    let ran = Ran::from(shell.output().unwrap()).ending(0);
    assert!(ran.out.starts_with("Created 1 of 1 account"), "{}", ran.out);
    let ran = home.run(&[&SHARED[..7], &["9"]].concat()).ending(2);
    assert!(ran.err.starts_with("error: the descriptor 9 cannot be read: "), "{}", ran.err);
}

#[test]
fn a_weak_password_is_refused_before_anything_is_done() {
    let home = Home::empty();
    let lakeside = lakeside();
    let args = [&SHARED[..], &["--from", &lakeside]].concat();
    for weak in ["short", "password123456789", "aaaaaaaaaaaaaaaaaaaa"] {
        let ran = reading(&home, &args, weak).ending(2);
        assert!(ran.err.starts_with("error: the password will not do: "), "{}", ran.err);
        assert!(!ran.err.contains(weak), "{}", ran.err);
        assert!(home.files().is_empty(), "{:?}", home.files());
    }
    for (given, words) in [
        ("", "error: the password is empty\n"),
        ("meadow lantern oboe\nand more\n", "error: the descriptor 0 gives more than one line\n"),
    ] {
        let ran = reading(&home, &args, given).ending(2);
        assert!(ran.err.starts_with(words), "{}", ran.err);
    }
    assert!(home.files().is_empty(), "{:?}", home.files());
    // Nor may it be what everybody can see of the network.
    let home = Home::imported();
    let ran = reading(&home, &SHARED, "Lakeside Elementary").ending(2);
    assert!(ran.err.starts_with("error: the password will not do: "), "{}", ran.err);
    assert_eq!(home.json(&["status"])["users_enabled"], 0);
}

#[test]
fn flags_that_say_nothing_together_are_refused() {
    let home = Home::imported();
    let base = ["bulk-create", "--school", "LES", "--works-here"];
    for (more, words) in [
        (&["--initial-password", "generated"][..], "say where it is to be with `--hand-off`"),
        (&["--valid-days", "3"], "`--valid-days` goes with `--initial-password shared` or `generated` only"),
        (&["--password-fd", "0"], "`--password-fd` goes with `--initial-password shared` only"),
        (
            &["--initial-password", "generated", "--hand-off", "a.csv", "--password-fd", "0"],
            "`--password-fd` goes with",
        ),
        (&["--initial-password", "shared"], "there is nobody to ask for the password: no terminal"),
        (&["--initial-password", "shared", "--valid-days", "0"], "--valid-days"),
        (&["--initial-password", "weak"], "--initial-password"),
    ] {
        let ran = home.run(&[&base[..], more].concat()).ending(2);
        assert!(ran.err.contains(words), "{more:?}: {}", ran.err);
    }
    let twice = ["bulk-create", "--school", "LES", "--staff-file", "-"];
    let twice = reading(&home, &[&twice[..], &SHARED[4..]].concat(), "1012\n").ending(2);
    assert!(twice.err.contains("cannot give both the ids and the password"), "{}", twice.err);
    assert_eq!(home.files(), ["staffroom.db"]);
}

#[test]
fn generated_passwords_are_in_the_sheet_and_nowhere_else() {
    let home = Home::imported();
    let args = ["bulk-create", "--school", "LES", "--staff", "1012", "1035", "1059"];
    let args = [&args[..], &["--initial-password", "generated", "--hand-off", "sheet.csv"]].concat();
    let ran = home.run(&[&args[..], &["--format", "json"]].concat()).ending(0);
    assert_eq!(ran.json()["initial_password"], "generated");
    let sheet = fs::read_to_string(home.path("sheet.csv")).unwrap();
    let mut rows = csv::Reader::from_reader(sheet.trim_start_matches('\u{FEFF}').as_bytes());
    assert_eq!(rows.headers().unwrap(), ["Name", "Email", "Password", "How to get in"].as_slice());
    let passwords: Vec<String> = rows.records().map(|row| row.unwrap()[2].to_owned()).collect();
    assert_eq!(passwords.len(), 3);
    for (number, password) in passwords.iter().enumerate() {
        assert!(password.len() >= 23, "{password}");
        assert!(!passwords[..number].contains(password), "{passwords:?}");
        assert!(!ran.out.contains(password.as_str()) && !ran.err.contains(password.as_str()), "{ran:?}");
    }
    #[cfg(unix)]
    {
        let file = fs::metadata(home.path("sheet.csv")).unwrap();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&file.permissions()) & 0o777, 0o600);
    }
    // Made again, the sheet has none.
    home.run(&["hand-off", "--last", "--write", "again.html"]).ending(0);
    let again = fs::read_to_string(home.path("again.html")).unwrap();
    assert_eq!(again.matches("the password that you were given before").count(), 3, "{again}");
    // On slips they are easy to find.
    let args = ["bulk-create", "--school", "LES", "--staff", "1002", "--initial-password", "generated"];
    home.run(&[&args[..], &["--hand-off", "slips.html"]].concat()).ending(0);
    let slips = fs::read_to_string(home.path("slips.html")).unwrap();
    assert!(slips.contains("<p>Your first password: <span class=\"password\"><bdi>"), "{slips}");
}

/// Sets where mail goes: into the folder `mails`.
pub(crate) fn sending_mail(home: &Home) {
    fs::write(
        home.path("staffroom.toml"),
        "mail = \"folder:mails\"\nmail-from = \"accounts@lakeside.example\"\n\
         sign-in-url = \"https://accounts.example/sign-in\"\nset-password-url = \"https://accounts.example/set\"\n",
    )
    .unwrap();
}

/// The mails that were sent, the oldest first.
pub(crate) fn mails(home: &Home) -> Vec<String> {
    let Ok(entries) = fs::read_dir(home.path("mails")) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// The token of the link in a mail.
pub(crate) fn token_in(mail: &str) -> String {
    let text = mail.replace("=\r\n", "").replace("=\n", "").replace("=3D", "=");
    let (_, rest) = text.split_once("token=").unwrap_or_else(|| panic!("no link: {text}"));
    let token: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();
    assert_eq!(token.len(), 64, "{text}");
    token
}

/// `sign-in set-password` with this link or token, and this password.
#[cfg(unix)]
pub(crate) fn set_with_token(home: &Home, link: &str, password: &str) -> Ran {
    fs::write(home.path("token.txt"), format!("{link}\n")).unwrap();
    fs::write(home.path("new.txt"), password).unwrap();
    let program = env!("CARGO_BIN_EXE_staffroom");
    let typed = format!("{program} sign-in set-password --token-fd 3 --password-fd 4 3<token.txt 4<new.txt");
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &typed]).current_dir(home.path("")).env("HOME", "/nowhere").stdin(Stdio::null());
    let ran = Ran::from(shell.output().unwrap());
    fs::remove_file(home.path("token.txt")).unwrap();
    fs::remove_file(home.path("new.txt")).unwrap();
    ran
}

/// Lets somebody in as a host does: with a password of their own, which they have afterwards.
pub(crate) fn open_session(home: &Home, email: &str) {
    use std::sync::Arc;

    use staffroom_core::{Actor, Secret, Session, SignIn, SignedIn, Source, Staffroom, ValidDays};
    use staffroom_credentials::{Argon2Passwords, Settings};
    use staffroom_system::{SystemClock, SystemRandomness, TimeOrderedIds};

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let settings = staffroom_store_sqlite::Settings::default();
        let store =
            staffroom_store_sqlite::SqliteStore::open(&home.path("staffroom.db"), settings).await.unwrap();
        let network = store.networks().await.unwrap()[0].id();
        let passwords = Argon2Passwords::start(Settings::default(), Arc::new(SystemRandomness)).unwrap();
        let staffroom =
            Staffroom::new(Arc::new(store.clone()), Arc::new(SystemClock), Arc::new(TimeOrderedIds::new()))
                .with_passwords(Arc::new(passwords), Arc::new(SystemRandomness));
        let email = staffroom_core::Email::parse(email).unwrap();
        let mut uow = store_unit(&staffroom, network).await;
        let user = uow.users().find_by_email(&email).await.unwrap().unwrap();
        drop(uow);
        let school = user.schools().iter().next().unwrap();
        let operator = Session::new(network, Actor::Operator, school);
        let initial = Secret::new("copper thimble gannet".to_owned());
        let own = Secret::new("velvet anchor pylon".to_owned());
        let source = Source::new("a test");
        // With a password of their own already?
        let sign_in = SignIn::new(email.to_string(), own.clone(), source.clone());
        if staffroom.sign_in(network, &sign_in).await.is_ok() {
            store.close().await;
            return;
        }
        staffroom
            .give_initial_password(&operator, user.id(), initial.clone(), ValidDays::default())
            .await
            .unwrap();
        let first = SignIn::new(email.to_string(), initial, source.clone());
        let Ok(SignedIn::MustSetPassword { token, .. }) = staffroom.sign_in(network, &first).await else {
            panic!("an initial password must be changed");
        };
        staffroom.set_password(network, &token, own).await.unwrap();
        let signed_in = staffroom.sign_in(network, &sign_in).await.unwrap();
        assert!(matches!(signed_in, SignedIn::Session(_)));
        store.close().await;
    });
}

async fn store_unit(
    staffroom: &staffroom_core::Staffroom,
    network: staffroom_core::NetworkId,
) -> Box<dyn staffroom_core::store::UnitOfWork> {
    staffroom.store().begin(network, staffroom_core::store::Mode::Read).await.unwrap()
}
