//! The locks that this crate is made of, named in one place: `crates/schedules` runs the same sources over locks that let
//! it decide who goes first.

pub(crate) use std::sync::{Mutex, MutexGuard};

/// Whose turn it is to write.
pub(crate) type Turns = async_lock::Mutex<()>;
/// A turn, until it is dropped.
pub(crate) type Turn = async_lock::MutexGuardArc<()>;
