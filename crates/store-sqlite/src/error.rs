//! From what SQLite and sqlx say to what a caller can do about it.

use staffroom_core::store::StoreError;

/// What an error means for the unit of work it happened in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Somebody else was in the way; the whole unit of work may be tried again.
    Contended,
    /// A row is there already. The statement has done nothing, and the transaction goes on.
    Duplicate,
    /// A row refers to one that is not there.
    Dangling,
    /// The file cannot be opened, or the thread that works on it is gone.
    Unavailable,
    /// The file is not what SQLite wrote.
    Damaged,
    /// The disk, or the quota on it, is full.
    Full,
    /// The file, its folder or the file system cannot be written to.
    ReadOnly,
    /// It is not a file of SQLite.
    NotADatabase,
    /// Anything else.
    Other,
}

/// What `error` means.
pub(crate) fn meaning(error: &sqlx::Error) -> Meaning {
    match error {
        sqlx::Error::Database(error) => error.code().map_or(Meaning::Other, |code| meaning_of_code(&code)),
        // All connections are in the hands of other units of work.
        sqlx::Error::PoolTimedOut => Meaning::Contended,
        sqlx::Error::Io(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => Meaning::Unavailable,
        _ => Meaning::Other,
    }
}

/// <https://www.sqlite.org/rescode.html>: the primary code is in the lowest eight bits of the extended one.
fn meaning_of_code(code: &str) -> Meaning {
    let Ok(code) = code.parse::<i32>() else {
        return Meaning::Other;
    };
    match (code, code & 0xFF) {
        // A unique key, a primary key, a rowid.
        (2067 | 1555 | 2579, _) => Meaning::Duplicate,
        (787, _) => Meaning::Dangling,
        // Busy, locked.
        (_, 5 | 6) => Meaning::Contended,
        (_, 8) => Meaning::ReadOnly,
        (_, 11) => Meaning::Damaged,
        (_, 13) => Meaning::Full,
        (_, 14) => Meaning::Unavailable,
        (_, 26) => Meaning::NotADatabase,
        _ => Meaning::Other,
    }
}

/// The error for a caller, if it happened before the commit: nothing was written.
pub(crate) fn store_error(error: sqlx::Error) -> StoreError {
    match meaning(&error) {
        Meaning::Contended => StoreError::Contended(Some(Box::new(error))),
        Meaning::Unavailable => StoreError::Unavailable(Box::new(error)),
        Meaning::Dangling => StoreError::Misuse("a row refers to one that the network does not have"),
        Meaning::Damaged | Meaning::NotADatabase => corrupt("a file", error),
        Meaning::Duplicate | Meaning::Full | Meaning::ReadOnly | Meaning::Other => {
            StoreError::Other(Box::new(error))
        }
    }
}

/// True if the file, or the file system that it is on, turned out to be for reading only when something was to be written.
/// A file that can only be read opens like any other.
pub fn is_read_only(error: &StoreError) -> bool {
    let StoreError::Other(source) = error else {
        return false;
    };
    source.downcast_ref::<sqlx::Error>().is_some_and(|error| meaning(error) == Meaning::ReadOnly)
}

/// The error for a caller whose commit was not answered with a yes. A full disk is noticed before the mark that makes a
/// transaction count; after any other failure of the disk the mark may be there or not.
pub(crate) fn commit_error(error: sqlx::Error) -> StoreError {
    match meaning(&error) {
        Meaning::Contended | Meaning::Dangling | Meaning::Full | Meaning::ReadOnly => store_error(error),
        _ => StoreError::CommitUnknown(Box::new(error)),
    }
}

/// The error for what the tables hold and our types cannot be.
pub(crate) fn corrupt(
    what: impl Into<String>,
    source: impl std::error::Error + Send + Sync + 'static,
) -> StoreError {
    StoreError::Corrupt { what: what.into(), source: Box::new(source) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_only_be_read_is_told_from_other_faults() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let said = |sql: &'static str| {
            runtime.block_on(async {
                let mut connection =
                    <sqlx::SqliteConnection as sqlx::Connection>::connect("sqlite::memory:").await.unwrap();
                sqlx::raw_sql(sql).execute(&mut connection).await.unwrap_err()
            })
        };
        assert!(is_read_only(&store_error(said("PRAGMA query_only = ON; CREATE TABLE a (b)"))));
        assert!(!is_read_only(&store_error(said("CREATE TABLE a (b); CREATE TABLE a (b)"))));
    }

    #[test]
    fn extended_codes_mean_what_their_primary_codes_mean() {
        for (code, means) in [
            ("5", Meaning::Contended),
            ("517", Meaning::Contended),
            ("262", Meaning::Contended),
            ("2067", Meaning::Duplicate),
            ("1555", Meaning::Duplicate),
            ("787", Meaning::Dangling),
            ("275", Meaning::Other),
            ("1032", Meaning::ReadOnly),
            ("267", Meaning::Damaged),
            ("13", Meaning::Full),
            ("270", Meaning::Unavailable),
            ("26", Meaning::NotADatabase),
            ("1034", Meaning::Other),
            ("none", Meaning::Other),
        ] {
            assert_eq!(meaning_of_code(code), means, "{code}");
        }
    }
}
