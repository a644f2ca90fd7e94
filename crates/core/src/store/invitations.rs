//! When the users of the network were last invited.

use async_trait::async_trait;

use super::StoreError;
use crate::{Timestamp, UserId};

/// The notes of when users were invited: at most one each, of the last time. They go when their user is deleted.
///
/// Example: [a unit of work](crate::store#an-example).
#[async_trait]
pub trait InvitationRepository: Send {
    /// Notes for each user that they are invited at `at`, unless there is a note for them of `since` or later: true where
    /// it was noted. A user who is named twice is noted once. Whoever is not there is not noted: a user may be removed while
    /// somebody invites many.
    ///
    /// Of units of work that overlap, at most one that commits notes a user. The others wait and find the note, or are
    /// answered [`StoreError::Contended`], here or at their commit.
    async fn claim(
        &mut self,
        users: &[UserId],
        at: Timestamp,
        since: Timestamp,
    ) -> Result<Vec<bool>, StoreError>;

    /// Takes back the notes made for these users at exactly `at`: their mails could not be sent. Others stay.
    async fn release(&mut self, users: &[UserId], at: Timestamp) -> Result<(), StoreError>;
}
