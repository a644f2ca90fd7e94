//! The command `staffroom`: gives the staff of a school network their login accounts in bulk.
//!
//! A face of the library, as a host would write one: it reads what was typed, calls `staffroom-core`, and prints
//! the answer. No rule lives here (`docs/command.md` is the manual, `docs/json.md` the contract of its output).

mod args;
mod ask;
mod bulk_create;
mod candidates;
mod database;
mod error;
mod hand_off;
mod identity;
mod lookup;
#[cfg(test)]
mod manual;
mod migrate;
mod network;
mod output;
mod progress;
mod rehearsal;
mod roster;
mod runtime;
mod selection;
mod shell;

use std::process::ExitCode;

use args::Verb;
use error::{Error, Exit};

fn main() -> ExitCode {
    let cli = match args::parse() {
        Ok(cli) => cli,
        // clap prints to the right stream and knows the exit code: 0 for `--help`, 2 for a wrong call.
        Err(error) => error.exit(),
    };
    let done = match &cli.verb {
        Verb::BulkCreate(args) => bulk_create::run(args),
        Verb::Candidates(args) => candidates::run(args),
        Verb::Migrate(args) => migrate::run(args),
        Verb::Completions(args) => shell::completions(args.shell),
        Verb::Man(args) => shell::manual_page(args.command.as_deref()),
    };
    done.unwrap_or_else(|error| report(&error)).into()
}

/// Tells the user what went wrong, on stderr, and answers with the exit code for it.
fn report(error: &Error) -> Exit {
    error.print();
    error.exit()
}
