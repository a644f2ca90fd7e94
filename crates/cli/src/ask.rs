//! Asking before something is done.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::error::Error;

/// True if there is somebody to ask: what is typed and what is shown both go to a terminal.
pub(crate) fn somebody_is_there() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks `question` on the terminal; only a plain yes is one. Standard error is not locked while it waits: Ctrl-C says so there.
pub(crate) fn confirm(question: &str) -> Result<bool, Error> {
    ask(question, &mut io::stdin().lock(), &mut io::stderr()).map_err(Error::Answer)
}

fn ask(question: &str, input: &mut dyn BufRead, output: &mut dyn Write) -> io::Result<bool> {
    loop {
        write!(output, "{question} [y/N] ")?;
        output.flush()?;
        let mut answer = String::new();
        if input.read_line(&mut answer)? == 0 {
            writeln!(output)?;
            return Ok(false);
        }
        match answer.trim().to_lowercase().as_str() {
            "y" | "yes" => return Ok(true),
            "" | "n" | "no" => return Ok(false),
            _ => writeln!(output, "Please type `y` for yes or `n` for no.")?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(typed: &str) -> (bool, String) {
        let mut shown = Vec::new();
        let yes = ask("Go on?", &mut typed.as_bytes(), &mut shown).unwrap();
        (yes, String::from_utf8(shown).unwrap())
    }

    #[test]
    fn only_a_plain_yes_is_one() {
        for typed in ["y\n", "Yes\n", " YES \r\n", "perhaps\ny\n"] {
            assert!(answer(typed).0, "{typed:?}");
        }
        for typed in ["", "\n", "n\n", "No\n", "yeah\n", "perhaps\n\n"] {
            assert!(!answer(typed).0, "{typed:?}");
        }
    }

    #[test]
    fn an_answer_that_is_neither_is_asked_for_again() {
        let (_, shown) = answer("ja\nn\n");
        assert_eq!(shown.matches("Go on? [y/N]").count(), 2, "{shown}");
    }
}
