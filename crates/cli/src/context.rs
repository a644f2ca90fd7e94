//! One call of the command: its settings, and where it speaks.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use staffroom_store_sqlite::SqliteStore;

use crate::args::{CommonArgs, OutputFormat};
use crate::database::{Database, DatabaseError, Opened};
use crate::error::Error;
use crate::interrupt::Interrupts;
use crate::output::say;
use crate::output::screen::Screen;
use crate::progress::Meter;
use crate::runtime;
use crate::settings::{self, Settings};

/// What every verb works with.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) settings: Settings,
    pub(crate) meter: Arc<Meter>,
    pub(crate) interrupts: Arc<Interrupts>,
    /// Where the answer is shown.
    pub(crate) screen: Screen,
    /// The files that are open.
    files: Mutex<Vec<SqliteStore>>,
}

impl Context {
    /// Settles the settings, and listens for Ctrl-C from now on.
    pub(crate) fn new(typed: &CommonArgs) -> Result<Self, Error> {
        let settings = Settings::settle(typed, &settings::variable, Path::new(""))?;
        let meter = Arc::new(Meter::new(settings.quiet.value));
        Ok(Self {
            interrupts: Interrupts::listen(&meter),
            screen: Screen::stdout(settings.color.value),
            files: Mutex::default(),
            meter,
            settings,
        })
    }

    /// The form of the answer.
    pub(crate) const fn format(&self) -> OutputFormat {
        self.settings.format.value
    }

    /// Where people sign in, if it is set.
    pub(crate) fn sign_in_url(&self) -> Option<&str> {
        self.settings.sign_in_url.as_ref().map(|setting| setting.value.as_str())
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

    /// Opens `database`; `None` if it is a file that is not there.
    pub(crate) async fn open_existing(&self, database: &Database) -> Result<Option<Opened>, DatabaseError> {
        let opened = database.open_existing().await?;
        Ok(opened.inspect(|opened| self.remember(opened)))
    }

    /// Opens `database`, and makes the file if it is one that is not there.
    pub(crate) async fn create(&self, database: &Database) -> Result<Opened, DatabaseError> {
        let opened = database.create().await?;
        self.remember(&opened);
        Ok(opened)
    }

    fn remember(&self, opened: &Opened) {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).extend(opened.file().cloned());
    }

    /// Runs `work` to its end, and closes the files that it opened: then all that was written is in them, and nothing
    /// beside them.
    pub(crate) fn run<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        runtime::block_on(async {
            let done = work.await;
            let files = std::mem::take(&mut *self.files.lock().unwrap_or_else(PoisonError::into_inner));
            for file in files {
                file.close().await;
            }
            done
        })?
    }

    /// Fails if somebody other than the operator is to act: `what` is about more than one network.
    pub(crate) fn only_operator(&self, what: &'static str) -> Result<(), Error> {
        if self.settings.acting.is_some() { Err(Error::OperatorOnly(what)) } else { Ok(()) }
    }
}
