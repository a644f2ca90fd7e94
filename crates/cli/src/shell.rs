//! What shells and `man` read about the command.

use std::io::{self, Write};

use clap_complete::Shell;

use crate::args;
use crate::error::{Error, Exit};
use crate::output;

/// Prints the completion script for `shell`.
pub(crate) fn completions(shell: Shell) -> Result<Exit, Error> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut args::command(), "staffroom", &mut script);
    print(&script)
}

/// Prints the manual page about the command `name`, or about all of them.
pub(crate) fn manual_page(name: Option<&str>) -> Result<Exit, Error> {
    let mut command = args::command();
    command.build();
    let about = match name {
        None => command,
        Some(name) => {
            command.find_subcommand(name).cloned().ok_or_else(|| Error::NoSuchPage(name.to_owned()))?
        }
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(about).render(&mut page).map_err(Error::Output)?;
    print(&page)
}

fn print(text: &[u8]) -> Result<Exit, Error> {
    output::finished(io::stdout().lock().write_all(text))?;
    Ok(Exit::Done)
}
