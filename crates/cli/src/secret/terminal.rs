//! From the terminal, without showing what is typed.

use std::io::{self, IsTerminal};

use staffroom_core::Secret;

use super::SecretError;
use crate::interrupt::Interrupts;

/// Asks on the terminal. Ctrl-C ends the command, and leaves a terminal that shows what is typed.
pub(super) fn ask(
    interrupts: &Interrupts,
    question: &str,
    what: &'static str,
) -> Result<Secret, SecretError> {
    if !io::stderr().is_terminal() {
        return Err(SecretError::NobodyThere(what));
    }
    // Before it is asked: what is typed at once, or pasted, is not shown either.
    let as_it_was = interrupts.restoring(Terminal::hushed());
    let typed = rpassword::prompt_password(question);
    drop(as_it_was);
    let typed = match typed {
        // The key is read here, and is no signal then.
        Err(error) if error.kind() == io::ErrorKind::Interrupted => interrupts.stop(),
        typed => typed.map_err(|error| SecretError::Terminal(what, error))?,
    };
    let secret = Secret::new(typed);
    if secret.expose().is_empty() { Err(SecretError::Empty(what)) } else { Ok(secret) }
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
