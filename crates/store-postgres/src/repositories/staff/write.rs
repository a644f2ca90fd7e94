//! Writing staff members: the record, its row among the links, and the index of who works where.

use std::collections::HashSet;

use staffroom_core::store::{StaffWrite, StoreError};
use staffroom_core::{SchoolId, StaffEmail, StaffMember, StaffStatus};
use uuid::Uuid;

use crate::repositories::column;
use crate::transaction::Statement;
use crate::unit_of_work::PostgresUnitOfWork;

/// What is to be done with the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Insert,
    Update,
}

const UNKNOWN_SCHOOLS: &str = "SELECT EXISTS (SELECT FROM unnest($2::uuid[]) AS r (id) WHERE NOT EXISTS \
                               (SELECT FROM schools s WHERE s.network_id = $1 AND s.school_id = r.id))";

/// The schools of a staff member travel as the text of an array: PostgreSQL has no arrays of arrays of any length.
macro_rules! new_rows {
    () => {
        "unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bool[], $9::text[], \
         $10::text[], $11::text[]) AS new (staff_id, sis_id, given_name, family_name, given_key, family_key, active, \
         email, email_key, school_ids)"
    };
}
const INSERT: &str = concat!(
    "INSERT INTO staff_members (network_id, staff_id, sis_id, given_name, family_name, given_key, family_key, active, \
     email, email_key, school_ids) \
     SELECT $1, new.staff_id, new.sis_id, new.given_name, new.family_name, new.given_key, new.family_key, new.active, \
     new.email, new.email_key, new.school_ids::uuid[] FROM ",
    new_rows!()
);
const INSERT_LINKS: &str = "\
    INSERT INTO staff_links (network_id, staff_id, family_key, given_key, open) \
    SELECT network_id, staff_id, family_key, given_key, open FROM staff_members \
    WHERE network_id = $1 AND staff_id = ANY($2)";
/// In one order for everybody.
const HOLD: &str =
    "SELECT FROM staff_members WHERE network_id = $1 AND staff_id = ANY($2) ORDER BY staff_id FOR UPDATE";
/// The links' copies of the names are carried over by the same statement: at its end, the foreign key looks at both.
const UPDATE: &str = concat!(
    "WITH changed AS (UPDATE staff_members s SET sis_id = new.sis_id, given_name = new.given_name, family_name = new.family_name, \
     given_key = new.given_key, family_key = new.family_key, active = new.active, email = new.email, \
     email_key = new.email_key, school_ids = new.school_ids::uuid[] FROM ",
    new_rows!(),
    " WHERE s.network_id = $1 AND s.staff_id = new.staff_id \
     RETURNING s.staff_id, s.family_key, s.given_key, s.open), \
     carried AS (UPDATE staff_links l SET family_key = c.family_key, given_key = c.given_key, open = c.open \
     FROM changed c WHERE l.network_id = $1 AND l.staff_id = c.staff_id \
     AND (l.family_key, l.given_key, l.open) IS DISTINCT FROM (c.family_key, c.given_key, c.open)) \
     SELECT FROM changed"
);
const LEAVE_SCHOOLS: &str = "DELETE FROM staff_schools WHERE network_id = $1 AND staff_id = ANY($2)";
const ENTER_SCHOOLS: &str = "\
    INSERT INTO staff_schools (network_id, staff_id, school_id) SELECT $1, * FROM unnest($2::uuid[], $3::uuid[]) \
    ON CONFLICT DO NOTHING";

impl PostgresUnitOfWork {
    /// All of them at once; or, if one is in the way of another, one after the other.
    pub(super) async fn write_staff(
        &mut self,
        kind: Kind,
        members: &[StaffMember],
    ) -> Result<Vec<StaffWrite>, StoreError> {
        self.check_schools(members).await?;
        let ids: HashSet<_> = members.iter().map(StaffMember::id).collect();
        let all: Vec<&StaffMember> = members.iter().collect();
        if ids.len() == members.len() && self.try_write_staff(kind, &all).await? == StaffWrite::Written {
            return Ok(vec![StaffWrite::Written; members.len()]);
        }
        let mut outcomes = Vec::with_capacity(members.len());
        for member in members {
            outcomes.push(self.try_write_staff(kind, &[member]).await?);
        }
        Ok(outcomes)
    }

    async fn check_schools(&mut self, members: &[StaffMember]) -> Result<(), StoreError> {
        let schools: HashSet<Uuid> =
            members.iter().flat_map(|member| member.schools().iter().map(SchoolId::as_uuid)).collect();
        let schools: Vec<Uuid> = schools.into_iter().collect();
        let statement = sqlx::query(UNKNOWN_SCHOOLS).bind(self.transaction.network_uuid()).bind(schools);
        let row = self.transaction.row(statement).await?;
        if row.map(|row| column(&row, 0)).transpose()? == Some(false) {
            return Ok(());
        }
        Err(self.transaction.misuse("a staff member works in a school that the network does not have"))
    }

    /// Writes all of them or none.
    async fn try_write_staff(
        &mut self,
        kind: Kind,
        members: &[&StaffMember],
    ) -> Result<StaffWrite, StoreError> {
        let columns = Columns::of(members);
        let network = self.transaction.network_uuid();
        let ids = columns.ids.clone();
        let schools = columns.schools.clone();
        let (written, statements) = match kind {
            Kind::Insert => (
                0,
                vec![
                    columns.bound(INSERT, network),
                    sqlx::query(INSERT_LINKS).bind(network).bind(ids),
                    sqlx::query(ENTER_SCHOOLS).bind(network).bind(schools.0).bind(schools.1),
                ],
            ),
            Kind::Update => (
                1,
                vec![
                    sqlx::query(HOLD).bind(network).bind(ids.clone()),
                    columns.bound(UPDATE, network),
                    sqlx::query(LEAVE_SCHOOLS).bind(network).bind(ids),
                    sqlx::query(ENTER_SCHOOLS).bind(network).bind(schools.0).bind(schools.1),
                ],
            ),
        };
        let Some(touched) = self.transaction.attempt(statements).await? else {
            return Ok(StaffWrite::Taken);
        };
        if touched.get(written).is_some_and(|rows| usize::try_from(*rows) == Ok(members.len())) {
            self.transaction.keep_attempt().await?;
            return Ok(StaffWrite::Written);
        }
        self.transaction.give_up_attempt().await?;
        Ok(StaffWrite::Unknown)
    }
}

/// Staff members, column by column.
#[derive(Default)]
struct Columns<'a> {
    ids: Vec<Uuid>,
    sis_ids: Vec<&'a str>,
    given_names: Vec<&'a str>,
    family_names: Vec<&'a str>,
    given_keys: Vec<String>,
    family_keys: Vec<String>,
    active: Vec<bool>,
    emails: Vec<Option<&'a str>>,
    email_keys: Vec<Option<&'a str>>,
    school_ids: Vec<String>,
    schools: (Vec<Uuid>, Vec<Uuid>),
}

impl<'a> Columns<'a> {
    fn of(members: &[&'a StaffMember]) -> Self {
        let mut columns = Self::default();
        for member in members {
            columns.add(member);
        }
        columns
    }

    fn add(&mut self, member: &'a StaffMember) {
        let id = member.id().as_uuid();
        let key = member.name().sort_key();
        self.ids.push(id);
        self.sis_ids.push(member.sis_id().as_str());
        self.given_names.push(member.name().given());
        self.family_names.push(member.name().family());
        self.given_keys.push(key.given().to_owned());
        self.family_keys.push(key.family().to_owned());
        self.active.push(member.status() == StaffStatus::Active);
        self.emails.push(StaffEmail::as_given(member.email()));
        self.email_keys.push(member.email().valid().map(staffroom_core::Email::canonical));
        let schools: Vec<String> = member.schools().iter().map(|school| school.to_string()).collect();
        self.school_ids.push(format!("{{{}}}", schools.join(",")));
        for school in member.schools().iter() {
            self.schools.0.push(id);
            self.schools.1.push(school.as_uuid());
        }
    }

    fn bound(self, sql: &'static str, network: Uuid) -> Statement<'a> {
        sqlx::query(sql)
            .bind(network)
            .bind(self.ids)
            .bind(self.sis_ids)
            .bind(self.given_names)
            .bind(self.family_names)
            .bind(self.given_keys)
            .bind(self.family_keys)
            .bind(self.active)
            .bind(self.emails)
            .bind(self.email_keys)
            .bind(self.school_ids)
    }
}
