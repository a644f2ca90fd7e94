//! A commit of which nobody heard, known again by its record in the audit log.

use super::{Attempts, Staffroom, was_written};
use crate::store::{Mode, StoreError, UnitOfWork};
use crate::{AuditRecord, NetworkId};

/// What a try would have answered whose reply was lost, and the record by which the log tells whether it was written. A later
/// try finds less to do, and would say so: what was done is what counts.
#[derive(Debug)]
pub(super) struct Unheard<T>(Option<(AuditRecord, T)>);

impl<T> Unheard<T> {
    pub(super) const fn none() -> Self {
        Self(None)
    }

    /// Writes `record` down, commits, and gives `answer`; keeps both if it is not known whether that succeeded.
    pub(super) async fn commit(
        &mut self,
        uow: Box<dyn UnitOfWork>,
        record: AuditRecord,
        answer: T,
    ) -> Result<T, StoreError> {
        let mut uow = uow;
        uow.audit().append(&record).await?;
        match uow.commit().await {
            Ok(()) => Ok(answer),
            Err(error) => {
                if matches!(error, StoreError::CommitUnknown(_)) {
                    self.0 = Some((record, answer));
                }
                Err(error)
            }
        }
    }

    /// The answer that was kept, if `uow` sees that it was written.
    pub(super) async fn if_written(&mut self, uow: &mut dyn UnitOfWork) -> Result<Option<T>, StoreError> {
        let is_written = match &self.0 {
            Some((record, _)) => was_written(uow, record).await?,
            None => false,
        };
        Ok(self.0.take_if(|_| is_written).map(|(_, answer)| answer))
    }
}

impl Staffroom {
    /// The answer that was kept, if it was written after all; otherwise what a later try `found`, but for an error, which cannot
    /// say that nothing was written.
    pub(super) async fn heard<T, E: From<StoreError>>(
        &self,
        network: NetworkId,
        attempts: Attempts,
        unheard: Unheard<T>,
        found: Result<T, E>,
    ) -> Result<T, E> {
        let (mut attempts, mut unheard) = (attempts, unheard);
        while unheard.0.is_some() {
            match self.try_to_hear(network, &mut unheard, &mut attempts).await {
                Ok(Some(answer)) => return Ok(answer),
                Ok(None) => break,
                Err(error) => attempts.again_after(error)?,
            }
        }
        found.map_err(|error| attempts.lost().map_or(error, Into::into))
    }

    async fn try_to_hear<T>(
        &self,
        network: NetworkId,
        unheard: &mut Unheard<T>,
        attempts: &mut Attempts,
    ) -> Result<Option<T>, StoreError> {
        let mut uow = self.begin(network, Mode::Read, attempts).await?;
        unheard.if_written(&mut *uow).await
    }
}
