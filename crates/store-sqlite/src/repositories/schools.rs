use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use staffroom_core::store::{SchoolRepository, SchoolWrite, StoreError};
use staffroom_core::{School, SchoolId, SchoolName, SisId};

use super::column;
use crate::error::corrupt;
use crate::statement::OverRows;
use crate::transaction::Statement;
use crate::unit_of_work::SqliteUnitOfWork;

const FIND: &str = "SELECT school_id, sis_id, name FROM schools WHERE network_id = ?1 AND school_id = ?2";
const LIST: &str = "SELECT school_id, sis_id, name FROM schools WHERE network_id = ?1";
const INSERT: OverRows = OverRows {
    before: "INSERT INTO schools (network_id, school_id, sis_id, name) \
             SELECT n.id, v.column1, v.column2, v.column3 FROM ",
    after: "",
    width: 3,
};
const UPDATE: OverRows = OverRows {
    before: "UPDATE schools SET sis_id = v.column2, name = v.column3 FROM ",
    after: " WHERE network_id = n.id AND school_id = +v.column1",
    width: 3,
};

#[async_trait]
impl SchoolRepository for SqliteUnitOfWork {
    async fn find(&mut self, id: SchoolId) -> Result<Option<School>, StoreError> {
        let statement = sqlx::query(FIND).bind(self.transaction.network_uuid()).bind(id.as_uuid());
        self.transaction.row(statement).await?.as_ref().map(school).transpose()
    }

    async fn list(&mut self) -> Result<Vec<School>, StoreError> {
        let rows = self.transaction.rows(sqlx::query(LIST).bind(self.transaction.network_uuid())).await?;
        let mut schools = rows.iter().map(school).collect::<Result<Vec<_>, _>>()?;
        schools.sort_by_cached_key(|school| (school.name().folded(), school.id()));
        Ok(schools)
    }

    async fn insert(&mut self, schools: &[School]) -> Result<Vec<SchoolWrite>, StoreError> {
        self.check_writing_in_network().await?;
        self.write_schools(INSERT, schools).await
    }

    async fn update(&mut self, schools: &[School]) -> Result<Vec<SchoolWrite>, StoreError> {
        self.check_writing_in_network().await?;
        self.write_schools(UPDATE, schools).await
    }
}

impl SqliteUnitOfWork {
    /// All of them at once; or, if one is in the way of another, one after the other.
    async fn write_schools(
        &mut self,
        over: OverRows,
        schools: &[School],
    ) -> Result<Vec<SchoolWrite>, StoreError> {
        if self.try_write_schools(over, schools).await? == SchoolWrite::Written {
            return Ok(vec![SchoolWrite::Written; schools.len()]);
        }
        let mut outcomes = Vec::with_capacity(schools.len());
        for school in schools {
            outcomes.push(self.try_write_schools(over, std::slice::from_ref(school)).await?);
        }
        Ok(outcomes)
    }

    /// Writes all of them or none.
    async fn try_write_schools(
        &mut self,
        over: OverRows,
        schools: &[School],
    ) -> Result<SchoolWrite, StoreError> {
        let statements = over.statements(self.transaction.network_uuid(), schools, bound);
        let Some(touched) = self.transaction.attempt(statements).await? else {
            return Ok(SchoolWrite::Taken);
        };
        if usize::try_from(touched.iter().sum::<u64>()) == Ok(schools.len()) {
            self.transaction.keep_attempt().await?;
            return Ok(SchoolWrite::Written);
        }
        self.transaction.give_up_attempt().await?;
        Ok(SchoolWrite::Unknown)
    }
}

fn bound(statement: Statement, school: &School) -> Statement {
    statement
        .bind(school.id().as_uuid())
        .bind(school.sis_id().as_str().to_owned())
        .bind(school.name().as_str().to_owned())
}

fn school(row: &SqliteRow) -> Result<School, StoreError> {
    let id = SchoolId::from_uuid(column(row, 0)?);
    let bad = |error| corrupt(format!("school {id}"), error);
    let sis_id = SisId::parse(column(row, 1)?).map_err(bad)?;
    let name = SchoolName::parse(column(row, 2)?).map_err(bad)?;
    Ok(School::new(id, sis_id, name))
}
