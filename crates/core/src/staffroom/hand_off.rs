//! Making the hand-off sheet of a batch again.

use super::sign_in::is_revoked;
use super::{Asked, Attempts, Staffroom};
use crate::access::AccessError;
use crate::{Attempt, BatchId, HandOffAgain, Session};

impl Staffroom {
    /// What to tell the users of `batch` who have not been in yet, as they are now (R10). A generated password was shown
    /// once, when the batch was carried out, and is not shown again (R9). `None` if the network has no such batch, or it is
    /// of a school that the actor may not enter: the answer is the same.
    ///
    /// Example: [the main job](crate#the-main-job).
    ///
    /// # Errors
    /// [`AccessError`] if the actor may not create users in bulk, or the store failed.
    pub async fn hand_off(
        &self,
        session: &Session,
        batch: BatchId,
    ) -> Result<Option<HandOffAgain>, AccessError> {
        let asked = Asked { batch: Some(batch), ..Asked::to(Attempt::HandOff, session) };
        let mut attempts = Attempts::new();
        loop {
            match self.try_hand_off(session, batch, &asked, &mut attempts).await {
                Err(AccessError::Store(error)) => attempts.again_after(error)?,
                done => return done,
            }
        }
    }

    async fn try_hand_off(
        &self,
        session: &Session,
        batch: BatchId,
        asked: &Asked,
        attempts: &mut Attempts,
    ) -> Result<Option<HandOffAgain>, AccessError> {
        let found = self.batch_and_users(session, batch, asked, attempts).await?;
        let Some((mut uow, batch, users)) = found else {
            return Ok(None);
        };
        let is_revoked = match batch.shared_password {
            Some(shared) => is_revoked(&mut *uow, shared).await?,
            None => false,
        };
        drop(uow);
        let now = self.clock.now();
        let mut sheet = HandOffAgain::empty();
        for row in batch.report.rows() {
            let user = row.user().and_then(|id| users.get(&id));
            sheet.add(row, user, batch.report.school(), is_revoked, now);
        }
        Ok(Some(sheet))
    }
}
