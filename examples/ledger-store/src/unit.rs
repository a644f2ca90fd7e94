//! The unit of work: tables to work on, and notes of what was changed.

use async_trait::async_trait;
use staffroom_core::NetworkId;
use staffroom_core::store::{
    AuditRepository, BatchRepository, FailureRepository, GroupRepository, InvitationRepository, Mode,
    NetworkRepository, PasswordRepository, ResetRepository, RowLock, SchoolRepository, SessionRepository,
    StaffRepository, StoreError, UnitOfWork, UserRepository,
};

use crate::LedgerStore;
use crate::tables::{Entry, Tables};

pub(crate) struct LedgerUnit {
    store: LedgerStore,
    pub(crate) network: NetworkId,
    mode: Mode,
    pub(crate) tables: Tables,
    /// How long the ledger was.
    replayed: usize,
    noted: Vec<Entry>,
    failed: bool,
}

impl LedgerUnit {
    pub(crate) fn replay(store: LedgerStore, network: NetworkId, mode: Mode, ledger: &[Entry]) -> Self {
        let mut tables = Tables::default();
        ledger.iter().cloned().for_each(|entry| tables.apply(entry));
        Self { store, network, mode, tables, replayed: ledger.len(), noted: Vec::new(), failed: false }
    }

    /// Writes, now that nothing speaks against it.
    pub(crate) fn note(&mut self, entry: Entry) {
        self.tables.apply(entry.clone());
        self.noted.push(entry);
    }

    /// To be asked first by every method that writes.
    pub(crate) fn may_write(&mut self) -> Result<(), StoreError> {
        match self.mode {
            Mode::Read => self.misuse("a unit of work for reading was asked to write"),
            Mode::Write => Ok(()),
        }
    }

    /// The same, for everything that belongs in a network.
    pub(crate) fn may_write_in_network(&mut self) -> Result<(), StoreError> {
        self.may_write()?;
        match self.tables.network {
            None => self.misuse("the network does not exist yet"),
            Some(_) => Ok(()),
        }
    }

    /// To be asked first by every method that can hold what it reads. Nothing needs to be done: if somebody else changes
    /// anything, the commit is contended.
    pub(crate) fn may_hold(&mut self, lock: RowLock) -> Result<(), StoreError> {
        match (lock, self.mode) {
            (RowLock::Held, Mode::Read) => {
                self.misuse("a unit of work for reading was asked to hold a record")
            }
            _ => Ok(()),
        }
    }

    /// After an error the unit of work is good for nothing.
    pub(crate) fn misuse(&mut self, what: &'static str) -> Result<(), StoreError> {
        self.failed = true;
        Err(StoreError::Misuse(what))
    }
}

#[async_trait]
impl UnitOfWork for LedgerUnit {
    fn network_id(&self) -> NetworkId {
        self.network
    }

    fn network(&mut self) -> &mut dyn NetworkRepository {
        self
    }

    fn schools(&mut self) -> &mut dyn SchoolRepository {
        self
    }

    fn staff(&mut self) -> &mut dyn StaffRepository {
        self
    }

    fn users(&mut self) -> &mut dyn UserRepository {
        self
    }

    fn groups(&mut self) -> &mut dyn GroupRepository {
        self
    }

    fn passwords(&mut self) -> &mut dyn PasswordRepository {
        self
    }

    fn sessions(&mut self) -> &mut dyn SessionRepository {
        self
    }

    fn resets(&mut self) -> &mut dyn ResetRepository {
        self
    }

    fn failures(&mut self) -> &mut dyn FailureRepository {
        self
    }

    fn invitations(&mut self) -> &mut dyn InvitationRepository {
        self
    }

    fn batches(&mut self) -> &mut dyn BatchRepository {
        self
    }

    fn audit(&mut self) -> &mut dyn AuditRepository {
        self
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        if self.failed {
            return Err(StoreError::Misuse("a unit of work that failed cannot be committed"));
        }
        self.store.append(self.network, self.replayed, self.noted)
    }
}
