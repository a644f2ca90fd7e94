//! A database of one test.

use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};
use tokio::runtime::Builder;

use super::{Server, ServerError};

/// A database that is dropped with this value, whoever is still connected.
#[derive(Debug)]
pub struct Database {
    server: PgConnectOptions,
    name: String,
}

impl Server {
    /// Runs statements as the superuser, in the database the server starts with.
    ///
    /// # Errors
    /// [`ServerError::Database`].
    pub async fn execute(&self, sql: String) -> Result<(), ServerError> {
        execute(self.options(), sql).await
    }

    /// A database that nobody else has. `how` follows `CREATE DATABASE name`: `TEMPLATE other`, say, or nothing.
    ///
    /// # Errors
    /// [`ServerError::Database`].
    pub async fn create_database(&self, how: &str) -> Result<Database, ServerError> {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("staffroom_test_{}_{number}", std::process::id());
        // One with that name may be left of an earlier process with our id.
        self.execute(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
        self.execute(format!("CREATE DATABASE {name} {how}")).await?;
        Ok(Database { server: self.options().clone(), name })
    }
}

impl Database {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// To it, as the superuser.
    pub fn options(&self) -> PgConnectOptions {
        self.server.clone().database(&self.name)
    }

    /// To it, as `role`, whose password is its name.
    pub fn options_as(&self, role: &str) -> PgConnectOptions {
        self.options().username(role).password(role)
    }

    /// Runs statements in it as the superuser.
    ///
    /// # Errors
    /// [`ServerError::Database`].
    pub async fn execute(&self, sql: String) -> Result<(), ServerError> {
        execute(&self.options(), sql).await
    }
}

impl Drop for Database {
    /// Dropping waits, so that a thousand databases are never there at once. What it cannot drop stays: the server is a
    /// throwaway one, or it is gone already.
    fn drop(&mut self) {
        let server = self.server.clone();
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // On a thread of its own: this one may be inside a runtime.
        let dropping = std::thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(execute(&server, sql))
        });
        let _dropped = dropping.join();
    }
}

async fn execute(options: &PgConnectOptions, sql: String) -> Result<(), ServerError> {
    let mut connection: PgConnection = options.connect().await?;
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}
