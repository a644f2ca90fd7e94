//! Writing staff members: the record, its row among the links, and the index of who works where.

use std::collections::HashSet;

use staffroom_core::store::{StaffWrite, StoreError};
use staffroom_core::{SchoolId, StaffEmail, StaffId, StaffMember, StaffStatus};
use uuid::Uuid;

use super::schools;
use crate::repositories::column;
use crate::statement::{OverRows, ids};
use crate::transaction::Statement;
use crate::unit_of_work::SqliteUnitOfWork;

/// What is to be done with the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Insert,
    Update,
}

const UNKNOWN_SCHOOLS: &str = "SELECT EXISTS (SELECT 1 FROM json_each(?2) r WHERE NOT EXISTS \
                               (SELECT 1 FROM schools s WHERE s.network_id = ?1 AND s.school_id = unhex(r.value)))";
const INSERT: OverRows = OverRows {
    before: "INSERT INTO staff_members (network_id, staff_id, sis_id, given_name, family_name, given_key, family_key, \
             active, email, email_key, school_ids) SELECT n.id, v.* FROM ",
    after: "",
    width: 10,
};
const INSERT_LINKS: OverRows = OverRows {
    before: "INSERT INTO staff_links (network_id, staff_id, family_key, given_key, open) SELECT n.id, v.* FROM ",
    after: "",
    width: 4,
};
/// The names in `staff_links` are carried over by its foreign key.
const UPDATE: OverRows = OverRows {
    before: "UPDATE staff_members SET sis_id = v.column2, given_name = v.column3, family_name = v.column4, \
             given_key = v.column5, family_key = v.column6, active = v.column7, email = v.column8, \
             email_key = v.column9, school_ids = v.column10 FROM ",
    after: " WHERE network_id = n.id AND staff_id = +v.column1",
    width: 10,
};
const WORKS_IN: &str = "SELECT staff_id, school_ids FROM staff_members \
                        WHERE network_id = ?1 AND staff_id IN (SELECT unhex(value) FROM json_each(?2))";
const LEAVE_SCHOOLS: OverRows = OverRows {
    before: "DELETE FROM staff_schools WHERE (network_id, school_id, staff_id) IN \
             (SELECT n.id, v.column1, v.column2 FROM ",
    after: ")",
    width: 2,
};
const ENTER_SCHOOLS: OverRows = OverRows {
    before: "INSERT INTO staff_schools (network_id, school_id, staff_id) SELECT n.id, v.column1, v.column2 FROM ",
    after: " WHERE true ON CONFLICT DO NOTHING",
    width: 2,
};

impl SqliteUnitOfWork {
    /// All of them at once; or, if one is in the way of another, one after the other.
    pub(super) async fn write_staff(
        &mut self,
        kind: Kind,
        members: &[StaffMember],
    ) -> Result<Vec<StaffWrite>, StoreError> {
        self.check_schools(members).await?;
        let ids: HashSet<StaffId> = members.iter().map(StaffMember::id).collect();
        if ids.len() == members.len() && self.try_write_staff(kind, members).await? == StaffWrite::Written {
            return Ok(vec![StaffWrite::Written; members.len()]);
        }
        let mut outcomes = Vec::with_capacity(members.len());
        for member in members {
            outcomes.push(self.try_write_staff(kind, std::slice::from_ref(member)).await?);
        }
        Ok(outcomes)
    }

    async fn check_schools(&mut self, members: &[StaffMember]) -> Result<(), StoreError> {
        let schools: HashSet<Uuid> =
            members.iter().flat_map(|member| member.schools().iter().map(SchoolId::as_uuid)).collect();
        let statement = sqlx::query(UNKNOWN_SCHOOLS).bind(self.transaction.network_uuid()).bind(ids(schools));
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
        members: &[StaffMember],
    ) -> Result<StaffWrite, StoreError> {
        let network = self.transaction.network_uuid();
        let before = match kind {
            Kind::Insert => HashSet::new(),
            Kind::Update => self.places_of(members).await?,
        };
        let now: HashSet<Place> = members.iter().flat_map(places).collect();
        let mut statements = match kind {
            Kind::Insert => INSERT.statements(network, members, bind_member),
            Kind::Update => UPDATE.statements(network, members, bind_member),
        };
        let written = statements.len();
        if kind == Kind::Insert {
            statements.extend(INSERT_LINKS.statements(network, members, bind_link));
        }
        for (over, one, other) in [(LEAVE_SCHOOLS, &before, &now), (ENTER_SCHOOLS, &now, &before)] {
            let mut differing: Vec<Place> = one.difference(other).copied().collect();
            // In the order of the table: what is near each other is written together.
            differing.sort_unstable();
            statements.extend(over.statements(network, &differing, |statement, (school, member)| {
                statement.bind(*school).bind(*member)
            }));
        }
        let Some(touched) = self.transaction.attempt(statements).await? else {
            return Ok(StaffWrite::Taken);
        };
        let touched: u64 = touched.iter().take(written).sum();
        if usize::try_from(touched) == Ok(members.len()) {
            self.transaction.keep_attempt().await?;
            return Ok(StaffWrite::Written);
        }
        self.transaction.give_up_attempt().await?;
        Ok(StaffWrite::Unknown)
    }

    /// Who works where, by the records that are there.
    async fn places_of(&mut self, members: &[StaffMember]) -> Result<HashSet<Place>, StoreError> {
        let asked = ids(members.iter().map(|member| member.id().as_uuid()));
        let statement = sqlx::query(WORKS_IN).bind(self.transaction.network_uuid()).bind(asked);
        let mut found = HashSet::new();
        self.transaction
            .each_row(statement, |row| {
                let member: Uuid = column(&row, 0)?;
                found.extend(schools(column(&row, 1)?).iter().map(|school| (school.as_uuid(), member)));
                Ok(())
            })
            .await?;
        Ok(found)
    }
}

/// A school, and somebody who works there.
type Place = (Uuid, Uuid);

fn places(member: &StaffMember) -> impl Iterator<Item = Place> {
    member.schools().iter().map(|school| (school.as_uuid(), member.id().as_uuid()))
}

fn bind_member(statement: Statement, member: &StaffMember) -> Statement {
    let key = member.name().sort_key();
    let schools: Vec<u8> = member.schools().iter().flat_map(|school| school.as_uuid().into_bytes()).collect();
    statement
        .bind(member.id().as_uuid())
        .bind(member.sis_id().as_str().to_owned())
        .bind(member.name().given().to_owned())
        .bind(member.name().family().to_owned())
        .bind(key.given().to_owned())
        .bind(key.family().to_owned())
        .bind(member.status() == StaffStatus::Active)
        .bind(StaffEmail::as_given(member.email()).map(str::to_owned))
        .bind(member.email().valid().map(|email| email.canonical().to_owned()))
        .bind(schools)
}

fn bind_link(statement: Statement, member: &StaffMember) -> Statement {
    let key = member.name().sort_key();
    let open = member.status() == StaffStatus::Active && member.email().valid().is_some();
    statement
        .bind(member.id().as_uuid())
        .bind(key.family().to_owned())
        .bind(key.given().to_owned())
        .bind(open)
}
