use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use staffroom_core::store::{BatchCursor, BatchInsert, BatchRepository, StoreError};
use staffroom_core::{
    Batch, BatchHead, BatchId, Counts, Digest, GroupId, Report, SchoolId, SharedPasswordId,
};
use staffroom_store_sql::number;
use staffroom_store_sql::reports;
use uuid::Uuid;

use super::audit::{actor, actor_column};
use super::{column, moment};
use crate::error::corrupt;
use crate::unit_of_work::SqliteUnitOfWork;

const FIND: &str = "SELECT plan, shared_password_id, actor_user_id, school_id, group_id, at FROM batches \
                    WHERE network_id = ?1 AND batch_id = ?2";
const FIND_ROWS: &str =
    "SELECT rows FROM batch_reports WHERE network_id = ?1 AND batch_id = ?2 ORDER BY part";
const INSERT: &str = "INSERT INTO batches (network_id, batch_id, plan, shared_password_id, actor_user_id, school_id, \
                      group_id, at, requested, created) \
                      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO NOTHING";
const INSERT_ROWS: &str =
    "INSERT INTO batch_reports (network_id, batch_id, part, rows) VALUES (?1, ?2, ?3, ?4)";

/// Selects heads. Statements are put together when compiling.
macro_rules! select_heads {
    ($rest:literal) => {
        concat!(
            "SELECT batch_id, at, actor_user_id, school_id, group_id, requested, created \
             FROM batches WHERE network_id = ?1 ",
            $rest
        )
    };
}

const NEWEST: &str = select_heads!("ORDER BY at DESC, batch_id DESC LIMIT ?2");
const NEWEST_BEFORE: &str =
    select_heads!("AND (at, batch_id) < (?3, ?4) ORDER BY at DESC, batch_id DESC LIMIT ?2");

#[async_trait]
impl BatchRepository for SqliteUnitOfWork {
    async fn find(&mut self, id: BatchId) -> Result<Option<Batch>, StoreError> {
        let network = self.transaction.network_uuid();
        let head = self.transaction.row(sqlx::query(FIND).bind(network).bind(id.as_uuid())).await?;
        let Some(head) = head else {
            return Ok(None);
        };
        let mut rows = Vec::new();
        let statement = sqlx::query(FIND_ROWS).bind(network).bind(id.as_uuid());
        self.transaction
            .each_row(statement, |part| {
                let read = reports::read(column(&part, 0)?);
                rows.extend(read.map_err(|error| corrupt(format!("the report of batch {id}"), error))?);
                Ok(())
            })
            .await?;
        let plan: [u8; 16] =
            column::<&[u8]>(&head, 0)?.try_into().map_err(|error| corrupt(format!("batch {id}"), error))?;
        let report = Report::new(
            id,
            self.transaction.network(),
            actor(column(&head, 2)?),
            SchoolId::from_uuid(column(&head, 3)?),
            column::<Option<Uuid>>(&head, 4)?.map(GroupId::from_uuid),
            moment(&head, 5)?,
            rows,
        );
        Ok(Some(Batch {
            plan: Digest::from_u128(u128::from_be_bytes(plan)),
            shared_password: column::<Option<Uuid>>(&head, 1)?.map(SharedPasswordId::from_uuid),
            report,
        }))
    }

    async fn page(
        &mut self,
        after: Option<&BatchCursor>,
        limit: usize,
    ) -> Result<Vec<BatchHead>, StoreError> {
        let sql = if after.is_some() { NEWEST_BEFORE } else { NEWEST };
        let limit = number::rows(limit);
        let statement = sqlx::query(sql).bind(self.transaction.network_uuid()).bind(limit);
        let statement = match after {
            Some(after) => statement.bind(after.at().unix_micros()).bind(after.id().as_uuid()),
            None => statement,
        };
        self.transaction.rows(statement).await?.iter().map(head).collect()
    }

    async fn insert(&mut self, batch: &Batch) -> Result<BatchInsert, StoreError> {
        self.check_writing_in_network().await?;
        let report = &batch.report;
        let counts = report.counts();
        let network = self.transaction.network_uuid();
        let statement = sqlx::query(INSERT)
            .bind(network)
            .bind(report.batch().as_uuid())
            .bind(batch.plan.as_u128().to_be_bytes().to_vec())
            .bind(batch.shared_password.map(SharedPasswordId::as_uuid))
            .bind(actor_column(report.actor()))
            .bind(report.school().as_uuid())
            .bind(report.group().map(GroupId::as_uuid))
            .bind(report.at().unix_micros())
            .bind(number::rows(counts.requested))
            .bind(number::rows(counts.created));
        if self.transaction.execute(statement).await? == 0 {
            return Ok(BatchInsert::AlreadyThere);
        }
        for (part, rows) in (0_i32..).zip(report.rows().chunks(reports::ROWS_IN_A_PART)) {
            let rows = reports::write(rows).map_err(|error| StoreError::Other(error.into()))?;
            let statement =
                sqlx::query(INSERT_ROWS).bind(network).bind(report.batch().as_uuid()).bind(part).bind(rows);
            self.transaction.execute(statement).await?;
        }
        Ok(BatchInsert::Inserted)
    }
}

fn head(row: &SqliteRow) -> Result<BatchHead, StoreError> {
    let id = BatchId::from_uuid(column(row, 0)?);
    let count = |index| {
        let count: i64 = column(row, index)?;
        usize::try_from(count).map_err(|error| corrupt(format!("batch {id}"), error))
    };
    Ok(BatchHead {
        id,
        at: moment(row, 1)?,
        actor: actor(column(row, 2)?),
        school: SchoolId::from_uuid(column(row, 3)?),
        group: column::<Option<Uuid>>(row, 4)?.map(GroupId::from_uuid),
        counts: Counts::new(count(5)?, count(6)?),
    })
}
