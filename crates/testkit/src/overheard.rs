//! What is logged: by everybody in this process, at every level.

use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use log::{LevelFilter, Log, Metadata, Record};

/// Keeps whatever is logged. Libraries that trace log as well, as long as nobody listens to their traces.
#[derive(Debug)]
pub struct Listener {
    heard: Mutex<String>,
}

static LISTENER: Listener = Listener { heard: Mutex::new(String::new()) };

impl Listener {
    /// Hears everything from now on.
    ///
    /// # Panics
    /// If somebody else listens already.
    #[expect(clippy::panic, reason = "test support: a test that cannot be set up fails")]
    pub fn start() -> &'static Self {
        if let Err(error) = log::set_logger(&LISTENER) {
            panic!("somebody else listens already: {error}");
        }
        log::set_max_level(LevelFilter::Trace);
        &LISTENER
    }

    /// What was heard.
    pub fn heard(&self) -> String {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Log for Listener {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        // Writing to a string cannot fail.
        writeln!(heard, "{} {} {}", record.level(), record.target(), record.args()).ok();
    }

    fn flush(&self) {}
}
