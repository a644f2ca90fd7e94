//! The reference store of Staffroom: everything in memory, obvious before fast, right under concurrency.
//!
//! A writing unit of work has its network to itself: the next one waits until it has committed or was dropped. It
//! works on a copy of the network's records, made at its first write; committing puts the copy in their place, and
//! dropping it leaves no trace. Reading units of work see the records as they were when they began, and never wait.
//!
//! Its futures need no runtime: they finish under any executor, a bare `block_on` included. One task must not hold
//! two writing units of work of one network: the second would wait for the first for ever.
//!
//! ```
//! use staffroom_core::{NetworkId, store::{Mode, Store}};
//! use staffroom_store_memory::MemoryStore;
//!
//! # futures_lite::future::block_on(async {
//! let store = MemoryStore::new();
//! let network: NetworkId = "67e55044-10b1-426f-9247-bb680e5fe0c8".parse().unwrap();
//! let mut uow = store.begin(network, Mode::Read).await?;
//! assert!(uow.network().find().await?.is_none());
//! # Ok::<(), staffroom_core::store::StoreError>(()) }).unwrap();
//! ```

mod records;
mod repositories;
mod unit_of_work;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use staffroom_core::NetworkId;
use staffroom_core::store::{Mode, Store, StoreError, UnitOfWork};

use records::Records;
use unit_of_work::MemoryUnitOfWork;

/// A store that keeps its networks in memory, for as long as it lives.
#[derive(Default)]
pub struct MemoryStore {
    networks: Mutex<BTreeMap<NetworkId, Arc<NetworkRecords>>>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn records_of(&self, network: NetworkId) -> Arc<NetworkRecords> {
        Arc::clone(locked(&self.networks).entry(network).or_default())
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn begin(&self, network: NetworkId, mode: Mode) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let here = self.records_of(network);
        let turn = match mode {
            Mode::Read => None,
            Mode::Write => Some(here.writers.lock_arc().await),
        };
        Ok(Box::new(MemoryUnitOfWork::new(network, here, turn)))
    }
}

/// One network: whose turn it is to write, and what is there.
#[derive(Default)]
struct NetworkRecords {
    writers: Arc<async_lock::Mutex<()>>,
    records: Mutex<Arc<Records>>,
}

impl NetworkRecords {
    fn snapshot(&self) -> Arc<Records> {
        Arc::clone(&locked(&self.records))
    }

    fn replace(&self, records: Arc<Records>) {
        *locked(&self.records) = records;
    }
}

/// A panic while a lock was held cannot have left anything half done: every change under one is a single assignment.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
