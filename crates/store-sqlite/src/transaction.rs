//! One transaction on one connection of the pool, which never goes back there with the transaction open.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{FutureExt, TryStreamExt};
use sqlx::pool::PoolConnection;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Sqlite, SqliteConnection, SqlitePool};
use staffroom_core::NetworkId;
use staffroom_core::store::{Mode, RowLock, StoreError};
use tokio::runtime::Handle;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::error::{Meaning, commit_error, meaning, store_error};
use crate::migrations::NEWEST;
use crate::repositories::column;
use crate::settings::Settings;

/// A statement with its arguments.
pub(crate) type Statement = Query<'static, Sqlite, SqliteArguments>;

/// To read the number of the schema is to read: from here on, the picture stays as it is.
const BEGIN_READING: &str = "BEGIN; PRAGMA user_version";
const BEGIN_WRITING: &str = "BEGIN IMMEDIATE; PRAGMA user_version";
/// How much longer than others may keep it waiting a rollback may take before the connection is closed instead.
const ROLLBACK_GRACE: Duration = Duration::from_secs(5);
/// Whoever waits for a row is woken for it, which takes longer than to read it. So after a few rows we do not wait for
/// the next one but for a while, in which some hundred come.
const A_FEW_ROWS: usize = 64;
const PAUSE: Duration = Duration::from_millis(1);

/// The file was migrated by a newer release while this one had it open.
#[derive(Debug, thiserror::Error)]
#[error("the schema of the file has changed; start again with the release that changed it")]
struct SchemaChanged;

/// A transaction that works in one network.
pub(crate) struct Transaction {
    /// `None` once it is over.
    open: Option<Open>,
    /// Where to roll back if it is dropped.
    runtime: Handle,
    network: NetworkId,
    mode: Mode,
    /// Something failed: there is nothing left but to roll back. SQLite may have done so by itself already, and would
    /// take the next statement for a transaction of its own.
    broken: bool,
    network_is_there: bool,
}

/// A connection, perhaps inside a transaction, and the turn of whoever writes: both go back together.
struct Open {
    connection: PoolConnection<Sqlite>,
    turn: Option<OwnedMutexGuard<()>>,
    rollback_limit: Duration,
}

impl Transaction {
    /// Takes a connection, and a picture of the file.
    pub(crate) async fn begin_reading(
        pool: &SqlitePool,
        settings: &Settings,
        network: NetworkId,
    ) -> Result<Self, StoreError> {
        Self::begin(pool, settings, None, network, Mode::Read).await
    }

    /// Waits for the turn to write, and takes the file for itself.
    pub(crate) async fn begin_writing(
        pool: &SqlitePool,
        settings: &Settings,
        turn: Arc<Mutex<()>>,
        network: NetworkId,
    ) -> Result<Self, StoreError> {
        let Ok(turn) = timeout(settings.patience(), turn.lock_owned()).await else {
            return Err(StoreError::Contended(None));
        };
        Self::begin(pool, settings, Some(turn), network, Mode::Write).await
    }

    async fn begin(
        pool: &SqlitePool,
        settings: &Settings,
        turn: Option<OwnedMutexGuard<()>>,
        network: NetworkId,
        mode: Mode,
    ) -> Result<Self, StoreError> {
        let connection = pool.acquire().await.map_err(store_error)?;
        let rollback_limit = settings.patience().saturating_add(ROLLBACK_GRACE);
        let mut transaction = Self {
            open: Some(Open { connection, turn, rollback_limit }),
            runtime: Handle::current(),
            network,
            mode,
            broken: false,
            network_is_there: false,
        };
        let begin = match mode {
            Mode::Read => BEGIN_READING,
            Mode::Write => BEGIN_WRITING,
        };
        // Not sqlx's own `begin`: what happens to a transaction that is dropped is in one place here.
        let connection = transaction.connection()?;
        let row = sqlx::raw_sql(begin).fetch_one(connection).await.map_err(store_error)?;
        if column::<i64>(&row, 0)? == NEWEST {
            Ok(transaction)
        } else {
            Err(StoreError::Other(SchemaChanged.into()))
        }
    }

    pub(crate) const fn network(&self) -> NetworkId {
        self.network
    }

    /// The network as statements take it.
    pub(crate) const fn network_uuid(&self) -> Uuid {
        self.network.as_uuid()
    }

    pub(crate) const fn network_is_known(&self) -> bool {
        self.network_is_there
    }

    pub(crate) const fn network_is_there(&mut self) {
        self.network_is_there = true;
    }

    /// `Ok` in a unit of work for writing.
    pub(crate) fn check_writing(&mut self) -> Result<(), StoreError> {
        match self.mode {
            Mode::Write => Ok(()),
            Mode::Read => Err(self.misuse("a unit of work for reading was asked to write")),
        }
    }

    /// `Ok` if rows may be read with this lock. Whoever writes has every row to itself: there is nothing else to do.
    pub(crate) fn check_lock(&mut self, lock: RowLock) -> Result<(), StoreError> {
        match (lock, self.mode) {
            (RowLock::Held, Mode::Read) => {
                Err(self.misuse("a unit of work for reading was asked to hold records"))
            }
            (RowLock::None, _) | (RowLock::Held, Mode::Write) => Ok(()),
        }
    }

    /// The caller broke a contract: nothing of this may be committed.
    pub(crate) const fn misuse(&mut self, what: &'static str) -> StoreError {
        self.broken = true;
        StoreError::Misuse(what)
    }

    fn connection(&mut self) -> Result<&mut SqliteConnection, StoreError> {
        if self.broken {
            return Err(StoreError::Misuse("a unit of work that failed was asked for more"));
        }
        match &mut self.open {
            Some(open) => Ok(&mut *open.connection),
            None => Err(StoreError::Misuse("a unit of work that is over was asked for more")),
        }
    }

    /// Runs a statement that answers with rows.
    pub(crate) async fn rows(&mut self, statement: Statement) -> Result<Vec<SqliteRow>, StoreError> {
        let mut rows = Vec::new();
        self.each_row(statement, |row| {
            rows.push(row);
            Ok(())
        })
        .await?;
        Ok(rows)
    }

    /// Runs a statement that answers with one row at most.
    pub(crate) async fn row(&mut self, statement: Statement) -> Result<Option<SqliteRow>, StoreError> {
        Ok(self.rows(statement).await?.pop())
    }

    /// Runs a statement, and hands each row to `sink` as it comes.
    pub(crate) async fn each_row(
        &mut self,
        statement: Statement,
        mut sink: impl FnMut(SqliteRow) -> Result<(), StoreError> + Send,
    ) -> Result<(), StoreError> {
        let mut rows = statement.fetch(self.connection()?);
        let mut taken = 0_usize;
        let ended = async {
            loop {
                let next = if let Some(next) = rows.try_next().now_or_never() {
                    next
                } else {
                    if taken > A_FEW_ROWS {
                        sleep(PAUSE).await;
                    }
                    rows.try_next().await
                };
                let Some(row) = next.map_err(store_error)? else {
                    return Ok(());
                };
                sink(row)?;
                taken = taken.saturating_add(1);
            }
        }
        .await;
        drop(rows);
        self.broken |= ended.is_err();
        ended
    }

    /// Runs a statement that writes; answers with how many rows it touched.
    pub(crate) async fn execute(&mut self, statement: Statement) -> Result<u64, StoreError> {
        let done = statement.execute(self.connection()?).await;
        self.broken |= done.is_err();
        Ok(done.map_err(store_error)?.rows_affected())
    }

    /// Runs a statement that writes, in which nothing may meet a row that is there already: that is the caller's fault,
    /// who is told `taken`. Answers with how many rows it touched.
    pub(crate) async fn execute_unless_taken(
        &mut self,
        statement: Statement,
        taken: &'static str,
    ) -> Result<u64, StoreError> {
        match statement.execute(self.connection()?).await {
            Ok(done) => Ok(done.rows_affected()),
            Err(error) if meaning(&error) == Meaning::Duplicate => Err(self.misuse(taken)),
            Err(error) => {
                self.broken = true;
                Err(store_error(error))
            }
        }
    }

    /// Runs a statement that writes; answers with how many rows it touched.
    pub(crate) async fn execute_many(&mut self, statement: Statement) -> Result<usize, StoreError> {
        Ok(usize::try_from(self.execute(statement).await?).unwrap_or(usize::MAX))
    }

    async fn simple(&mut self, statement: &'static str) -> Result<(), StoreError> {
        let done = sqlx::query(statement).execute(self.connection()?).await;
        self.broken |= done.is_err();
        done.map(drop).map_err(store_error)
    }

    /// Runs statements one after the other that belong together; answers how many rows each touched, or `None` if one
    /// of them met a row that is there already. Then none of them has happened, and the transaction goes on.
    pub(crate) async fn attempt(
        &mut self,
        statements: Vec<Statement>,
    ) -> Result<Option<Vec<u64>>, StoreError> {
        self.simple("SAVEPOINT attempt").await?;
        let mut touched = Vec::with_capacity(statements.len());
        for statement in statements {
            match statement.execute(self.connection()?).await {
                Ok(done) => touched.push(done.rows_affected()),
                Err(error) if meaning(&error) == Meaning::Duplicate => {
                    self.give_up_attempt().await?;
                    return Ok(None);
                }
                Err(error) => {
                    self.broken = true;
                    return Err(store_error(error));
                }
            }
        }
        Ok(Some(touched))
    }

    /// Keeps what [`attempt`](Self::attempt) did.
    pub(crate) async fn keep_attempt(&mut self) -> Result<(), StoreError> {
        self.simple("RELEASE attempt").await
    }

    /// Takes back what [`attempt`](Self::attempt) did.
    pub(crate) async fn give_up_attempt(&mut self) -> Result<(), StoreError> {
        self.simple("ROLLBACK TO attempt").await?;
        self.simple("RELEASE attempt").await
    }

    /// Commits, and gives the connection back.
    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        if self.broken {
            return Err(StoreError::Misuse("a unit of work that failed cannot be committed"));
        }
        let committed = sqlx::query("COMMIT").execute(self.connection()?).await;
        match committed {
            Ok(_) => {
                // The transaction is over: the connection goes back as it is.
                drop(self.open.take());
                Ok(())
            }
            Err(error) => Err(commit_error(error)),
        }
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        let Some(open) = self.open.take() else {
            return;
        };
        // What happens to a connection that is dropped happens in the runtime.
        let _inside = self.runtime.enter();
        self.runtime.spawn(Ending(Some(open)).roll_back());
    }
}

/// A connection on its way back to the pool: closed, unless it was seen to be out of its transaction. Its thread does one
/// thing after the other, so that the rollback comes after whatever was under way when the transaction was dropped.
struct Ending(Option<Open>);

impl Ending {
    async fn roll_back(mut self) {
        let Some(open) = &mut self.0 else {
            return;
        };
        let rolled_back = sqlx::query("ROLLBACK").execute(&mut *open.connection);
        let rolled_back = timeout(open.rollback_limit, rolled_back).await;
        if matches!(rolled_back, Ok(Ok(_))) {
            drop(self.0.take());
        }
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        if let Some(Open { mut connection, turn, .. }) = self.0.take() {
            connection.close_on_drop();
            drop(connection);
            drop(turn);
        }
    }
}
