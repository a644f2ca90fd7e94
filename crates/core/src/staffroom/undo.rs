//! Undoing a batch.

use super::act_on_batch::BatchToActOn;
use super::unheard::Unheard;
use super::{Attempts, Staffroom};
use crate::access::AccessError;
use crate::store::StoreError;
use crate::undo::undo;
use crate::{Attempt, AuditEvent, AuditId, AuditRecord, BatchId, Session, UndoReport};

/// Why a batch was not undone. Nothing was written, but for the record of a denial; only after
/// [`StoreError::CommitUnknown`] the undo may have happened, and undoing again tells.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UndoError {
    /// The network has no such batch.
    #[error("the network has no batch with the id {0}")]
    UnknownBatch(BatchId),
    /// The actor may not, or the store failed.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StoreError> for UndoError {
    fn from(error: StoreError) -> Self {
        Self::Access(AccessError::Store(error))
    }
}

impl Staffroom {
    /// Removes the users that `batch` created and that nobody has touched since, in one transaction; the others are
    /// kept, with the reason (R15). Takes the same permission as creating them, in the batch's school; and the group that
    /// they were put into, if there is one, may hold nothing that the actor lacks (R8).
    ///
    /// Example: [the main job](crate#the-main-job).
    ///
    /// Undoing again is harmless, and answers with what is gone by then.
    ///
    /// # Errors
    /// [`UndoError`].
    pub async fn undo(&self, session: &Session, batch: BatchId) -> Result<UndoReport, UndoError> {
        let (mut attempts, mut unheard) = (Attempts::new(), Unheard::none());
        loop {
            if let Some(done) = self.heard(session.network(), &mut attempts, &mut unheard).await? {
                return Ok(done);
            }
            match self.try_undo(session, batch, &mut attempts, &mut unheard).await {
                Err(UndoError::Access(AccessError::Store(error))) => attempts.again_after(error)?,
                found => return self.answered(session.network(), attempts, unheard, found).await,
            }
        }
    }

    async fn try_undo(
        &self,
        session: &Session,
        id: BatchId,
        attempts: &mut Attempts,
        unheard: &mut Unheard<UndoReport>,
    ) -> Result<UndoReport, UndoError> {
        let found = self.batch_to_act_on(session, Attempt::Undo, id, attempts).await?;
        let BatchToActOn { mut uow, batch, asked } = found.ok_or(UndoError::UnknownBatch(id))?;
        let at = self.clock.now();
        let (report, removed) = undo(&mut *uow, &batch, at, &*self.progress).await?;
        // The users were waited for: a commit of which nobody heard may have come to its end meanwhile.
        if let Some(undone) = unheard.if_written(&mut *uow).await? {
            return Ok(undone);
        }
        let record = AuditRecord {
            id: AuditId::from_uuid(self.ids.next_id()),
            at,
            actor: session.actor(),
            school: Some(asked.school),
            group: batch.report.group(),
            batch: Some(id),
            event: AuditEvent::Undo { removed, kept: report.kept() },
        };
        Ok(unheard.commit(uow, record, report).await?)
    }
}
