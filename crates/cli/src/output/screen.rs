//! What the output is shown on: how wide it is, and whether it has colours. Columns are aligned before anything is
//! coloured, so that colours take no room.

use std::borrow::Cow;
use std::io::IsTerminal;

use super::columns::text_width;
use crate::args::ColorChoice;

/// A screen, a file or a pipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Screen {
    /// How many columns a line may have.
    pub(crate) width: u16,
    has_colors: bool,
}

impl Screen {
    /// Standard output.
    pub(crate) fn stdout(choice: ColorChoice) -> Self {
        Self { width: text_width(), has_colors: wanted(choice, std::io::stdout().is_terminal()) }
    }

    /// Standard error.
    pub(crate) fn stderr(choice: ColorChoice) -> Self {
        Self { width: text_width(), has_colors: wanted(choice, std::io::stderr().is_terminal()) }
    }

    /// That wide, in black and white.
    #[cfg(test)]
    pub(crate) const fn plain(width: u16) -> Self {
        Self { width, has_colors: false }
    }

    /// That wide, with colours.
    #[cfg(test)]
    pub(crate) const fn colored(width: u16) -> Self {
        Self { width, has_colors: true }
    }

    /// A line that stands above others.
    pub(crate) fn heading(self, line: &str) -> Cow<'_, str> {
        self.styled("1", line)
    }

    /// A line about what was refused or went wrong.
    pub(crate) fn alarm(self, line: &str) -> Cow<'_, str> {
        self.styled("1;31", line)
    }

    /// `line` in a style of ANSI terminals.
    fn styled<'l>(self, style: &str, line: &'l str) -> Cow<'l, str> {
        if self.has_colors && !line.is_empty() {
            Cow::Owned(format!("\u{1b}[{style}m{line}\u{1b}[0m"))
        } else {
            Cow::Borrowed(line)
        }
    }
}

/// <https://no-color.org>: a variable that is there and not empty means no, unless a flag says otherwise.
fn wanted(choice: ColorChoice, is_terminal: bool) -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => {
            let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
            is_terminal && !is_dumb && !is_set("NO_COLOR")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_and_white_adds_nothing() {
        assert_eq!(Screen::plain(80).alarm("Refused"), "Refused");
        assert_eq!(Screen::colored(80).alarm("Refused"), "\u{1b}[1;31mRefused\u{1b}[0m");
        assert_eq!(Screen::colored(80).heading(""), "");
    }
}
