//! Tokens, and what is counted under which key: what the operations that strangers call have in common.

use zeroize::Zeroizing;

use super::PasswordCapability;
use crate::store::{FailureKey, StoreError, UnitOfWork};
use crate::{Email, EmailError, Pace, Secret, Source, Throttle, Timestamp, TokenHash, UserId};

/// How many random bytes are in a token: 256 bits.
const TOKEN_BYTES: usize = 32;

/// A token for a person to hold, and what the store finds it by.
#[derive(Debug, Clone)]
pub(super) struct NewToken {
    pub(super) token: Secret,
    pub(super) hash: TokenHash,
}

/// What is counted.
#[derive(Clone, Copy)]
pub(super) enum Counted<'a> {
    /// Failures of an account, whether or not there is one.
    Account(&'a Address),
    /// Failures of a source.
    Source(&'a Source),
    /// Resets that a source asks for.
    ResetsFor(&'a Source),
    /// Mails with a reset to a user.
    MailsTo(UserId),
}

/// What somebody typed as their email.
#[derive(Clone)]
pub(super) enum Address {
    Email(Email),
    /// No email: nobody holds it, and it is counted like any other. It may be a password that was typed into the wrong field.
    Other(String),
}

impl Address {
    pub(super) fn read(typed: &str) -> Self {
        let parsed: Result<Email, EmailError> = Email::parse(typed);
        parsed.map_or_else(|_| Self::Other(typed.trim().to_owned()), Self::Email)
    }

    pub(super) const fn email(&self) -> Option<&Email> {
        match self {
            Self::Email(email) => Some(email),
            Self::Other(_) => None,
        }
    }
}

impl PasswordCapability {
    pub(super) fn new_token(&self) -> NewToken {
        let mut bytes = Zeroizing::new([0; TOKEN_BYTES]);
        self.randomness.fill(&mut *bytes);
        // With room for all of it from the start: growing would leave copies behind.
        let mut text = String::with_capacity(2 * TOKEN_BYTES);
        for byte in bytes.iter() {
            text.extend([byte >> 4, byte & 0xF].map(hex_digit));
        }
        let token = Secret::new(text);
        let hash = self.passwords.token_hash(&token);
        NewToken { token, hash }
    }

    pub(super) fn key(&self, counted: Counted<'_>) -> FailureKey {
        let text = match counted {
            Counted::Account(Address::Email(email)) => format!("account:{}", email.canonical()),
            Counted::Account(Address::Other(text)) => self.place_of_no_email(text),
            Counted::Source(source) => format!("source:{}", source.as_str()),
            Counted::ResetsFor(source) => format!("resets:{}", source.as_str()),
            Counted::MailsTo(user) => format!("mails:{user}"),
        };
        FailureKey::from_bytes(*self.passwords.token_hash(&Secret::new(text)).as_bytes())
    }

    /// One of 65,536 places, for a text that is no email: people type their passwords there, and a quick hash of one would be
    /// as good as the password to whoever reads the store. So two texts may be counted as one; nobody signs in with either.
    fn place_of_no_email(&self, text: &str) -> String {
        let hash = self.passwords.token_hash(&Secret::new(text.to_owned()));
        let place = hash.as_bytes().iter().take(2).fold(0, |place, byte| place * 256 + u32::from(*byte));
        format!("no email:{place}")
    }
}

fn hex_digit(half: u8) -> char {
    char::from_digit(u32::from(half), 16).unwrap_or_default()
}

/// Counts one under `key`, and says whether that is one too many: then the unit of work is to be dropped, and the count
/// with it.
pub(super) async fn count(
    uow: &mut dyn UnitOfWork,
    key: &FailureKey,
    throttle: &Throttle,
    at: Timestamp,
) -> Result<Pace, StoreError> {
    let before = uow.failures().add(key, at).await?;
    if before.is_some_and(|before| throttle.is_over(&before, at)) {
        uow.failures().clear(key).await?;
        uow.failures().add(key, at).await?;
    }
    Ok(throttle.pace(before.as_ref(), at))
}
