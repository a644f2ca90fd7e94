//! What Staffroom's stores over SQL databases have in common: how things look in columns that no database has a type
//! for. Not for direct use; it follows the stores, and changes with them.
//!
//! Nothing in here talks to a database, and nothing decides.

pub mod conflicts;
pub mod number;
pub mod password;
pub mod reports;
pub mod search;
pub mod sign_in;
