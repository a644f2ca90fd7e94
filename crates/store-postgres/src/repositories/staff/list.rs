//! Lists of staff: by page, all at once, and counted. The statements are put together from fixed parts; what is looked
//! for is always an argument.
//!
//! A list is walked in its order, along an index that has it. Where a search finds few among many, that would be a long
//! walk: then those few are looked up first, each way of finding somebody by an index of its own, and put in order
//! afterwards. The planner cannot choose between the two, because what a search finds is not one range of one index.
//!
//! Few who are left as candidates are looked up as well: the planner takes "not linked" and "open" for independent, expects
//! many, and reads all users to see whose emails are taken.

use sqlx::AssertSqlSafe;
use staffroom_core::SchoolId;
use staffroom_core::store::{Count, Cursor, FactsSink, ListOrder, StaffFilter, StaffScope, StoreError};
use staffroom_store_sql::number;
use staffroom_store_sql::search::Ranges;
use uuid::Uuid;

use super::facts::{add_sharers, facts, facts_columns, holder};
use super::staff_columns;
use crate::repositories::column;
use crate::transaction::Statement;
use crate::unit_of_work::PostgresUnitOfWork;

/// Whom a search finds. Some may come more than once.
const LOOKED_UP: &str = "\
    SELECT staff_id FROM staff_members WHERE network_id = $1 AND family_key >= $3 AND family_key < $4 UNION ALL \
    SELECT staff_id FROM staff_members WHERE network_id = $1 AND given_key >= $3 AND given_key < $4 UNION ALL \
    SELECT staff_id FROM staff_members WHERE network_id = $1 AND sis_id >= $5 AND sis_id < $6 UNION ALL \
    SELECT staff_id FROM staff_members WHERE network_id = $1 AND email_key >= $7 AND email_key < $8 UNION ALL \
    SELECT s.staff_id FROM unnest($9::text[], $10::text[], $11::text[], $12::text[]) AS r (g, gg, f, ff) \
    JOIN staff_members s ON s.network_id = $1 AND s.given_key >= r.g AND s.given_key < r.gg \
        AND s.family_key >= r.f AND s.family_key < r.ff";

/// The same, but for those who are found by their family name or by both names: a page takes those from the list itself,
/// in which they stand together.
const LOOKED_UP_BESIDES: &str = "\
    SELECT staff_id FROM staff_members WHERE network_id = $1 AND given_key >= $3 AND given_key < $4 UNION ALL \
    SELECT staff_id FROM staff_members WHERE network_id = $1 AND sis_id >= $5 AND sis_id < $6 UNION ALL \
    SELECT staff_id FROM staff_members WHERE network_id = $1 AND email_key >= $7 AND email_key < $8";

/// Those whose email alone may still be in the way of a user, off the index of the candidates: too many at most, as
/// any list of candidates. In its order, so that the planner takes that index, however many it expects.
const LEFT: &str = "\
    SELECT staff_id FROM staff_links WHERE network_id = $1 AND user_id IS NULL AND open \
    ORDER BY family_key, given_key, staff_id";

/// The emails that several have.
const SHARED: &str = "\
    SELECT email_key FROM staff_members WHERE network_id = $1 AND email_key IS NOT NULL \
    GROUP BY email_key HAVING count(*) > 1";

/// The same as [`LOOKED_UP`], of records that are walked past.
const SEARCH: &str = " AND (s.family_key >= $3 AND s.family_key < $4 OR s.given_key >= $3 AND s.given_key < $4 \
    OR s.sis_id >= $5 AND s.sis_id < $6 OR s.email_key >= $7 AND s.email_key < $8 \
    OR EXISTS (SELECT FROM unnest($9::text[], $10::text[], $11::text[], $12::text[]) AS r (g, gg, f, ff) \
        WHERE s.given_key >= r.g AND s.given_key < r.gg AND s.family_key >= r.f AND s.family_key < r.ff))";

/// How the people of a list are come by.
#[derive(Debug)]
enum Way {
    /// Along the list, past those who do not belong.
    Walk,
    /// These were looked up.
    LookedUp(Vec<Uuid>),
}

/// What follows `SELECT ...` for the people of a list.
struct ListSql {
    from: String,
    order: &'static str,
    place: &'static str,
    /// The table whose index has the order of the list.
    listed: &'static str,
}

impl ListSql {
    fn of(filter: &StaffFilter, way: &Way) -> Self {
        let mut from = String::from(" FROM ");
        if filter.works_in.is_some() {
            from.push_str("staff_schools w JOIN ");
        }
        let candidates = filter.scope == StaffScope::Candidates;
        from.push_str(match (candidates, filter.works_in.is_some()) {
            (true, false) => "staff_links l ",
            (true, true) => "staff_links l ON l.network_id = $1 AND l.staff_id = w.staff_id ",
            (false, false) => "staff_members s ",
            (false, true) => "staff_members s ON s.network_id = $1 AND s.staff_id = w.staff_id ",
        });
        from.push_str(if candidates {
            "JOIN staff_members s ON s.network_id = $1 AND s.staff_id = l.staff_id"
        } else {
            "LEFT JOIN staff_links l ON l.network_id = $1 AND l.staff_id = s.staff_id"
        });
        from.push_str(holder!());
        from.push_str(if candidates {
            // Of the columns of `h`, the one it is joined by: the planner knows then that this is an anti-join.
            "WHERE l.network_id = $1 AND l.user_id IS NULL AND l.open AND h.email_key IS NULL"
        } else {
            "WHERE s.network_id = $1"
        });
        if filter.works_in.is_some() {
            from.push_str(" AND w.network_id = $1 AND w.school_id = $2");
        }
        match way {
            Way::LookedUp(_) => from.push_str(" AND s.staff_id = ANY($13)"),
            Way::Walk if filter.search.is_some() => from.push_str(SEARCH),
            Way::Walk => {}
        }
        if candidates {
            Self {
                from,
                order: " ORDER BY l.family_key, l.given_key, l.staff_id",
                place: " AND (l.family_key, l.given_key, l.staff_id) > ($14, $15, $16)",
                listed: "l",
            }
        } else {
            Self {
                from,
                order: " ORDER BY s.family_key, s.given_key, s.staff_id",
                place: " AND (s.family_key, s.given_key, s.staff_id) > ($14, $15, $16)",
                listed: "s",
            }
        }
    }
}

/// Binds what [`ListSql`] refers to: `$1` to `$13`.
fn bound<'q>(sql: String, network: Uuid, filter: &StaffFilter, way: &Way) -> Statement<'q> {
    let few = match way {
        Way::Walk => Vec::new(),
        Way::LookedUp(few) => few.clone(),
    };
    let Ranges { name, sis_id, email, pairs } = filter.search.as_ref().map(Ranges::of).unwrap_or_default();
    let (given, family): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
    let (g, gg): (Vec<String>, Vec<String>) = given.into_iter().unzip();
    let (f, ff): (Vec<String>, Vec<String>) = family.into_iter().unzip();
    sqlx::query(AssertSqlSafe(sql))
        .bind(network)
        .bind(filter.works_in.map(SchoolId::as_uuid))
        .bind(name.0)
        .bind(name.1)
        .bind(sis_id.0)
        .bind(sis_id.1)
        .bind(email.0)
        .bind(email.1)
        .bind(g)
        .bind(gg)
        .bind(f)
        .bind(ff)
        .bind(few)
}

/// Binds the place that a page begins after: `$14` to `$16`.
fn placed<'q>(statement: Statement<'q>, after: Option<&Cursor>) -> Statement<'q> {
    statement
        .bind(after.map(|after| after.name().family().to_owned()))
        .bind(after.map(|after| after.name().given().to_owned()))
        .bind(after.map(|after| after.id().as_uuid()))
}

impl PostgresUnitOfWork {
    /// Whether a list that is read to its end, or counted, is one of few: those whom a search finds, or who are left as
    /// candidates.
    async fn way_to(&mut self, filter: &StaffFilter) -> Result<Way, StoreError> {
        match (&filter.search, filter.scope) {
            (Some(_), _) => self.way_by(filter, LOOKED_UP).await,
            (None, StaffScope::Candidates) => self.way_by(filter, LEFT).await,
            (None, StaffScope::Everyone) => Ok(Way::Walk),
        }
    }

    async fn way_by(&mut self, filter: &StaffFilter, looked_up: &str) -> Result<Way, StoreError> {
        let few = usize::try_from(self.few).unwrap_or(usize::MAX);
        let sql = format!("{looked_up} LIMIT {}", few.saturating_add(1));
        let found = self.ids_of(bound(sql, self.transaction.network_uuid(), filter, &Way::Walk)).await?;
        Ok(if found.len() > few { Way::Walk } else { Way::LookedUp(found) })
    }

    async fn ids_of(&mut self, statement: Statement<'_>) -> Result<Vec<Uuid>, StoreError> {
        let mut ids = Vec::new();
        self.transaction
            .each_row(statement, |row| {
                ids.push(column(&row, 0)?);
                Ok(())
            })
            .await?;
        Ok(ids)
    }

    /// For a page of `limit`: whom a search finds. Of those who are found by their family name or by both names, only the
    /// first `limit` after the place, for each way of reading the search.
    async fn way_to_page(
        &mut self,
        filter: &StaffFilter,
        after: Option<&Cursor>,
        limit: i64,
    ) -> Result<Way, StoreError> {
        if filter.search.is_none() {
            return Ok(Way::Walk);
        }
        let Way::LookedUp(mut found) = self.way_by(filter, LOOKED_UP_BESIDES).await? else {
            return Ok(Way::Walk);
        };
        let unsearched = StaffFilter { search: None, ..filter.clone() };
        let ListSql { from, order, place, listed } = ListSql::of(&unsearched, &Way::Walk);
        let place = if after.is_some() { place } else { "" };
        let sql = format!(
            "SELECT x.staff_id FROM (SELECT * FROM unnest($9::text[], $10::text[], $11::text[], $12::text[]) \
             UNION ALL SELECT NULL, NULL, $3, $4) AS r (g, gg, f, ff) CROSS JOIN LATERAL \
             (SELECT {listed}.staff_id{from} AND {listed}.family_key >= r.f AND {listed}.family_key < r.ff \
              AND (r.g IS NULL OR {listed}.given_key >= r.g AND {listed}.given_key < r.gg){place}{order} \
              LIMIT {limit}) AS x"
        );
        let statement = bound(sql, self.transaction.network_uuid(), filter, &Way::Walk);
        found.extend(self.ids_of(placed(statement, after)).await?);
        Ok(Way::LookedUp(found))
    }

    pub(super) async fn page_of_list(
        &mut self,
        filter: &StaffFilter,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Vec<staffroom_core::Facts>, StoreError> {
        let limit = number::rows(limit);
        let way = self.way_to_page(filter, after, limit).await?;
        let ListSql { from, order, place, .. } = ListSql::of(filter, &way);
        let place = if after.is_some() { place } else { "" };
        // The number of rows stands in the text, so that the plan is made for it.
        let sql = format!("SELECT {}{from}{place}{order} LIMIT {limit}", facts_columns!());
        let statement = bound(sql, self.transaction.network_uuid(), filter, &way);
        self.facts_of(placed(statement, after)).await
    }

    pub(super) async fn count_list(&mut self, filter: &StaffFilter, cap: u64) -> Result<Count, StoreError> {
        let way = self.way_to(filter).await?;
        let ListSql { from, .. } = ListSql::of(filter, &way);
        let most = i64::try_from(cap).unwrap_or(i64::MAX).saturating_add(1);
        let sql = format!("SELECT count(*) FROM (SELECT 1{from} LIMIT {most}) AS counted");
        let statement = bound(sql, self.transaction.network_uuid(), filter, &way);
        let row = self.transaction.row(statement).await?;
        let counted = row.map(|row| column::<i64>(&row, 0)).transpose()?.unwrap_or_default();
        let counted = u64::try_from(counted).unwrap_or_default();
        Ok(if counted > cap { Count::MoreThan(cap) } else { Count::Exactly(counted) })
    }

    /// First those who share an email, who are few; then everybody, one by one, as the database sends them.
    pub(super) async fn visit_list(
        &mut self,
        filter: &StaffFilter,
        sink: FactsSink<'_>,
    ) -> Result<(), StoreError> {
        let network = self.transaction.network_uuid();
        let way = self.way_to(filter).await?;
        let ListSql { from, order, .. } = ListSql::of(filter, &way);
        let order = match filter.order {
            ListOrder::ByName => order,
            // Then the rows come as they are found, while the caller works on those before.
            ListOrder::Any => "",
        };
        let shared = match way {
            // About everybody it is read off the index of the emails, whoever has them: there is no cheaper way to know.
            Way::Walk if filter.works_in.is_none() && filter.search.is_none() => SHARED.to_owned(),
            Way::Walk | Way::LookedUp(_) => format!(
                "SELECT DISTINCT s.email_key{from} AND EXISTS (SELECT FROM staff_members o WHERE o.network_id = $1 \
                 AND o.email_key = s.email_key AND o.staff_id <> s.staff_id)"
            ),
        };
        let mut emails: Vec<String> = Vec::new();
        self.transaction
            .each_row(bound(shared, network, filter, &way), |row| {
                emails.push(column(&row, 0)?);
                Ok(())
            })
            .await?;
        let sharers = self.sharers(emails).await?;
        // Whether an email is shared is known by now: the column is only there to be read past.
        let sql = format!("SELECT {}, l.user_id, h.user_id, false{from}{order}", staff_columns!());
        self.transaction
            .each_row(bound(sql, network, filter, &way), |row| {
                let (mut facts, _) = facts(&row)?;
                add_sharers(&mut facts, &sharers);
                sink(facts);
                Ok(())
            })
            .await
    }
}
