//! The open sessions of the network.

use async_trait::async_trait;

use super::StoreError;
use crate::{SchoolId, SessionId, Timestamp, TokenHash, UserId};

/// Somebody who is signed in. The token itself is with them and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSession {
    /// What it is listed and ended by.
    pub id: SessionId,
    /// Who is signed in.
    pub user: UserId,
    /// The school they are logged into.
    pub school: SchoolId,
    /// What it is found by.
    pub token: TokenHash,
    /// When they signed in.
    pub opened_at: Timestamp,
    /// When it ends by itself. A store keeps it until it is told to forget it, and says what it has.
    pub expires_at: Timestamp,
}

/// The open sessions of the network's users. They go when their user is deleted.
///
/// Example: [a unit of work](crate::store#an-example).
#[async_trait]
pub trait SessionRepository: Send {
    /// Keeps a new session. Its user and its school must be in the network, its id and its token new
    /// ([`StoreError::Misuse`] otherwise).
    async fn insert(&mut self, session: &OpenSession) -> Result<(), StoreError>;

    /// The session with that token.
    async fn find(&mut self, token: &TokenHash) -> Result<Option<OpenSession>, StoreError>;

    /// The sessions of a user, by `opened_at`, then id.
    async fn find_by_user(&mut self, user: UserId) -> Result<Vec<OpenSession>, StoreError>;

    /// Moves the session with that id to another school, which must be in the network ([`StoreError::Misuse`]
    /// otherwise). False if there is no such session.
    async fn enter(&mut self, id: SessionId, school: SchoolId) -> Result<bool, StoreError>;

    /// Ends the session with that id. False if there is none.
    async fn end(&mut self, id: SessionId) -> Result<bool, StoreError>;

    /// Ends all sessions of a user; answers how many there were.
    async fn end_by_user(&mut self, user: UserId) -> Result<usize, StoreError>;

    /// Forgets up to `limit` sessions whose `expires_at` is `at` or before; answers how many. Fewer than `limit` means
    /// that there are no more.
    async fn forget_expired(&mut self, at: Timestamp, limit: usize) -> Result<usize, StoreError>;
}
