//! From a URL to a store, with errors that say what to do.

use std::error::Error;
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgPool, Row};
use staffroom_core::store::StoreError;
use staffroom_core::{Network, NetworkName, fold};
use tokio::time::timeout;

use crate::migrations::{self, SchemaError};
use crate::{PostgresStore, Settings};

/// How long [`connect`] waits for the server, and its pool for a connection.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The text is not a URL of a database. It is not repeated: it may hold a password.
    #[error("the URL cannot be understood; write postgres://user:password@host:5432/database")]
    Url,
    /// Nobody answers there.
    #[error("no server answers there ({0}); check the host and the port, and that the server runs")]
    Unreachable(String),
    /// The server does not know the role, or not with this password.
    #[error("the server refuses the user name or the password")]
    Refused,
    /// The server has no such database.
    #[error("the server has no database of that name; create it first")]
    NoDatabase,
    /// The role may not use the schema.
    #[error("the role may not use the tables of Staffroom; have their owner grant it")]
    NoPrivileges,
    /// The schema will not do.
    #[error(transparent)]
    Schema(SchemaError),
    /// Anything else.
    #[error("the database cannot be used: {0}")]
    Other(#[source] sqlx::Error),
}

impl From<sqlx::Error> for ConnectError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Configuration(_) => Self::Url,
            sqlx::Error::Io(cause) => Self::Unreachable(cause.to_string()),
            sqlx::Error::PoolTimedOut => Self::Unreachable("it took too long".to_owned()),
            sqlx::Error::Database(cause) => match cause.code().as_deref() {
                Some("28P01" | "28000") => Self::Refused,
                Some("3D000") => Self::NoDatabase,
                Some("42501") => Self::NoPrivileges,
                Some("57P03") => Self::Unreachable("it is starting up or shutting down".to_owned()),
                _ => Self::Other(error),
            },
            _ => Self::Other(error),
        }
    }
}

impl From<SchemaError> for ConnectError {
    fn from(error: SchemaError) -> Self {
        match error {
            SchemaError::Database(error) => error.into(),
            error => Self::Schema(error),
        }
    }
}

/// A pool for the database at `url`, for one who has none, with [`PATIENCE`]. What is wrong is known at once: a server
/// that is down is not waited for.
///
/// # Errors
/// [`ConnectError`] says what is wrong and what to do; never the URL, which may hold a password.
pub async fn connect(url: &str) -> Result<PgPool, ConnectError> {
    let options = PgConnectOptions::from_str(url).map_err(|_| ConnectError::Url)?;
    let options = options.application_name("staffroom");
    // A pool would try for a long time, and then say nothing but that.
    let Ok(first) = timeout(PATIENCE, options.connect()).await else {
        return Err(ConnectError::Unreachable("it took too long".to_owned()));
    };
    first?.close().await?;
    Ok(PgPoolOptions::new().max_connections(8).acquire_timeout(PATIENCE).connect_lazy_with(options))
}

/// Where `url` leads to, to be shown to people: host, port and database, never who connects or with which password.
///
/// # Errors
/// [`ConnectError::Url`] if the URL cannot be understood.
pub fn address(url: &str) -> Result<String, ConnectError> {
    let options = PgConnectOptions::from_str(url).map_err(|_| ConnectError::Url)?;
    let host = match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => options.get_host().to_owned(),
    };
    let database = options.get_database().unwrap_or_else(|| options.get_username());
    Ok(format!("{host}:{}/{database}", options.get_port()))
}

/// True if `error` says that the role of the store may not do what was needed.
pub fn lacks_privileges(error: &StoreError) -> bool {
    let (StoreError::Other(source) | StoreError::Unavailable(source) | StoreError::CommitUnknown(source)) =
        error
    else {
        return false;
    };
    let cause = source.downcast_ref::<sqlx::Error>().and_then(sqlx::Error::as_database_error);
    cause.and_then(sqlx::error::DatabaseError::code).as_deref() == Some("42501")
}

impl PostgresStore {
    /// Every network of the database, by name; for the operator of the machine. Row security shows the owner of the tables
    /// all of them, and a role that serves none: it works in one network, whose id it names.
    ///
    /// # Errors
    /// [`ConnectError`] if the database cannot be asked.
    pub async fn networks(&self) -> Result<Vec<Network>, ConnectError> {
        let sql = format!("SELECT network_id::text, name FROM {}.networks", self.settings().schema());
        // In one message, and so through any pooler.
        let rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(self.pool()).await?;
        let decoded = |error: Box<dyn Error + Send + Sync>| sqlx::Error::Decode(error);
        let mut networks = Vec::new();
        for row in rows {
            let id = row.try_get::<String, _>(0)?.parse().map_err(|error| decoded(Box::new(error)))?;
            let name = NetworkName::parse(&row.try_get::<String, _>(1)?);
            networks.push(Network::new(id, name.map_err(|error| decoded(Box::new(error)))?));
        }
        networks.sort_by_cached_key(|network| (fold(network.name().as_str()), network.id()));
        Ok(networks)
    }

    /// Connects to the database at `url` with a [pool of its own](connect), and checks that its schema is the one of
    /// this release.
    ///
    /// # Errors
    /// [`ConnectError`] says what is wrong and what to do.
    pub async fn connect(url: &str, settings: Settings) -> Result<Self, ConnectError> {
        let pool = connect(url).await?;
        migrations::check(&pool, settings.schema()).await?;
        Ok(Self::with_settings(pool, settings))
    }
}
