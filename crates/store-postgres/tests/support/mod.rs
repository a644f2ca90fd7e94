//! Databases for the tests of this crate: migrated once, copied for a test or emptied and used again by the next, and used as a
//! role that owns nothing.

#![allow(dead_code, reason = "every test file uses some of it")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot be set up fails"
)]
#![allow(clippy::cast_precision_loss, reason = "rates are shown, and decide nothing")]

pub(crate) mod at_once;
pub(crate) mod barred;
pub(crate) mod checker;
pub(crate) mod everything;
pub(crate) mod moments;
pub(crate) mod pooler;
pub(crate) mod proxy;
pub(crate) mod rounds;
pub(crate) mod site;
pub(crate) mod standby;
pub(crate) mod traces;

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use staffroom_store_postgres::{PostgresStore, Settings, migrations};
use staffroom_testkit::postgres::{Database, Server, ServerError};
use tokio::runtime::{Builder, Runtime};

/// The role that the tests are: it owns nothing, and row security binds it.
pub(crate) const SERVICE: &str = "staffroom_test_service";

/// So many runtimes are kept for others. Each keeps its connections, and a server has only so many.
const MOST_IDLE: usize = 8;

/// Runs a future to its end in a runtime that others have used before, if there is one, with the databases that were used in it: a
/// connection does not outlive the runtime it was made in, and to make one takes longer than most checks. After a panic neither is
/// used again.
pub(crate) fn run<T>(work: impl Future<Output = T>) -> T {
    static IDLE: Mutex<Vec<(Runtime, Vec<Kept>)>> = Mutex::new(Vec::new());
    let idle = || IDLE.lock().unwrap_or_else(PoisonError::into_inner);
    let used = idle().pop();
    let (runtime, kept) =
        used.unwrap_or_else(|| (Builder::new_current_thread().enable_all().build().unwrap(), Vec::new()));
    KEPT.set(kept);
    let answer = runtime.block_on(work);
    let used = (runtime, KEPT.take());
    let mut idle = idle();
    if idle.len() < MOST_IDLE {
        idle.push(used);
    }
    answer
}

thread_local! {
    /// The databases of the runtime that this thread is in, which nobody uses now.
    static KEPT: RefCell<Vec<Kept>> = const { RefCell::new(Vec::new()) };
}

/// How the tables of a database are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// As the migrations make them.
    Whole,
    /// Hash-partitioned by network.
    Partitioned,
}

/// The database that others of that layout are copied from, migrated by the release under test.
async fn template(server: &Server, layout: Layout) -> &'static Database {
    static MADE: tokio::sync::Mutex<Vec<(Layout, &Database)>> = tokio::sync::Mutex::const_new(Vec::new());
    let mut made = MADE.lock().await;
    if let Some((_, template)) = made.iter().find(|(known, _)| *known == layout) {
        return template;
    }
    let template: &'static Database = Box::leak(Box::new(empty_database(server, "").await.unwrap()));
    migrate(template).await;
    if layout == Layout::Partitioned {
        template.execute(include_str!("partitioned.sql").to_owned()).await.unwrap();
        migrate(template).await;
    }
    made.push((layout, template));
    template
}

/// A database with nothing in it, made as `how` says, on a server that knows the role.
pub(crate) async fn empty_database(server: &Server, how: &str) -> Result<Database, ServerError> {
    let role = format!(
        "DO $$ BEGIN CREATE ROLE {SERVICE} LOGIN PASSWORD '{SERVICE}' NOSUPERUSER NOBYPASSRLS; \
         EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
    );
    server.execute(role).await?;
    server.create_database(how).await
}

/// Makes the schema as its owner, and lets the role use it.
pub(crate) async fn migrate(database: &Database) {
    let owner = pool(database.options(), 1).await;
    migrations::run(&owner, migrations::DEFAULT_SCHEMA).await.unwrap();
    migrations::grant(&owner, migrations::DEFAULT_SCHEMA, SERVICE).await.unwrap();
    owner.close().await;
}

pub(crate) async fn pool(options: PgConnectOptions, size: u32) -> PgPool {
    PgPoolOptions::new().max_connections(size).connect_with(options).await.unwrap()
}

/// A migrated database of its own.
pub(crate) async fn fresh_database() -> Database {
    copy_of(Layout::Whole).await
}

/// A database of its own, with that layout.
pub(crate) async fn copy_of(layout: Layout) -> Database {
    let server = Server::shared().unwrap_or_else(|error| panic!("{error}"));
    let template = template(server, layout).await;
    server.create_database(&format!("TEMPLATE {}", template.name())).await.unwrap()
}

/// A database that is emptied and used again, with the connections to it: copying one takes longer than most checks, and
/// most cases of a property.
pub(crate) struct Reused(Option<Kept>);

struct Kept {
    layout: Layout,
    database: Database,
    owner: PgPool,
    service: PgPool,
}

/// Asks of all others who are in the middle of something. The idle connections of a pooler may stay.
macro_rules! of_the_busy {
    ($what:literal) => {
        concat!(
            "SELECT ",
            $what,
            " FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
             AND state <> 'idle' AND backend_type = 'client backend'"
        )
    };
}

const BUSY: &str = of_the_busy!("count(*)");

/// Ends them, and waits until they are gone: a tenth of a second at least.
const END_TRANSACTIONS: &str = of_the_busy!("pg_terminate_backend(pid, 5000)");

/// In one order that every foreign key allows.
pub(crate) const EMPTY: &str = "\
    BEGIN; SET LOCAL search_path = staffroom; \
    DELETE FROM audit_records; DELETE FROM batch_reports; DELETE FROM batches; DELETE FROM staff_links; \
    DELETE FROM failures; DELETE FROM invitations; DELETE FROM resets; DELETE FROM sessions; \
    DELETE FROM user_passwords; DELETE FROM user_groups; DELETE FROM user_schools; DELETE FROM users; \
    DELETE FROM shared_passwords; DELETE FROM staff_schools; DELETE FROM staff_members; DELETE FROM groups; \
    DELETE FROM schools; DELETE FROM networks; COMMIT";

/// In one go: each takes a connection.
pub(crate) async fn ended_and_emptied(database: &Database) {
    database.execute(format!("{END_TRANSACTIONS}; {EMPTY}")).await.unwrap();
}

pub(crate) async fn emptied(database: &Database) {
    database.execute(EMPTY.to_owned()).await.unwrap();
}

/// What a check gave up might still be written once the database is empty. Nearly all of it is being taken back here, and is waited
/// for; whoever goes on after that is ended.
async fn end_transactions(owner: &PgPool) {
    for _ in 0..20 {
        if sqlx::query_scalar::<_, i64>(BUSY).fetch_one(owner).await.unwrap() == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    sqlx::raw_sql(END_TRANSACTIONS).execute(owner).await.unwrap();
}

impl Reused {
    /// A migrated database with nothing in it, which others may have used before.
    pub(crate) async fn emptied(layout: Layout) -> Self {
        let used = KEPT.with_borrow_mut(|kept| kept.extract_if(.., |kept| kept.layout == layout).next());
        let Some(kept) = used else {
            let database = copy_of(layout).await;
            let lazy = |options| PgPoolOptions::new().max_connections(8).connect_lazy_with(options);
            let (owner, service) = (lazy(database.options()), lazy(database.options_as(SERVICE)));
            return Self(Some(Kept { layout, database, owner, service }));
        };
        end_transactions(&kept.owner).await;
        sqlx::raw_sql(EMPTY).execute(&kept.owner).await.unwrap();
        Self(Some(kept))
    }

    fn kept(&self) -> &Kept {
        self.0.as_ref().unwrap()
    }

    pub(crate) fn database(&self) -> &Database {
        &self.kept().database
    }

    /// As the owner of the tables, whom row security does not bind.
    pub(crate) fn owner(&self) -> PgPool {
        self.kept().owner.clone()
    }

    /// As the role that owns nothing.
    pub(crate) fn service(&self) -> PgPool {
        self.kept().service.clone()
    }
}

impl Drop for Reused {
    fn drop(&mut self) {
        KEPT.with_borrow_mut(|kept| kept.extend(self.0.take()));
    }
}

/// A store over an empty database that others have used before, as the role that owns nothing.
pub(crate) async fn emptied_store(layout: Layout) -> (Arc<PostgresStore>, Reused) {
    let reused = Reused::emptied(layout).await;
    (Arc::new(PostgresStore::new(reused.service())), reused)
}

/// A store over a database of its own, as the role that owns nothing.
pub(crate) async fn fresh_store() -> (Arc<PostgresStore>, Database) {
    let database = fresh_database().await;
    let pool = pool(database.options_as(SERVICE), 8).await;
    (Arc::new(PostgresStore::with_settings(pool, Settings::default())), database)
}
