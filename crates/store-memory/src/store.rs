use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError};

use async_trait::async_trait;
use staffroom_core::NetworkId;
use staffroom_core::store::{Mode, Store, StoreError, UnitOfWork};

use crate::records::Records;
use crate::sync::{Mutex, MutexGuard, Turns};
use crate::unit_of_work::MemoryUnitOfWork;

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
pub(crate) struct NetworkRecords {
    writers: Arc<Turns>,
    records: Mutex<Arc<Records>>,
}

impl NetworkRecords {
    pub(crate) fn snapshot(&self) -> Arc<Records> {
        Arc::clone(&locked(&self.records))
    }

    pub(crate) fn replace(&self, records: Arc<Records>) {
        *locked(&self.records) = records;
    }
}

/// A panic while a lock was held cannot have left anything half done: every change under one is a single assignment.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
