//! Writing users: many at a time; and, if a row is in the way, once more without those that meet it.

use std::collections::{HashMap, HashSet};

use staffroom_core::store::{StoreError, UserDelete, UserInsert, UserUpdate};
use staffroom_core::{
    BatchId, GroupId, Revision, SchoolId, SharedPasswordId, StaffId, Timestamp, User, UserId, UserStatus,
};
use staffroom_store_sql::conflicts::InTheWay;
use staffroom_store_sql::password::PasswordColumns;
use uuid::Uuid;

use crate::repositories::column;
use crate::statement::{OverRows, ids, texts};
use crate::transaction::Statement;
use crate::unit_of_work::SqliteUnitOfWork;

const UNKNOWN_REFERENCES: &str = "\
    SELECT EXISTS (SELECT 1 FROM json_each(?2) r WHERE NOT EXISTS \
                   (SELECT 1 FROM schools s WHERE s.network_id = ?1 AND s.school_id = unhex(r.value))) \
        OR EXISTS (SELECT 1 FROM json_each(?3) r WHERE NOT EXISTS \
                   (SELECT 1 FROM groups g WHERE g.network_id = ?1 AND g.group_id = unhex(r.value))) \
        OR EXISTS (SELECT 1 FROM json_each(?4) r WHERE NOT EXISTS \
                   (SELECT 1 FROM staff_links l WHERE l.network_id = ?1 AND l.staff_id = unhex(r.value)))";

const INSERT: OverRows = OverRows {
    before: "INSERT INTO users (network_id, user_id, email, email_key, enabled, password_kind, password_at, \
             shared_password_id, batch_id, created_at, last_sign_in_at, revision) SELECT n.id, v.* FROM ",
    after: "",
    width: 11,
};
const INSERT_SCHOOLS: OverRows = OverRows {
    before: "INSERT INTO user_schools (network_id, user_id, school_id) SELECT n.id, v.* FROM ",
    after: "",
    width: 2,
};
const INSERT_GROUPS: OverRows = OverRows {
    before: "INSERT INTO user_groups (network_id, user_id, group_id) SELECT n.id, v.* FROM ",
    after: "",
    width: 2,
};
const LINK: OverRows = OverRows {
    before: "UPDATE staff_links SET user_id = v.column2 FROM ",
    after: " WHERE network_id = n.id AND staff_id = +v.column1 AND user_id IS NULL",
    width: 2,
};

const TAKEN_IDS: &str =
    "SELECT user_id FROM users WHERE network_id = ?1 AND user_id IN (SELECT unhex(value) FROM json_each(?2))";
const TAKEN_EMAILS: &str =
    "SELECT email_key FROM users WHERE network_id = ?1 AND email_key IN (SELECT value FROM json_each(?2))";
const TAKEN_LINKS: &str = "SELECT staff_id FROM staff_links WHERE network_id = ?1 AND user_id IS NOT NULL \
                           AND staff_id IN (SELECT unhex(value) FROM json_each(?2))";

const UPDATE: &str = "\
    UPDATE users SET email = ?4, email_key = ?5, enabled = ?6, password_kind = ?7, password_at = ?8, \
        shared_password_id = ?9, batch_id = ?10, created_at = ?11, last_sign_in_at = ?12, revision = ?13 \
    WHERE network_id = ?1 AND user_id = ?2 AND revision = ?3";
const LEAVE_SCHOOLS: &str = "DELETE FROM user_schools WHERE network_id = ?1 AND user_id = ?2 \
                             AND school_id NOT IN (SELECT unhex(value) FROM json_each(?3))";
const ENTER_SCHOOLS: &str = "INSERT INTO user_schools (network_id, user_id, school_id) \
                             SELECT ?1, ?2, unhex(value) FROM json_each(?3) WHERE true ON CONFLICT DO NOTHING";
const LEAVE_GROUPS: &str = "DELETE FROM user_groups WHERE network_id = ?1 AND user_id = ?2 \
                            AND group_id NOT IN (SELECT unhex(value) FROM json_each(?3))";
const ENTER_GROUPS: &str = "INSERT INTO user_groups (network_id, user_id, group_id) \
                            SELECT ?1, ?2, unhex(value) FROM json_each(?3) WHERE true ON CONFLICT DO NOTHING";
const UNLINK: &str = "\
    UPDATE staff_links INDEXED BY staff_links_by_user SET user_id = NULL WHERE network_id = ?1 AND user_id = ?2 AND staff_id IS NOT ?3";
const LINK_ONE: &str = "\
    UPDATE staff_links SET user_id = ?2 WHERE network_id = ?1 AND staff_id = ?3 AND coalesce(user_id, ?2) = ?2";

const REVISIONS: &str = "SELECT user_id, revision FROM users \
                         WHERE network_id = ?1 AND user_id IN (SELECT unhex(value) FROM json_each(?2))";
const UNLINK_MANY: &str = "UPDATE staff_links INDEXED BY staff_links_by_user SET user_id = NULL \
                           WHERE network_id = ?1 AND user_id IS NOT NULL AND user_id IN (SELECT unhex(value) FROM json_each(?2))";
const DELETE: &str =
    "DELETE FROM users WHERE network_id = ?1 AND user_id IN (SELECT unhex(value) FROM json_each(?2))";

/// An insert met a row that was not there when it was looked for, with the file to itself.
#[derive(Debug, thiserror::Error)]
#[error("a row of a user is in the way, and none can be found")]
struct NobodyInTheWay;

impl SqliteUnitOfWork {
    /// Schools, groups and staff members are never deleted: that they were there once is enough. A shared password is
    /// looked after by its foreign key.
    pub(super) async fn check_references(&mut self, users: &[User]) -> Result<(), StoreError> {
        let schools: HashSet<Uuid> =
            users.iter().flat_map(|user| user.schools().iter().map(SchoolId::as_uuid)).collect();
        let groups: HashSet<Uuid> =
            users.iter().flat_map(|user| user.groups().iter().map(GroupId::as_uuid)).collect();
        // Whether the staff members are there shows when they are linked, at no cost; and if not, here.
        self.refuse_unknown(ids(schools), ids(groups), ids([])).await
    }

    async fn check_staff(&mut self, users: &[&User]) -> Result<(), StoreError> {
        let staff = users.iter().filter_map(|user| Some(user.staff_member()?.as_uuid()));
        self.refuse_unknown(ids([]), ids([]), ids(staff)).await
    }

    async fn refuse_unknown(
        &mut self,
        schools: String,
        groups: String,
        staff: String,
    ) -> Result<(), StoreError> {
        let network = self.transaction.network_uuid();
        let statement = sqlx::query(UNKNOWN_REFERENCES).bind(network).bind(schools).bind(groups).bind(staff);
        let row = self.transaction.row(statement).await?;
        if row.map(|row| column(&row, 0)).transpose()? == Some(false) {
            return Ok(());
        }
        Err(self.transaction.misuse("a user refers to something that the network does not have"))
    }

    /// Nearly always nobody is in the way, and one attempt writes all of them. If somebody is, SQLite objects to all;
    /// then it is asked who, and those who lose are left out. Nobody else writes meanwhile.
    pub(super) async fn insert_users(&mut self, users: &[User]) -> Result<Vec<UserInsert>, StoreError> {
        let all: Vec<&User> = users.iter().collect();
        if self.try_insert(&all).await? {
            return Ok(vec![UserInsert::Inserted; users.len()]);
        }
        let outcomes = self.who_is_in_the_way(users).await?.judge(users);
        let chosen: Vec<&User> = users
            .iter()
            .zip(&outcomes)
            .filter(|(_, outcome)| **outcome == UserInsert::Inserted)
            .map(|(user, _)| user)
            .collect();
        if self.try_insert(&chosen).await? {
            Ok(outcomes)
        } else {
            Err(StoreError::Other(NobodyInTheWay.into()))
        }
    }

    /// Writes all of them, or none if a row is in the way.
    async fn try_insert(&mut self, users: &[&User]) -> Result<bool, StoreError> {
        if users.is_empty() {
            return Ok(true);
        }
        let network = self.transaction.network_uuid();
        let pair = |statement: Statement, (one, other): &(Uuid, Uuid)| statement.bind(*one).bind(*other);
        let schools: Vec<(Uuid, Uuid)> = users
            .iter()
            .flat_map(|user| user.schools().iter().map(|school| (user.id().as_uuid(), school.as_uuid())))
            .collect();
        let groups: Vec<(Uuid, Uuid)> = users
            .iter()
            .flat_map(|user| user.groups().iter().map(|group| (user.id().as_uuid(), group.as_uuid())))
            .collect();
        let links: Vec<(Uuid, Uuid)> = users
            .iter()
            .filter_map(|user| Some((user.staff_member()?.as_uuid(), user.id().as_uuid())))
            .collect();
        let mut statements = INSERT.statements(network, users, |statement, user| bind_user(statement, user));
        statements.extend(INSERT_SCHOOLS.statements(network, &schools, pair));
        statements.extend(INSERT_GROUPS.statements(network, &groups, pair));
        let linking = statements.len();
        statements.extend(LINK.statements(network, &links, pair));
        let Some(touched) = self.transaction.attempt(statements).await? else {
            return Ok(false);
        };
        let linked: u64 = touched.iter().skip(linking).sum();
        if usize::try_from(linked) == Ok(links.len()) {
            self.transaction.keep_attempt().await?;
            return Ok(true);
        }
        self.transaction.give_up_attempt().await?;
        self.check_staff(users).await?;
        Ok(false)
    }

    async fn who_is_in_the_way(&mut self, users: &[User]) -> Result<InTheWay, StoreError> {
        let network = self.transaction.network_uuid();
        let staff = ids(users.iter().filter_map(|user| Some(user.staff_member()?.as_uuid())));
        let asked = ids(users.iter().map(|user| user.id().as_uuid()));
        let emails = texts(users.iter().map(|user| user.email().canonical()));
        let mut found = InTheWay::default();
        for row in self.transaction.rows(sqlx::query(TAKEN_LINKS).bind(network).bind(staff)).await? {
            found.links.insert(StaffId::from_uuid(column(&row, 0)?));
        }
        for row in self.transaction.rows(sqlx::query(TAKEN_IDS).bind(network).bind(asked)).await? {
            found.ids.insert(UserId::from_uuid(column(&row, 0)?));
        }
        for row in self.transaction.rows(sqlx::query(TAKEN_EMAILS).bind(network).bind(emails)).await? {
            found.emails.insert(column(&row, 0)?);
        }
        Ok(found)
    }

    pub(super) async fn update_user(
        &mut self,
        expected: Revision,
        user: &User,
    ) -> Result<UserUpdate, StoreError> {
        let network = self.transaction.network_uuid();
        let id = user.id().as_uuid();
        let PasswordColumns { kind, at, secret } = PasswordColumns::of(user.password());
        let update = sqlx::query(UPDATE)
            .bind(network)
            .bind(id)
            .bind(i64::from(expected.number()))
            .bind(user.email().as_given().to_owned())
            .bind(user.email().canonical().to_owned())
            .bind(user.status() == UserStatus::Enabled)
            .bind(kind)
            .bind(at.map(Timestamp::unix_micros))
            .bind(secret.map(SharedPasswordId::as_uuid))
            .bind(user.batch().map(BatchId::as_uuid))
            .bind(user.created_at().unix_micros())
            .bind(user.last_sign_in_at().map(Timestamp::unix_micros))
            .bind(i64::from(user.revision().number()));
        let Some(touched) = self.transaction.attempt(vec![update]).await? else {
            return self.update_or_else(user, UserUpdate::EmailTaken, expected).await;
        };
        if touched != [1] {
            self.transaction.give_up_attempt().await?;
            return self.update_or_else(user, UserUpdate::Stale, expected).await;
        }
        let staff = user.staff_member().map(StaffId::as_uuid);
        self.transaction.execute(sqlx::query(UNLINK).bind(network).bind(id).bind(staff)).await?;
        if let Some(staff) = staff {
            let link = sqlx::query(LINK_ONE).bind(network).bind(id).bind(staff);
            if self.transaction.execute(link).await? == 0 {
                self.transaction.give_up_attempt().await?;
                self.check_staff(&[user]).await?;
                return Ok(UserUpdate::StaffMemberLinked);
            }
        }
        let schools = ids(user.schools().iter().map(SchoolId::as_uuid));
        let groups = ids(user.groups().iter().map(GroupId::as_uuid));
        for (sql, list) in [
            (LEAVE_SCHOOLS, &schools),
            (ENTER_SCHOOLS, &schools),
            (LEAVE_GROUPS, &groups),
            (ENTER_GROUPS, &groups),
        ] {
            self.transaction.execute(sqlx::query(sql).bind(network).bind(id).bind(list.clone())).await?;
        }
        self.transaction.keep_attempt().await?;
        Ok(UserUpdate::Updated)
    }

    /// Why an update was not written: nobody of that id, somebody at another revision, or `otherwise`.
    async fn update_or_else(
        &mut self,
        user: &User,
        otherwise: UserUpdate,
        expected: Revision,
    ) -> Result<UserUpdate, StoreError> {
        Ok(match self.revisions([user.id()]).await?.get(&user.id()) {
            None => UserUpdate::Unknown,
            Some(revision) if *revision != i64::from(expected.number()) => UserUpdate::Stale,
            Some(_) => otherwise,
        })
    }

    /// Of those who are there.
    async fn revisions(
        &mut self,
        users: impl IntoIterator<Item = UserId> + Send,
    ) -> Result<HashMap<UserId, i64>, StoreError> {
        let asked = ids(users.into_iter().map(UserId::as_uuid));
        let statement = sqlx::query(REVISIONS).bind(self.transaction.network_uuid()).bind(asked);
        let rows = self.transaction.rows(statement).await?;
        rows.iter().map(|row| Ok((UserId::from_uuid(column(row, 0)?), column(row, 1)?))).collect()
    }

    pub(super) async fn delete_users(
        &mut self,
        users: &[(UserId, Revision)],
    ) -> Result<Vec<UserDelete>, StoreError> {
        let network = self.transaction.network_uuid();
        let mut revisions = self.revisions(users.iter().map(|(id, _)| *id).collect::<Vec<_>>()).await?;
        let mut gone: Vec<Uuid> = Vec::new();
        let outcomes = users.iter().map(|(id, expected)| match revisions.get(id) {
            None => UserDelete::Unknown,
            Some(revision) if *revision != i64::from(expected.number()) => UserDelete::Stale,
            Some(_) => {
                revisions.remove(id);
                gone.push(id.as_uuid());
                UserDelete::Deleted
            }
        });
        let outcomes = outcomes.collect();
        if !gone.is_empty() {
            let gone = ids(gone);
            self.transaction.execute(sqlx::query(UNLINK_MANY).bind(network).bind(gone.clone())).await?;
            self.transaction.execute(sqlx::query(DELETE).bind(network).bind(gone)).await?;
        }
        Ok(outcomes)
    }
}

fn bind_user(statement: Statement, user: &User) -> Statement {
    let PasswordColumns { kind, at, secret } = PasswordColumns::of(user.password());
    statement
        .bind(user.id().as_uuid())
        .bind(user.email().as_given().to_owned())
        .bind(user.email().canonical().to_owned())
        .bind(user.status() == UserStatus::Enabled)
        .bind(kind)
        .bind(at.map(Timestamp::unix_micros))
        .bind(secret.map(SharedPasswordId::as_uuid))
        .bind(user.batch().map(BatchId::as_uuid))
        .bind(user.created_at().unix_micros())
        .bind(user.last_sign_in_at().map(Timestamp::unix_micros))
        .bind(i64::from(user.revision().number()))
}
