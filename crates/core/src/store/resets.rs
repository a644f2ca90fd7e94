//! The password resets of the network that are under way.

use async_trait::async_trait;

use super::StoreError;
use crate::{Timestamp, TokenHash, UserId};

/// How somebody came by the token of a reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResetOrigin {
    /// It was sent to the address on record.
    Mail,
    /// It was given to whoever signed in with an initial password, and falls with that password.
    InitialPassword,
}

/// Leave for one user to set their password, once. The token itself is with them and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reset {
    /// Whose password may be set.
    pub user: UserId,
    /// What it is found by.
    pub token: TokenHash,
    /// How they came by it.
    pub origin: ResetOrigin,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it stops working. A store keeps it until it is told to forget it, and says what it has.
    pub expires_at: Timestamp,
}

/// The resets of the network's users: at most one each. They go when their user is deleted.
///
/// Example: [a unit of work](crate::store#an-example).
#[async_trait]
pub trait ResetRepository: Send {
    /// Keeps a reset, in place of any before of that user (R17). The user must exist, and no other user have a reset
    /// with its token ([`StoreError::Misuse`] otherwise).
    async fn put(&mut self, reset: &Reset) -> Result<(), StoreError>;

    /// The reset with that token.
    async fn find(&mut self, token: &TokenHash) -> Result<Option<Reset>, StoreError>;

    /// The reset of a user.
    async fn find_by_user(&mut self, user: UserId) -> Result<Option<Reset>, StoreError>;

    /// Removes the reset with that token and answers with it. Of units of work that overlap, at most one that commits
    /// has got it: the others are answered `None`, or [`StoreError::Contended`], here or at their commit.
    async fn take(&mut self, token: &TokenHash) -> Result<Option<Reset>, StoreError>;

    /// Removes the reset of a user. False if there is none.
    async fn remove_by_user(&mut self, user: UserId) -> Result<bool, StoreError>;

    /// Forgets up to `limit` resets whose `expires_at` is `at` or before; answers how many. Fewer than `limit` means
    /// that there are no more.
    async fn forget_expired(&mut self, at: Timestamp, limit: usize) -> Result<usize, StoreError>;
}
