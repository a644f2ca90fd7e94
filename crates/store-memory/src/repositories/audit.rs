use std::cmp::Reverse;

use async_trait::async_trait;
use staffroom_core::AuditRecord;
use staffroom_core::store::{AuditCursor, AuditRepository, StoreError};

use crate::unit_of_work::MemoryUnitOfWork;

#[async_trait]
impl AuditRepository for MemoryUnitOfWork {
    async fn append(&mut self, record: &AuditRecord) -> Result<(), StoreError> {
        if self.read().audit.contains_key(&record.id) {
            return Err(self.misuse("an audit record was written twice"));
        }
        self.write_in_network()?.audit.insert(record.id, record.clone());
        Ok(())
    }

    async fn page(
        &mut self,
        after: Option<&AuditCursor>,
        limit: usize,
    ) -> Result<Vec<AuditRecord>, StoreError> {
        let records = self.read().audit.values();
        let mut records: Vec<&AuditRecord> =
            records.filter(|record| after.is_none_or(|after| AuditCursor::of(record) < *after)).collect();
        records.sort_by_key(|record| Reverse(AuditCursor::of(record)));
        Ok(records.into_iter().take(limit).cloned().collect())
    }

    async fn visit(&mut self, sink: &mut (dyn FnMut(AuditRecord) + Send)) -> Result<(), StoreError> {
        let mut records: Vec<AuditRecord> = self.read().audit.values().cloned().collect();
        records.sort_by_key(|record| (record.at, record.id));
        records.into_iter().for_each(sink);
        Ok(())
    }
}
