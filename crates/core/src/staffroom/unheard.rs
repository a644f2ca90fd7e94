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
            Ok(()) => {
                self.0 = None;
                Ok(answer)
            }
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
    /// The answer that was kept, if it was written after all. Asked before every try: what is done is not done again, nor
    /// denied to somebody who could do it then. It was theirs to hear.
    pub(super) async fn heard<T>(
        &self,
        network: NetworkId,
        attempts: &mut Attempts,
        unheard: &mut Unheard<T>,
    ) -> Result<Option<T>, StoreError> {
        while unheard.0.is_some() {
            match self.try_to_hear(network, unheard, attempts).await {
                Err(error) => attempts.again_after(error)?,
                heard => return heard,
            }
        }
        Ok(None)
    }

    /// What a try `found`, unless one before it was written while this one waited. If that is not known, no error can say that
    /// nothing was written.
    pub(super) async fn answered<T, E: From<StoreError>>(
        &self,
        network: NetworkId,
        attempts: Attempts,
        unheard: Unheard<T>,
        found: Result<T, E>,
    ) -> Result<T, E> {
        let (mut attempts, mut unheard) = (attempts, unheard);
        match self.heard(network, &mut attempts, &mut unheard).await? {
            Some(answer) => Ok(answer),
            None => found.map_err(|error| attempts.instead_of(error)),
        }
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
