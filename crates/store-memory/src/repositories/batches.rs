use std::cmp::Reverse;

use async_trait::async_trait;
use staffroom_core::store::{BatchCursor, BatchInsert, BatchRepository, StoreError};
use staffroom_core::{Batch, BatchHead, BatchId};

use crate::unit_of_work::MemoryUnitOfWork;

#[async_trait]
impl BatchRepository for MemoryUnitOfWork {
    async fn find(&mut self, id: BatchId) -> Result<Option<Batch>, StoreError> {
        Ok(self.read().batches.get(&id).cloned())
    }

    async fn page(
        &mut self,
        after: Option<&BatchCursor>,
        limit: usize,
    ) -> Result<Vec<BatchHead>, StoreError> {
        let heads = self.read().batches.values().map(|batch| BatchHead::of(&batch.report));
        let mut heads: Vec<BatchHead> =
            heads.filter(|head| after.is_none_or(|after| BatchCursor::of(head) < *after)).collect();
        heads.sort_by_key(|head| Reverse(BatchCursor::of(head)));
        heads.truncate(limit);
        Ok(heads)
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
