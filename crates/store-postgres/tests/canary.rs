//! Passwords and tokens that go through every flow are said nowhere, and are not in a dump of the database (R9, R16, R17).

#![allow(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

mod support;

use std::process::Command;
use std::sync::Arc;

use staffroom_store_postgres::PostgresStore;
use staffroom_testkit::conformance::{Verdict, fly_canaries};
use staffroom_testkit::overheard::Listener;
use staffroom_testkit::postgres::{Database, installed};
use support::run;

#[test]
fn no_password_or_token_is_said_or_kept() -> Verdict {
    let listener = Listener::start();
    run(async {
        let (store, database) = support::fresh_store().await;
        let flight = fly_canaries(Arc::<PostgresStore>::clone(&store)).await?;
        flight.is_not_in("what was said", flight.said().as_bytes())?;
        let heard = listener.heard();
        assert!(heard.contains("resets"), "the statements were not overheard");
        flight.is_not_in("the log", heard.as_bytes())?;
        flight.is_not_in("the store, printed,", format!("{store:#?}").as_bytes())?;
        flight.is_not_in_dump("what the store hands out", flight.kept().as_bytes())?;
        flight.is_not_in_dump("the dump", &dump_of(&database))
    })
}

/// What `pg_dump` prints.
fn dump_of(database: &Database) -> Vec<u8> {
    let options = database.options();
    let program = installed().unwrap().join("pg_dump");
    let mut command = Command::new(program);
    // The password of the throwaway server; another one asks for none, or finds it in its own file.
    command.env("PGPASSWORD", "postgres").args(["--no-password", "--username", options.get_username()]);
    command.args(["--host", options.get_host(), "--port", &options.get_port().to_string()]);
    if let Some(socket) = options.get_socket() {
        command.arg("--host").arg(socket);
    }
    let output = command.arg(database.name()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
