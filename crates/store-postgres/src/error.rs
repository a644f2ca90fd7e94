//! From what PostgreSQL and sqlx say to what a caller can do about it.

use sqlx::postgres::{PgDatabaseError, PgSeverity};
use staffroom_core::store::StoreError;

/// What an error means for the unit of work it happened in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Somebody else was in the way; the whole unit of work may be tried again.
    Contended,
    /// A row is there already, and the statement was rolled back to its savepoint if it had one.
    Duplicate,
    /// A row refers to one that is not there.
    Dangling,
    /// The server is gone, going or coming.
    Unavailable,
    /// Anything else.
    Other,
}

/// What `error` means.
pub(crate) fn meaning(error: &sqlx::Error) -> Meaning {
    match error {
        sqlx::Error::Database(error) => error.code().map_or(Meaning::Other, |code| meaning_of_code(&code)),
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::Protocol(_) => Meaning::Unavailable,
        _ => Meaning::Other,
    }
}

/// <https://www.postgresql.org/docs/15/errcodes-appendix.html>
fn meaning_of_code(code: &str) -> Meaning {
    match code {
        // Serialization failure, deadlock, lock timeout.
        "40001" | "40P01" | "55P03" => Meaning::Contended,
        "23505" => Meaning::Duplicate,
        "23503" => Meaning::Dangling,
        // Shutting down, crashed, starting up, terminated for idling; no room for more connections; the host was
        // promoted or demoted under us.
        "57P01" | "57P02" | "57P03" | "57P05" | "25P03" | "53300" | "25006" => Meaning::Unavailable,
        // PgBouncer reports a server that went away as a protocol violation.
        code if code.starts_with("08") => Meaning::Unavailable,
        _ => Meaning::Other,
    }
}

/// The error for a caller, if it happened before the commit: nothing was written.
pub(crate) fn store_error(error: sqlx::Error) -> StoreError {
    match meaning(&error) {
        Meaning::Contended => StoreError::Contended(Some(Box::new(error))),
        Meaning::Unavailable => StoreError::Unavailable(Box::new(error)),
        Meaning::Dangling => StoreError::Misuse("a row refers to one that the network does not have"),
        Meaning::Duplicate | Meaning::Other => StoreError::Other(Box::new(error)),
    }
}

/// The error for a caller whose commit was not answered with a yes. Only a plain `ERROR` says that nothing was written:
/// a server that is going down may say so after it has written everything.
pub(crate) fn commit_error(error: sqlx::Error) -> StoreError {
    let refused = match &error {
        sqlx::Error::Database(error) => error
            .try_downcast_ref::<PgDatabaseError>()
            .is_some_and(|error| error.severity() == PgSeverity::Error && !error.code().starts_with("08")),
        _ => false,
    };
    if refused { store_error(error) } else { StoreError::CommitUnknown(Box::new(error)) }
}

/// The error for what the tables hold and our types cannot be.
pub(crate) fn corrupt(
    what: impl Into<String>,
    source: impl std::error::Error + Send + Sync + 'static,
) -> StoreError {
    StoreError::Corrupt { what: what.into(), source: Box::new(source) }
}
