//! The command `staffroom`: gives the staff of a school network their login accounts in bulk, and looks after them.
//!
//! A face of the library, as a host would write one: it reads what was typed, calls `staffroom-core`, and prints
//! the answer. No rule lives here (`docs/command.md` is the manual, `docs/json.md` the contract of its output).

mod args;
mod ask;
mod context;
mod database;
mod error;
mod hand_off;
mod interrupt;
mod lookup;
#[cfg(test)]
mod manual;
mod network;
mod output;
mod progress;
mod rehearsal;
mod roster;
mod runtime;
mod selection;
mod settings;
mod verbs;

use std::process::ExitCode;

use args::ColorChoice;
use output::screen::Screen;

fn main() -> ExitCode {
    let cli = match args::parse() {
        Ok(cli) => cli,
        // clap prints to the right stream and knows the exit code: 0 for `--help`, 2 for a wrong call.
        Err(error) => error.exit(),
    };
    let colors = cli.common.color.unwrap_or(ColorChoice::Auto);
    let done = verbs::run(&cli);
    let exit = done.unwrap_or_else(|error| {
        error.print(Screen::stderr(colors));
        error.exit()
    });
    exit.into()
}
