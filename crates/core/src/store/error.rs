//! The one error of the storage traits.

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why a store could not do as it was asked. Each variant is there because some caller does something else about
/// it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another unit of work was in the way (a deadlock, a serialization failure, a lock that took too long).
    /// Nothing was written; the whole unit of work may be tried again.
    #[error("another change was in the way")]
    Contended(#[source] Option<Source>),
    /// The store cannot be reached, or is shutting down. Nothing was written; trying again later may help. In the middle
    /// of a unit of work it is tried again, a few times; a `begin` that answers it has waited for as long as it thinks
    /// right.
    #[error("the store cannot be reached")]
    Unavailable(#[source] Source),
    /// The reply to a commit was lost: everything was written, or nothing. Reading tells which.
    #[error("the reply to a commit was lost")]
    CommitUnknown(#[source] Source),
    /// What the store holds is not what any of our types can be. Somebody else wrote to it, or it is damaged.
    #[error("the store holds {what} that cannot be read")]
    Corrupt {
        /// What it is, with its id but without its contents.
        what: String,
        /// What the parser said.
        #[source]
        source: Source,
    },
    /// The caller broke a contract: wrote in a unit of work for reading, or referred to a record that is not there.
    /// A bug, in the caller.
    #[error("the store was misused: {0}")]
    Misuse(&'static str),
    /// Anything else. Nothing was written.
    #[error("the store failed")]
    Other(#[source] Source),
}
