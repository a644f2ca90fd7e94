//! From the terminal, without showing what is typed.

use std::io::{self, IsTerminal};

use staffroom_core::Secret;

use super::SecretError;
use crate::interrupt::{Interrupts, Restoring};

/// A terminal that shows nothing of what is typed, until this is dropped or Ctrl-C ends the command.
pub(super) struct Hushed<'a> {
    interrupts: &'a Interrupts,
    what: &'static str,
    _until: Restoring<'a>,
}

impl<'a> Hushed<'a> {
    /// Before anything is asked: what is typed at once, or pasted, is not shown either.
    pub(super) fn hush(interrupts: &'a Interrupts, what: &'static str) -> Result<Self, SecretError> {
        if !io::stderr().is_terminal() {
            return Err(SecretError::NobodyThere(what));
        }
        Ok(Self { interrupts, what, _until: interrupts.restoring(Terminal::hushed) })
    }

    /// Asks for one line.
    pub(super) fn ask(&self, question: &str) -> Result<Secret, SecretError> {
        let typed = match read_line(question) {
            // Where Ctrl-C is read as a key, it is no signal.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => self.interrupts.stop(),
            typed => typed.map_err(|error| SecretError::Terminal(self.what, error))?,
        };
        let secret = Secret::new(typed);
        if secret.expose().is_empty() { Err(SecretError::Empty(self.what)) } else { Ok(secret) }
    }
}

/// The terminal's modes are left alone: they change in one place only, [`Interrupts::restoring`], so that Ctrl-C finds no
/// moment between a question and its modes. The terminal itself takes back what is deleted.
#[cfg(unix)]
fn read_line(question: &str) -> io::Result<String> {
    use std::io::Write;

    let mut terminal = std::fs::OpenOptions::new().read(true).write(true).open("/dev/tty")?;
    terminal.write_all(question.as_bytes())?;
    let typed = rpassword::ConfigBuilder::new().input_reader(terminal.try_clone()?).output_discard().build();
    let typed = rpassword::read_password_with_config(typed)?;
    // The Enter was not shown.
    terminal.write_all(b"\n")?;
    Ok(typed)
}

#[cfg(not(unix))]
fn read_line(question: &str) -> io::Result<String> {
    rpassword::prompt_password(question)
}

/// How the terminal was before it was told not to show what is typed.
#[cfg(unix)]
#[derive(Debug)]
pub(crate) struct Terminal(Option<(std::fs::File, rustix::termios::Termios)>);

#[cfg(unix)]
impl Terminal {
    fn hushed() -> Self {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

        let terminal = std::fs::OpenOptions::new().read(true).write(true).open("/dev/tty").ok();
        Self(terminal.and_then(|terminal| {
            let modes = tcgetattr(&terminal).ok()?;
            let mut hushed = modes.clone();
            hushed.local_modes.remove(LocalModes::ECHO);
            tcsetattr(&terminal, OptionalActions::Now, &hushed).ok()?;
            Some((terminal, modes))
        }))
    }

    /// Makes it so again.
    pub(crate) fn restore(&self) {
        if let Self(Some((terminal, modes))) = self {
            // A terminal that is gone shows nothing anyway.
            let _ = rustix::termios::tcsetattr(terminal, rustix::termios::OptionalActions::Now, modes);
        }
    }
}

/// How the terminal was: elsewhere it goes back by itself.
#[cfg(not(unix))]
#[derive(Debug)]
pub(crate) struct Terminal;

#[cfg(not(unix))]
impl Terminal {
    const fn hushed() -> Self {
        Self
    }

    pub(crate) const fn restore(&self) {}
}
