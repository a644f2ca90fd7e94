//! Who mails come from.

use lettre::Address;
use staffroom_core::Email;

use crate::header::{self, MAX_CHARS};

/// Why mails cannot come from there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SenderError {
    /// An address with letters beyond ASCII before the @ can be sent from by few servers only.
    #[error("an address that mails come from, or are answered to, must be plain ASCII before the @")]
    Address,
    /// A line break, a control character or one that reorders the text around it; nothing that one could see; or too long.
    #[error(
        "the name that mails come from must be one line of 1 to {MAX_CHARS} characters, without control characters"
    )]
    Name,
}

/// Who mails come from: an address, and what else stands there.
///
/// ```
/// use staffroom_core::Email;
/// use staffroom_mail::Sender;
/// let sender = Sender::new(&Email::parse("accounts@school.example")?)?
///     .named("Lakeside Accounts")?
///     .answered_to(&Email::parse("helpdesk@school.example")?)?;
/// # drop(sender);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    pub(crate) address: Address,
    pub(crate) name: Option<String>,
    pub(crate) reply_to: Option<Address>,
}

impl Sender {
    /// Mails come from `address`, under the name of the network that they are about.
    ///
    /// # Errors
    /// [`SenderError::Address`].
    pub fn new(address: &Email) -> Result<Self, SenderError> {
        Ok(Self { address: ascii(address)?, name: None, reply_to: None })
    }

    /// They come under `name`, whatever the network.
    ///
    /// # Errors
    /// [`SenderError::Name`].
    pub fn named(mut self, name: &str) -> Result<Self, SenderError> {
        let clean = header::text(name);
        if clean.is_empty() || clean != name {
            return Err(SenderError::Name);
        }
        self.name = Some(clean);
        Ok(self)
    }

    /// Answers go to `address`.
    ///
    /// # Errors
    /// [`SenderError::Address`].
    pub fn answered_to(mut self, address: &Email) -> Result<Self, SenderError> {
        self.reply_to = Some(ascii(address)?);
        Ok(self)
    }
}

fn ascii(email: &Email) -> Result<Address, SenderError> {
    match header::address(email) {
        Some(address) if AsRef::<str>::as_ref(&address).is_ascii() => Ok(address),
        _ => Err(SenderError::Address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_not_one_line_are_refused() {
        let sender = Sender::new(&Email::parse("a@school.example").unwrap()).unwrap();
        for name in [
            "",
            " ",
            "a\r\nBcc: b@evil.example",
            "a\nb",
            "a\0",
            "a\u{202E}b",
            "=?utf-8?q?=0A?=",
            &"a".repeat(201),
        ] {
            assert_eq!(sender.clone().named(name), Err(SenderError::Name), "{name:?}");
        }
        assert!(sender.named("Schülerhaus, \"Mitte\" <3>").is_ok());
    }

    #[test]
    fn addresses_are_ascii_on_the_wire() {
        let of = |text: &str| Sender::new(&Email::parse(text).unwrap());
        assert_eq!(of("a@bücher.example").unwrap().address.to_string(), "a@xn--bcher-kva.example");
        assert_eq!(of("ä@school.example"), Err(SenderError::Address));
        let sender = of("a@school.example").unwrap();
        assert_eq!(sender.answered_to(&Email::parse("ä@school.example").unwrap()), Err(SenderError::Address));
    }
}
