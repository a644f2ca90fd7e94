//! Lists of staff: by page, all at once, and counted. The statements are put together from fixed parts; what is looked
//! for is always an argument.
//!
//! A list is walked in its order, along an index that has it, and what does not belong is passed over. Where few are
//! wanted among many, that would be a long walk: then those few are looked up first, and put in order afterwards.
//! SQLite cannot know which it is; so we count, and stop counting soon.

use serde_json::json;
use sqlx::AssertSqlSafe;
use staffroom_core::store::{Count, Cursor, FactsSink, StaffFilter, StaffScope, StoreError};
use staffroom_core::{Facts, SchoolId};
use staffroom_store_sql::number;
use staffroom_store_sql::search::Ranges;
use uuid::Uuid;

use super::facts::{add_sharers, facts, facts_columns, holder};
use super::staff_columns;
use crate::repositories::column;
use crate::transaction::Statement;
use crate::unit_of_work::SqliteUnitOfWork;

/// What a search finds, for records `s`. The signs in front of columns keep the walk on its index.
const FOUND: &str = " AND (+s.family_key >= ?3 AND +s.family_key < ?4 OR +s.given_key >= ?3 AND +s.given_key < ?4 \
    OR +s.sis_id >= ?5 AND +s.sis_id < ?6 OR +s.email_key >= ?7 AND +s.email_key < ?8 \
    OR EXISTS (SELECT 1 FROM json_each(?9) r \
        WHERE s.given_key >= r.value ->> 0 AND s.given_key < r.value ->> 1 \
        AND s.family_key >= r.value ->> 2 AND s.family_key < r.value ->> 3))";

/// The same people, each part by an index of its own. Some may come more than once.
const LOOKED_UP: &str = "\
    SELECT staff_id FROM staff_members WHERE network_id = ?1 AND family_key >= ?3 AND family_key < ?4 UNION ALL \
    SELECT staff_id FROM staff_members WHERE network_id = ?1 AND given_key >= ?3 AND given_key < ?4 UNION ALL \
    SELECT staff_id FROM staff_members WHERE network_id = ?1 AND sis_id >= ?5 AND sis_id < ?6 UNION ALL \
    SELECT staff_id FROM staff_members WHERE network_id = ?1 AND email_key >= ?7 AND email_key < ?8 UNION ALL \
    SELECT s.staff_id FROM json_each(?9) r CROSS JOIN staff_members s WHERE s.network_id = ?1 \
        AND s.family_key >= r.value ->> 2 AND s.family_key < r.value ->> 3 \
        AND s.given_key >= r.value ->> 0 AND s.given_key < r.value ->> 1";

const WORK_THERE: &str =
    "SELECT w.staff_id FROM staff_schools w WHERE w.network_id = ?1 AND w.school_id = ?2";

const SHARED_EMAILS: &str = "SELECT email_key FROM staff_members WHERE network_id = ?1 AND email_key IS NOT NULL \
                             GROUP BY email_key HAVING count(*) > 1";

/// How the people of a list are come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Along the index that has the order.
    Walk,
    /// Those whom this statement selects, looked up.
    LookUp(&'static str),
}

/// What follows `SELECT ...` for the people of a list.
struct ListSql {
    from: String,
    order: &'static str,
    place: &'static str,
}

impl ListSql {
    fn of(filter: &StaffFilter, way: Way) -> Self {
        let candidates = filter.scope == StaffScope::Candidates;
        let mut from = match (candidates, way) {
            // The order of the joins is the order of the walk.
            (true, Way::Walk) => {
                "staff_links l INDEXED BY staff_links_candidates CROSS JOIN staff_members s \
                                  ON s.network_id = ?1 AND s.staff_id = l.staff_id"
                    .to_owned()
            }
            (false, Way::Walk) => {
                "staff_members s INDEXED BY staff_members_in_order LEFT JOIN staff_links l \
                                   ON l.network_id = ?1 AND l.staff_id = s.staff_id"
                    .to_owned()
            }
            (true, Way::LookUp(few)) => format!(
                "(SELECT DISTINCT staff_id FROM ({few})) f \
                 CROSS JOIN staff_links l ON l.network_id = ?1 AND l.staff_id = f.staff_id \
                 CROSS JOIN staff_members s ON s.network_id = ?1 AND s.staff_id = l.staff_id"
            ),
            (false, Way::LookUp(few)) => format!(
                "(SELECT DISTINCT staff_id FROM ({few})) f \
                 CROSS JOIN staff_members s ON s.network_id = ?1 AND s.staff_id = f.staff_id \
                 LEFT JOIN staff_links l ON l.network_id = ?1 AND l.staff_id = s.staff_id"
            ),
        };
        from.insert_str(0, " FROM ");
        from.push_str(holder!());
        from.push_str(if candidates {
            "WHERE l.network_id = ?1 AND l.user_id IS NULL AND l.open = 1 AND h.email_key IS NULL"
        } else {
            "WHERE s.network_id = ?1"
        });
        if filter.works_in.is_some() {
            from.push_str(
                " AND EXISTS (SELECT 1 FROM staff_schools w WHERE w.network_id = ?1 AND w.school_id = ?2 \
                 AND w.staff_id = s.staff_id)",
            );
        }
        if filter.search.is_some() {
            from.push_str(FOUND);
        }
        if candidates {
            Self {
                from,
                order: " ORDER BY l.family_key, l.given_key, l.staff_id",
                place: " AND (l.family_key, l.given_key, l.staff_id) > (?10, ?11, ?12)",
            }
        } else {
            Self {
                from,
                order: " ORDER BY s.family_key, s.given_key, s.staff_id",
                place: " AND (s.family_key, s.given_key, s.staff_id) > (?10, ?11, ?12)",
            }
        }
    }
}

/// Binds what [`ListSql`] refers to: `?1` to `?9`.
fn bound(sql: String, network: Uuid, filter: &StaffFilter) -> Statement {
    let Ranges { name, sis_id, email, pairs } = filter.search.as_ref().map(Ranges::of).unwrap_or_default();
    let pairs: Vec<_> = pairs.iter().map(|((g, gg), (f, ff))| json!([g, gg, f, ff])).collect();
    sqlx::query(AssertSqlSafe(sql))
        .bind(network)
        .bind(filter.works_in.map(SchoolId::as_uuid))
        .bind(name.0)
        .bind(name.1)
        .bind(sis_id.0)
        .bind(sis_id.1)
        .bind(email.0)
        .bind(email.1)
        .bind(serde_json::Value::from(pairs).to_string())
}

impl SqliteUnitOfWork {
    /// Whether few are wanted.
    async fn way_to(&mut self, filter: &StaffFilter) -> Result<Way, StoreError> {
        let most = i64::from(self.few);
        for (wanted, few) in [(filter.search.is_some(), LOOKED_UP), (filter.works_in.is_some(), WORK_THERE)] {
            if wanted && self.count_of(&format!("SELECT 1 FROM ({few})"), most, filter).await? <= most {
                return Ok(Way::LookUp(few));
            }
        }
        Ok(Way::Walk)
    }

    /// How many rows the statement `rows` has; one more than `cap` if there are more.
    async fn count_of(&mut self, rows: &str, cap: i64, filter: &StaffFilter) -> Result<i64, StoreError> {
        let sql = format!("SELECT count(*) FROM ({rows} LIMIT {})", cap.saturating_add(1));
        let statement = bound(sql, self.transaction.network_uuid(), filter);
        let row = self.transaction.row(statement).await?;
        Ok(row.map(|row| column(&row, 0)).transpose()?.unwrap_or_default())
    }

    pub(super) async fn page_of_list(
        &mut self,
        filter: &StaffFilter,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Vec<Facts>, StoreError> {
        let limit = number::rows(limit);
        let ListSql { from, order, place } = ListSql::of(filter, self.way_to(filter).await?);
        let place = if after.is_some() { place } else { "" };
        let sql = format!("SELECT {}{from}{place}{order} LIMIT {limit}", facts_columns!());
        let statement = bound(sql, self.transaction.network_uuid(), filter)
            .bind(after.map(|after| after.name().family().to_owned()))
            .bind(after.map(|after| after.name().given().to_owned()))
            .bind(after.map(|after| after.id().as_uuid()));
        self.facts_of(statement).await
    }

    pub(super) async fn count_list(&mut self, filter: &StaffFilter, cap: u64) -> Result<Count, StoreError> {
        let ListSql { from, .. } = ListSql::of(filter, self.way_to(filter).await?);
        let most = i64::try_from(cap).unwrap_or(i64::MAX);
        let counted = self.count_of(&format!("SELECT 1{from}"), most, filter).await?;
        Ok(match u64::try_from(counted) {
            Ok(counted) if counted <= cap => Count::Exactly(counted),
            _ => Count::MoreThan(cap),
        })
    }

    /// First those who share an email, who are few; then everybody, one by one, as the database sends them.
    pub(super) async fn visit_list(
        &mut self,
        filter: &StaffFilter,
        sink: FactsSink<'_>,
    ) -> Result<(), StoreError> {
        let network = self.transaction.network_uuid();
        let way = self.way_to(filter).await?;
        let ListSql { from, order, .. } = ListSql::of(filter, way);
        if way != Way::Walk {
            let statement = bound(format!("SELECT {}{from}{order}", facts_columns!()), network, filter);
            self.facts_of(statement).await?.into_iter().for_each(sink);
            return Ok(());
        }
        let mut emails: Vec<String> = Vec::new();
        self.transaction
            .each_row(sqlx::query(SHARED_EMAILS).bind(network), |row| {
                emails.push(column(&row, 0)?);
                Ok(())
            })
            .await?;
        let sharers = self.sharers(emails).await?;
        // Whether an email is shared is known by now: the column is only there to be read past.
        let sql = format!("SELECT {}, l.user_id, h.user_id, 0{from}{order}", staff_columns!());
        self.transaction
            .each_row(bound(sql, network, filter), |row| {
                let (mut facts, _) = facts(&row)?;
                add_sharers(&mut facts, &sharers);
                sink(facts);
                Ok(())
            })
            .await
    }
}
