use async_trait::async_trait;
use staffroom_core::Timestamp;
use staffroom_core::store::{FailureKey, FailureRepository, Failures, StoreError};

use super::first;
use crate::unit_of_work::MemoryUnitOfWork;

#[async_trait]
impl FailureRepository for MemoryUnitOfWork {
    async fn add(&mut self, key: &FailureKey, at: Timestamp) -> Result<Option<Failures>, StoreError> {
        let failures = &mut self.write_in_network()?.failures;
        let before = failures.get(key).copied();
        let now = match before {
            None => Failures { count: 1, first_at: at, last_at: at },
            Some(before) => Failures { count: before.count.saturating_add(1), last_at: at, ..before },
        };
        failures.insert(*key, now);
        Ok(before)
    }

    async fn take_back(&mut self, key: &FailureKey) -> Result<(), StoreError> {
        let failures = &mut self.write_in_network()?.failures;
        match failures.get_mut(key) {
            Some(failed) if failed.count > 1 => failed.count = failed.count.saturating_sub(1),
            _ => {
                failures.remove(key);
            }
        }
        Ok(())
    }

    async fn find(&mut self, key: &FailureKey) -> Result<Option<Failures>, StoreError> {
        Ok(self.read().failures.get(key).copied())
    }

    async fn clear(&mut self, key: &FailureKey) -> Result<(), StoreError> {
        self.write_in_network()?.failures.remove(key);
        Ok(())
    }

    async fn forget(&mut self, before: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let failures = &mut self.write_in_network()?.failures;
        let old = first(limit, failures, |failures| failures.last_at < before);
        for key in &old {
            failures.remove(key);
        }
        Ok(old.len())
    }
}
