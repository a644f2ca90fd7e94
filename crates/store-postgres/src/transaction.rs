//! One transaction on one connection of the pool, which never goes back there with the transaction open.

use std::io;
use std::time::Duration;

use futures_util::TryStreamExt;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, PgPool, Postgres};
use staffroom_core::NetworkId;
use staffroom_core::store::{Mode, RowLock, StoreError};
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

use crate::error::{Meaning, commit_error, meaning, store_error};
use crate::settings::Settings;

/// A statement with its arguments.
pub(crate) type Statement<'q> = Query<'q, Postgres, PgArguments>;

/// How much longer than the server may work on a statement its answer may take: then the network has fallen silent.
const GRACE: Duration = Duration::from_secs(5);
/// How long a rollback may take before the connection is closed instead.
const ROLLBACK_LIMIT: Duration = Duration::from_secs(5);
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// What is known of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wire {
    /// It waits for a statement.
    Resting,
    /// A statement is under way, or its answer never came: dropped now, nobody knows what state it is in.
    Busy,
}

/// A transaction that works in one network.
pub(crate) struct Transaction {
    /// `None` once it is over.
    connection: Option<PoolConnection<Postgres>>,
    /// Where to roll back if it is dropped.
    runtime: Handle,
    network: NetworkId,
    mode: Mode,
    keeps_statements: bool,
    /// How long an answer may take. A network can lose a connection without telling either end.
    limit: Option<Duration>,
    wire: Wire,
    /// Something failed: there is nothing left but to roll back.
    broken: bool,
    network_is_there: bool,
}

impl Transaction {
    /// Takes a connection and begins. Goes on trying while the server cannot be reached, as long as the settings have
    /// patience: nothing has been done yet.
    pub(crate) async fn begin(
        pool: &PgPool,
        settings: &Settings,
        network: NetworkId,
        mode: Mode,
    ) -> Result<Self, StoreError> {
        let deadline = Instant::now() + settings.patience();
        let mut pause = FIRST_PAUSE;
        loop {
            match Self::try_begin(pool, settings, network, mode).await {
                Ok(transaction) => return Ok(transaction),
                // The pool has waited for as long as its host wants anybody to wait.
                Err(error @ (sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed)) => {
                    return Err(store_error(error));
                }
                Err(error)
                    if meaning(&error) == Meaning::Unavailable && Instant::now() + pause < deadline =>
                {
                    sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                Err(error) => return Err(store_error(error)),
            }
        }
    }

    async fn try_begin(
        pool: &PgPool,
        settings: &Settings,
        network: NetworkId,
        mode: Mode,
    ) -> Result<Self, sqlx::Error> {
        let characteristics = match mode {
            Mode::Read => "ISOLATION LEVEL REPEATABLE READ READ ONLY",
            Mode::Write => "ISOLATION LEVEL READ COMMITTED READ WRITE",
        };
        let begin = format!(
            "BEGIN {characteristics}; {}; SET LOCAL staffroom.network_id = '{}'",
            settings.set_local(),
            network.as_uuid()
        );
        let mut transaction = Self {
            connection: Some(pool.acquire().await?),
            runtime: Handle::current(),
            network,
            mode,
            keeps_statements: settings.keeps_statements(),
            limit: settings.statement_timeout().map(|timeout| timeout.saturating_add(GRACE)),
            wire: Wire::Busy,
            broken: false,
            network_is_there: false,
        };
        // Not sqlx's own `begin`: dropped at the wrong moment, it hands back a connection inside a transaction.
        answered(Some(GRACE), sqlx::raw_sql(AssertSqlSafe(begin)).execute(transaction.connection()?)).await?;
        transaction.wire = Wire::Resting;
        Ok(transaction)
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

    /// `Ok` if rows may be read with this lock.
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

    fn connection(&mut self) -> Result<&mut sqlx::PgConnection, sqlx::Error> {
        self.connection.as_deref_mut().ok_or(sqlx::Error::PoolClosed)
    }

    /// Runs a statement that answers with rows.
    pub(crate) async fn rows(&mut self, statement: Statement<'_>) -> Result<Vec<PgRow>, StoreError> {
        let mut rows = Vec::new();
        self.each_row(statement, |row| {
            rows.push(row);
            Ok(())
        })
        .await?;
        Ok(rows)
    }

    /// Runs a statement that answers with one row at most.
    pub(crate) async fn row(&mut self, statement: Statement<'_>) -> Result<Option<PgRow>, StoreError> {
        Ok(self.rows(statement).await?.pop())
    }

    /// Runs a statement, and hands each row to `sink` as it comes.
    pub(crate) async fn each_row(
        &mut self,
        statement: Statement<'_>,
        mut sink: impl FnMut(PgRow) -> Result<(), StoreError> + Send,
    ) -> Result<(), StoreError> {
        let statement = statement.persistent(self.keeps_statements);
        self.wire = Wire::Busy;
        let limit = self.limit;
        let connection = self.connection().map_err(store_error)?;
        let mut rows = statement.fetch(connection);
        let mut refused = None;
        let ended = answered(limit, async {
            while let Some(row) = rows.try_next().await? {
                if refused.is_none() {
                    refused = sink(row).err();
                }
            }
            Ok(())
        })
        .await;
        drop(rows);
        self.settle(&ended);
        if let Some(error) = refused {
            self.broken = true;
            return Err(error);
        }
        ended.map_err(store_error)
    }

    /// Runs a statement that writes; answers with how many rows it touched.
    pub(crate) async fn execute(&mut self, statement: Statement<'_>) -> Result<u64, StoreError> {
        self.try_execute(statement).await.map_err(store_error)
    }

    /// Runs a statement that writes, in which nothing may meet a row that is there already: that is the caller's fault,
    /// who is told `taken`. Answers with how many rows it touched.
    pub(crate) async fn execute_unless_taken(
        &mut self,
        statement: Statement<'_>,
        taken: &'static str,
    ) -> Result<u64, StoreError> {
        match self.try_execute(statement).await {
            Err(error) if meaning(&error) == Meaning::Duplicate => Err(self.misuse(taken)),
            done => done.map_err(store_error),
        }
    }

    /// Runs a statement that writes; answers with how many rows it touched.
    pub(crate) async fn execute_many(&mut self, statement: Statement<'_>) -> Result<usize, StoreError> {
        Ok(usize::try_from(self.execute(statement).await?).unwrap_or(usize::MAX))
    }

    async fn try_execute(&mut self, statement: Statement<'_>) -> Result<u64, sqlx::Error> {
        let statement = statement.persistent(self.keeps_statements);
        self.wire = Wire::Busy;
        let limit = self.limit;
        let done = answered(limit, statement.execute(self.connection()?)).await;
        self.settle(&done);
        done.map(|done| done.rows_affected())
    }

    async fn simple(&mut self, statement: &'static str) -> Result<(), StoreError> {
        self.wire = Wire::Busy;
        let limit = self.limit;
        let connection = self.connection().map_err(store_error)?;
        let done = answered(limit, sqlx::raw_sql(statement).execute(connection)).await;
        self.settle(&done);
        done.map(drop).map_err(store_error)
    }

    /// After an answer of the server, even a no, the connection is at rest. Otherwise nobody knows.
    fn settle<T>(&mut self, ended: &Result<T, sqlx::Error>) {
        self.wire = match ended {
            Ok(_) | Err(sqlx::Error::Database(_)) => Wire::Resting,
            Err(_) => Wire::Busy,
        };
        self.broken |= ended.is_err();
    }

    /// Runs statements one after the other that belong together; answers how many rows each touched, or `None` if one
    /// of them met a row that is there already. Then none of them has happened, and the transaction goes on.
    pub(crate) async fn attempt(
        &mut self,
        statements: Vec<Statement<'_>>,
    ) -> Result<Option<Vec<u64>>, StoreError> {
        self.simple("SAVEPOINT attempt").await?;
        let mut touched = Vec::with_capacity(statements.len());
        for statement in statements {
            match self.try_execute(statement).await {
                Ok(rows) => touched.push(rows),
                Err(error) if meaning(&error) == Meaning::Duplicate => {
                    self.give_up_attempt().await?;
                    return Ok(None);
                }
                Err(error) => return Err(store_error(error)),
            }
        }
        Ok(Some(touched))
    }

    /// Keeps what [`attempt`](Self::attempt) did.
    pub(crate) async fn keep_attempt(&mut self) -> Result<(), StoreError> {
        self.simple("RELEASE SAVEPOINT attempt").await
    }

    /// Takes back what [`attempt`](Self::attempt) did.
    pub(crate) async fn give_up_attempt(&mut self) -> Result<(), StoreError> {
        self.simple("ROLLBACK TO SAVEPOINT attempt; RELEASE SAVEPOINT attempt").await?;
        self.broken = false;
        Ok(())
    }

    /// Commits, and gives the connection back.
    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        if self.broken {
            return Err(StoreError::Misuse("a unit of work that failed cannot be committed"));
        }
        self.wire = Wire::Busy;
        let limit = self.limit;
        let connection = self.connection().map_err(store_error)?;
        let committed = answered(limit, sqlx::raw_sql("COMMIT").execute(connection)).await;
        self.settle(&committed);
        match committed {
            Ok(_) => {
                // The transaction is over: the connection goes back as it is.
                drop(self.connection.take());
                Ok(())
            }
            Err(error) => Err(commit_error(error)),
        }
    }
}

/// The answer to a statement, or an error if none comes in time: neither end may notice that the other is gone.
async fn answered<T>(
    limit: Option<Duration>,
    work: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    let Some(limit) = limit else {
        return work.await;
    };
    timeout(limit, work).await.unwrap_or_else(|_| Err(sqlx::Error::Io(io::ErrorKind::TimedOut.into())))
}

impl Drop for Transaction {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else {
            return;
        };
        let ending = Ending(Some(connection));
        // What happens to a connection that is dropped happens in the runtime.
        let _inside = self.runtime.enter();
        if self.wire == Wire::Busy {
            drop(ending);
        } else {
            self.runtime.spawn(ending.roll_back());
        }
    }
}

/// A connection on its way back to the pool: closed, unless it was seen to be out of its transaction.
struct Ending(Option<PoolConnection<Postgres>>);

impl Ending {
    async fn roll_back(mut self) {
        let Some(connection) = self.0.as_deref_mut() else {
            return;
        };
        let rolled_back = timeout(ROLLBACK_LIMIT, sqlx::raw_sql("ROLLBACK").execute(connection)).await;
        if matches!(rolled_back, Ok(Ok(_))) {
            drop(self.0.take());
        }
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        if let Some(mut connection) = self.0.take() {
            connection.close_on_drop();
        }
    }
}
