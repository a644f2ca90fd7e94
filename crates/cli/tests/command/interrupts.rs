//! Ctrl-C, as a real signal.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use sqlx::{ConnectOptions, Connection};
use tokio::time::Instant;

use crate::postgres::{Place, SERVICE, number, wait};
use crate::support::{HIGH, Home, LAKESIDE, Ran, command};

fn interrupt(child: &Child) {
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// Waits until `is_so`.
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let mut looks = 0;
    while !is_so() {
        looks += 1;
        assert!(looks < 6_000, "{what}");
        sleep(Duration::from_millis(10));
    }
}

/// Starts a call that waits for a lock of somebody else, interrupts it there, and answers with what came of it.
fn interrupted_at(place: &Place, args: &[&str], lock: &str, table: &str) -> Ran {
    let child = wait(async {
        let mut holder = place.database.options().connect().await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(lock.to_owned())).execute(&mut holder).await.unwrap();
        let child = command(args)
            .env("STAFFROOM_DATABASE", place.url(SERVICE, SERVICE))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let waiting =
            format!("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = '{table}'::regclass");
        let mut looks = 0;
        while number(&place.database.options(), &waiting).await == 0 {
            looks += 1;
            assert!(looks < 6_000, "the command never came to wait");
            sleep(Duration::from_millis(10));
        }
        interrupt(&child);
        let ran = child.wait_with_output().unwrap();
        drop(holder.close().await);
        ran
    });
    child.into()
}

#[test]
fn a_bulk_create_that_is_stopped_creates_nobody() {
    let place = Place::migrated();
    let import = ["import", LAKESIDE];
    place.run(&import).ending(0);
    let before = place.rows();
    let folder = tempfile::tempdir().unwrap();
    let sheet = folder.path().join("sheet.csv");
    let create = ["bulk-create", "--all", "--school", HIGH, "--network", "Lakeside School Network"];
    let args = [&create[..], &["--hand-off", sheet.to_str().unwrap()]].concat();
    let lock = "BEGIN; LOCK TABLE staffroom.users IN SHARE ROW EXCLUSIVE MODE";
    let ran = interrupted_at(&place, &args, lock, "staffroom.users").ending(130);
    assert_eq!(ran.err, "stopped: no account was created\n");
    assert_eq!(ran.out, "");
    assert!(!sheet.exists(), "an empty sheet is left");
    wait_until("the server did not roll back", || place.rows() == before);
    place.run(&create).ending(3);
}

#[test]
fn an_import_that_is_stopped_imports_nothing() {
    let place = Place::migrated();
    let lock = "BEGIN; LOCK TABLE staffroom.staff_members IN SHARE ROW EXCLUSIVE MODE";
    let ran = interrupted_at(&place, &["import", LAKESIDE], lock, "staffroom.staff_members").ending(130);
    assert_eq!(ran.err, "stopped: nothing was imported\n");
    wait_until("the server did not roll back", || {
        place.number("SELECT count(*) FROM staffroom.schools") == 0
    });
    assert_eq!(place.number("SELECT count(*) FROM staffroom.staff_members"), 0);
}

#[test]
fn a_change_that_is_being_made_final_is_finished() {
    let place = Place::migrated();
    place.run(&["import", LAKESIDE]).ending(0);
    // The commit itself waits, for a lock that this test holds.
    place.execute(
        "CREATE FUNCTION staffroom.dawdle() RETURNS trigger LANGUAGE plpgsql AS \
         'BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NULL; END'; \
         CREATE CONSTRAINT TRIGGER dawdle AFTER INSERT ON staffroom.batches DEFERRABLE INITIALLY DEFERRED \
         FOR EACH ROW EXECUTE FUNCTION staffroom.dawdle()",
    );
    let create = ["bulk-create", "--all", "--school", HIGH, "--network", "Lakeside School Network"];
    let ran: Ran = wait(async {
        let mut holder = place.database.options().connect().await.unwrap();
        sqlx::raw_sql("SELECT pg_advisory_lock(4711)").execute(&mut holder).await.unwrap();
        let mut child = command(&create)
            .env("STAFFROOM_DATABASE", place.url(SERVICE, SERVICE))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'";
        let mut looks = 0;
        while number(&place.database.options(), waiting).await == 0 {
            looks += 1;
            assert!(looks < 6_000, "the commit never came to wait");
            sleep(Duration::from_millis(10));
        }
        interrupt(&child);
        // It is heard while the commit waits.
        let mut heard = String::new();
        let mut err = BufReader::new(child.stderr.take().unwrap());
        err.read_line(&mut heard).unwrap();
        assert_eq!(heard, "the change is being made final; it is finished before the command ends\n");
        sqlx::raw_sql("SELECT pg_advisory_unlock(4711)").execute(&mut holder).await.unwrap();
        let ran = child.wait_with_output().unwrap();
        assert_eq!(std::io::read_to_string(err).unwrap(), "");
        drop(holder.close().await);
        ran
    })
    .into();
    let ran = ran.ending(3);
    assert!(ran.out.starts_with("Created 103 of 105 accounts"), "{}", ran.out);
    assert_eq!(place.number("SELECT count(*) FROM staffroom.users"), 103);
}

#[test]
fn over_a_file_it_is_the_same() {
    let home = Home::imported();
    let before = home.json(&["status"]);
    let create = ["bulk-create", "--all", "--school", HIGH];
    let began = Instant::now();
    home.run(&[&create[..], &["--dry-run"]].concat()).ending(3);
    let reading = began.elapsed();
    let path = home.path("staffroom.db");
    let ran: Ran = wait(async {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
        let mut holder = options.connect().await.unwrap();
        // The one who may write.
        sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut holder).await.unwrap();
        let mut command = home.command(&create);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // It reads and decides, which is all that a dry run does, and then waits for its turn to write, for half a minute.
        sleep(reading * 3);
        interrupt(&child);
        let ran = child.wait_with_output().unwrap();
        drop(holder.close().await);
        ran
    })
    .into();
    assert_eq!(ran.ending(130).err, "stopped: no account was created\n");
    assert_eq!(home.json(&["status"]), before);
    home.run(&create).ending(3);
}
