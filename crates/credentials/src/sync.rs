//! What threads share, named in one place: `crates/schedules` runs the same sources over locks and threads that let it
//! decide who goes first.

pub(crate) use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
pub(crate) use std::sync::{Condvar, Mutex, MutexGuard};
pub(crate) use std::thread;
