//! Why a mail was not sent.

use std::fmt;
use std::time::Duration;

use staffroom_core::MailError;

use crate::compose::ComposeError;

/// What a mail server answered: its numbers only. Servers quote addresses, links and even passwords in their words.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reply {
    /// The reply code (RFC 5321, section 4.2), as 550.
    pub code: u16,
    /// The enhanced status code (RFC 3463), as `5.7.1`, if there was one.
    pub status: Option<String>,
}

impl Reply {
    /// Of a code and the words after it.
    pub(crate) fn new(code: u16, words: &str) -> Self {
        let status = words.split_whitespace().next().filter(|word| is_status(word));
        Self { code, status: status.map(str::to_owned) }
    }
}

fn is_status(word: &str) -> bool {
    let mut parts = word.split('.');
    let class = matches!(parts.next(), Some("2" | "4" | "5"));
    let number = |part: Option<&str>| {
        part.is_some_and(|part| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()))
    };
    class && number(parts.next()) && number(parts.next()) && parts.next().is_none()
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        self.status.as_ref().map_or(Ok(()), |status| write!(f, " {status}"))
    }
}

/// Why a mail was not sent: the source of a [`MailError`]. Nothing here quotes the mail, its addressee or a password.
///
/// ```
/// use staffroom_core::MailError;
/// use staffroom_mail::SendError;
/// fn is_worth_another_try(error: &MailError) -> bool {
///     error.0.downcast_ref::<SendError>().is_some_and(SendError::is_passing)
/// }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// It could not be written.
    #[error(transparent)]
    Compose(#[from] ComposeError),
    /// Nobody answers there.
    #[error(
        "the mail server {server} cannot be reached ({reason}); check host and port, and that the server runs"
    )]
    Unreachable {
        /// Host and port.
        server: String,
        /// What the machine says.
        reason: String,
    },
    /// No TLS connection came about: a certificate that is not trusted, or a port that speaks another way.
    #[error(
        "no TLS connection with the mail server {server} ({reason}); check the certificate, and `smtps://` against `smtp://`"
    )]
    Tls {
        /// Host and port.
        server: String,
        /// What the TLS library says.
        reason: String,
    },
    /// STARTTLS is asked for, and the server does not offer it.
    #[error("the mail server {server} offers no STARTTLS; use `smtps://` or another port")]
    NoStartTls {
        /// Host and port.
        server: String,
    },
    /// The server does not offer a way to sign in that is known here (PLAIN or LOGIN).
    #[error(
        "the mail server {server} does not let anybody sign in on this port; leave out user and password, or use another port"
    )]
    NoSignIn {
        /// Host and port.
        server: String,
    },
    /// User or password are wrong.
    #[error("the mail server did not accept user and password ({0})")]
    SignIn(Reply),
    /// The address has letters beyond ASCII before the @, which the server does not know (SMTPUTF8, RFC 6531).
    #[error(
        "the mail server cannot send to an address with letters beyond ASCII before the @ (it offers no SMTPUTF8)"
    )]
    NoSmtpUtf8,
    /// The server says no, for good.
    #[error("the mail server refused the mail ({0})")]
    Refused(Reply),
    /// The server says no, for now.
    #[error("the mail server does not take the mail now ({0}); try again later")]
    Later(Reply),
    /// The connection broke off, or what came was not SMTP. The mail may have gone out.
    #[error("the connection with the mail server {server} broke off")]
    Broken {
        /// Host and port.
        server: String,
    },
    /// It took too long. The mail may have gone out.
    #[error("the mail server {server} did not take the mail within {} s", .after.as_secs())]
    TimedOut {
        /// Host and port.
        server: String,
        /// How long was waited.
        after: Duration,
    },
    /// The folder for trying out could not be written to.
    #[error("the mail could not be written into its folder")]
    Folder(#[source] std::io::Error),
}

impl SendError {
    /// True if the same mail may get through later. It may then arrive twice.
    pub const fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::Later(_) | Self::Broken { .. } | Self::TimedOut { .. }
        )
    }
}

impl From<SendError> for MailError {
    fn from(error: SendError) -> Self {
        Self(Box::new(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_reply_the_numbers_are_kept_and_nothing_else() {
        for (words, shown) in [
            ("5.7.1 relaying denied", "550 5.7.1"),
            ("5.7.123 <mary@school.example>", "550 5.7.123"),
            ("mary@school.example unknown", "550"),
            ("5.7.1234 x", "550"),
            ("5.7 x", "550"),
            ("9.1.1 x", "550"),
            ("5..1 x", "550"),
            ("5.1.1.1 x", "550"),
            ("", "550"),
        ] {
            assert_eq!(Reply::new(550, words).to_string(), shown, "{words}");
        }
    }
}
