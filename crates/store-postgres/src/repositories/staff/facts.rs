//! The facts about staff members: the record, the link, who holds the email, and who shares it.

use std::collections::HashMap;

use sqlx::postgres::PgRow;
use staffroom_core::store::{RowLock, StoreError};
use staffroom_core::{EmailSharer, Facts, PersonName, SisId, StaffId, UserId};
use staffroom_store_sql::number;
use uuid::Uuid;

use super::{STAFF_COLUMNS, staff_member};
use crate::error::corrupt;
use crate::repositories::column;
use crate::unit_of_work::PostgresUnitOfWork;

/// The columns of the facts: a record, its link, the holder of its email, and whether others have that email.
macro_rules! facts_columns {
    () => {
        concat!(
            super::staff_columns!(),
            ", l.user_id, h.user_id, s.email_key IS NOT NULL AND EXISTS (SELECT FROM staff_members o \
             WHERE o.network_id = $1 AND o.email_key = s.email_key AND o.staff_id <> s.staff_id)"
        )
    };
}
pub(super) use facts_columns;

/// Where they come from, for records `s` with links `l`.
macro_rules! holder {
    () => {
        " LEFT JOIN users h ON h.network_id = $1 AND h.email_key = s.email_key "
    };
}
pub(super) use holder;

/// The records, locked in one order by everybody: as they are once nobody else may change them.
const HOLD: &str = concat!(
    "SELECT ",
    super::staff_columns!(),
    ", s.email_key FROM staff_members s WHERE s.network_id = $1 AND s.staff_id = ANY($2) \
     ORDER BY s.staff_id FOR NO KEY UPDATE"
);
/// What there is to say about held records besides what they say themselves; most often nothing. A statement of its
/// own, after [`HOLD`]: it sees what others committed while that waited. Three questions, each a join of its own: the
/// planner then chooses for each how, whether they are about a few people or about all.
const ABOUT_HELD: &str = "\
    SELECT a.staff_id, l.user_id, NULL::uuid, false \
    FROM unnest($2::uuid[]) AS a (staff_id) JOIN staff_links l ON l.network_id = $1 AND l.staff_id = a.staff_id \
    WHERE l.user_id IS NOT NULL \
    UNION ALL \
    SELECT a.staff_id, NULL, h.user_id, false \
    FROM unnest($2::uuid[], $3::text[]) AS a (staff_id, email_key) \
    JOIN users h ON h.network_id = $1 AND h.email_key = a.email_key \
    UNION ALL \
    SELECT a.staff_id, NULL, NULL, true \
    FROM unnest($2::uuid[], $3::text[]) AS a (staff_id, email_key) \
    WHERE EXISTS (SELECT FROM staff_members o WHERE o.network_id = $1 AND o.email_key = a.email_key \
                  AND o.staff_id <> a.staff_id)";
const FACTS: &str = concat!(
    "SELECT ",
    facts_columns!(),
    " FROM staff_members s LEFT JOIN staff_links l ON l.network_id = $1 AND l.staff_id = s.staff_id",
    holder!(),
    "WHERE s.network_id = $1 AND s.staff_id = ANY($2)"
);
/// One more than are named, because somebody's own record is among them.
const SHARERS: &str = "\
    SELECT q.email_key, o.staff_id, o.sis_id, o.given_name, o.family_name \
    FROM unnest($2::text[]) AS q (email_key) CROSS JOIN LATERAL \
        (SELECT s.staff_id, s.sis_id, s.given_name, s.family_name FROM staff_members s \
         WHERE s.network_id = $1 AND s.email_key = q.email_key ORDER BY s.staff_id LIMIT $3) AS o";

/// By canonical email: the first few who have it, by id.
pub(super) type Sharers = HashMap<String, Vec<EmailSharer>>;

/// The facts in `row`, but for the sharers; and whether there are any.
pub(super) fn facts(row: &PgRow) -> Result<(Facts, bool), StoreError> {
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

impl PostgresUnitOfWork {
    pub(super) async fn facts_about(
        &mut self,
        ids: &[StaffId],
        lock: RowLock,
    ) -> Result<Vec<Option<Facts>>, StoreError> {
        let network = self.transaction.network_uuid();
        let asked: Vec<Uuid> = ids.iter().map(|id| id.as_uuid()).collect();
        self.transaction.check_lock(lock)?;
        let found = match lock {
            RowLock::None => self.facts_of(sqlx::query(FACTS).bind(network).bind(&asked)).await?,
            RowLock::Held => self.facts_of_held(&asked).await?,
        };
        let found: HashMap<StaffId, Facts> =
            found.into_iter().map(|facts| (facts.staff_member.id(), facts)).collect();
        Ok(ids.iter().map(|id| found.get(id).cloned()).collect())
    }

    /// Holds the records, and then reads about them what others may have written.
    async fn facts_of_held(&mut self, asked: &[Uuid]) -> Result<Vec<Facts>, StoreError> {
        let network = self.transaction.network_uuid();
        let (mut found, mut emails) = (Vec::new(), Vec::<Option<String>>::new());
        self.transaction
            .each_row(sqlx::query(HOLD).bind(network).bind(asked), |row| {
                found.push(Facts {
                    staff_member: staff_member(&row)?,
                    linked_user: None,
                    email_holder: None,
                    email_sharers: Vec::new(),
                });
                emails.push(column(&row, STAFF_COLUMNS)?);
                Ok(())
            })
            .await?;
        let held: Vec<Uuid> = found.iter().map(|facts| facts.staff_member.id().as_uuid()).collect();
        let mut about: HashMap<Uuid, About> = HashMap::new();
        let statement = sqlx::query(ABOUT_HELD).bind(network).bind(&held).bind(&emails);
        self.transaction
            .each_row(statement, |row| {
                let about = about.entry(column(&row, 0)?).or_default();
                about.linked = about.linked.or(column::<Option<Uuid>>(&row, 1)?);
                about.holder = about.holder.or(column::<Option<Uuid>>(&row, 2)?);
                about.is_shared |= column::<bool>(&row, 3)?;
                Ok(())
            })
            .await?;
        if about.is_empty() {
            return Ok(found);
        }
        let mut shared = Vec::new();
        for ((facts, id), email) in found.iter_mut().zip(&held).zip(emails) {
            if let Some(about) = about.get(id) {
                facts.linked_user = about.linked.map(UserId::from_uuid);
                facts.email_holder = about.holder.map(UserId::from_uuid);
                shared.extend(email.filter(|_| about.is_shared));
            }
        }
        self.name_sharers(&mut found, shared).await?;
        Ok(found)
    }

    /// The facts in the rows that `statement` answers with, in their order.
    pub(super) async fn facts_of(
        &mut self,
        statement: crate::transaction::Statement<'_>,
    ) -> Result<Vec<Facts>, StoreError> {
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
        self.name_sharers(&mut found, shared).await?;
        Ok(found)
    }

    /// Adds to facts who else has those of the emails that are shared.
    async fn name_sharers(&mut self, found: &mut [Facts], shared: Vec<String>) -> Result<(), StoreError> {
        if shared.is_empty() {
            return Ok(());
        }
        let sharers = self.sharers(shared).await?;
        for facts in found {
            add_sharers(facts, &sharers);
        }
        Ok(())
    }

    /// Who has each of these emails.
    pub(super) async fn sharers(&mut self, mut emails: Vec<String>) -> Result<Sharers, StoreError> {
        emails.sort_unstable();
        emails.dedup();
        let most = number::rows(Facts::MAX_SHARERS).saturating_add(1);
        let statement = sqlx::query(SHARERS).bind(self.transaction.network_uuid()).bind(emails).bind(most);
        let mut sharers = Sharers::new();
        self.transaction
            .each_row(statement, |row| {
                let sharer = sharer(&row)?;
                sharers.entry(column(&row, 0)?).or_default().push(sharer);
                Ok(())
            })
            .await?;
        for sharers in sharers.values_mut() {
            sharers.sort_unstable_by_key(|sharer| sharer.id);
        }
        Ok(sharers)
    }
}

/// What others have written about somebody.
#[derive(Debug, Default)]
struct About {
    linked: Option<Uuid>,
    holder: Option<Uuid>,
    is_shared: bool,
}

fn sharer(row: &PgRow) -> Result<EmailSharer, StoreError> {
    let id = StaffId::from_uuid(column(row, 1)?);
    let bad = |error| corrupt(format!("staff member {id}"), error);
    let sis_id = SisId::parse(column(row, 2)?).map_err(bad)?;
    let name = PersonName::parse(column(row, 3)?, column(row, 4)?).map_err(bad)?;
    Ok(EmailSharer { id, sis_id, name })
}
