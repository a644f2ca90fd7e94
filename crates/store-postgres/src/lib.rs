//! The PostgreSQL store of Staffroom: for real networks, over the host's own pool.
//!
//! ```no_run
//! use std::sync::Arc;
//! use staffroom_core::store::Store;
//! use staffroom_store_postgres::{PostgresStore, migrations};
//!
//! # async fn open(pool: sqlx::PgPool) -> Result<(), Box<dyn std::error::Error>> {
//! migrations::run(&pool, migrations::DEFAULT_SCHEMA).await?;
//! let store: Arc<dyn Store> = Arc::new(PostgresStore::new(pool));
//! # Ok(()) }
//! ```
//!
//! # How it keeps the contract
//! A unit of work is one transaction. For reading it is `REPEATABLE READ READ ONLY`: one picture from beginning to
//! end. For writing it is `READ COMMITTED` with row locks: two administrators in one network wait for each other only
//! where they want the same rows, and a sign-in never waits for a batch. That no two users hold an email, and no two
//! a staff member, is kept by unique keys; a row that meets one becomes an outcome of that row.
//!
//! Everything is written as arrays, some thousands of rows in a statement. Whatever interrupts a unit of work, a
//! dropped future, a lost connection, a killed process, PostgreSQL rolls it back: the connection goes back to the
//! pool only after a `ROLLBACK` that was answered, and is closed otherwise.
//!
//! `docs/operating-postgres.md` in the repository is for those who run it: roles, pool sizes, poolers, backups.

mod connect;
mod error;
pub mod migrations;
mod repositories;
mod settings;
mod transaction;
mod unit_of_work;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use sqlx::PgPool;
use staffroom_core::NetworkId;
use staffroom_core::store::{Mode, Store, StoreError, UnitOfWork};

pub use connect::{ConnectError, PATIENCE, address, connect, lacks_privileges};
pub use settings::{Settings, SettingsError};

use transaction::Transaction;
use unit_of_work::PostgresUnitOfWork;

/// A store over a PostgreSQL database whose schema is [migrated](migrations).
///
/// Cheap to clone; share it between tasks. It needs a Tokio runtime, as its pool does.
#[derive(Clone)]
pub struct PostgresStore {
    pool: PgPool,
    settings: Arc<Settings>,
}

impl PostgresStore {
    /// Over the host's pool, with the settings that fit most hosts.
    pub fn new(pool: PgPool) -> Self {
        Self::with_settings(pool, Settings::default())
    }

    /// Over the host's pool.
    pub fn with_settings(pool: PgPool, settings: Settings) -> Self {
        Self { pool, settings: Arc::new(settings) }
    }

    /// The pool it works over.
    pub const fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// How it uses its database.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").field("settings", &self.settings).finish_non_exhaustive()
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn begin(&self, network: NetworkId, mode: Mode) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let transaction = Transaction::begin(&self.pool, &self.settings, network, mode).await?;
        Ok(Box::new(PostgresUnitOfWork::new(transaction, self.settings.few())))
    }
}

/// The examples of `docs/embedding.md` compile and run.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/embedding.md")]
struct EmbeddingGuide;
