//! What shells and `man` read about the command: `staffroom completions` and `staffroom man`.

use std::io::{self, Write};

use clap_complete::Shell;

use crate::args;
use crate::error::{Error, Exit};
use crate::output;

/// Print a completion script for your shell.
#[derive(Debug, clap::Args)]
#[command(after_help = COMPLETIONS_EXAMPLES)]
pub(crate) struct CompletionsArgs {
    /// The shell
    pub(crate) shell: Shell,
}

/// Print a manual page, in the format that `man` reads.
#[derive(Debug, clap::Args)]
#[command(after_help = MAN_EXAMPLES)]
pub(crate) struct ManArgs {
    /// The command that the page is about, such as `bulk-create` or `staff show`; without it, the page about all of them
    #[arg(value_name = "COMMAND")]
    pub(crate) command: Vec<String>,
}

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  staffroom completions bash > ~/.local/share/bash-completion/completions/staffroom
  staffroom completions zsh  > ~/.zfunc/_staffroom
  staffroom completions fish > ~/.config/fish/completions/staffroom.fish";

const MAN_EXAMPLES: &str = "\
Examples:
  staffroom man             > staffroom.1
  staffroom man bulk-create > staffroom-bulk-create.1
  staffroom man staff show  > staffroom-staff-show.1";

/// Prints the completion script for `shell`.
pub(crate) fn completions(shell: Shell) -> Result<Exit, Error> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut args::command(), "staffroom", &mut script);
    print(&script)
}

/// Prints the manual page about the command of that name, or about all of them.
pub(crate) fn manual_page(name: &[String]) -> Result<Exit, Error> {
    let mut about = args::command();
    about.build();
    // Also as one word in quotes.
    for part in name.iter().flat_map(|part| part.split_whitespace()) {
        about = about.find_subcommand(part).cloned().ok_or_else(|| Error::NoSuchPage(name.join(" ")))?;
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(about).render(&mut page).map_err(Error::Output)?;
    print(&page)
}

fn print(text: &[u8]) -> Result<Exit, Error> {
    output::finished(io::stdout().lock().write_all(text))?;
    Ok(Exit::Done)
}
