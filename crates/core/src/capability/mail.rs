//! Mail.

use std::fmt::Debug;

use async_trait::async_trait;

use crate::Email;

/// A mail to one person, in plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Who gets it: always an address on record.
    pub to: Email,
    /// The subject line; without line breaks.
    pub subject: String,
    /// The text.
    pub text: String,
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
