//! Starts the service: settings, the host's own pool, the library over it, and an orderly end.

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use example_axum_service::session::Gateway;
use example_axum_service::settings::Settings;
use example_axum_service::{Host, routes};
use sqlx::postgres::PgPoolOptions;
use staffroom_core::Staffroom;
use staffroom_store_postgres::{PostgresStore, Settings as StoreSettings, migrations};
use staffroom_system::{SystemClock, TimeOrderedIds};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// How long a request waits for a free connection.
const PATIENCE: Duration = Duration::from_secs(5);

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(false).init();
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<(), Box<dyn Error>> {
    let settings = Settings::read(|name| std::env::var(name).ok())?;

    // The host's pool. The library borrows a connection for as long as a unit of work lasts.
    let options = settings.database.application_name("axum-service");
    let pool = PgPoolOptions::new().max_connections(settings.connections).acquire_timeout(PATIENCE);
    let pool = pool.connect_with(options).await?;
    // Whoever owns the schema migrates it; the service only looks whether it fits.
    migrations::check(&pool, migrations::DEFAULT_SCHEMA).await?;

    let store_settings = StoreSettings::default().through_pooler(settings.through_pooler);
    let store = PostgresStore::with_settings(pool.clone(), store_settings);
    let staffroom = Staffroom::new(Arc::new(store), Arc::new(SystemClock), Arc::new(TimeOrderedIds::new()));
    let host = Host { staffroom, gateway: Gateway::knowing(settings.gateway_secret) };

    let listener = TcpListener::bind(settings.listen).await?;
    tracing::info!("listening on http://{}", listener.local_addr()?);
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let end = async move {
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
        tracing::info!("finishing what is under way");
    };
    axum::serve(listener, routes(host)).with_graceful_shutdown(end).await?;
    pool.close().await;
    Ok(())
}
