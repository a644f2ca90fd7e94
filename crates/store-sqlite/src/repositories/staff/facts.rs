//! The facts about staff members: the record, the link, who holds the email, and who shares it.

use std::collections::HashMap;

use sqlx::sqlite::SqliteRow;
use staffroom_core::store::StoreError;
use staffroom_core::{EmailSharer, Facts, PersonName, SisId, StaffId, UserId};
use staffroom_store_sql::number;
use uuid::Uuid;

use super::{STAFF_COLUMNS, staff_member};
use crate::error::corrupt;
use crate::repositories::column;
use crate::statement::{ids, texts};
use crate::transaction::Statement;
use crate::unit_of_work::SqliteUnitOfWork;

/// The columns of the facts: a record, its link, the holder of its email, and whether others have that email.
macro_rules! facts_columns {
    () => {
        concat!(
            super::staff_columns!(),
            ", l.user_id, h.user_id, s.email_key IS NOT NULL AND EXISTS (SELECT 1 FROM staff_members o \
             WHERE o.network_id = ?1 AND o.email_key = s.email_key AND o.staff_id <> s.staff_id)"
        )
    };
}
pub(super) use facts_columns;

/// Where they come from, for records `s` with links `l`.
macro_rules! holder {
    () => {
        " LEFT JOIN users h ON h.network_id = ?1 AND h.email_key = s.email_key "
    };
}
pub(super) use holder;

const FACTS: &str = concat!(
    "SELECT ",
    facts_columns!(),
    " FROM staff_members s LEFT JOIN staff_links l ON l.network_id = ?1 AND l.staff_id = s.staff_id",
    holder!(),
    "WHERE s.network_id = ?1 AND s.staff_id IN (SELECT unhex(value) FROM json_each(?2))"
);
/// One more than are named, because somebody's own record is among them.
const SHARERS: &str = "\
    SELECT s.email_key, s.staff_id, s.sis_id, s.given_name, s.family_name \
    FROM json_each(?2) q CROSS JOIN staff_members s WHERE s.network_id = ?1 AND s.email_key = q.value \
    AND s.staff_id IN (SELECT o.staff_id FROM staff_members o WHERE o.network_id = ?1 AND o.email_key = q.value \
                       ORDER BY o.staff_id LIMIT ?3) ORDER BY s.staff_id";

/// By canonical email: the first few who have it, by id.
pub(super) type Sharers = HashMap<String, Vec<EmailSharer>>;

/// The facts in `row`, but for the sharers; and whether there are any.
pub(super) fn facts(row: &SqliteRow) -> Result<(Facts, bool), StoreError> {
    let facts = Facts {
        staff_member: staff_member(row)?,
        linked_user: column::<Option<Uuid>>(row, STAFF_COLUMNS)?.map(UserId::from_uuid),
        email_holder: column::<Option<Uuid>>(row, STAFF_COLUMNS + 1)?.map(UserId::from_uuid),
        email_sharers: Vec::new(),
    };
    Ok((facts, column(row, STAFF_COLUMNS + 2)?))
}

/// Adds those who share the email.
pub(super) fn add_sharers(facts: &mut Facts, sharers: &Sharers) {
    let Some(email) = facts.staff_member.email().valid() else {
        return;
    };
    let id = facts.staff_member.id();
    let others = sharers.get(email.canonical()).into_iter().flatten().filter(|sharer| sharer.id != id);
    facts.email_sharers = others.take(Facts::MAX_SHARERS).cloned().collect();
}

impl SqliteUnitOfWork {
    pub(super) async fn facts_about(&mut self, asked: &[StaffId]) -> Result<Vec<Option<Facts>>, StoreError> {
        let list = ids(asked.iter().map(|id| id.as_uuid()));
        let statement = sqlx::query(FACTS).bind(self.transaction.network_uuid()).bind(list);
        let found = self.facts_of(statement).await?;
        let found: HashMap<StaffId, Facts> =
            found.into_iter().map(|facts| (facts.staff_member.id(), facts)).collect();
        Ok(asked.iter().map(|id| found.get(id).cloned()).collect())
    }

    /// The facts in the rows that `statement` answers with, in their order.
    pub(super) async fn facts_of(&mut self, statement: Statement) -> Result<Vec<Facts>, StoreError> {
        let mut found = Vec::new();
        let mut shared = Vec::new();
        self.transaction
            .each_row(statement, |row| {
                let (facts, is_shared) = facts(&row)?;
                if is_shared {
                    shared
                        .extend(facts.staff_member.email().valid().map(|email| email.canonical().to_owned()));
                }
                found.push(facts);
                Ok(())
            })
            .await?;
        if !shared.is_empty() {
            let sharers = self.sharers(shared).await?;
            for facts in &mut found {
                add_sharers(facts, &sharers);
            }
        }
        Ok(found)
    }

    /// Who has each of these emails.
    pub(super) async fn sharers(&mut self, mut emails: Vec<String>) -> Result<Sharers, StoreError> {
        emails.sort_unstable();
        emails.dedup();
        let most = number::rows(Facts::MAX_SHARERS).saturating_add(1);
        let statement = sqlx::query(SHARERS)
            .bind(self.transaction.network_uuid())
            .bind(texts(emails.iter().map(String::as_str)))
            .bind(most);
        let mut sharers = Sharers::new();
        self.transaction
            .each_row(statement, |row| {
                let sharer = sharer(&row)?;
                sharers.entry(column(&row, 0)?).or_default().push(sharer);
                Ok(())
            })
            .await?;
        Ok(sharers)
    }
}

fn sharer(row: &SqliteRow) -> Result<EmailSharer, StoreError> {
    let id = StaffId::from_uuid(column(row, 1)?);
    let bad = |error| corrupt(format!("staff member {id}"), error);
    let sis_id = SisId::parse(column(row, 2)?).map_err(bad)?;
    let name = PersonName::parse(column(row, 3)?, column(row, 4)?).map_err(bad)?;
    Ok(EmailSharer { id, sis_id, name })
}
