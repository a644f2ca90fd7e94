//! A throwaway server with the durable defaults of PostgreSQL, and a migrated database in it.

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use staffroom_store_postgres::{PostgresStore, migrations};
use staffroom_testkit::postgres::{Database, Server, Setup};

use crate::Failure;

/// The role that contestants are: it owns nothing.
pub const SERVICE: &str = "staffroom_bench_service";

/// A server as PostgreSQL sets it up: everything is flushed to the disk.
///
/// # Errors
/// If there is none to be had.
pub fn durable() -> Result<Server, Failure> {
    let setup = Setup::default()
        .with("fsync", "on")
        .with("full_page_writes", "on")
        .with("max_wal_size", "4GB")
        .with("autovacuum", "off");
    Ok(Server::start(&setup)?)
}

/// An empty database with the schema, which the role may use.
///
/// # Errors
/// If the server refuses.
pub async fn migrated(server: &Server) -> Result<Database, Failure> {
    let role = format!("CREATE ROLE {SERVICE} LOGIN PASSWORD '{SERVICE}'");
    server.execute(role).await?;
    let database = server.create_database("").await?;
    let owner = pool(database.options(), 1).await?;
    migrations::run(&owner, migrations::DEFAULT_SCHEMA).await?;
    migrations::grant(&owner, migrations::DEFAULT_SCHEMA, SERVICE).await?;
    owner.close().await;
    Ok(database)
}

/// A copy of a database, with nothing of the copying left to be written.
///
/// # Errors
/// If the server refuses.
pub async fn copy(server: &Server, original: &Database) -> Result<Database, Failure> {
    let copy = server.create_database(&format!("TEMPLATE {} STRATEGY file_copy", original.name())).await?;
    server.execute("CHECKPOINT".to_owned()).await?;
    Ok(copy)
}

/// A pool of that size.
///
/// # Errors
/// If the server refuses.
pub async fn pool(options: PgConnectOptions, size: u32) -> Result<PgPool, Failure> {
    Ok(PgPoolOptions::new().max_connections(size).connect_with(options).await?)
}

/// The store over a database, as a service has it.
///
/// # Errors
/// If the server refuses.
pub async fn store(database: &Database) -> Result<PostgresStore, Failure> {
    Ok(PostgresStore::new(pool(database.options_as(SERVICE), 2).await?))
}
