//! Looking at batches: the list, and one with what became of its users.

use std::collections::HashMap;

use super::{Asked, Attempts, Staffroom};
use crate::access::AccessError;
use crate::apply::CHUNK;
use crate::store::{BatchCursor, RowLock, StoreError, UnitOfWork};
use crate::{Attempt, Batch, BatchHead, BatchId, BatchView, Session, Since, User, UserId};

/// A part of the list of batches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchPage {
    /// The batches, the newest first.
    pub rows: Vec<BatchHead>,
    /// Where the next page begins; `None` if there is none.
    pub next: Option<BatchCursor>,
}

impl Staffroom {
    /// The batches of the schools that the actor may enter, the newest first, at most `limit`, from the start or from where
    /// the page before ended.
    ///
    /// Example: [the main job](crate#the-main-job).
    ///
    /// # Errors
    /// [`AccessError`] if the actor may not create users in bulk, or the store failed.
    pub async fn batches(
        &self,
        session: &Session,
        after: Option<&BatchCursor>,
        limit: usize,
    ) -> Result<BatchPage, AccessError> {
        let mut attempts = Attempts::new();
        loop {
            match self.try_batches(session, after, limit, &mut attempts).await {
                Err(AccessError::Store(error)) => attempts.again_after(error)?,
                done => return done,
            }
        }
    }

    async fn try_batches(
        &self,
        session: &Session,
        after: Option<&BatchCursor>,
        limit: usize,
        attempts: &mut Attempts,
    ) -> Result<BatchPage, AccessError> {
        let asked = Asked::to(Attempt::ViewBatches, session);
        let (mut uow, standing) = self.reading(session, &asked, attempts).await?;
        let (mut rows, mut after): (Vec<BatchHead>, _) = (Vec::new(), after.copied());
        // One more than is asked for tells whether there is a next page.
        let some = limit.saturating_add(1).min(CHUNK);
        loop {
            let heads = uow.batches().page(after.as_ref(), some).await?;
            let list_ends = heads.len() < some;
            after = heads.last().map(BatchCursor::of).or(after);
            for head in heads.into_iter().filter(|head| standing.sight.enters(head.school)) {
                if rows.len() >= limit {
                    let next = rows.last().map(BatchCursor::of);
                    return Ok(BatchPage { rows, next });
                }
                rows.push(head);
            }
            if list_ends {
                return Ok(BatchPage { rows, next: None });
            }
        }
    }

    /// The batch with that id, and what became of its users since. `None` if the network has none, or it is of a school
    /// that the actor may not enter: the answer is the same.
    ///
    /// Example: [the main job](crate#the-main-job).
    ///
    /// # Errors
    /// As [`batches`](Self::batches).
    pub async fn batch(&self, session: &Session, id: BatchId) -> Result<Option<BatchView>, AccessError> {
        let asked = Asked { batch: Some(id), ..Asked::to(Attempt::ViewBatches, session) };
        let mut attempts = Attempts::new();
        loop {
            match self.batch_and_users(session, id, &asked, &mut attempts).await {
                Err(AccessError::Store(error)) => attempts.again_after(error)?,
                Ok(found) => return Ok(found.map(|(_, batch, users)| view(batch, &users))),
                Err(error) => return Err(error),
            }
        }
    }

    /// One try at finding the batch with that id, and those of its users that are still there, for what is `asked`; and the
    /// unit of work in which they were found.
    pub(super) async fn batch_and_users(
        &self,
        session: &Session,
        id: BatchId,
        asked: &Asked,
        attempts: &mut Attempts,
    ) -> Result<Option<(Box<dyn UnitOfWork>, Batch, HashMap<UserId, User>)>, AccessError> {
        let Some((mut uow, batch)) = self.seen_batch(session, id, asked, attempts).await? else {
            return Ok(None);
        };
        let users = users_of(&mut *uow, id).await?;
        Ok(Some((uow, batch, users)))
    }

    /// As [`batch_and_users`](Self::batch_and_users), without the users.
    pub(super) async fn seen_batch(
        &self,
        session: &Session,
        id: BatchId,
        asked: &Asked,
        attempts: &mut Attempts,
    ) -> Result<Option<(Box<dyn UnitOfWork>, Batch)>, AccessError> {
        let (mut uow, standing) = self.reading(session, asked, attempts).await?;
        let found = uow.batches().find(id).await?;
        let seen = found.filter(|batch| standing.sight.enters(batch.report.school()));
        Ok(seen.map(|batch| (uow, batch)))
    }
}

async fn users_of(uow: &mut dyn UnitOfWork, id: BatchId) -> Result<HashMap<UserId, User>, StoreError> {
    let users = uow.users().find_by_batch(id, RowLock::None).await?;
    Ok(users.into_iter().map(|user| (user.id(), user)).collect())
}

fn view(batch: Batch, users: &HashMap<UserId, User>) -> BatchView {
    let since = batch.report.rows().iter().map(|row| match row.user().map(|id| users.get(&id)) {
        None => Since::NotCreated,
        Some(None) => Since::Removed,
        Some(Some(user)) => match user.touches() {
            touches if touches.is_empty() => Since::Untouched,
            touches => Since::Touched(touches),
        },
    });
    let since = since.collect();
    BatchView { batch, since }
}
