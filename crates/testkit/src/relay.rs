//! A store between a caller and another store: every call passes through as a value that can be looked at, changed,
//! put off or answered otherwise. What makes stores built wrong on purpose a few lines each.

mod call;
#[cfg(test)]
mod interrupted;
mod repositories;
#[cfg(test)]
mod rivals;

use async_trait::async_trait;
use staffroom_core::NetworkId;
use staffroom_core::store::{
    AuditRepository, BatchRepository, FailureRepository, GroupRepository, InvitationRepository,
    NetworkRepository, PasswordRepository, ResetRepository, SchoolRepository, SessionRepository,
    StaffRepository, StoreError, UnitOfWork, UserRepository,
};

pub(crate) use call::{Answer, Call, pass};

/// What becomes of the calls to a unit of work.
#[async_trait]
pub(crate) trait Behaviour: Send {
    /// The network that it says it was begun for.
    fn network_id(&self) -> NetworkId;

    /// Answers a call.
    async fn answer(&mut self, call: Call) -> Result<Answer, StoreError>;

    /// Ends a list of everybody, all of which was handed out.
    fn end_of_visit(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Commits.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}

/// A unit of work that behaves as its behaviour does.
pub(crate) struct Relay(Box<dyn Behaviour>);

impl Relay {
    pub(crate) fn boxed(behaviour: impl Behaviour + 'static) -> Box<dyn UnitOfWork> {
        Box::new(Self(Box::new(behaviour)))
    }

    async fn ask(&mut self, call: Call) -> Result<Answer, StoreError> {
        self.0.answer(call).await
    }
}

#[async_trait]
impl UnitOfWork for Relay {
    fn network_id(&self) -> NetworkId {
        self.0.network_id()
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
        self.0.commit().await
    }
}
