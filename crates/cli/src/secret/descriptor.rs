//! From a file descriptor.

use std::fs::File;
use std::io::{self, Read};

use staffroom_core::Secret;
use zeroize::Zeroizing;

use super::SecretError;

/// More bytes than this are no password.
pub(super) const MOST: usize = 4_096;

/// The one line that the descriptor gives; the end of the line does not belong to it.
pub(super) fn read(number: u32, what: &'static str) -> Result<Secret, SecretError> {
    let failed = |source| SecretError::Descriptor(number, source);
    if number == 0 {
        return line_of(&mut io::stdin().lock(), number, what);
    }
    // The descriptor by its name: nothing is taken from whoever else has it.
    let mut file = File::open(format!("/dev/fd/{number}")).map_err(failed)?;
    line_of(&mut file, number, what)
}

fn line_of(from: &mut dyn Read, number: u32, what: &'static str) -> Result<Secret, SecretError> {
    // All the room there may be from the start: a buffer that grows leaves copies behind.
    let mut bytes = Zeroizing::new(vec![0; MOST.saturating_add(1)]);
    let mut length = 0_usize;
    loop {
        let Some(rest) = bytes.get_mut(length..).filter(|rest| !rest.is_empty()) else {
            return Err(SecretError::TooLong(number));
        };
        match from.read(rest) {
            Ok(0) => break,
            Ok(read) => length = length.saturating_add(read),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(SecretError::Descriptor(number, error)),
        }
    }
    let text = std::str::from_utf8(bytes.get(..length).unwrap_or_default())
        .map_err(|_| SecretError::NotText(number))?;
    let line = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
    if line.contains(['\n', '\r']) {
        return Err(SecretError::SeveralLines(number));
    }
    if line.is_empty() {
        return Err(SecretError::Empty(what));
    }
    Ok(Secret::new(line.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(bytes: &[u8]) -> Result<String, String> {
        let read = line_of(&mut &*bytes, 3, "the password");
        read.map(|secret| secret.expose().to_owned()).map_err(|error| error.to_string())
    }

    #[test]
    fn the_line_is_the_password_and_its_end_is_not() {
        for text in ["meadow lantern", "meadow lantern\n", "meadow lantern\r\n"] {
            assert_eq!(given(text.as_bytes()), Ok("meadow lantern".to_owned()));
        }
        // Spaces are part of it.
        assert_eq!(given(b" a \n"), Ok(" a ".to_owned()));
        assert_eq!(given("é".repeat(2_048).as_bytes()).map(|text| text.len()), Ok(4_096));
    }

    #[test]
    fn what_is_no_password_is_told_without_repeating_it() {
        for (bytes, words) in [
            (&b""[..], "the password is empty"),
            (b"\n", "the password is empty"),
            (b"canary\nmore\n", "the descriptor 3 gives more than one line"),
            (b"canary\xFF", "the descriptor 3 gives something that is not text in UTF-8"),
            (&[b'x'; 5_000], "the descriptor 3 gives more than 4096 bytes"),
        ] {
            assert_eq!(given(bytes), Err(words.to_owned()));
        }
    }
}
