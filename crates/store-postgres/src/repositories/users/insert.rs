//! Writing new users: those that are alike in one go; and, if a row is in the way, once more without those that meet it.

use staffroom_core::store::{StoreError, UserInsert};
use staffroom_core::{
    BatchId, GroupId, IdSet, PasswordState, Revision, SchoolId, StaffId, Timestamp, User, UserId, UserStatus,
};
use staffroom_store_sql::conflicts::InTheWay;
use uuid::Uuid;

use super::rows::password_columns;
use crate::repositories::column;
use crate::transaction::Statement;
use crate::unit_of_work::PostgresUnitOfWork;

/// How often an insert is tried when rows of others keep appearing in its way.
const ATTEMPTS: usize = 16;

/// What users have in common is sent once. Columns of their own would cost a fifth of the statement.
const INSERT: &str = "\
    INSERT INTO users (network_id, user_id, email, email_key, enabled, password_kind, password_at, \
        shared_password_id, batch_id, created_at, last_sign_in_at, revision) \
    SELECT $1, new.*, $5, $6, $7, $8, $9, $10, $11, $12 \
    FROM unnest($2::uuid[], $3::text[], $4::text[]) AS new";
const INSERT_SCHOOLS: &str = "\
    INSERT INTO user_schools (network_id, user_id, school_id) \
    SELECT $1, u.id, s.id FROM unnest($2::uuid[]) AS u (id) CROSS JOIN unnest($3::uuid[]) AS s (id)";
const INSERT_GROUPS: &str = "\
    INSERT INTO user_groups (network_id, user_id, group_id) \
    SELECT $1, u.id, g.id FROM unnest($2::uuid[]) AS u (id) CROSS JOIN unnest($3::uuid[]) AS g (id)";
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

impl PostgresUnitOfWork {
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
        let network = self.transaction.network_uuid();
        let mut statements: Vec<Statement<'_>> =
            alike(users).into_iter().flat_map(|alike| alike.statements(network)).collect();
        // In the order of the staff, which is that of the rows and of the index.
        let mut links: Vec<(Uuid, Uuid)> = users
            .iter()
            .filter_map(|user| Some((user.staff_member()?.as_uuid(), user.id().as_uuid())))
            .collect();
        links.sort_unstable();
        let (staff, linked): (Vec<Uuid>, Vec<Uuid>) = links.into_iter().unzip();
        if !staff.is_empty() {
            statements.push(sqlx::query(LINK).bind(network).bind(&staff).bind(linked));
        }
        let Some(touched) = self.transaction.attempt(statements).await? else {
            return Ok(false);
        };
        let linked = if staff.is_empty() { 0 } else { touched.last().copied().unwrap_or_default() };
        if usize::try_from(linked) == Ok(staff.len()) {
            self.transaction.keep_attempt().await?;
            return Ok(true);
        }
        self.transaction.give_up_attempt().await?;
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
}

/// What users of a bulk create have in common: everything but who they are.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Common<'a> {
    status: UserStatus,
    password: PasswordState,
    batch: Option<BatchId>,
    created_at: Timestamp,
    last_sign_in_at: Option<Timestamp>,
    revision: Revision,
    schools: &'a IdSet<SchoolId>,
    groups: &'a IdSet<GroupId>,
}

/// Users who have that in common.
struct Alike<'a> {
    common: Common<'a>,
    users: Vec<&'a User>,
}

/// The users of a call, as groups of those that are alike: one of them, as a rule.
fn alike<'a>(users: &[&'a User]) -> Vec<Alike<'a>> {
    let mut groups: Vec<Alike<'a>> = Vec::new();
    for user in users {
        let common = Common {
            status: user.status(),
            password: user.password(),
            batch: user.batch(),
            created_at: user.created_at(),
            last_sign_in_at: user.last_sign_in_at(),
            revision: user.revision(),
            schools: user.schools(),
            groups: user.groups(),
        };
        match groups.iter_mut().rev().find(|group| group.common == common) {
            Some(group) => group.users.push(user),
            None => groups.push(Alike { common, users: vec![user] }),
        }
    }
    groups
}

impl<'a> Alike<'a> {
    /// What writes them: the users themselves, the schools they may enter, the groups they belong to.
    fn statements(mut self, network: Uuid) -> Vec<Statement<'a>> {
        let common = self.common;
        // In one order for everybody: two who insert the same addresses wait for each other only once.
        self.users.sort_unstable_by(|one, other| one.email().canonical().cmp(other.email().canonical()));
        let mut ids: Vec<Uuid> = self.users.iter().map(|user| user.id().as_uuid()).collect();
        let emails: Vec<&str> = self.users.iter().map(|user| user.email().as_given()).collect();
        let keys: Vec<&str> = self.users.iter().map(|user| user.email().canonical()).collect();
        let (kind, at, secret) = password_columns(common.password);
        let insert = sqlx::query(INSERT)
            .bind(network)
            .bind(ids.clone())
            .bind(emails)
            .bind(keys)
            .bind(common.status == UserStatus::Enabled)
            .bind(kind)
            .bind(at)
            .bind(secret)
            .bind(common.batch.map(BatchId::as_uuid))
            .bind(common.created_at.as_datetime())
            .bind(common.last_sign_in_at.map(Timestamp::as_datetime))
            .bind(i64::from(common.revision.number()));
        let mut statements = vec![insert];
        // In the order of the index.
        ids.sort_unstable();
        let schools: Vec<Uuid> = common.schools.iter().map(SchoolId::as_uuid).collect();
        let groups: Vec<Uuid> = common.groups.iter().map(GroupId::as_uuid).collect();
        for (sql, entries) in [(INSERT_SCHOOLS, schools), (INSERT_GROUPS, groups)] {
            if !entries.is_empty() {
                statements.push(sqlx::query(sql).bind(network).bind(ids.clone()).bind(entries));
            }
        }
        statements
    }
}
