//! What the hashing pool's sources find in their crate, here.

pub(crate) mod engine;
pub(crate) mod sync;
