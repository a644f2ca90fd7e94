//! Mail.

use std::fmt::{self, Debug};

use async_trait::async_trait;

use crate::Email;

/// A mail to one person, in plain text. It may hold a link that lets whoever has it in, so its text does not print.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// Who gets it: always an address on record.
    pub to: Email,
    /// The subject line; without line breaks.
    pub subject: String,
    /// The text.
    pub text: String,
}

impl Message {
    /// A mail to `to`.
    pub const fn new(to: Email, subject: String, text: String) -> Self {
        Self { to, subject, text }
    }
}

impl Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("to", &self.to)
            .field("subject", &self.subject)
            .finish_non_exhaustive()
    }
}

/// The mail could not be handed over. Whether the host tries again is its own affair.
#[derive(Debug, thiserror::Error)]
#[error("the mail could not be sent")]
pub struct MailError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Sends mail.
///
/// No operation that creates users is ever given one: creating accounts tells nobody (R10).
///
/// # Contract
/// `Ok` means that somebody else has taken responsibility for the mail (a relay, a queue, a folder).
#[async_trait]
pub trait Mailer: Debug + Send + Sync {
    /// Hands `message` over.
    async fn send(&self, message: &Message) -> Result<(), MailError>;
}
