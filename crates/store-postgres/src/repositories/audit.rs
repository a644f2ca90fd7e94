use async_trait::async_trait;
use sqlx::postgres::PgRow;
use staffroom_core::store::{AuditCursor, AuditRepository, StoreError};
use staffroom_core::{Actor, AuditEvent, AuditId, AuditRecord, BatchId, GroupId, SchoolId, UserId};
use staffroom_store_sql::number;
use uuid::Uuid;

use super::{column, moment};
use crate::error::corrupt;
use crate::unit_of_work::PostgresUnitOfWork;

const APPEND: &str = "INSERT INTO audit_records \
                      (network_id, audit_id, at, actor_user_id, school_id, group_id, batch_id, event) \
                      VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb)";

/// Selects records. Statements are put together when compiling.
macro_rules! select_records {
    ($rest:literal) => {
        concat!(
            "SELECT audit_id, at, actor_user_id, school_id, group_id, batch_id, event::text \
             FROM audit_records WHERE network_id = $1 ",
            $rest
        )
    };
}

const VISIT: &str = select_records!("ORDER BY at, audit_id");
const NEWEST: &str = select_records!("ORDER BY at DESC, audit_id DESC LIMIT $2");
const NEWEST_BEFORE: &str =
    select_records!("AND (at, audit_id) < ($3, $4) ORDER BY at DESC, audit_id DESC LIMIT $2");

#[async_trait]
impl AuditRepository for PostgresUnitOfWork {
    async fn append(&mut self, record: &AuditRecord) -> Result<(), StoreError> {
        self.check_writing_in_network().await?;
        let event = serde_json::to_string(&record.event).map_err(|error| StoreError::Other(error.into()))?;
        let statement = sqlx::query(APPEND)
            .bind(self.transaction.network_uuid())
            .bind(record.id.as_uuid())
            .bind(record.at.as_datetime())
            .bind(actor_column(record.actor))
            .bind(record.school.map(SchoolId::as_uuid))
            .bind(record.group.map(GroupId::as_uuid))
            .bind(record.batch.map(BatchId::as_uuid))
            .bind(event);
        let taken = "an audit record has the id of another";
        self.transaction.execute_unless_taken(statement, taken).await.map(drop)
    }

    async fn page(
        &mut self,
        after: Option<&AuditCursor>,
        limit: usize,
    ) -> Result<Vec<AuditRecord>, StoreError> {
        let sql = if after.is_some() { NEWEST_BEFORE } else { NEWEST };
        let limit = number::rows(limit);
        let statement = sqlx::query(sql).bind(self.transaction.network_uuid()).bind(limit);
        let statement = match after {
            Some(after) => statement.bind(after.at().as_datetime()).bind(after.id().as_uuid()),
            None => statement,
        };
        self.transaction.rows(statement).await?.iter().map(audit_record).collect()
    }

    async fn visit(&mut self, sink: &mut (dyn FnMut(AuditRecord) + Send)) -> Result<(), StoreError> {
        let statement = sqlx::query(VISIT).bind(self.transaction.network_uuid());
        self.transaction.each_row(statement, |row| audit_record(&row).map(&mut *sink)).await
    }
}

fn audit_record(row: &PgRow) -> Result<AuditRecord, StoreError> {
    let id = AuditId::from_uuid(column(row, 0)?);
    let event: AuditEvent = serde_json::from_str(column(row, 6)?)
        .map_err(|error| corrupt(format!("audit record {id}"), error))?;
    Ok(AuditRecord {
        id,
        at: moment(row, 1)?,
        actor: actor(column(row, 2)?),
        school: column::<Option<Uuid>>(row, 3)?.map(SchoolId::from_uuid),
        group: column::<Option<Uuid>>(row, 4)?.map(GroupId::from_uuid),
        batch: column::<Option<Uuid>>(row, 5)?.map(BatchId::from_uuid),
        event,
    })
}

/// The operator is nobody's user.
pub(super) const fn actor_column(actor: Actor) -> Option<Uuid> {
    match actor {
        Actor::User(id) => Some(id.as_uuid()),
        Actor::Operator => None,
    }
}

pub(super) fn actor(column: Option<Uuid>) -> Actor {
    column.map_or(Actor::Operator, |id| Actor::User(UserId::from_uuid(id)))
}
