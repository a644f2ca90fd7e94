//! A network in each of the stores, and copies of it to work on: as it was written, nothing of the writing left to be done.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use staffroom_core::store::{Mode, Store};
use staffroom_core::{PasswordState, SharedPasswordId, UserId};
use staffroom_store_memory::MemoryStore;
use staffroom_store_sqlite::{Settings, SqliteStore};
use staffroom_testkit::postgres::{Database, Server};

use crate::Failure;
use crate::network::{Candidates, NETWORK, fill};
use crate::server::{copy, durable, migrated, pool, store};

/// Where a network is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// In memory.
    Memory,
    /// In a file of SQLite.
    Sqlite,
    /// In a throwaway PostgreSQL with durable defaults.
    Postgres,
}

/// A network that is copied.
pub enum Original {
    /// With that many staff members, written anew for every copy.
    Memory(u64),
    /// In a file.
    Sqlite(PathBuf),
    /// In a database. (It goes before its server does.)
    Postgres(Box<Database>, Box<Server>),
}

/// A store with a copy in it.
pub enum Copied {
    /// In memory.
    Memory(Arc<MemoryStore>),
    /// In a file.
    Sqlite(SqliteStore),
    /// In a database.
    Postgres(Arc<dyn Store>, Box<Database>),
}

/// What a store keeps of passwords.
#[derive(Debug, PartialEq, Eq)]
pub struct Kept {
    /// How many users refer to a shared password.
    pub sharers: usize,
    /// How many shared passwords there are, with a hash each.
    pub shared: usize,
    /// How many users have a hash of their own.
    pub own: usize,
}

impl Original {
    /// Writes a network with `staff` staff members, of whom four in five are candidates; files go into `folder`.
    ///
    /// # Errors
    /// If a store fails.
    pub async fn write(kind: Kind, staff: u64, folder: &Path) -> Result<Self, Failure> {
        match kind {
            Kind::Memory => Ok(Self::Memory(staff)),
            Kind::Sqlite => {
                let path = folder.join("original.db");
                let store = SqliteStore::open_or_create(&path, Settings::default()).await?;
                fill(&store, staff, Candidates::MostAreCandidates).await?;
                store.close().await;
                Ok(Self::Sqlite(path))
            }
            Kind::Postgres => {
                let server = durable()?;
                let database = migrated(&server).await?;
                fill(&store(&database).await?, staff, Candidates::MostAreCandidates).await?;
                database.execute("VACUUM ANALYZE".to_owned()).await?;
                Ok(Self::Postgres(Box::new(database), Box::new(server)))
            }
        }
    }

    /// A copy of it.
    ///
    /// # Errors
    /// If a store fails.
    pub async fn copy(&self) -> Result<Copied, Failure> {
        match self {
            Self::Memory(staff) => {
                let store = MemoryStore::new();
                fill(&store, *staff, Candidates::MostAreCandidates).await?;
                Ok(Copied::Memory(Arc::new(store)))
            }
            Self::Sqlite(original) => {
                let path = original.with_file_name("copy.db");
                fs::copy(original, &path)?;
                File::open(&path)?.sync_all()?;
                Ok(Copied::Sqlite(SqliteStore::open(path, Settings::default()).await?))
            }
            Self::Postgres(original, server) => {
                let database = copy(server, original).await?;
                Ok(Copied::Postgres(Arc::new(store(&database).await?), Box::new(database)))
            }
        }
    }
}

impl Copied {
    /// The store, as a service has it.
    pub fn store(&self) -> Arc<dyn Store> {
        match self {
            Self::Memory(store) => Arc::<MemoryStore>::clone(store),
            Self::Sqlite(store) => Arc::new(store.clone()),
            Self::Postgres(store, _) => Arc::clone(store),
        }
    }

    /// Counts what the store keeps of passwords: rows, where it has tables.
    ///
    /// # Errors
    /// If the store fails, or a shared password that a user refers to is not there.
    pub async fn kept(&self) -> Result<Kept, Failure> {
        const SHARED: &str = "SELECT count(*) FROM shared_passwords";
        const OWN: &str = "SELECT count(*) FROM user_passwords";
        let mut uow = self.store().begin(NETWORK, Mode::Read).await?;
        let (mut users, mut referred, mut sharers): (Vec<UserId>, BTreeSet<SharedPasswordId>, usize) =
            Default::default();
        uow.users()
            .visit(&mut |user| {
                users.push(user.id());
                if let PasswordState::InitialShared { secret, .. } = user.password() {
                    referred.insert(secret);
                    sharers += 1;
                }
            })
            .await?;
        for secret in &referred {
            uow.passwords().find_shared(*secret).await?.ok_or("users refer to nothing")?;
        }
        let (shared, own): (i64, i64) = match self {
            Self::Memory(_) => {
                let mut own = 0;
                for user in users {
                    own += i64::from(uow.passwords().find(user).await?.is_some());
                }
                (i64::try_from(referred.len())?, own)
            }
            Self::Sqlite(store) => {
                let mut connection = SqliteConnectOptions::new().filename(store.path()).connect().await?;
                let shared = sqlx::query_scalar(SHARED).fetch_one(&mut connection).await?;
                let own = sqlx::query_scalar(OWN).fetch_one(&mut connection).await?;
                connection.close().await?;
                (shared, own)
            }
            Self::Postgres(_, database) => {
                // The superuser, whom no row is hidden from.
                let pool = pool(database.options(), 1).await?;
                sqlx::raw_sql("SET search_path = staffroom").execute(&pool).await?;
                let shared = sqlx::query_scalar(SHARED).fetch_one(&pool).await?;
                (shared, sqlx::query_scalar(OWN).fetch_one(&pool).await?)
            }
        };
        Ok(Kept { sharers, shared: usize::try_from(shared)?, own: usize::try_from(own)? })
    }

    /// Gives back what it took.
    ///
    /// # Errors
    /// If a file cannot be removed.
    pub async fn remove(self) -> Result<(), Failure> {
        if let Self::Sqlite(store) = self {
            let path = store.path().to_owned();
            // The last to close a file removes its log.
            store.close().await;
            fs::remove_file(path)?;
        }
        Ok(())
    }
}
