//! Reading users.

use chrono::{DateTime, Utc};
use sqlx::postgres::PgRow;
use staffroom_core::store::StoreError;
use staffroom_core::{
    BatchId, Email, GroupId, PasswordState, Revision, SchoolId, SharedPasswordId, StaffId, Timestamp, User,
    UserId, UserStatus,
};
use staffroom_store_sql::password::PasswordColumns;
use uuid::Uuid;

use crate::error::corrupt;
use crate::repositories::{column, moment, moment_if_any};

/// Selects users with everything that belongs to them. Statements are put together when compiling: what PostgreSQL is
/// asked is never made of anything that came from outside.
macro_rules! select_users {
    ($rest:literal) => {
        concat!(
            "SELECT u.user_id, u.email, u.enabled, u.password_kind, u.password_at, u.shared_password_id, u.batch_id, \
             u.created_at, u.last_sign_in_at, u.revision, \
             (SELECT l.staff_id FROM staff_links l WHERE l.network_id = $1 AND l.user_id = u.user_id), \
             array(SELECT s.school_id FROM user_schools s WHERE s.network_id = $1 AND s.user_id = u.user_id), \
             array(SELECT g.group_id FROM user_groups g WHERE g.network_id = $1 AND g.user_id = u.user_id) \
             FROM users u WHERE u.network_id = $1 ",
            $rest
        )
    };
}

pub(super) const BY_ID: &str = select_users!("AND u.user_id = $2");
pub(super) const HOLD_ONE: &str = "SELECT FROM users WHERE network_id = $1 AND user_id = $2 FOR SHARE";
pub(super) const BY_EMAIL: &str = select_users!("AND u.email_key = $2");
pub(super) const BY_IDS: &str = select_users!("AND u.user_id = ANY($2)");
pub(super) const PAGE: &str = select_users!("AND u.email_key >= $2 ORDER BY u.email_key LIMIT $3");
pub(super) const BY_BATCH: &str = select_users!("AND u.batch_id = $2 ORDER BY u.user_id");
/// They are about to be deleted.
pub(super) const BY_BATCH_HELD: &str =
    select_users!("AND u.batch_id = $2 ORDER BY u.user_id FOR UPDATE OF u");
pub(super) const EVERYBODY: &str = select_users!("");

pub(super) fn user(row: &PgRow) -> Result<User, StoreError> {
    let id = UserId::from_uuid(column(row, 0)?);
    let email = Email::parse(column(row, 1)?).map_err(|error| corrupt(format!("user {id}"), error))?;
    let status = if column(row, 2)? { UserStatus::Enabled } else { UserStatus::Disabled };
    let revision: i64 = column(row, 9)?;
    let revision = u32::try_from(revision).map_err(|error| corrupt(format!("user {id}"), error))?;
    let schools: Vec<Uuid> = column(row, 11)?;
    let groups: Vec<Uuid> = column(row, 12)?;
    let user = User::new(id, email, moment(row, 7)?)
        .entering(schools.into_iter().map(SchoolId::from_uuid).collect())
        .in_groups(groups.into_iter().map(GroupId::from_uuid).collect())
        .with_password(password(row, id)?)
        .as_stored(status, moment_if_any(row, 8)?, Revision::from_number(revision));
    let user = match column::<Option<Uuid>>(row, 6)? {
        Some(batch) => user.made_by(BatchId::from_uuid(batch)),
        None => user,
    };
    Ok(match column::<Option<Uuid>>(row, 10)? {
        Some(staff) => user.linked_to(StaffId::from_uuid(staff)),
        None => user,
    })
}

/// A kind of password as its columns: `password_kind`, `password_at`, `shared_password_id`.
pub(super) fn password_columns(state: PasswordState) -> (i16, Option<DateTime<Utc>>, Option<Uuid>) {
    let PasswordColumns { kind, at, secret } = PasswordColumns::of(state);
    (kind, at.map(Timestamp::as_datetime), secret.map(SharedPasswordId::as_uuid))
}

fn password(row: &PgRow, user: UserId) -> Result<PasswordState, StoreError> {
    let columns = PasswordColumns {
        kind: column(row, 3)?,
        at: moment_if_any(row, 4)?,
        secret: column::<Option<Uuid>>(row, 5)?.map(SharedPasswordId::from_uuid),
    };
    columns.state().map_err(|error| corrupt(format!("user {user}"), error))
}
