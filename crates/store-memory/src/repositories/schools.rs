use async_trait::async_trait;
use staffroom_core::store::{SchoolRepository, SchoolWrite, StoreError};
use staffroom_core::{School, SchoolId};

use crate::records::Records;
use crate::unit_of_work::MemoryUnitOfWork;

#[async_trait]
impl SchoolRepository for MemoryUnitOfWork {
    async fn find(&mut self, id: SchoolId) -> Result<Option<School>, StoreError> {
        Ok(self.read().schools().get(&id).cloned())
    }

    async fn list(&mut self) -> Result<Vec<School>, StoreError> {
        let mut schools: Vec<School> = self.read().schools().values().cloned().collect();
        schools.sort_by_cached_key(|school| (school.name().folded(), school.id()));
        Ok(schools)
    }

    async fn insert(&mut self, schools: &[School]) -> Result<Vec<SchoolWrite>, StoreError> {
        let records = self.write_in_network()?;
        Ok(schools.iter().map(|school| insert(records, school)).collect())
    }

    async fn update(&mut self, schools: &[School]) -> Result<Vec<SchoolWrite>, StoreError> {
        let records = self.write_in_network()?;
        Ok(schools.iter().map(|school| update(records, school)).collect())
    }
}

fn insert(records: &mut Records, school: &School) -> SchoolWrite {
    if records.schools().contains_key(&school.id()) || another_has_sis_id(records, school) {
        return SchoolWrite::Taken;
    }
    records.put_school(school);
    SchoolWrite::Written
}

fn update(records: &mut Records, school: &School) -> SchoolWrite {
    if !records.schools().contains_key(&school.id()) {
        return SchoolWrite::Unknown;
    }
    if another_has_sis_id(records, school) {
        return SchoolWrite::Taken;
    }
    records.put_school(school);
    SchoolWrite::Written
}

fn another_has_sis_id(records: &Records, school: &School) -> bool {
    records.school_id_of(school.sis_id()).is_some_and(|other| other != school.id())
}
