//! Ids.

use std::fmt::Debug;

use uuid::Uuid;

/// Makes ids.
///
/// Example: [a clock](crate::Clock#an-example).
///
/// # Contract
/// Every answer is new: never given before, by any process that works on the same network. Answers should grow
/// with time (UUID version 7, RFC 9562 section 5.7): a database inserts growing keys into one place of its index
/// and random keys all over it.
pub trait IdSource: Debug + Send + Sync {
    /// A new id.
    fn next_id(&self) -> Uuid;
}
