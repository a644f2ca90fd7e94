//! A store in which nothing lasts: everything happens in one transaction, which is never committed. So a dry run can look
//! at a roster as if it were imported, over any store.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use staffroom_core::NetworkId;
use staffroom_core::store::{
    AuditRepository, BatchRepository, FailureRepository, GroupRepository, InvitationRepository, Mode,
    NetworkRepository, PasswordRepository, ResetRepository, SchoolRepository, SessionRepository,
    StaffRepository, Store, StoreError, UnitOfWork, UserRepository,
};
use tokio::sync::{Mutex, OnceCell, OwnedMutexGuard};

/// The one transaction.
type Stage = Box<dyn UnitOfWork>;

/// Over another store, for one network and one task.
pub(crate) struct Rehearsal {
    store: Arc<dyn Store>,
    stage: OnceCell<Arc<Mutex<Stage>>>,
}

impl Rehearsal {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, stage: OnceCell::new() }
    }
}

impl fmt::Debug for Rehearsal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rehearsal").field("store", &self.store).finish_non_exhaustive()
    }
}

#[async_trait]
impl Store for Rehearsal {
    async fn begin(&self, network: NetworkId, _mode: Mode) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let begin =
            async { self.store.begin(network, Mode::Write).await.map(|stage| Arc::new(Mutex::new(stage))) };
        let stage = Arc::clone(self.stage.get_or_try_init(|| begin).await?);
        let stage = stage
            .try_lock_owned()
            .map_err(|_| StoreError::Misuse("a rehearsal is one thing after the other"))?;
        if stage.network_id() != network {
            return Err(StoreError::Misuse("a rehearsal is in one network"));
        }
        Ok(Box::new(Scene { network, stage }))
    }
}

/// A unit of work that is part of the one transaction.
struct Scene {
    network: NetworkId,
    stage: OwnedMutexGuard<Stage>,
}

#[async_trait]
impl UnitOfWork for Scene {
    fn network_id(&self) -> NetworkId {
        self.network
    }

    fn network(&mut self) -> &mut dyn NetworkRepository {
        self.stage.network()
    }

    fn schools(&mut self) -> &mut dyn SchoolRepository {
        self.stage.schools()
    }

    fn staff(&mut self) -> &mut dyn StaffRepository {
        self.stage.staff()
    }

    fn users(&mut self) -> &mut dyn UserRepository {
        self.stage.users()
    }

    fn groups(&mut self) -> &mut dyn GroupRepository {
        self.stage.groups()
    }

    fn passwords(&mut self) -> &mut dyn PasswordRepository {
        self.stage.passwords()
    }

    fn sessions(&mut self) -> &mut dyn SessionRepository {
        self.stage.sessions()
    }

    fn resets(&mut self) -> &mut dyn ResetRepository {
        self.stage.resets()
    }

    fn failures(&mut self) -> &mut dyn FailureRepository {
        self.stage.failures()
    }

    fn invitations(&mut self) -> &mut dyn InvitationRepository {
        self.stage.invitations()
    }

    fn batches(&mut self) -> &mut dyn BatchRepository {
        self.stage.batches()
    }

    fn audit(&mut self) -> &mut dyn AuditRepository {
        self.stage.audit()
    }

    /// What was written stays in the transaction, for those who come after.
    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        Ok(())
    }
}
