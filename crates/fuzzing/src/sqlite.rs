//! Files of SQLite, each with a store over it.

use std::cell::RefCell;
use std::sync::OnceLock;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Executor as _};
use staffroom_store_sqlite::{Settings, SqliteStore};
use staffroom_testkit::properties::Violation;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use crate::machine::{folder, unfit};

/// Runs a future to its end in the one runtime there is.
pub(crate) fn run<T>(work: impl Future<Output = Result<T, Violation>>) -> Result<T, Violation> {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    let runtime = if let Some(runtime) = RUNTIME.get() {
        runtime
    } else {
        let made = Builder::new_current_thread().enable_all().build().map_err(|error| unfit(&error))?;
        RUNTIME.get_or_init(|| made)
    };
    runtime.block_on(work)
}

/// A store over a file of its own, with no network in it, and the folder that the file is in.
pub(crate) async fn fresh() -> Result<(SqliteStore, TempDir), Violation> {
    let folder = folder()?;
    let path = folder.path().join("staffroom.db");
    let opened = SqliteStore::open_or_create(&path, Settings::default()).await;
    Ok((opened.map_err(|error| unfit(&error))?, folder))
}

/// A store with no network in it: the same one of this thread each time, emptied. To make a file, open it and prepare every
/// statement again takes longer than most inputs do.
pub(crate) async fn emptied() -> Result<SqliteStore, Violation> {
    thread_local! {
        static KEPT: RefCell<Option<Kept>> = const { RefCell::new(None) };
    }
    let mut kept = match KEPT.take() {
        Some(kept) => kept,
        None => Kept::fresh().await?,
    };
    kept.empty().await.map_err(|error| unfit(&error))?;
    let store = kept.store.clone();
    KEPT.set(Some(kept));
    Ok(store)
}

/// A store, and how its file is emptied.
struct Kept {
    store: SqliteStore,
    /// A connection beside those of the store. It knows nothing of foreign keys: so the tables can be emptied in any order.
    broom: SqliteConnection,
    sweep: Sweep,
    _folder: TempDir,
}

/// The statements that empty a file.
struct Sweep {
    /// Whether there is anything in a table whose rows a trigger keeps.
    is_guarded: String,
    /// Without touching the triggers.
    plain: String,
    /// The triggers are away in between: a change of the schema, after which every statement is prepared again.
    unguarded: String,
}

impl Kept {
    async fn fresh() -> Result<Self, Violation> {
        let (store, folder) = fresh().await?;
        let options = SqliteConnectOptions::new().filename(store.path()).foreign_keys(false);
        let mut broom = options.connect().await.map_err(|error| unfit(&error))?;
        let sweep = Sweep::read(&mut broom).await.map_err(|error| unfit(&error))?;
        Ok(Self { store, broom, sweep, _folder: folder })
    }

    /// Deletes every row of every table.
    async fn empty(&mut self) -> Result<(), sqlx::Error> {
        let is_guarded = sqlx::query_scalar(AssertSqlSafe(self.sweep.is_guarded.clone()));
        let sweep = if is_guarded.fetch_one(&mut self.broom).await? {
            &self.sweep.unguarded
        } else {
            &self.sweep.plain
        };
        self.broom.execute(sqlx::raw_sql(AssertSqlSafe(sweep.clone()))).await.map(drop)
    }
}

impl Sweep {
    async fn read(broom: &mut SqliteConnection) -> Result<Self, sqlx::Error> {
        let tables = "SELECT name FROM sqlite_schema WHERE type = 'table'";
        let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut *broom).await?;
        let triggers = "SELECT tbl_name, name, sql FROM sqlite_schema WHERE type = 'trigger'";
        let triggers: Vec<(String, String, String)> = sqlx::query_as(triggers).fetch_all(broom).await?;
        let delete = all(tables.iter().map(|table| format!("DELETE FROM {table}; ")));
        let drop = all(triggers.iter().map(|(_, name, _)| format!("DROP TRIGGER {name}; ")));
        let create = all(triggers.iter().map(|(.., sql)| format!("{sql}; ")));
        let is_there = triggers.iter().map(|(table, ..)| format!(" OR EXISTS (SELECT 1 FROM {table})"));
        Ok(Self {
            is_guarded: format!("SELECT FALSE{}", all(is_there)),
            plain: format!("BEGIN IMMEDIATE; {delete}COMMIT"),
            unguarded: format!("BEGIN IMMEDIATE; {drop}{delete}{create}COMMIT"),
        })
    }
}

fn all(texts: impl Iterator<Item = String>) -> String {
    texts.fold(String::new(), |all, text| all + &text)
}
