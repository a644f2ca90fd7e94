//! Mail.

use std::fmt::{self, Debug};

use async_trait::async_trait;

use super::Secret;
use crate::{Email, NetworkName, PersonName, SchoolName, Timestamp};

/// A mail to one person: what it says, not how. A [`Mailer`] puts it into words, and its tokens into links that start
/// with the address it was configured with: none comes from a request.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Mail {
    /// Who gets it: always an address on record.
    pub to: Email,
    /// Their name, if a staff member is linked to their account.
    pub name: Option<PersonName>,
    /// The network that their account is in.
    pub network: NetworkName,
    /// What it says.
    pub letter: Letter,
}

impl Mail {
    /// A mail to `to`.
    pub const fn new(to: Email, name: Option<PersonName>, network: NetworkName, letter: Letter) -> Self {
        Self { to, name, network, letter }
    }
}

/// What a mail says. Its tokens do not print.
#[derive(Clone)]
#[non_exhaustive]
pub enum Letter {
    /// "Forgot your password?": with this token you set a new one.
    Reset {
        /// What lets whoever holds it set the password, once.
        token: Secret,
        /// For how long.
        valid_minutes: u32,
    },
    /// Your password was set. If it was not you, somebody else has your account.
    PasswordSet {
        /// When.
        at: Timestamp,
    },
    /// You have an account. Sent by an act of its own to somebody who has never signed in, never by creating one (R10).
    Invitation {
        /// Where the account lets them in.
        school: SchoolName,
        /// How they get in. Never with a password in it.
        way_in: InvitedWayIn,
    },
}

/// How somebody who is invited gets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitedWayIn {
    /// Through "Forgot your password?", with the address that the mail came to.
    ForgotPassword,
    /// With the initial password that they were given, until it expires.
    InitialPassword {
        /// When it does.
        expires_at: Timestamp,
    },
}

impl Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reset { valid_minutes, .. } => {
                f.debug_struct("Reset").field("valid_minutes", valid_minutes).finish_non_exhaustive()
            }
            Self::PasswordSet { at } => f.debug_struct("PasswordSet").field("at", at).finish(),
            Self::Invitation { school, way_in } => {
                f.debug_struct("Invitation").field("school", school).field("way_in", way_in).finish()
            }
        }
    }
}

/// The mail could not be handed over. Whether the host tries again is its own affair.
#[derive(Debug, thiserror::Error)]
#[error("the mail could not be sent")]
pub struct MailError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Sends mail.
///
/// Example: [a clock](crate::Clock#an-example).
///
/// No operation that creates users is ever given one: creating accounts tells nobody (R10).
///
/// # Contract
/// `Ok` means that somebody else has taken responsibility for the mail (a relay, a queue, a folder).
#[async_trait]
pub trait Mailer: Debug + Send + Sync {
    /// Hands `mail` over.
    async fn send(&self, mail: &Mail) -> Result<(), MailError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_does_not_print_its_token() {
        let token = Secret::new("correct horse battery staple".to_owned());
        let letter = Letter::Reset { token, valid_minutes: 60 };
        assert_eq!(format!("{letter:?}"), "Reset { valid_minutes: 60, .. }");
    }
}
