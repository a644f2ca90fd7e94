//! One transaction: a snapshot, copied at the first write, put in place at the commit.

use std::sync::Arc;

use async_trait::async_trait;
use staffroom_core::NetworkId;
use staffroom_core::store::{
    AuditRepository, BatchRepository, FailureRepository, GroupRepository, InvitationRepository,
    NetworkRepository, PasswordRepository, ResetRepository, RowLock, SchoolRepository, SessionRepository,
    StaffRepository, StoreError, UnitOfWork, UserRepository,
};

use crate::records::Records;
use crate::store::NetworkRecords;
use crate::sync::Turn;

pub(crate) struct MemoryUnitOfWork {
    network: NetworkId,
    shared: Arc<NetworkRecords>,
    records: Arc<Records>,
    /// The turn to write, kept until the unit of work ends; `None` if it only reads.
    turn: Option<Turn>,
    broken: bool,
}

impl MemoryUnitOfWork {
    /// `turn` was taken before the snapshot is: nobody commits in between.
    pub(crate) fn new(network: NetworkId, shared: Arc<NetworkRecords>, turn: Option<Turn>) -> Self {
        let records = shared.snapshot();
        Self { network, shared, records, turn, broken: false }
    }

    pub(crate) fn read(&self) -> &Records {
        &self.records
    }

    /// The records to write to: a copy of the network's own, made the first time.
    pub(crate) fn write(&mut self) -> Result<&mut Records, StoreError> {
        if self.turn.is_none() {
            return Err(self.misuse("a unit of work for reading was asked to write"));
        }
        Ok(Arc::make_mut(&mut self.records))
    }

    /// As [`write`](Self::write), for everything that belongs in a network.
    pub(crate) fn write_in_network(&mut self) -> Result<&mut Records, StoreError> {
        if self.records.network.is_none() && self.turn.is_some() {
            return Err(self.misuse("the network does not exist yet"));
        }
        self.write()
    }

    /// To be asked first by every method that holds what it reads. Whoever writes has the network, and every record in
    /// it, for themselves until they are done: there is nothing else to do.
    pub(crate) fn may_hold(&mut self, lock: RowLock) -> Result<(), StoreError> {
        if lock == RowLock::Held && self.turn.is_none() {
            return Err(self.misuse("a unit of work for reading was asked to hold a record"));
        }
        Ok(())
    }

    /// After an error, nothing that was written may be kept.
    pub(crate) fn misuse(&mut self, what: &'static str) -> StoreError {
        self.broken = true;
        StoreError::Misuse(what)
    }
}

#[async_trait]
impl UnitOfWork for MemoryUnitOfWork {
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
        if self.broken {
            return Err(StoreError::Misuse("a unit of work that failed cannot be committed"));
        }
        if self.turn.is_some() {
            self.shared.replace(self.records);
        }
        Ok(())
    }
}
