//! Starts the service: settings, the host's own pool, the library over it, and an orderly end.

use std::error::Error;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use example_axum_service::session::Gateway;
use example_axum_service::settings::{Settings, SignInSettings};
use example_axum_service::{Host, routes};
use sqlx::postgres::PgPoolOptions;
use staffroom_core::Staffroom;
use staffroom_credentials::{Argon2Passwords, Settings as PasswordSettings};
use staffroom_mail::Composer;
use staffroom_store_postgres::{PostgresStore, Settings as StoreSettings, migrations};
use staffroom_system::{SystemClock, SystemRandomness, TimeOrderedIds};
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
    let network = settings.sign_in.as_ref().map(|sign_in| sign_in.network);
    let staffroom = match settings.sign_in {
        Some(sign_in) => signing_in(staffroom, sign_in)?,
        None => staffroom,
    };
    let host = Host { staffroom, gateway: Gateway::knowing(settings.gateway_secret), network };

    let listener = TcpListener::bind(settings.listen).await?;
    tracing::info!("listening on http://{}", listener.local_addr()?);
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let end = async move {
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
        tracing::info!("finishing what is under way");
    };
    let service = routes(host).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(end).await?;
    pool.close().await;
    Ok(())
}

/// Able to sign people in, and to mail them links to choose their passwords.
fn signing_in(staffroom: Staffroom, settings: SignInSettings) -> Result<Staffroom, Box<dyn Error>> {
    let passwords = Argon2Passwords::start(PasswordSettings::default(), Arc::new(SystemRandomness))?;
    let staffroom = staffroom.with_passwords(Arc::new(passwords), Arc::new(SystemRandomness));
    let ids = Arc::new(TimeOrderedIds::new());
    let composer = Composer::new(settings.sender, settings.pages, Arc::new(SystemClock), ids);
    Ok(match settings.mail.mailer(composer)? {
        Some(mailer) => staffroom.with_mail(mailer),
        None => staffroom,
    })
}
