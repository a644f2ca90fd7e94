//! A unit of work that decides by the records as they were when it began: it notes its writes, and carries them out when
//! it commits, whatever others have written in between. The last one wins.

use std::sync::Arc;

use async_trait::async_trait;
use staffroom_core::store::{
    BatchInsert, Mode, NetworkInsert, RowLock, Store, StoreError, UnitOfWork, UserDelete, UserInsert,
    UserUpdate,
};
use staffroom_core::{Email, NetworkId, Revision, UserId};

use crate::relay::{Answer, Behaviour, Call, pass};

pub(super) struct LateUnit {
    store: Arc<dyn Store>,
    network: NetworkId,
    seen: Box<dyn UnitOfWork>,
    noted: Vec<Call>,
}

impl LateUnit {
    pub(super) async fn begin(store: &Arc<dyn Store>, network: NetworkId) -> Result<Self, StoreError> {
        Ok(Self {
            store: Arc::clone(store),
            network,
            seen: store.begin(network, Mode::Read).await?,
            noted: Vec::new(),
        })
    }

    async fn revision(&mut self, id: UserId) -> Result<Option<Revision>, StoreError> {
        Ok(self.seen.users().find(id, RowLock::None).await?.map(|user| user.revision()))
    }

    async fn is_held(&mut self, email: &Email) -> Result<bool, StoreError> {
        Ok(self.seen.users().find_by_email(email).await?.is_some())
    }

    /// What the old records say of a write, where they say no.
    async fn refusal(&mut self, call: &Call) -> Result<Option<Answer>, StoreError> {
        Ok(match call {
            Call::InsertNetwork(_) if self.seen.network().find().await?.is_some() => {
                Some(Answer::NetworkInsert(NetworkInsert::AlreadyThere))
            }
            Call::InsertBatch(batch) if self.seen.batches().find(batch.report.batch()).await?.is_some() => {
                Some(Answer::BatchInsert(BatchInsert::AlreadyThere))
            }
            Call::InsertUsers(rows) => {
                let mut outcomes = Vec::new();
                for row in rows {
                    let held = self.is_held(row.email()).await?;
                    outcomes.push(if held { UserInsert::EmailTaken } else { UserInsert::Inserted });
                }
                Some(Answer::UserInserts(outcomes))
            }
            Call::UpdateUser(expected, row) => match self.revision(row.id()).await? {
                Some(revision) if revision == *expected => None,
                Some(_) => Some(Answer::UserUpdate(UserUpdate::Stale)),
                None => Some(Answer::UserUpdate(UserUpdate::Unknown)),
            },
            Call::DeleteUsers(rows) => {
                let mut outcomes = Vec::new();
                for (id, expected) in rows {
                    outcomes.push(match self.revision(*id).await? {
                        Some(revision) if revision == *expected => UserDelete::Deleted,
                        Some(_) => UserDelete::Stale,
                        None => UserDelete::Unknown,
                    });
                }
                Some(Answer::UserDeletes(outcomes))
            }
            Call::TakeReset(token) => Some(Answer::Reset(self.seen.resets().find(token).await?)),
            Call::AddFailure(key, _) => Some(Answer::Failures(self.seen.failures().find(key).await?)),
            // A note cannot be read, only claimed: in a unit of work that is dropped.
            Call::ClaimInvitations(..) => {
                let mut trial = self.store.begin(self.network, Mode::Write).await?;
                Some(pass(&mut *trial, call.clone()).await?)
            }
            _ => None,
        })
    }
}

#[async_trait]
impl Behaviour for LateUnit {
    fn network_id(&self) -> NetworkId {
        self.network
    }

    async fn answer(&mut self, call: Call) -> Result<Answer, StoreError> {
        let Some(success) = call.plain_success() else {
            return pass(&mut *self.seen, call).await;
        };
        let refusal = self.refusal(&call).await?;
        self.noted.push(call);
        Ok(refusal.unwrap_or(success))
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        let mut uow = self.store.begin(self.network, Mode::Write).await?;
        for call in self.noted {
            let call = match call {
                Call::UpdateUser(expected, row) => {
                    let now = uow.users().find(row.id(), RowLock::None).await?.map(|user| user.revision());
                    Call::UpdateUser(now.unwrap_or(expected), row)
                }
                Call::DeleteUsers(mut rows) => {
                    for (id, expected) in &mut rows {
                        *expected = uow
                            .users()
                            .find(*id, RowLock::None)
                            .await?
                            .map_or(*expected, |user| user.revision());
                    }
                    Call::DeleteUsers(rows)
                }
                other => other,
            };
            pass(&mut *uow, call).await?;
        }
        uow.commit().await
    }
}
