use async_trait::async_trait;
use sqlx::postgres::PgRow;
use staffroom_core::store::{SchoolRepository, SchoolWrite, StoreError};
use staffroom_core::{School, SchoolId, SchoolName, SisId};
use uuid::Uuid;

use super::column;
use crate::error::corrupt;
use crate::transaction::Statement;
use crate::unit_of_work::PostgresUnitOfWork;

const FIND: &str = "SELECT school_id, sis_id, name FROM schools WHERE network_id = $1 AND school_id = $2";
const LIST: &str = "SELECT school_id, sis_id, name FROM schools WHERE network_id = $1";
const INSERT: &str = "INSERT INTO schools (network_id, school_id, sis_id, name) \
                      SELECT $1, * FROM unnest($2::uuid[], $3::text[], $4::text[])";
const UPDATE: &str = "UPDATE schools s SET sis_id = new.sis_id, name = new.name \
                      FROM unnest($2::uuid[], $3::text[], $4::text[]) AS new (school_id, sis_id, name) \
                      WHERE s.network_id = $1 AND s.school_id = new.school_id";

#[async_trait]
impl SchoolRepository for PostgresUnitOfWork {
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

impl PostgresUnitOfWork {
    /// All of them at once; or, if one is in the way of another, one after the other.
    async fn write_schools(
        &mut self,
        sql: &'static str,
        schools: &[School],
    ) -> Result<Vec<SchoolWrite>, StoreError> {
        let all: Vec<&School> = schools.iter().collect();
        if self.try_write_schools(sql, &all).await? == SchoolWrite::Written {
            return Ok(vec![SchoolWrite::Written; schools.len()]);
        }
        let mut outcomes = Vec::with_capacity(schools.len());
        for school in schools {
            outcomes.push(self.try_write_schools(sql, &[school]).await?);
        }
        Ok(outcomes)
    }

    /// Writes all of them or none.
    async fn try_write_schools(
        &mut self,
        sql: &'static str,
        schools: &[&School],
    ) -> Result<SchoolWrite, StoreError> {
        let statement = bound(sql, self.transaction.network_uuid(), schools);
        let Some(touched) = self.transaction.attempt(vec![statement]).await? else {
            return Ok(SchoolWrite::Taken);
        };
        if touched.iter().all(|rows| usize::try_from(*rows) == Ok(schools.len())) {
            self.transaction.keep_attempt().await?;
            return Ok(SchoolWrite::Written);
        }
        self.transaction.give_up_attempt().await?;
        Ok(SchoolWrite::Unknown)
    }
}

fn bound<'q>(sql: &'static str, network: Uuid, schools: &[&'q School]) -> Statement<'q> {
    let ids: Vec<Uuid> = schools.iter().map(|school| school.id().as_uuid()).collect();
    let sis_ids: Vec<&str> = schools.iter().map(|school| school.sis_id().as_str()).collect();
    let names: Vec<&str> = schools.iter().map(|school| school.name().as_str()).collect();
    sqlx::query(sql).bind(network).bind(ids).bind(sis_ids).bind(names)
}

fn school(row: &PgRow) -> Result<School, StoreError> {
    let id = SchoolId::from_uuid(column(row, 0)?);
    let bad = |error| corrupt(format!("school {id}"), error);
    let sis_id = SisId::parse(column(row, 1)?).map_err(bad)?;
    let name = SchoolName::parse(column(row, 2)?).map_err(bad)?;
    Ok(School::new(id, sis_id, name))
}
