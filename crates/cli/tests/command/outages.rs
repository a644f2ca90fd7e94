//! Databases that cannot be used, and servers that go away.

use std::net::TcpListener;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use sqlx::{ConnectOptions, Connection};
use staffroom_testkit::postgres::{Server, Setup};

use crate::postgres::{Place, SERVICE, STRANGER, number, wait};
use crate::support::{HIGH, LAKESIDE, Ran, command, run};

const CREATE: [&str; 6] = ["bulk-create", "--all", "--from", LAKESIDE, "--school", HIGH];
/// What must never be printed.
const SECRET: &str = "open-sesame";

/// Calls the command over `url`, which holds the secret.
#[track_caller]
fn fails(url: &str, code: i32, words: &str) {
    let verbs = [&CREATE[..], &["candidates", "--network", "N", "--school", HIGH], &["migrate", "--check"]];
    for args in verbs {
        let ran = run(&[args, &["--database", url]].concat()).ending(code);
        let first = ran.err.lines().next().unwrap();
        assert!(first.starts_with("error: ") && first.contains(words), "`{words}` is not in: {}", ran.err);
        assert_eq!(ran.out, "");
        assert!(!ran.err.contains(SECRET), "{}", ran.err);
    }
}

#[test]
fn a_url_that_is_none_says_what_is_accepted() {
    let accepted = "write `sqlite:PATH`, `postgres://user:password@host:5432/database`, or `memory:`";
    for url in ["mysql://me:open-sesame@h/d", "me:open-sesame@host/db", "memory:open-sesame"] {
        fails(url, 2, "is no kind of database that Staffroom knows; write");
        fails(url, 2, accepted);
    }
    fails("open-sesame", 2, "is no URL; write");
    fails("", 2, "is no URL; write");
    fails(
        "my/staffroom.db",
        2,
        "`my/staffroom.db` is no URL; for a database in this file, write `sqlite:my/staffroom.db`",
    );
    for url in ["postgres://me:open-sesame@h:port/d", "postgresql://me:open-sesame@h/d?sslmode=perhaps"] {
        fails(url, 2, "the URL cannot be understood; write postgres://user:password@host:5432/database");
    }
}

#[test]
fn a_url_in_the_wrong_place_is_not_repeated() {
    let ran = run(&["migrate", "postgres://me:open-sesame@h/d"]).ending(2);
    assert!(ran.err.contains("--database URL") && !ran.err.contains(SECRET), "{}", ran.err);
}

#[test]
fn a_server_that_is_not_there_is_not_waited_for() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let words = "no server answers there (Connection refused";
    fails(&format!("postgres://me:{SECRET}@127.0.0.1:{port}/d"), 1, words);
    fails(&format!("postgres://me:{SECRET}@no-such-host.invalid/d"), 1, "no server answers there (");
}

#[test]
fn what_the_server_refuses_is_told() {
    let place = Place::migrated();
    make_secret(&place);
    fails(&place.url(SERVICE, SECRET), 2, "the server refuses the user name or the password");
    fails(&place.url("nobody_there", SECRET), 2, "the server refuses the user name or the password");
    fails(
        &place.url_of_another("no_such_database"),
        2,
        "the server has no database of that name; create it first",
    );
    fails(&place.url(STRANGER, STRANGER), 2, "the role may not use the tables of Staffroom");
    let insisting = format!("{}?sslmode=require", place.url(SERVICE, SERVICE));
    fails(&insisting, 1, "the database cannot be used: ");
    assert_eq!(place.rows(), 0);
}

/// Passwords must count for something on the server of this test.
fn make_secret(place: &Place) {
    assert_eq!(
        place.number("SELECT count(*) FROM pg_hba_file_rules WHERE type = 'host' AND auth_method = 'trust'"),
        0
    );
}

#[test]
fn a_role_with_too_few_rights_is_told_in_the_middle() {
    let place = Place::migrated();
    place.run(&["candidates", "--from", LAKESIDE, "--school", HIGH]).ending(0);
    place.execute(&format!("REVOKE INSERT ON staffroom.users FROM {SERVICE}"));
    let before = place.rows();
    let ran = place.run(&CREATE).ending(2);
    for words in ["permission denied for table users", "staffroom migrate --grant ROLE"] {
        assert!(ran.err.contains(words), "{}", ran.err);
    }
    assert_eq!(place.rows(), before);
    place.migrate();
    place.run(&CREATE).ending(3);
}

/// Starts a bulk create, and answers when it waits for a lock on the users that it is about to write.
fn stopped_in_the_middle(server: &Server, place: &Place, meanwhile: impl FnOnce()) -> Ran {
    let child = wait(async {
        let mut holder = place.database.options().connect().await.unwrap();
        sqlx::raw_sql("BEGIN; LOCK TABLE staffroom.users IN SHARE ROW EXCLUSIVE MODE")
            .execute(&mut holder)
            .await
            .unwrap();
        let child = command(&CREATE)
            .env("STAFFROOM_DATABASE", place.url(SERVICE, SERVICE))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let waiting =
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'staffroom.users'::regclass";
        let mut looks = 0;
        while number(&place.database.options(), waiting).await == 0 {
            looks += 1;
            assert!(looks < 6_000, "the command never came to write users");
            sleep(Duration::from_millis(10));
        }
        meanwhile();
        drop(holder.close().await);
        child
    });
    assert!(server.is_throwaway());
    child.wait_with_output().unwrap().into()
}

#[test]
fn a_server_that_goes_away_for_good_leaves_nothing_half_done() {
    let server = Server::start(&Setup::default()).unwrap();
    let place = Place::empty(&server);
    place.migrate();
    place.run(&["candidates", "--from", LAKESIDE, "--school", HIGH]).ending(0);
    let before = place.rows();
    let ran = stopped_in_the_middle(&server, &place, || server.kill().unwrap()).ending(1);
    assert!(ran.err.contains("error: the store cannot be reached: "), "{}", ran.err);
    assert!(ran.err.contains("\n  no account was created; run the command again"), "{}", ran.err);
    assert_eq!(ran.out, "");
    server.restart().unwrap();
    assert_eq!(place.rows(), before);
    place.run(&CREATE).ending(3);
    assert_eq!(place.number("SELECT count(*) FROM staffroom.users"), 103);
}

#[test]
fn a_server_that_comes_back_is_no_mishap() {
    let server = Server::start(&Setup::default()).unwrap();
    let place = Place::empty(&server);
    place.migrate();
    let ran = stopped_in_the_middle(&server, &place, || server.crash_and_restart().unwrap()).ending(3);
    assert!(ran.out.starts_with("Created 103 of 105 accounts"), "{}", ran.out);
    assert_eq!(place.number("SELECT count(*) FROM staffroom.users"), 103);
    assert_eq!(place.number("SELECT count(*) FROM staffroom.batches"), 1);
}

#[test]
fn a_server_that_is_shut_down_says_so() {
    let server = Server::start(&Setup::default()).unwrap();
    let place = Place::empty(&server);
    place.migrate();
    server.stop().unwrap();
    fails(&place.url(SERVICE, SERVICE), 1, "no server answers there");
    server.restart().unwrap();
}
