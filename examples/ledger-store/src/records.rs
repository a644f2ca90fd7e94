//! The network, its schools and groups, passwords, batches and the audit log.

use std::cmp::Reverse;

use async_trait::async_trait;
use staffroom_core::store::{
    AuditCursor, AuditRepository, BatchCursor, BatchInsert, BatchRepository, GroupRepository, GroupWrite,
    HashOfUser, NetworkInsert, NetworkRepository, PasswordRepository, RowLock, SchoolRepository, SchoolWrite,
    SharedPassword, SharedPasswordInsert, StoreError,
};
use staffroom_core::{
    AuditRecord, Batch, BatchHead, BatchId, Email, Group, GroupId, Network, NetworkName, PasswordHash,
    School, SchoolId, SharedPasswordId, Timestamp, UserId,
};

use crate::tables::{Entry, secret_of};
use crate::unit::LedgerUnit;

#[async_trait]
impl NetworkRepository for LedgerUnit {
    async fn find(&mut self) -> Result<Option<Network>, StoreError> {
        Ok(self.tables.network.clone())
    }

    async fn insert(&mut self, name: &NetworkName) -> Result<NetworkInsert, StoreError> {
        self.may_write()?;
        if self.tables.network.is_some() {
            return Ok(NetworkInsert::AlreadyThere);
        }
        self.note(Entry::Network(Network::new(self.network, name.clone())));
        Ok(NetworkInsert::Inserted)
    }

    /// Whoever appends first has had the turn; the others' commits are contended.
    async fn take_turn(&mut self) -> Result<(), StoreError> {
        self.may_write_in_network()
    }
}

#[async_trait]
impl SchoolRepository for LedgerUnit {
    async fn find(&mut self, id: SchoolId) -> Result<Option<School>, StoreError> {
        Ok(self.tables.schools.iter().find(|school| school.id() == id).cloned())
    }

    async fn list(&mut self) -> Result<Vec<School>, StoreError> {
        let mut schools = self.tables.schools.clone();
        schools.sort_by_cached_key(|school| (school.name().folded(), school.id()));
        Ok(schools)
    }

    async fn insert(&mut self, schools: &[School]) -> Result<Vec<SchoolWrite>, StoreError> {
        self.may_write_in_network()?;
        let mut outcomes = Vec::new();
        for school in schools {
            let is_taken = |other: &School| other.id() == school.id() || other.sis_id() == school.sis_id();
            outcomes.push(if self.tables.schools.iter().any(is_taken) {
                SchoolWrite::Taken
            } else {
                self.note(Entry::School(school.clone()));
                SchoolWrite::Written
            });
        }
        Ok(outcomes)
    }

    async fn update(&mut self, schools: &[School]) -> Result<Vec<SchoolWrite>, StoreError> {
        self.may_write_in_network()?;
        let mut outcomes = Vec::new();
        for school in schools {
            let is_taken = |other: &School| other.id() != school.id() && other.sis_id() == school.sis_id();
            outcomes.push(if !self.tables.schools.iter().any(|other| other.id() == school.id()) {
                SchoolWrite::Unknown
            } else if self.tables.schools.iter().any(is_taken) {
                SchoolWrite::Taken
            } else {
                self.note(Entry::School(school.clone()));
                SchoolWrite::Written
            });
        }
        Ok(outcomes)
    }
}

#[async_trait]
impl GroupRepository for LedgerUnit {
    async fn find(&mut self, id: GroupId, lock: RowLock) -> Result<Option<Group>, StoreError> {
        self.may_hold(lock)?;
        Ok(self.tables.groups.iter().find(|group| group.id() == id).cloned())
    }

    async fn list(&mut self) -> Result<Vec<Group>, StoreError> {
        let mut groups = self.tables.groups.clone();
        groups.sort_by_cached_key(|group| group.name().folded());
        Ok(groups)
    }

    async fn insert(&mut self, group: &Group) -> Result<GroupWrite, StoreError> {
        self.may_write_in_network()?;
        let is_taken =
            |other: &Group| other.id() == group.id() || other.name().folded() == group.name().folded();
        if self.tables.groups.iter().any(is_taken) {
            return Ok(GroupWrite::Taken);
        }
        self.note(Entry::Group(group.clone()));
        Ok(GroupWrite::Written)
    }

    async fn update(&mut self, group: &Group) -> Result<GroupWrite, StoreError> {
        self.may_write_in_network()?;
        let is_taken =
            |other: &Group| other.id() != group.id() && other.name().folded() == group.name().folded();
        if !self.tables.groups.iter().any(|other| other.id() == group.id()) {
            return Ok(GroupWrite::Unknown);
        }
        if self.tables.groups.iter().any(is_taken) {
            return Ok(GroupWrite::Taken);
        }
        self.note(Entry::Group(group.clone()));
        Ok(GroupWrite::Written)
    }
}

#[async_trait]
impl PasswordRepository for LedgerUnit {
    async fn set(&mut self, hashes: &[(UserId, PasswordHash)]) -> Result<(), StoreError> {
        self.may_write_in_network()?;
        if !hashes.iter().all(|(user, _)| self.tables.user(*user).is_some()) {
            return self.misuse("a password was set for a user that the network does not have");
        }
        for (user, hash) in hashes {
            self.note(Entry::Hash(*user, hash.clone()));
        }
        Ok(())
    }

    async fn find(&mut self, user: UserId) -> Result<Option<PasswordHash>, StoreError> {
        let row = self.tables.hashes.iter().find(|(other, _)| *other == user);
        Ok(row.map(|(_, hash)| hash.clone()))
    }

    async fn find_by_email(&mut self, email: &Email) -> Result<Option<HashOfUser>, StoreError> {
        let Some(holder) = self.tables.holder_of(email) else { return Ok(None) };
        let (user, shared) = (holder.id(), secret_of(holder));
        let hash = match shared {
            Some(id) => PasswordRepository::find_shared(self, id).await?.map(|shared| shared.hash),
            None => PasswordRepository::find(self, user).await?,
        };
        Ok(hash.map(|hash| HashOfUser { user, hash, shared }))
    }

    async fn remove(&mut self, users: &[UserId]) -> Result<(), StoreError> {
        self.may_write_in_network()?;
        for user in users {
            self.note(Entry::HashForgotten(*user));
        }
        Ok(())
    }

    async fn insert_shared(&mut self, shared: &SharedPassword) -> Result<SharedPasswordInsert, StoreError> {
        self.may_write_in_network()?;
        if self.tables.shared.iter().any(|other| other.id == shared.id) {
            return Ok(SharedPasswordInsert::AlreadyThere);
        }
        self.note(Entry::Shared(shared.clone()));
        Ok(SharedPasswordInsert::Inserted)
    }

    async fn find_shared(&mut self, id: SharedPasswordId) -> Result<Option<SharedPassword>, StoreError> {
        Ok(self.tables.shared.iter().find(|shared| shared.id == id).cloned())
    }

    async fn revoke_shared(&mut self, id: SharedPasswordId, at: Timestamp) -> Result<bool, StoreError> {
        self.may_write_in_network()?;
        let shared = self.tables.shared.iter().find(|shared| shared.id == id && shared.revoked_at.is_none());
        let Some(shared) = shared.cloned() else { return Ok(false) };
        self.note(Entry::Shared(SharedPassword { revoked_at: Some(at), ..shared }));
        Ok(true)
    }

    async fn remove_unused_shared(&mut self, id: SharedPasswordId) -> Result<(), StoreError> {
        self.may_write_in_network()?;
        if !self.tables.is_in_use(id) {
            self.note(Entry::SharedForgotten(id));
        }
        Ok(())
    }
}

#[async_trait]
impl BatchRepository for LedgerUnit {
    async fn find(&mut self, id: BatchId) -> Result<Option<Batch>, StoreError> {
        Ok(self.tables.batches.iter().find(|batch| batch.report.batch() == id).cloned())
    }

    async fn page(
        &mut self,
        after: Option<&BatchCursor>,
        limit: usize,
    ) -> Result<Vec<BatchHead>, StoreError> {
        let mut heads: Vec<BatchHead> =
            self.tables.batches.iter().map(|batch| BatchHead::of(&batch.report)).collect();
        heads.retain(|head| after.is_none_or(|after| BatchCursor::of(head) < *after));
        heads.sort_by_key(|head| Reverse(BatchCursor::of(head)));
        heads.truncate(limit);
        Ok(heads)
    }

    async fn insert(&mut self, batch: &Batch) -> Result<BatchInsert, StoreError> {
        self.may_write_in_network()?;
        if BatchRepository::find(self, batch.report.batch()).await?.is_some() {
            return Ok(BatchInsert::AlreadyThere);
        }
        self.note(Entry::Batch(batch.clone()));
        Ok(BatchInsert::Inserted)
    }
}

#[async_trait]
impl AuditRepository for LedgerUnit {
    async fn append(&mut self, record: &AuditRecord) -> Result<(), StoreError> {
        self.may_write_in_network()?;
        if self.tables.audit.iter().any(|other| other.id == record.id) {
            return self.misuse("an audit record was written twice");
        }
        self.note(Entry::Audit(record.clone()));
        Ok(())
    }

    async fn page(
        &mut self,
        after: Option<&AuditCursor>,
        limit: usize,
    ) -> Result<Vec<AuditRecord>, StoreError> {
        let mut records = self.tables.audit.clone();
        records.retain(|record| after.is_none_or(|after| AuditCursor::of(record) < *after));
        records.sort_by_key(|record| Reverse(AuditCursor::of(record)));
        records.truncate(limit);
        Ok(records)
    }

    async fn visit(&mut self, sink: &mut (dyn FnMut(AuditRecord) + Send)) -> Result<(), StoreError> {
        let mut records = self.tables.audit.clone();
        records.sort_by_key(|record| (record.at, record.id));
        records.into_iter().for_each(sink);
        Ok(())
    }
}
