//! What of a list of batches is undone.

use std::collections::HashMap;

use super::{Asked, Attempts, Staffroom};
use crate::access::AccessError;
use crate::apply::CHUNK;
use crate::store::AuditCursor;
use crate::{Attempt, AuditEvent, BatchHead, BatchId, Session};

impl Staffroom {
    /// How many users of each of `batches`, as [`batches`](Self::batches) lists them, were removed by undoing it. Batches that
    /// nobody has undone are not in the answer, nor are those of schools that the actor may not enter.
    ///
    /// Example: [the main job](crate#the-main-job).
    ///
    /// It is read in the audit log as far back as the oldest of them, so that no report has to be read.
    ///
    /// # Errors
    /// [`AccessError`] if the actor may not create users in bulk, or the store failed.
    pub async fn undone(
        &self,
        session: &Session,
        batches: &[BatchHead],
    ) -> Result<HashMap<BatchId, usize>, AccessError> {
        let mut attempts = Attempts::new();
        loop {
            match self.try_undone(session, batches, &mut attempts).await {
                Err(AccessError::Store(error)) => attempts.again_after(error)?,
                done => return done,
            }
        }
    }

    async fn try_undone(
        &self,
        session: &Session,
        batches: &[BatchHead],
        attempts: &mut Attempts,
    ) -> Result<HashMap<BatchId, usize>, AccessError> {
        let asked = Asked::to(Attempt::ViewBatches, session);
        let (mut uow, standing) = self.reading(session, &asked, attempts).await?;
        let seen = |id| batches.iter().any(|head| head.id == id && standing.sight.enters(head.school));
        let Some(oldest) = batches.iter().map(|head| head.at).min() else {
            return Ok(HashMap::new());
        };
        let mut undone: HashMap<BatchId, usize> = HashMap::new();
        let mut after: Option<AuditCursor> = None;
        loop {
            let records = uow.audit().page(after.as_ref(), CHUNK).await?;
            let log_begins = records.len() < CHUNK;
            after = records.last().map(AuditCursor::of);
            let is_older = after.is_some_and(|place| place.at() < oldest);
            for record in records {
                if let (AuditEvent::Undo { removed, .. }, Some(batch)) = (&record.event, record.batch)
                    && seen(batch)
                {
                    let sum = undone.entry(batch).or_default();
                    *sum = sum.saturating_add(*removed);
                }
            }
            if log_begins || is_older {
                return Ok(undone);
            }
        }
    }
}
