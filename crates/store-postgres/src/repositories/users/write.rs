//! Writing users: as arrays, in one go; and, if a row is in the way, once more without those that meet it.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use staffroom_core::store::{StoreError, UserDelete, UserInsert, UserUpdate};
use staffroom_core::{
    BatchId, GroupId, PasswordState, Revision, SchoolId, StaffId, User, UserId, UserStatus,
};
use uuid::Uuid;

use super::rows::password_columns;
use crate::repositories::column;
use crate::transaction::Statement;
use crate::unit_of_work::PostgresUnitOfWork;

/// How often an insert is tried when rows of others keep appearing in its way.
const ATTEMPTS: usize = 16;

const UNKNOWN_REFERENCES: &str = "\
    SELECT EXISTS (SELECT FROM unnest($2::uuid[]) AS r (id) WHERE NOT EXISTS \
                   (SELECT FROM schools s WHERE s.network_id = $1 AND s.school_id = r.id)) \
        OR EXISTS (SELECT FROM unnest($3::uuid[]) AS r (id) WHERE NOT EXISTS \
                   (SELECT FROM groups g WHERE g.network_id = $1 AND g.group_id = r.id)) \
        OR EXISTS (SELECT FROM unnest($4::uuid[]) AS r (id) WHERE NOT EXISTS \
                   (SELECT FROM staff_links l WHERE l.network_id = $1 AND l.staff_id = r.id))";

const INSERT: &str = "\
    INSERT INTO users (network_id, user_id, email, email_key, enabled, password_kind, password_at, \
        shared_password_id, batch_id, created_at, last_sign_in_at, revision) \
    SELECT $1, * FROM unnest($2::uuid[], $3::text[], $4::text[], $5::bool[], $6::int2[], $7::timestamptz[], \
        $8::uuid[], $9::uuid[], $10::timestamptz[], $11::timestamptz[], $12::int8[])";
const INSERT_SCHOOLS: &str = "\
    INSERT INTO user_schools (network_id, user_id, school_id) SELECT $1, * FROM unnest($2::uuid[], $3::uuid[])";
const INSERT_GROUPS: &str = "\
    INSERT INTO user_groups (network_id, user_id, group_id) SELECT $1, * FROM unnest($2::uuid[], $3::uuid[])";
const LINK: &str = "\
    UPDATE staff_links l SET user_id = new.user_id \
    FROM unnest($2::uuid[], $3::uuid[]) AS new (staff_id, user_id) \
    WHERE l.network_id = $1 AND l.staff_id = new.staff_id AND l.user_id IS NULL";

const TAKEN_IDS: &str = "SELECT user_id FROM users WHERE network_id = $1 AND user_id = ANY($2)";
const TAKEN_EMAILS: &str = "SELECT email_key FROM users WHERE network_id = $1 AND email_key = ANY($2)";
/// The rows of the links are held, in one order for everybody: what is seen here stays so.
const TAKEN_LINKS: &str = "\
    SELECT staff_id, user_id IS NOT NULL FROM staff_links WHERE network_id = $1 AND staff_id = ANY($2) \
    ORDER BY staff_id FOR NO KEY UPDATE";

const UPDATE: &str = "\
    UPDATE users SET email = $4, email_key = $5, enabled = $6, password_kind = $7, password_at = $8, \
        shared_password_id = $9, batch_id = $10, created_at = $11, last_sign_in_at = $12, revision = $13 \
    WHERE network_id = $1 AND user_id = $2 AND revision = $3";
const EXISTS: &str = "SELECT FROM users WHERE network_id = $1 AND user_id = $2";
const LEAVE_SCHOOLS: &str =
    "DELETE FROM user_schools WHERE network_id = $1 AND user_id = $2 AND school_id <> ALL ($3)";
const ENTER_SCHOOLS: &str = "\
    INSERT INTO user_schools (network_id, user_id, school_id) SELECT $1, $2, * FROM unnest($3::uuid[]) \
    ON CONFLICT DO NOTHING";
const LEAVE_GROUPS: &str =
    "DELETE FROM user_groups WHERE network_id = $1 AND user_id = $2 AND group_id <> ALL ($3)";
const ENTER_GROUPS: &str = "\
    INSERT INTO user_groups (network_id, user_id, group_id) SELECT $1, $2, * FROM unnest($3::uuid[]) \
    ON CONFLICT DO NOTHING";
const UNLINK: &str = "\
    UPDATE staff_links SET user_id = NULL WHERE network_id = $1 AND user_id = $2 AND staff_id IS DISTINCT FROM $3";
const LINK_ONE: &str = "\
    UPDATE staff_links SET user_id = $2 WHERE network_id = $1 AND staff_id = $3 AND coalesce(user_id, $2) = $2";

const HOLD: &str = "\
    SELECT user_id, revision FROM users WHERE network_id = $1 AND user_id = ANY($2) ORDER BY user_id FOR UPDATE";
const UNLINK_MANY: &str = "UPDATE staff_links SET user_id = NULL WHERE network_id = $1 AND user_id = ANY($2)";
const DELETE: &str = "DELETE FROM users WHERE network_id = $1 AND user_id = ANY($2)";

impl PostgresUnitOfWork {
    /// Schools, groups and staff members are never deleted: that they were there once is enough. A shared password is
    /// looked after by its foreign key.
    pub(super) async fn check_references(&mut self, users: &[User]) -> Result<(), StoreError> {
        let schools: HashSet<Uuid> =
            users.iter().flat_map(|user| user.schools().iter().map(SchoolId::as_uuid)).collect();
        let groups: HashSet<Uuid> =
            users.iter().flat_map(|user| user.groups().iter().map(GroupId::as_uuid)).collect();
        // Whether the staff members are there shows when they are linked, at no cost; and if not, here.
        let statement = sqlx::query(UNKNOWN_REFERENCES)
            .bind(self.transaction.network_uuid())
            .bind(schools.into_iter().collect::<Vec<_>>())
            .bind(groups.into_iter().collect::<Vec<_>>())
            .bind(Vec::<Uuid>::new());
        self.refuse_unknown(statement).await
    }

    async fn check_staff(&mut self, staff: &[Uuid]) -> Result<(), StoreError> {
        let statement = sqlx::query(UNKNOWN_REFERENCES)
            .bind(self.transaction.network_uuid())
            .bind(Vec::<Uuid>::new())
            .bind(Vec::<Uuid>::new())
            .bind(staff);
        self.refuse_unknown(statement).await
    }

    async fn refuse_unknown(&mut self, statement: Statement<'_>) -> Result<(), StoreError> {
        let row = self.transaction.row(statement).await?;
        if row.map(|row| column(&row, 0)).transpose()? == Some(false) {
            return Ok(());
        }
        Err(self.transaction.misuse("a user refers to something that the network does not have"))
    }

    /// Nearly always nobody is in the way, and one attempt writes all of them. If somebody is, the database objects to
    /// all; then it is asked who, those who lose are left out, and the others are tried again.
    pub(super) async fn insert_users(&mut self, users: &[User]) -> Result<Vec<UserInsert>, StoreError> {
        let mut outcomes = vec![UserInsert::Inserted; users.len()];
        for _ in 0..ATTEMPTS {
            let chosen: Vec<&User> = users
                .iter()
                .zip(&outcomes)
                .filter(|(_, outcome)| **outcome == UserInsert::Inserted)
                .map(|(user, _)| user)
                .collect();
            if self.try_insert(&chosen).await? {
                return Ok(outcomes);
            }
            outcomes = self.who_is_in_the_way(users).await?.judge(users);
        }
        Err(StoreError::Contended(None))
    }

    /// Writes all of them, or none if a row is in the way.
    async fn try_insert(&mut self, users: &[&User]) -> Result<bool, StoreError> {
        if users.is_empty() {
            return Ok(true);
        }
        let network = self.transaction.network_uuid();
        // In one order for everybody: two who insert the same addresses wait for each other only once.
        let mut users = users.to_vec();
        users.sort_unstable_by(|one, other| one.email().canonical().cmp(other.email().canonical()));
        let links: Vec<(Uuid, Uuid)> = users
            .iter()
            .filter_map(|user| Some((user.staff_member()?.as_uuid(), user.id().as_uuid())))
            .collect();
        let asked = links.len();
        let mut statements = Columns::of(&users).statements(network);
        if asked > 0 {
            let (staff, linked): (Vec<Uuid>, Vec<Uuid>) = links.into_iter().unzip();
            statements.push(sqlx::query(LINK).bind(network).bind(staff).bind(linked));
        }
        let Some(touched) = self.transaction.attempt(statements).await? else {
            return Ok(false);
        };
        let linked = if asked > 0 { touched.last().copied().unwrap_or_default() } else { 0 };
        if usize::try_from(linked) == Ok(asked) {
            self.transaction.keep_attempt().await?;
            return Ok(true);
        }
        self.transaction.give_up_attempt().await?;
        let staff: Vec<Uuid> = users.iter().filter_map(|user| Some(user.staff_member()?.as_uuid())).collect();
        self.check_staff(&staff).await?;
        Ok(false)
    }

    async fn who_is_in_the_way(&mut self, users: &[User]) -> Result<InTheWay, StoreError> {
        let network = self.transaction.network_uuid();
        let staff: Vec<Uuid> = users.iter().filter_map(|user| Some(user.staff_member()?.as_uuid())).collect();
        let ids: Vec<Uuid> = users.iter().map(|user| user.id().as_uuid()).collect();
        let emails: Vec<&str> = users.iter().map(|user| user.email().canonical()).collect();
        let mut found = InTheWay::default();
        let links = self.transaction.rows(sqlx::query(TAKEN_LINKS).bind(network).bind(staff)).await?;
        for row in &links {
            if column(row, 1)? {
                found.links.insert(StaffId::from_uuid(column(row, 0)?));
            }
        }
        for row in self.transaction.rows(sqlx::query(TAKEN_IDS).bind(network).bind(ids)).await? {
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
        let (kind, at, secret) = password_columns(user.password());
        let update = sqlx::query(UPDATE)
            .bind(network)
            .bind(id)
            .bind(i64::from(expected.number()))
            .bind(user.email().as_given())
            .bind(user.email().canonical())
            .bind(user.status() == UserStatus::Enabled)
            .bind(kind)
            .bind(at)
            .bind(secret)
            .bind(user.batch().map(BatchId::as_uuid))
            .bind(user.created_at().as_datetime())
            .bind(user.last_sign_in_at().map(staffroom_core::Timestamp::as_datetime))
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
                self.check_staff(&[staff]).await?;
                return Ok(UserUpdate::StaffMemberLinked);
            }
        }
        let schools: Vec<Uuid> = user.schools().iter().map(SchoolId::as_uuid).collect();
        let groups: Vec<Uuid> = user.groups().iter().map(GroupId::as_uuid).collect();
        for (sql, ids) in [
            (LEAVE_SCHOOLS, &schools),
            (ENTER_SCHOOLS, &schools),
            (LEAVE_GROUPS, &groups),
            (ENTER_GROUPS, &groups),
        ] {
            self.transaction.execute(sqlx::query(sql).bind(network).bind(id).bind(ids)).await?;
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
        let network = self.transaction.network_uuid();
        let exists = sqlx::query(EXISTS).bind(network).bind(user.id().as_uuid());
        if self.transaction.row(exists).await?.is_none() {
            return Ok(UserUpdate::Unknown);
        }
        let at = [user.id()].map(UserId::as_uuid).to_vec();
        let held = self.transaction.row(sqlx::query(HOLD).bind(network).bind(at)).await?;
        let revision = held.map(|row| column::<i64>(&row, 1)).transpose()?;
        Ok(match revision {
            None => UserUpdate::Unknown,
            Some(revision) if revision != i64::from(expected.number()) => UserUpdate::Stale,
            Some(_) => otherwise,
        })
    }

    pub(super) async fn delete_users(
        &mut self,
        users: &[(UserId, Revision)],
    ) -> Result<Vec<UserDelete>, StoreError> {
        let network = self.transaction.network_uuid();
        let ids: Vec<Uuid> = users.iter().map(|(id, _)| id.as_uuid()).collect();
        let mut revisions: HashMap<UserId, i64> = HashMap::new();
        for row in self.transaction.rows(sqlx::query(HOLD).bind(network).bind(ids)).await? {
            revisions.insert(UserId::from_uuid(column(&row, 0)?), column(&row, 1)?);
        }
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
            self.transaction.execute(sqlx::query(UNLINK_MANY).bind(network).bind(&gone)).await?;
            self.transaction.execute(sqlx::query(DELETE).bind(network).bind(&gone)).await?;
        }
        Ok(outcomes)
    }
}

/// Ids, emails and staff members that other users have.
#[derive(Debug, Default)]
struct InTheWay {
    ids: HashSet<UserId>,
    emails: HashSet<String>,
    links: HashSet<StaffId>,
}

impl InTheWay {
    /// What becomes of each user, those before it in the same call counted in.
    fn judge(mut self, users: &[User]) -> Vec<UserInsert> {
        users.iter().map(|user| self.judge_one(user)).collect()
    }

    fn judge_one(&mut self, user: &User) -> UserInsert {
        if self.ids.contains(&user.id()) {
            return UserInsert::IdTaken;
        }
        if self.emails.contains(user.email().canonical()) {
            return UserInsert::EmailTaken;
        }
        if user.staff_member().is_some_and(|member| self.links.contains(&member)) {
            return UserInsert::StaffMemberLinked;
        }
        self.ids.insert(user.id());
        self.emails.insert(user.email().canonical().to_owned());
        self.links.extend(user.staff_member());
        UserInsert::Inserted
    }
}

/// Users, column by column.
#[derive(Default)]
struct Columns<'a> {
    ids: Vec<Uuid>,
    emails: Vec<&'a str>,
    email_keys: Vec<&'a str>,
    enabled: Vec<bool>,
    password_kinds: Vec<i16>,
    password_ats: Vec<Option<DateTime<Utc>>>,
    secrets: Vec<Option<Uuid>>,
    batches: Vec<Option<Uuid>>,
    created: Vec<DateTime<Utc>>,
    signed_in: Vec<Option<DateTime<Utc>>>,
    revisions: Vec<i64>,
    schools: (Vec<Uuid>, Vec<Uuid>),
    groups: (Vec<Uuid>, Vec<Uuid>),
}

impl<'a> Columns<'a> {
    fn of(users: &[&'a User]) -> Self {
        let mut columns = Self::default();
        for user in users {
            columns.add(user);
        }
        columns
    }

    fn add(&mut self, user: &'a User) {
        let id = user.id().as_uuid();
        let (kind, at, secret) = password_columns(user.password());
        debug_assert_eq!(secret.is_some(), matches!(user.password(), PasswordState::InitialShared { .. }));
        self.ids.push(id);
        self.emails.push(user.email().as_given());
        self.email_keys.push(user.email().canonical());
        self.enabled.push(user.status() == UserStatus::Enabled);
        self.password_kinds.push(kind);
        self.password_ats.push(at);
        self.secrets.push(secret);
        self.batches.push(user.batch().map(BatchId::as_uuid));
        self.created.push(user.created_at().as_datetime());
        self.signed_in.push(user.last_sign_in_at().map(staffroom_core::Timestamp::as_datetime));
        self.revisions.push(i64::from(user.revision().number()));
        for school in user.schools().iter() {
            self.schools.0.push(id);
            self.schools.1.push(school.as_uuid());
        }
        for group in user.groups().iter() {
            self.groups.0.push(id);
            self.groups.1.push(group.as_uuid());
        }
    }

    fn statements(self, network: Uuid) -> Vec<Statement<'a>> {
        let mut statements = vec![
            sqlx::query(INSERT)
                .bind(network)
                .bind(self.ids)
                .bind(self.emails)
                .bind(self.email_keys)
                .bind(self.enabled)
                .bind(self.password_kinds)
                .bind(self.password_ats)
                .bind(self.secrets)
                .bind(self.batches)
                .bind(self.created)
                .bind(self.signed_in)
                .bind(self.revisions),
        ];
        for (sql, (users, entries)) in [(INSERT_SCHOOLS, self.schools), (INSERT_GROUPS, self.groups)] {
            if !users.is_empty() {
                statements.push(sqlx::query(sql).bind(network).bind(users).bind(entries));
            }
        }
        statements
    }
}
