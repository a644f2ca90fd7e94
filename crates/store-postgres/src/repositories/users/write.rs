//! Changing and deleting users, and the check that what they refer to is there.

use std::collections::{HashMap, HashSet};

use staffroom_core::store::{StoreError, UserDelete, UserUpdate};
use staffroom_core::{BatchId, GroupId, Revision, SchoolId, StaffId, User, UserId, UserStatus};
use uuid::Uuid;

use super::rows::password_columns;
use crate::repositories::column;
use crate::transaction::Statement;
use crate::unit_of_work::PostgresUnitOfWork;

const UNKNOWN: &str = "a user refers to something that the network does not have";
const UNKNOWN_REFERENCES: &str = "\
    SELECT EXISTS (SELECT FROM unnest($2::uuid[]) AS r (id) WHERE NOT EXISTS \
                   (SELECT FROM schools s WHERE s.network_id = $1 AND s.school_id = r.id)) \
        OR EXISTS (SELECT FROM unnest($3::uuid[]) AS r (id) WHERE NOT EXISTS \
                   (SELECT FROM groups g WHERE g.network_id = $1 AND g.group_id = r.id)) \
        OR EXISTS (SELECT FROM unnest($4::uuid[]) AS r (id) WHERE NOT EXISTS \
                   (SELECT FROM staff_links l WHERE l.network_id = $1 AND l.staff_id = r.id))";

/// Held until the unit of work ends: nobody removes them before those who refer to them are seen.
const HOLD_SHARED: &str = "\
    SELECT count(*) FROM (SELECT FROM shared_passwords WHERE network_id = $1 AND shared_password_id = ANY($2) \
        ORDER BY shared_password_id FOR KEY SHARE) AS held";

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
    /// held besides.
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
        self.refuse_unknown(statement).await?;
        self.hold_shared_passwords(users).await
    }

    async fn hold_shared_passwords(&mut self, users: &[User]) -> Result<(), StoreError> {
        let secrets: HashSet<Uuid> =
            users.iter().filter_map(|user| password_columns(user.password()).2).collect();
        if secrets.is_empty() {
            return Ok(());
        }
        let wanted = i64::try_from(secrets.len()).ok();
        let statement = sqlx::query(HOLD_SHARED)
            .bind(self.transaction.network_uuid())
            .bind(secrets.into_iter().collect::<Vec<_>>());
        let row = self.transaction.row(statement).await?;
        if row.map(|row| column::<i64>(&row, 0)).transpose()? == wanted {
            return Ok(());
        }
        Err(self.transaction.misuse(UNKNOWN))
    }

    pub(super) async fn check_staff(&mut self, staff: &[Uuid]) -> Result<(), StoreError> {
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
        Err(self.transaction.misuse(UNKNOWN))
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
