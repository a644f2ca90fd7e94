//! The storage traits: what a host implements over its own tables.
//!
//! A [`Store`] opens a [`UnitOfWork`] for one network; repositories hang off it. Stores are thin: they fetch and
//! keep. They decide nothing, make no ids and read no clock. The testkit's conformance suite holds every sentence
//! of the contracts below; a store is right when the suite says so.
//!
//! # An example
//!
//! ```
//! use staffroom_core::store::{Mode, NetworkInsert, Store};
//! use staffroom_core::{NetworkId, NetworkName};
//! use staffroom_store_memory::MemoryStore;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> { futures_lite::future::block_on(async {
//! let store = MemoryStore::new();
//! let network: NetworkId = "0195f6a2-7c1e-7000-8000-000000000001".parse()?;
//! let name = NetworkName::parse("Lakeside")?;
//!
//! let mut uow = store.begin(network, Mode::Write).await?;
//! uow.network().insert(&name).await?;
//! drop(uow); // Not committed: nothing has happened.
//!
//! let mut uow = store.begin(network, Mode::Write).await?;
//! assert_eq!(uow.network().insert(&name).await?, NetworkInsert::Inserted);
//! uow.commit().await?;
//!
//! let mut uow = store.begin(network, Mode::Read).await?;
//! assert!(uow.network().find().await?.is_some());
//! # Ok(()) }) }
//! ```
//!
//! A whole store, written from the outside, is `examples/ledger-store` in the repository.
//!
//! # Contract common to all of them
//! - **One network (R18).** Everything a unit of work reads, changes or is told about belongs to the network it was
//!   begun for, whatever ids or emails other networks use. No method takes a network id.
//! - **All or nothing (R12).** What a unit of work wrote is visible to others all at once when
//!   [`UnitOfWork::commit`] has answered `Ok`, and never otherwise. Dropping it, at any point, leaves no trace.
//! - **Its own writes.** A unit of work reads what it has written.
//! - **Conflicts are outcomes.** A row that cannot be written because of a row already there, or of a row before it in
//!   the same call, is an outcome of that row, in the answer; the unit of work goes on. An error means that it cannot.
//! - **Bytes.** Emails are compared by [`Email::canonical`](crate::Email::canonical), names in lists by
//!   [`PersonName::sort_key`](crate::PersonName::sort_key), group names by
//!   [`GroupName::folded`](crate::GroupName::folded): computed by core, compared as bytes. A database never computes
//!   whether two texts are the same.
//! - **Order.** Answers to a list of questions come in the order of the questions, one each, unless a method says
//!   otherwise.
//! - **Whole.** What was written is read back equal, in every field.

mod audit;
mod batches;
mod error;
mod failures;
mod groups;
mod invitations;
mod lock;
mod network;
mod passwords;
mod resets;
mod schools;
mod sessions;
mod staff;
mod users;

use std::fmt::Debug;

use async_trait::async_trait;

use crate::NetworkId;

/// The answers to a list of questions, if there are as many: a store that answers too few would go unnoticed where
/// the two are taken together.
pub(crate) fn one_each<Q, A>(questions: &[Q], answers: Vec<A>) -> Result<Vec<A>, StoreError> {
    if answers.len() == questions.len() {
        return Ok(answers);
    }
    let what = format!("{} answers to {} questions", answers.len(), questions.len());
    Err(StoreError::Other(what.into()))
}

pub use audit::{AuditCursor, AuditRepository};
pub use batches::{BatchCursor, BatchInsert, BatchRepository};
pub use error::StoreError;
pub use failures::{FailureKey, FailureRepository, Failures};
pub use groups::{GroupRepository, GroupWrite};
pub use invitations::InvitationRepository;
pub use lock::RowLock;
pub use network::{NetworkInsert, NetworkRepository};
pub use passwords::{HashOfUser, PasswordRepository, SharedPassword, SharedPasswordInsert};
pub use resets::{Reset, ResetOrigin, ResetRepository};
pub use schools::{SchoolRepository, SchoolWrite};
pub use sessions::{OpenSession, SessionRepository};
pub use staff::{Count, Cursor, FactsSink, ListOrder, StaffFilter, StaffRepository, StaffScope, StaffWrite};
pub use users::{UserDelete, UserInsert, UserRepository, UserUpdate};

/// What a unit of work is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Reading. Every writing method answers [`StoreError::Misuse`].
    Read,
    /// Reading and writing.
    Write,
}

/// A place where networks keep their records.
///
/// Example: [a unit of work](crate::store#an-example).
///
/// # Contract
/// See the [module](self). `begin` may wait for another unit of work, or answer [`StoreError::Contended`]; it never lets
/// two of one network lose each other's writes. Some stores have one writer for each network, and some one for all of
/// them: a caller therefore holds at most one writing unit of work at a time in one task. Waiting is answered with `Pending`: no method blocks
/// its thread. A reading unit of work sees what was committed when it began, or a moment later; it may wait, too.
#[async_trait]
pub trait Store: Debug + Send + Sync {
    /// Opens a unit of work for `network`, whether or not the network exists yet.
    async fn begin(&self, network: NetworkId, mode: Mode) -> Result<Box<dyn UnitOfWork>, StoreError>;
}

/// One transaction on one network.
///
/// Example: [a unit of work](crate::store#an-example).
///
/// # Contract
/// See the [module](self). After a method has answered with an error, the only thing left to do is to drop the unit
/// of work; [`commit`](Self::commit) then answers with an error as well.
#[async_trait]
pub trait UnitOfWork: Send {
    /// The network it was begun for.
    fn network_id(&self) -> NetworkId;

    /// The network's own record.
    fn network(&mut self) -> &mut dyn NetworkRepository;

    /// Its schools.
    fn schools(&mut self) -> &mut dyn SchoolRepository;

    /// Its staff members.
    fn staff(&mut self) -> &mut dyn StaffRepository;

    /// Its users.
    fn users(&mut self) -> &mut dyn UserRepository;

    /// Its groups.
    fn groups(&mut self) -> &mut dyn GroupRepository;

    /// The hashes of its users' passwords.
    fn passwords(&mut self) -> &mut dyn PasswordRepository;

    /// The open sessions of its users.
    fn sessions(&mut self) -> &mut dyn SessionRepository;

    /// The password resets under way.
    fn resets(&mut self) -> &mut dyn ResetRepository;

    /// What failed lately.
    fn failures(&mut self) -> &mut dyn FailureRepository;

    /// When its users were invited.
    fn invitations(&mut self) -> &mut dyn InvitationRepository;

    /// Its batches.
    fn batches(&mut self) -> &mut dyn BatchRepository;

    /// Its audit log.
    fn audit(&mut self) -> &mut dyn AuditRepository;

    /// Makes everything written visible, or nothing.
    ///
    /// # Errors
    /// [`StoreError::Contended`]: nothing was written, and trying the whole unit of work again may succeed.
    /// [`StoreError::CommitUnknown`]: whether everything or nothing was written can be found out only by reading.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}
