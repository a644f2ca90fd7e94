//! Reading the audit log.

use super::{Asked, Attempts, Staffroom};
use crate::access::AccessError;
use crate::apply::CHUNK;
use crate::store::AuditCursor;
use crate::{Attempt, AuditRecord, Session};

/// A part of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditPage {
    /// The records, the newest first.
    pub rows: Vec<AuditRecord>,
    /// Where the next page begins; `None` if there is none.
    pub next: Option<AuditCursor>,
}

impl Staffroom {
    /// The records about the schools that the actor may enter (to the operator, all), the newest first, at most `limit`, from the newest or from
    /// where the page before ended.
    ///
    /// Example: [the main job](crate#the-main-job).
    ///
    /// # Errors
    /// [`AccessError`] if the actor lacks `audit.view`, or the store failed.
    pub async fn audit(
        &self,
        session: &Session,
        after: Option<&AuditCursor>,
        limit: usize,
    ) -> Result<AuditPage, AccessError> {
        let mut attempts = Attempts::new();
        loop {
            match self.try_audit(session, after, limit, &mut attempts).await {
                Err(AccessError::Store(error)) => attempts.again_after(error)?,
                done => return done,
            }
        }
    }

    async fn try_audit(
        &self,
        session: &Session,
        after: Option<&AuditCursor>,
        limit: usize,
        attempts: &mut Attempts,
    ) -> Result<AuditPage, AccessError> {
        let asked = Asked::to(Attempt::ViewAudit, session);
        let (mut uow, standing) = self.reading(session, &asked, attempts).await?;
        let (mut rows, mut after): (Vec<AuditRecord>, _) = (Vec::new(), after.copied());
        // One more than is asked for tells whether there is a next page.
        let some = limit.saturating_add(1).min(CHUNK);
        loop {
            let records = uow.audit().page(after.as_ref(), some).await?;
            let log_begins = records.len() < some;
            after = records.last().map(AuditCursor::of).or(after);
            for record in records.into_iter().filter(|record| standing.sight.reads(record.school)) {
                if rows.len() >= limit {
                    let next = rows.last().map(AuditCursor::of);
                    return Ok(AuditPage { rows, next });
                }
                rows.push(record);
            }
            if log_begins {
                return Ok(AuditPage { rows, next: None });
            }
        }
    }
}
