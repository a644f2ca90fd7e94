//! The schools of the network.

use async_trait::async_trait;

use super::StoreError;
use crate::{School, SchoolId};

/// What became of a school that was to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchoolWrite {
    /// It is written.
    Written,
    /// Another school has its SIS id; or, for an insert, its id.
    Taken,
    /// For an update: there is no school with its id.
    Unknown,
}

/// The schools of the network.
///
/// Example: [a unit of work](crate::store#an-example).
#[async_trait]
pub trait SchoolRepository: Send {
    /// The school with that id.
    async fn find(&mut self, id: SchoolId) -> Result<Option<School>, StoreError>;

    /// All schools, by folded name, then id.
    async fn list(&mut self) -> Result<Vec<School>, StoreError>;

    /// Writes new schools.
    async fn insert(&mut self, schools: &[School]) -> Result<Vec<SchoolWrite>, StoreError>;

    /// Overwrites the schools with these ids. Where one school of the call gives up a SIS id that another takes, the other is
    /// `Written` or `Taken`, as it comes.
    async fn update(&mut self, schools: &[School]) -> Result<Vec<SchoolWrite>, StoreError>;
}
