//! Ctrl-C: the command ends at once with nothing half done, and says what is done and what is not. Only a change that is
//! being made final is waited for.

use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};

use async_trait::async_trait;
use staffroom_core::NetworkId;
use staffroom_core::store::{
    AuditRepository, BatchRepository, FailureRepository, GroupRepository, InvitationRepository, Mode,
    NetworkRepository, PasswordRepository, ResetRepository, SchoolRepository, SessionRepository,
    StaffRepository, Store, StoreError, UnitOfWork, UserRepository,
};

use crate::error::Exit;
use crate::progress::Meter;
use crate::secret::Terminal;

/// Where the command is, for somebody who wants it to stop.
#[derive(Debug)]
pub(crate) struct Interrupts {
    state: Mutex<State>,
    meter: Arc<Meter>,
}

#[derive(Debug)]
struct State {
    /// What stopping now would mean, in words.
    meaning: &'static str,
    /// A change is being made final, or has been and it is not yet told what that means.
    is_committing: bool,
    /// Somebody asked to stop while it was.
    is_pending: bool,
    /// Files of no use unless the work is done.
    leftovers: Vec<PathBuf>,
    /// How the terminal was before it was told not to show what is typed.
    terminal: Option<Terminal>,
}

impl Interrupts {
    /// Listens for Ctrl-C from now on.
    pub(crate) fn listen(meter: &Arc<Meter>) -> Arc<Self> {
        let state = State {
            meaning: "stopped: nothing was changed",
            is_committing: false,
            is_pending: false,
            leftovers: Vec::new(),
            terminal: None,
        };
        let interrupts = Arc::new(Self { state: Mutex::new(state), meter: Arc::clone(meter) });
        let listener = Arc::clone(&interrupts);
        let (listening, begun) = mpsc::channel();
        // A thread of its own: the others may be busy computing. Without it, Ctrl-C still ends the command.
        drop(std::thread::Builder::new().name("ctrl-c".to_owned()).spawn(move || listener.wait(&listening)));
        // Until it listens, Ctrl-C would end the command with the terminal as it is then, and with its leftovers.
        let _listens_or_is_gone = begun.recv();
        interrupts
    }

    fn wait(&self, listening: &mpsc::Sender<()>) {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
            return;
        };
        runtime.block_on(async {
            let Ok(mut pressed) = ctrl_c() else { return };
            // Nobody waits for this any more if the command has ended.
            let _told = listening.send(());
            while pressed.recv().await.is_some() {
                self.interrupted();
            }
        });
    }

    /// Ends the process, unless a change is being made final. While this holds the state, none begins to be.
    fn interrupted(&self) {
        let mut state = self.state();
        self.meter.clear();
        let mut err = io::stderr().lock();
        if err.is_terminal() {
            // Below what the terminal shows for the key.
            drop(writeln!(err));
        }
        if state.is_committing && !state.is_pending {
            state.is_pending = true;
            drop(writeln!(err, "the change is being made final; it is finished before the command ends"));
            return;
        }
        let words = if state.is_committing {
            "stopped in the middle of making the change final: either all of it is done or nothing; look with `staffroom status`"
        } else {
            state.meaning
        };
        self.end(&state, words)
    }

    /// Ends the process because somebody pressed Ctrl-C where it is read as a key.
    pub(crate) fn stop(&self) -> ! {
        let state = self.state();
        self.end(&state, state.meaning)
    }

    /// Says what that means, leaves nothing half done, and ends the process.
    fn end(&self, state: &State, words: &str) -> ! {
        self.meter.clear();
        drop(writeln!(io::stderr().lock(), "{words}"));
        if let Some(terminal) = &state.terminal {
            terminal.restore();
        }
        for path in &state.leftovers {
            drop(std::fs::remove_file(path));
        }
        std::process::exit(i32::from(Exit::Stopped.code()));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on, stopping means this: `stopped: nothing was created`.
    pub(crate) fn means(&self, meaning: &'static str) {
        let mut state = self.state();
        state.is_committing = false;
        state.meaning = meaning;
    }

    /// A file that is removed if the command is stopped before [`keep`](Self::keep).
    pub(crate) fn discard(&self, path: &Path) {
        self.state().leftovers.push(path.to_owned());
    }

    /// Files are kept whatever happens.
    pub(crate) fn keep(&self) {
        self.state().leftovers.clear();
    }

    /// `change` changes the terminal. When the answer is dropped, or the command is stopped before that, it is again as it
    /// was. Nothing is changed any more once the command is being stopped.
    pub(crate) fn restoring(&self, change: fn() -> Terminal) -> Restoring<'_> {
        let mut state = self.state();
        state.terminal = Some(change());
        drop(state);
        Restoring(self)
    }

    /// `store`, with an eye on its commits.
    pub(crate) fn watching(self: &Arc<Self>, store: Arc<dyn Store>) -> Arc<dyn Store> {
        Arc::new(Watched { store, interrupts: Arc::clone(self) })
    }
}

/// Every press from now on, none left out.
#[cfg(unix)]
fn ctrl_c() -> io::Result<tokio::signal::unix::Signal> {
    tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())
}

#[cfg(windows)]
fn ctrl_c() -> io::Result<tokio::signal::windows::CtrlC> {
    tokio::signal::windows::ctrl_c()
}

/// For as long as it is there, the terminal is to be restored.
#[derive(Debug)]
pub(crate) struct Restoring<'a>(&'a Interrupts);

impl Drop for Restoring<'_> {
    fn drop(&mut self) {
        if let Some(terminal) = self.0.state().terminal.take() {
            terminal.restore();
        }
    }
}

/// A store whose commits are not interrupted.
struct Watched {
    store: Arc<dyn Store>,
    interrupts: Arc<Interrupts>,
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.store.fmt(f)
    }
}

#[async_trait]
impl Store for Watched {
    async fn begin(&self, network: NetworkId, mode: Mode) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let inner = self.store.begin(network, mode).await?;
        Ok(Box::new(WatchedUnit { inner, interrupts: Arc::clone(&self.interrupts) }))
    }
}

struct WatchedUnit {
    inner: Box<dyn UnitOfWork>,
    interrupts: Arc<Interrupts>,
}

#[async_trait]
impl UnitOfWork for WatchedUnit {
    fn network_id(&self) -> NetworkId {
        self.inner.network_id()
    }

    fn network(&mut self) -> &mut dyn NetworkRepository {
        self.inner.network()
    }

    fn schools(&mut self) -> &mut dyn SchoolRepository {
        self.inner.schools()
    }

    fn staff(&mut self) -> &mut dyn StaffRepository {
        self.inner.staff()
    }

    fn users(&mut self) -> &mut dyn UserRepository {
        self.inner.users()
    }

    fn groups(&mut self) -> &mut dyn GroupRepository {
        self.inner.groups()
    }

    fn passwords(&mut self) -> &mut dyn PasswordRepository {
        self.inner.passwords()
    }

    fn sessions(&mut self) -> &mut dyn SessionRepository {
        self.inner.sessions()
    }

    fn resets(&mut self) -> &mut dyn ResetRepository {
        self.inner.resets()
    }

    fn failures(&mut self) -> &mut dyn FailureRepository {
        self.inner.failures()
    }

    fn invitations(&mut self) -> &mut dyn InvitationRepository {
        self.inner.invitations()
    }

    fn batches(&mut self) -> &mut dyn BatchRepository {
        self.inner.batches()
    }

    fn audit(&mut self) -> &mut dyn AuditRepository {
        self.inner.audit()
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.interrupts.state().is_committing = true;
        let done = self.inner.commit().await;
        // After success, and when nobody knows, whoever does the work says what it means.
        if !matches!(done, Ok(()) | Err(StoreError::CommitUnknown(_))) {
            self.interrupts.state().is_committing = false;
        }
        done
    }
}
