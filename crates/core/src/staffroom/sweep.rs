//! Housekeeping: forgetting what is over.

use super::{Attempts, Staffroom};
use crate::store::{Mode, StoreError};
use crate::{NetworkId, Timestamp};

/// How many records are forgotten in one transaction.
const CHUNK: usize = 1_000;
/// How long failures are remembered after the last of them, in days. A lock is lifted by it, too, once nobody has tried
/// for so long.
const DAYS_OF_FAILURES: u16 = 90;

/// What was forgotten. About so many, if the reply to a commit was lost: what it had come to is not written down anywhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// How many sessions that had ended by themselves.
    pub sessions: usize,
    /// How many resets that had expired.
    pub resets: usize,
    /// How many keys with failures of long ago.
    pub failures: usize,
}

impl Swept {
    fn or_at_least(self, other: Self) -> Self {
        Self {
            sessions: self.sessions.max(other.sessions),
            resets: self.resets.max(other.resets),
            failures: self.failures.max(other.failures),
        }
    }
}

impl Staffroom {
    /// Forgets the sessions and resets of `network` that are over, and failures whose last was 90 days ago. Nothing depends on
    /// it but the size of the tables: run it once a day or so. A bounded number of records goes in one transaction.
    ///
    /// Example: [signing in](crate::Staffroom#signing-in).
    ///
    /// # Errors
    /// [`StoreError`]; what was forgotten before stays forgotten.
    pub async fn sweep(&self, network: NetworkId) -> Result<Swept, StoreError> {
        let now = self.clock.now();
        let mut swept = Swept::default();
        loop {
            let mut attempts = Attempts::new();
            let mut unheard = Swept::default();
            let some = loop {
                match self.try_sweep(network, now, &mut attempts, &mut unheard).await {
                    Err(error) => attempts.again_after(error)?,
                    // What is gone by now was forgotten by a try before, as a rule.
                    Ok(found) => break found.or_at_least(unheard),
                }
            };
            swept.sessions = swept.sessions.saturating_add(some.sessions);
            swept.resets = swept.resets.saturating_add(some.resets);
            swept.failures = swept.failures.saturating_add(some.failures);
            if some.sessions < CHUNK && some.resets < CHUNK && some.failures < CHUNK {
                return Ok(swept);
            }
        }
    }

    async fn try_sweep(
        &self,
        network: NetworkId,
        now: Timestamp,
        attempts: &mut Attempts,
        unheard: &mut Swept,
    ) -> Result<Swept, StoreError> {
        let mut uow = self.begin(network, Mode::Write, attempts).await?;
        if uow.network().find().await?.is_none() {
            return Ok(Swept::default());
        }
        let resets = uow.resets().forget_expired(now, CHUNK).await?;
        let sessions = uow.sessions().forget_expired(now, CHUNK).await?;
        let failures = uow.failures().forget(now.minus_days(DAYS_OF_FAILURES), CHUNK).await?;
        let swept = Swept { sessions, resets, failures };
        let committed = uow.commit().await;
        if matches!(committed, Err(StoreError::CommitUnknown(_))) {
            *unheard = swept.or_at_least(*unheard);
        }
        committed.map(|()| swept)
    }
}
