//! Passwords and tokens that come in: from the terminal, where nothing of them is shown, or from a descriptor that a program
//! opened. Never from an argument or a variable, which others on the machine can read.

mod descriptor;
mod terminal;

use std::io;

use staffroom_core::Secret;

use crate::error::Error;
use crate::interrupt::Interrupts;
use terminal::Hushed;
pub(crate) use terminal::Terminal;

/// Why a password did not come in. No message repeats any of it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SecretError {
    #[error("there is nobody to ask for {0}: no terminal")]
    NobodyThere(&'static str),
    #[error("{0} cannot be asked for: {1}")]
    Terminal(&'static str, #[source] io::Error),
    #[error("the two were not the same")]
    Different,
    #[error("{0} is empty")]
    Empty(&'static str),
    #[error("the descriptor {0} cannot be read: {1}")]
    Descriptor(u32, #[source] io::Error),
    #[error("the descriptor {0} gives more than one line")]
    SeveralLines(u32),
    #[error("the descriptor {0} gives more than {max} bytes", max = descriptor::MOST)]
    TooLong(u32),
    #[error("the descriptor {0} gives something that is not text in UTF-8")]
    NotText(u32),
}

impl SecretError {
    /// What to do, where the message does not say it.
    pub(crate) const fn advice(&self) -> Option<&'static str> {
        match self {
            Self::NobodyThere(_) => {
                Some("give it by a file descriptor: `--password-fd 3 3<file`, or 0 for standard input")
            }
            Self::Different => Some("nothing is done; run the command again"),
            Self::Descriptor(..) => Some("open it for the command, as with `--password-fd 3 3<file`"),
            Self::SeveralLines(_) => Some("write the password on the first line, and nothing else"),
            _ => None,
        }
    }
}

/// How a password comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::Args)]
pub(crate) struct PasswordArgs {
    /// Read the password from this file descriptor, such as 3 with `3<file`, or 0 for standard input, in place of asking for it
    /// on the terminal
    #[arg(long, value_name = "NUMBER")]
    pub(crate) password_fd: Option<u32>,
}

impl PasswordArgs {
    /// A new password. Asked for twice where it is typed: nobody sees what they type.
    pub(crate) fn new_password(self, interrupts: &Interrupts, question: &str) -> Result<Secret, Error> {
        let Some(descriptor) = self.password_fd else {
            let terminal = Hushed::hush(interrupts, PASSWORD)?;
            let first = terminal.ask(&format!("{question}: "))?;
            let second = terminal.ask("The same once more: ")?;
            return if first.expose() == second.expose() {
                Ok(first)
            } else {
                Err(SecretError::Different.into())
            };
        };
        Ok(descriptor::read(descriptor, PASSWORD)?)
    }
}

impl PasswordArgs {
    /// A password that there is already.
    pub(crate) fn known_password(self, interrupts: &Interrupts, question: &str) -> Result<Secret, Error> {
        Ok(match self.password_fd {
            Some(descriptor) => descriptor::read(descriptor, PASSWORD)?,
            None => Hushed::hush(interrupts, PASSWORD)?.ask(&format!("{question}: "))?,
        })
    }
}

/// How the token of a mail comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::Args)]
pub(crate) struct TokenArgs {
    /// Read the link, or the token at its end, from this file descriptor, in place of asking for it on the terminal
    #[arg(long, value_name = "NUMBER")]
    pub(crate) token_fd: Option<u32>,
}

impl TokenArgs {
    /// The token: by itself, or of the link that it is the parameter of.
    pub(crate) fn token(self, interrupts: &Interrupts) -> Result<Secret, Error> {
        let given = match self.token_fd {
            Some(descriptor) => descriptor::read(descriptor, TOKEN)?,
            None => Hushed::hush(interrupts, TOKEN)?.ask("The link in the mail: ")?,
        };
        let text = given.expose().trim();
        let token = text.rsplit_once("token=").map_or(text, |(_, token)| token);
        Ok(Secret::new(token.split(['&', '#']).next().unwrap_or_default().to_owned()))
    }
}

/// What is asked for, in words.
const PASSWORD: &str = "the password";
const TOKEN: &str = "the link";
