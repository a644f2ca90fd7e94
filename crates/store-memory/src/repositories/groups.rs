use async_trait::async_trait;
use staffroom_core::store::{GroupRepository, GroupWrite, RowLock, StoreError};
use staffroom_core::{Group, GroupId};

use crate::records::Records;
use crate::unit_of_work::MemoryUnitOfWork;

#[async_trait]
impl GroupRepository for MemoryUnitOfWork {
    async fn find(&mut self, id: GroupId, lock: RowLock) -> Result<Option<Group>, StoreError> {
        self.may_hold(lock)?;
        Ok(self.read().groups.get(&id).cloned())
    }

    async fn list(&mut self) -> Result<Vec<Group>, StoreError> {
        let mut groups: Vec<Group> = self.read().groups.values().cloned().collect();
        groups.sort_by_cached_key(|group| group.name().folded());
        Ok(groups)
    }

    async fn insert(&mut self, group: &Group) -> Result<GroupWrite, StoreError> {
        let records = self.write_in_network()?;
        if records.groups.contains_key(&group.id()) || another_has_name(records, group) {
            return Ok(GroupWrite::Taken);
        }
        records.groups.insert(group.id(), group.clone());
        Ok(GroupWrite::Written)
    }

    async fn update(&mut self, group: &Group) -> Result<GroupWrite, StoreError> {
        let records = self.write_in_network()?;
        if !records.groups.contains_key(&group.id()) {
            return Ok(GroupWrite::Unknown);
        }
        if another_has_name(records, group) {
            return Ok(GroupWrite::Taken);
        }
        records.groups.insert(group.id(), group.clone());
        Ok(GroupWrite::Written)
    }
}

fn another_has_name(records: &Records, group: &Group) -> bool {
    let folded = group.name().folded();
    records.groups.values().any(|other| other.id() != group.id() && other.name().folded() == folded)
}
