use async_trait::async_trait;
use staffroom_core::store::{BatchInsert, BatchRepository, StoreError};
use staffroom_core::{Batch, BatchId};

use crate::unit_of_work::MemoryUnitOfWork;

#[async_trait]
impl BatchRepository for MemoryUnitOfWork {
    async fn find(&mut self, id: BatchId) -> Result<Option<Batch>, StoreError> {
        Ok(self.read().batches.get(&id).cloned())
    }

    async fn insert(&mut self, batch: &Batch) -> Result<BatchInsert, StoreError> {
        let batches = &mut self.write_in_network()?.batches;
        if batches.contains_key(&batch.report.batch()) {
            return Ok(BatchInsert::AlreadyThere);
        }
        batches.insert(batch.report.batch(), batch.clone());
        Ok(BatchInsert::Inserted)
    }
}
