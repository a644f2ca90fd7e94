//! The command `staffroom`: gives the staff of a school network their login accounts in bulk, and looks after them.
//!
//! A face of the library, as a host would write one: it reads what was typed, calls `staffroom-core`, and prints
//! the answer. No rule lives here (`docs/command.md` is the manual, `docs/json.md` the contract of its output).

mod args;
mod ask;
mod context;
mod credentials;
mod database;
mod error;
mod hand_off;
mod interrupt;
mod lookup;
mod mail;
#[cfg(test)]
mod manual;
mod network;
mod output;
mod progress;
mod rehearsal;
mod roster;
mod runtime;
mod secret;
mod selection;
mod settings;
mod verbs;

use std::path::Path;
use std::process::ExitCode;

use args::{ColorChoice, CommonArgs};
use output::screen::Screen;
use settings::Settings;

fn main() -> ExitCode {
    let cli = match args::parse() {
        Ok(cli) => cli,
        // clap prints to the right stream and knows the exit code: 0 for `--help`, 2 for a wrong call.
        Err(error) => error.exit(),
    };
    let exit = verbs::run(&cli).unwrap_or_else(|error| {
        error.print(Screen::stderr(colors(&cli.common)));
        error.exit()
    });
    exit.into()
}

/// Whether errors have colours: also the error that the settings cannot be settled.
fn colors(typed: &CommonArgs) -> ColorChoice {
    let settled = Settings::settle(typed, &settings::variable, Path::new(""));
    settled.map_or(typed.color.unwrap_or_default(), |settings| settings.color.value)
}
