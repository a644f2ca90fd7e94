//! The model: people, their passwords, tokens and sessions, and a clock in seconds.

use super::step::{Address, PEOPLE, SCHOOLS, Step, Word};
use super::view::{Answer, PersonView, View};

/// A token that "Forgot your password?" sends, or a sign-in with an initial password gives, lasts an hour.
const TOKEN_LASTS: i64 = 60 * 60;
/// A session lasts twelve hours.
const SESSION_LASTS: i64 = 12 * 60 * 60;
/// An initial password lasts thirty days.
const INITIAL_LASTS: i64 = 30 * 24 * 60 * 60;
const A_DAY: i64 = 24 * 60 * 60;
const A_MINUTE: i64 = 60;
const AN_HOUR: i64 = 60 * 60;
const LONGEST_WAIT: i64 = 15 * 60;
/// How many failures in a row an account bears in these histories before only a reset opens it.
pub(super) const ACCOUNT_BEARS: u32 = 12;
const ACCOUNT_FREE: u32 = 5;
const SOURCE_BEARS: u32 = 100;
const SOURCE_FREE: u32 = 20;

/// What a person signs in with.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Password {
    Unset,
    /// The one of the batch.
    Shared { until: i64 },
    Generated { word: Word, until: i64 },
    Chosen(Word),
}

#[derive(Debug, Clone)]
struct Person {
    enabled: bool,
    schools: Vec<usize>,
    password: Password,
    signed_in: Option<i64>,
    invited: Option<i64>,
    /// The number of the one token that would do, and when it was given.
    token: Option<(usize, i64)>,
    /// Numbers of sessions, with the school and when they end.
    sessions: Vec<(usize, usize, i64)>,
}

/// Failures of one key: how many, the first, the last.
#[derive(Debug, Clone)]
struct Count {
    key: String,
    failures: u32,
    first: i64,
    last: i64,
}

/// Everything there is, as the model sees it.
#[derive(Debug, Clone)]
pub struct Model {
    now: i64,
    people: Vec<Person>,
    counts: Vec<Count>,
    revoked: bool,
    tokens: usize,
    sessions: usize,
    log: Vec<String>,
    mails: Vec<String>,
}
