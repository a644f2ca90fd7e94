mod facts;
mod list;
mod write;

use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use staffroom_core::store::{
    Count, Cursor, FactsSink, RowLock, StaffFilter, StaffRepository, StaffWrite, StoreError,
};
use staffroom_core::{
    Facts, IdSet, PersonName, SchoolId, SisId, StaffEmail, StaffId, StaffMember, StaffStatus,
};
use uuid::Uuid;

use super::column;
use crate::error::corrupt;
use crate::statement::texts;
use crate::unit_of_work::SqliteUnitOfWork;

/// The columns of a staff member, as [`staff_member`] reads them.
macro_rules! staff_columns {
    () => {
        "s.staff_id, s.sis_id, s.given_name, s.family_name, s.active, s.email, s.school_ids"
    };
}
use staff_columns;

/// How many columns those are.
const STAFF_COLUMNS: usize = 7;

const FIND: &str =
    concat!("SELECT ", staff_columns!(), " FROM staff_members s WHERE s.network_id = ?1 AND s.staff_id = ?2");
const FIND_IDS: &str = "SELECT sis_id, staff_id FROM staff_members \
                        WHERE network_id = ?1 AND sis_id IN (SELECT value FROM json_each(?2))";
const EVERYBODY: &str = concat!("SELECT ", staff_columns!(), " FROM staff_members s WHERE s.network_id = ?1");

#[async_trait]
impl StaffRepository for SqliteUnitOfWork {
    async fn find(&mut self, id: StaffId) -> Result<Option<StaffMember>, StoreError> {
        let statement = sqlx::query(FIND).bind(self.transaction.network_uuid()).bind(id.as_uuid());
        self.transaction.row(statement).await?.as_ref().map(staff_member).transpose()
    }

    async fn find_ids(&mut self, sis_ids: &[SisId]) -> Result<Vec<Option<StaffId>>, StoreError> {
        let asked = texts(sis_ids.iter().map(SisId::as_str));
        let statement = sqlx::query(FIND_IDS).bind(self.transaction.network_uuid()).bind(asked);
        let mut found = std::collections::HashMap::new();
        for row in self.transaction.rows(statement).await? {
            found.insert(column::<String>(&row, 0)?, StaffId::from_uuid(column(&row, 1)?));
        }
        Ok(sis_ids.iter().map(|sis_id| found.get(sis_id.as_str()).copied()).collect())
    }

    async fn visit_records(&mut self, sink: &mut (dyn FnMut(StaffMember) + Send)) -> Result<(), StoreError> {
        let statement = sqlx::query(EVERYBODY).bind(self.transaction.network_uuid());
        self.transaction.each_row(statement, |row| staff_member(&row).map(&mut *sink)).await
    }

    async fn insert(&mut self, members: &[StaffMember]) -> Result<Vec<StaffWrite>, StoreError> {
        self.check_writing_in_network().await?;
        self.write_staff(write::Kind::Insert, members).await
    }

    async fn update(&mut self, members: &[StaffMember]) -> Result<Vec<StaffWrite>, StoreError> {
        self.check_writing_in_network().await?;
        self.write_staff(write::Kind::Update, members).await
    }

    async fn facts(&mut self, ids: &[StaffId], lock: RowLock) -> Result<Vec<Option<Facts>>, StoreError> {
        self.transaction.check_lock(lock)?;
        self.facts_about(ids).await
    }

    async fn visit(&mut self, filter: &StaffFilter, sink: FactsSink<'_>) -> Result<(), StoreError> {
        self.visit_list(filter, sink).await
    }

    async fn page(
        &mut self,
        filter: &StaffFilter,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Vec<Facts>, StoreError> {
        self.page_of_list(filter, after, limit).await
    }

    async fn count(&mut self, filter: &StaffFilter, cap: u64) -> Result<Count, StoreError> {
        self.count_list(filter, cap).await
    }
}

fn staff_member(row: &SqliteRow) -> Result<StaffMember, StoreError> {
    let id = StaffId::from_uuid(column(row, 0)?);
    let bad = |error| corrupt(format!("staff member {id}"), error);
    let sis_id = SisId::parse(column(row, 1)?).map_err(bad)?;
    let name = PersonName::parse(column(row, 2)?, column(row, 3)?).map_err(bad)?;
    let status = if column(row, 4)? { StaffStatus::Active } else { StaffStatus::Inactive };
    let email = column::<Option<&str>>(row, 5)?.map_or(StaffEmail::Missing, StaffEmail::read);
    Ok(StaffMember::new(id, sis_id, name, status, email, schools(column(row, 6)?)))
}

/// The ids in `school_ids`, one after the other.
fn schools(bytes: &[u8]) -> IdSet<SchoolId> {
    let (ids, _) = bytes.as_chunks::<16>();
    ids.iter().map(|id| SchoolId::from_uuid(Uuid::from_bytes(*id))).collect()
}
