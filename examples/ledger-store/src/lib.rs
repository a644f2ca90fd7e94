//! A Staffroom store as an outsider would write one: the worked example of `docs/implementing-a-store.md`.
//!
//! Each network has a ledger, to which committed changes are appended and in which nothing is ever changed. A unit of
//! work replays the ledger into plain tables, works on those, and notes what it changed; committing appends its notes,
//! unless somebody else has appended in the meantime: then it answers [`StoreError::Contended`], and the whole unit of
//! work is tried again. Nobody ever waits for anybody. Everything is a linear scan: read it, do not run a network on it.

mod people;
mod records;
mod sign_in;
mod tables;
mod unit;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use staffroom_core::NetworkId;
use staffroom_core::store::{Mode, Store, StoreError, UnitOfWork};

use tables::Entry;
use unit::LedgerUnit;

/// A store that keeps a ledger of each network, in memory.
#[derive(Debug, Clone, Default)]
pub struct LedgerStore {
    ledgers: Arc<Mutex<BTreeMap<NetworkId, Vec<Entry>>>>,
}

impl LedgerStore {
    /// A store without networks.
    pub fn new() -> Self {
        Self::default()
    }

    fn ledgers(&self) -> MutexGuard<'_, BTreeMap<NetworkId, Vec<Entry>>> {
        self.ledgers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Appends `noted` to a ledger that still has the length it had when it was replayed.
    fn append(&self, network: NetworkId, replayed: usize, noted: Vec<Entry>) -> Result<(), StoreError> {
        let mut ledgers = self.ledgers();
        let ledger = ledgers.entry(network).or_default();
        if ledger.len() != replayed && !noted.is_empty() {
            return Err(StoreError::Contended(None));
        }
        ledger.extend(noted);
        Ok(())
    }
}

#[async_trait]
impl Store for LedgerStore {
    async fn begin(&self, network: NetworkId, mode: Mode) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let unit = match self.ledgers().get(&network) {
            Some(ledger) => LedgerUnit::replay(self.clone(), network, mode, ledger),
            None => LedgerUnit::replay(self.clone(), network, mode, &[]),
        };
        Ok(Box::new(unit))
    }
}
