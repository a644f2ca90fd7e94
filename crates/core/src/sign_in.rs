//! What signing in is about: the settings, what a person types, and what they get.

use std::fmt;

use crate::throttle::{MOST_FAILURES, Throttle};
use crate::{School, SchoolId, Secret, Session, SessionId, Timestamp, User};

/// How long sessions and resets last, and how many failures are let pass.
///
/// ```
/// use staffroom_core::SignInSettings;
/// let strict = SignInSettings::default().with_session_minutes(8 * 60).with_account_limit(20);
/// assert_eq!(strict.session_minutes(), 480);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignInSettings {
    session_minutes: u32,
    reset_minutes: u32,
    account_limit: u32,
    source_limit: u32,
    resets_limit: u32,
}

impl Default for SignInSettings {
    /// Sessions of 12 hours; resets of 60 minutes; 100 failures of an account in a row, 100 failures of a source in an
    /// hour, and 300 resets asked for by a source in an hour.
    fn default() -> Self {
        Self {
            session_minutes: 12 * 60,
            reset_minutes: 60,
            account_limit: MOST_FAILURES,
            source_limit: 100,
            resets_limit: 300,
        }
    }
}

impl SignInSettings {
    /// The longest that a session lasts: 30 days, in minutes.
    pub const MAX_SESSION_MINUTES: u32 = 30 * 24 * 60;
    /// The longest that a reset lasts: a day, in minutes (R17).
    pub const MAX_RESET_MINUTES: u32 = 24 * 60;

    /// Sessions end by themselves after so many minutes, used or not; at least 1, at most
    /// [`MAX_SESSION_MINUTES`](Self::MAX_SESSION_MINUTES), whatever is asked for.
    #[must_use]
    pub fn with_session_minutes(mut self, minutes: u32) -> Self {
        self.session_minutes = minutes.clamp(1, Self::MAX_SESSION_MINUTES);
        self
    }

    /// The token of a reset works for so many minutes; at least 1, at most
    /// [`MAX_RESET_MINUTES`](Self::MAX_RESET_MINUTES), whatever is asked for.
    #[must_use]
    pub fn with_reset_minutes(mut self, minutes: u32) -> Self {
        self.reset_minutes = minutes.clamp(1, Self::MAX_RESET_MINUTES);
        self
    }

    /// So many failures in a row lock an account until its password is set anew; at least 5, at most 100, whatever is
    /// asked for.
    #[must_use]
    pub fn with_account_limit(mut self, failures: u32) -> Self {
        self.account_limit = failures.clamp(5, MOST_FAILURES);
        self
    }

    /// So many failures in an hour are let pass from one source, all but the last 80 without waiting; at least 20, whatever is
    /// asked for. A school of hundreds behind one address needs more than the 100 of the default on its first day.
    #[must_use]
    pub fn with_source_limit(mut self, failures: u32) -> Self {
        self.source_limit = failures.max(20);
        self
    }

    /// So many resets may be asked for in an hour from one source; at least 1, whatever is asked for.
    #[must_use]
    pub fn with_resets_limit(mut self, resets: u32) -> Self {
        self.resets_limit = resets.max(1);
        self
    }

    /// How many minutes sessions last.
    pub const fn session_minutes(&self) -> u32 {
        self.session_minutes
    }

    /// How many minutes the token of a reset works.
    pub const fn reset_minutes(&self) -> u32 {
        self.reset_minutes
    }

    pub(crate) const fn of_account(&self) -> Throttle {
        Throttle::of_account(self.account_limit)
    }

    pub(crate) const fn of_source(&self) -> Throttle {
        Throttle::of_source(self.source_limit)
    }

    pub(crate) const fn of_resets(&self) -> Throttle {
        Throttle::of_resets(self.resets_limit)
    }

    pub(crate) fn session_ends(&self, opened_at: Timestamp) -> Timestamp {
        opened_at.plus_seconds(self.session_minutes.saturating_mul(60))
    }

    pub(crate) fn reset_ends(&self, issued_at: Timestamp) -> Timestamp {
        issued_at.plus_seconds(self.reset_minutes.saturating_mul(60))
    }
}

/// Where an attempt comes from, as the host tells it: the address of the client, usually. Whoever can choose it freely is
/// not throttled by it: a host behind a proxy takes it from the proxy, never from the request. Of an IPv6 address it takes the
/// first 64 bits: whoever has one has all that begin with them. Does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct Source(String);

impl Source {
    /// The source named `text`: any text that is the same for the same source.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Source(..)")
    }
}

/// What a person types to sign in. Prints nothing of it: passwords are typed into the wrong field, too.
#[derive(Clone)]
#[non_exhaustive]
pub struct SignIn {
    /// What they typed as their email.
    pub email: String,
    /// Their password.
    pub password: Secret,
    /// The school to log into; `None` for the first by name of those they may enter.
    pub school: Option<SchoolId>,
    /// Where it comes from.
    pub source: Source,
}

impl SignIn {
    /// Into whichever school comes first.
    pub fn new(email: impl Into<String>, password: Secret, source: Source) -> Self {
        Self { email: email.into(), password, school: None, source }
    }

    /// Into this school.
    #[must_use]
    pub const fn into_school(mut self, school: SchoolId) -> Self {
        self.school = Some(school);
        self
    }
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignIn").field("school", &self.school).finish_non_exhaustive()
    }
}

/// Somebody who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authenticated {
    /// What their session is listed and ended by.
    pub id: SessionId,
    /// Who they are and which school they are logged into: what every operation takes.
    pub session: Session,
    /// Their account.
    pub user: User,
    /// When the session ends by itself.
    pub expires_at: Timestamp,
}

/// A session that was just opened.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// What the person shows from now on: for a cookie, and nowhere else.
    pub token: Secret,
    /// Who they are.
    pub authenticated: Authenticated,
    /// The schools that they may enter, by name.
    pub schools: Vec<School>,
}

/// What a right password gets.
#[derive(Debug, Clone)]
pub enum SignedIn {
    /// A session.
    Session(Box<NewSession>),
    /// Leave to set a password, and nothing else: theirs was an initial one (R9).
    MustSetPassword {
        /// What [`Staffroom::set_password`](crate::Staffroom::set_password) takes, once.
        token: Secret,
        /// When it stops working.
        expires_at: Timestamp,
    },
}
