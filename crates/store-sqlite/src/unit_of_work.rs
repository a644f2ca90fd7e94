//! The unit of work: a transaction, and the repositories over it.

use async_trait::async_trait;
use staffroom_core::NetworkId;
use staffroom_core::store::{
    AuditRepository, BatchRepository, FailureRepository, GroupRepository, InvitationRepository,
    NetworkRepository, PasswordRepository, ResetRepository, SchoolRepository, SessionRepository,
    StaffRepository, StoreError, UnitOfWork, UserRepository,
};

use crate::transaction::Transaction;

pub(crate) struct SqliteUnitOfWork {
    pub(crate) transaction: Transaction,
    /// Up to how many people of a list are looked up one by one.
    pub(crate) few: u32,
}

impl SqliteUnitOfWork {
    pub(crate) const fn new(transaction: Transaction, few: u32) -> Self {
        Self { transaction, few }
    }

    /// `Ok` if something that belongs in the network may be written. Networks are never deleted: to have seen it once
    /// is enough.
    pub(crate) async fn check_writing_in_network(&mut self) -> Result<(), StoreError> {
        self.transaction.check_writing()?;
        if self.transaction.network_is_known() || self.network().find().await?.is_some() {
            self.transaction.network_is_there();
            return Ok(());
        }
        Err(self.transaction.misuse("the network does not exist yet"))
    }
}

#[async_trait]
impl UnitOfWork for SqliteUnitOfWork {
    fn network_id(&self) -> NetworkId {
        self.transaction.network()
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
        self.transaction.commit().await
    }
}
