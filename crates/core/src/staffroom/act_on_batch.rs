//! What the acts on a batch that was carried out have in common.

use super::{Asked, Attempts, Staffroom};
use crate::access::{AccessError, Standing};
use crate::store::{Mode, RowLock, UnitOfWork};
use crate::{Attempt, Batch, BatchId, GroupId, Session};

/// A batch that the actor may act on, in the unit of work in which that was found.
pub(super) struct BatchToActOn {
    pub(super) uow: Box<dyn UnitOfWork>,
    pub(super) batch: Batch,
    /// The attempt, in the school of the batch.
    pub(super) asked: Asked,
}

impl Staffroom {
    /// The batch `id`, if the actor may do what they attempt in its school, and the group that its users were put into holds
    /// nothing that they lack (R8). `None` if the network has no such batch.
    pub(super) async fn batch_to_act_on(
        &self,
        session: &Session,
        attempt: Attempt,
        id: BatchId,
        attempts: &mut Attempts,
    ) -> Result<Option<BatchToActOn>, AccessError> {
        let asked = Asked { batch: Some(id), ..Asked::to(attempt, session) };
        let mut uow = self.begin(session.network(), Mode::Write, attempts).await?;
        let Some(batch) = uow.batches().find(id).await? else {
            // Somebody who may do nothing here is told that, and no more.
            self.check(uow, session, &asked, RowLock::Held).await?;
            return Ok(None);
        };
        let asked = Asked { school: batch.report.school(), ..asked };
        let (uow, _) = self.may_act_on_batch(uow, session, &asked, batch.report.group()).await?;
        Ok(Some(BatchToActOn { uow, batch, asked }))
    }

    /// The unit of work and what the actor is found to be, if they may do in it what is `asked`, to a batch of `group`.
    pub(super) async fn may_act_on_batch(
        &self,
        uow: Box<dyn UnitOfWork>,
        session: &Session,
        asked: &Asked,
        group: Option<GroupId>,
    ) -> Result<(Box<dyn UnitOfWork>, Standing), AccessError> {
        let (uow, standing) = self.check(uow, session, asked, RowLock::Held).await?;
        let (asked, groups) = (Asked { group, ..*asked }, group.into_iter().collect());
        let (uow, _) =
            self.bounded_by(uow, session, &asked, &standing.authority, &groups, RowLock::Held).await?;
        Ok((uow, standing))
    }
}
