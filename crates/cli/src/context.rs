//! One call of the command: its settings, and where it speaks.

use std::path::Path;
use std::sync::Arc;

use crate::args::{CommonArgs, OutputFormat};
use crate::database::Database;
use crate::error::Error;
use crate::interrupt::Interrupts;
use crate::output::say;
use crate::output::screen::Screen;
use crate::progress::Meter;
use crate::settings::{self, Settings};

/// What every verb works with.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) settings: Settings,
    pub(crate) meter: Arc<Meter>,
    pub(crate) interrupts: Arc<Interrupts>,
    /// Where the answer is shown.
    pub(crate) screen: Screen,
}

impl Context {
    /// Settles the settings, and listens for Ctrl-C from now on.
    pub(crate) fn new(typed: &CommonArgs) -> Result<Self, Error> {
        let settings = Settings::settle(typed, &settings::variable, Path::new(""))?;
        let meter = Arc::new(Meter::new(settings.quiet.value));
        Ok(Self {
            interrupts: Interrupts::listen(&meter),
            screen: Screen::stdout(settings.color.value),
            meter,
            settings,
        })
    }

    /// The form of the answer.
    pub(crate) const fn format(&self) -> OutputFormat {
        self.settings.format.value
    }

    /// Standard error, for questions.
    pub(crate) fn stderr(&self) -> Screen {
        Screen::stderr(self.settings.color.value)
    }

    /// Says something beside the answer, unless quiet was asked for.
    pub(crate) fn note(&self, text: &str) {
        if !self.settings.quiet.value {
            self.meter.clear();
            say(text);
        }
    }

    /// The database that is set.
    pub(crate) fn database(&self) -> Result<Database, Error> {
        Ok(Database::of(&self.settings.database.value, &self.settings.schema.value)?)
    }

    /// Fails if somebody other than the operator is to act: `what` is about more than one network.
    pub(crate) fn only_operator(&self, what: &'static str) -> Result<(), Error> {
        if self.settings.acting.is_some() { Err(Error::OperatorOnly(what)) } else { Ok(()) }
    }
}
