//! Reading users.

use sqlx::sqlite::SqliteRow;
use staffroom_core::store::StoreError;
use staffroom_core::{
    BatchId, Email, GroupId, PasswordState, Revision, SchoolId, SharedPasswordId, StaffId, User, UserId,
    UserStatus,
};
use staffroom_store_sql::password::PasswordColumns;
use uuid::Uuid;

use crate::error::corrupt;
use crate::repositories::{column, moment, moment_if_any};

/// Selects users with everything that belongs to them. Statements are put together when compiling: what SQLite is asked
/// is never made of anything that came from outside. (Many ids come as one text: SQLite has no arrays.)
macro_rules! select_users {
    ($rest:literal) => {
        concat!(
            "SELECT u.user_id, u.email, u.enabled, u.password_kind, u.password_at, u.shared_password_id, u.batch_id, \
             u.created_at, u.last_sign_in_at, u.revision, \
             (SELECT l.staff_id FROM staff_links l WHERE l.network_id = ?1 AND l.user_id = u.user_id), \
             (SELECT group_concat(hex(s.school_id)) FROM user_schools s WHERE s.network_id = ?1 AND s.user_id = u.user_id), \
             (SELECT group_concat(hex(g.group_id)) FROM user_groups g WHERE g.network_id = ?1 AND g.user_id = u.user_id) \
             FROM users u WHERE u.network_id = ?1 ",
            $rest
        )
    };
}

pub(super) const BY_ID: &str = select_users!("AND u.user_id = ?2");
pub(super) const BY_EMAIL: &str = select_users!("AND u.email_key = ?2");
pub(super) const BY_BATCH: &str = select_users!("AND u.batch_id = ?2 ORDER BY u.user_id");
pub(super) const BY_IDS: &str = select_users!("AND u.user_id IN (SELECT unhex(value) FROM json_each(?2))");
pub(super) const PAGE: &str = select_users!("AND u.email_key >= ?2 ORDER BY u.email_key LIMIT ?3");
pub(super) const EVERYBODY: &str = select_users!("");

pub(super) fn user(row: &SqliteRow) -> Result<User, StoreError> {
    let id = UserId::from_uuid(column(row, 0)?);
    let email = Email::parse(column(row, 1)?).map_err(|error| corrupt(format!("user {id}"), error))?;
    let status = if column(row, 2)? { UserStatus::Enabled } else { UserStatus::Disabled };
    let revision: i64 = column(row, 9)?;
    let revision = u32::try_from(revision).map_err(|error| corrupt(format!("user {id}"), error))?;
    let schools = ids_in(column(row, 11)?).map_err(|error| corrupt(format!("user {id}"), error))?;
    let groups = ids_in(column(row, 12)?).map_err(|error| corrupt(format!("user {id}"), error))?;
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

fn ids_in(text: Option<&str>) -> Result<Vec<Uuid>, uuid::Error> {
    text.into_iter().flat_map(|text| text.split(',')).map(Uuid::parse_str).collect()
}

fn password(row: &SqliteRow, user: UserId) -> Result<PasswordState, StoreError> {
    let columns = PasswordColumns {
        kind: column(row, 3)?,
        at: moment_if_any(row, 4)?,
        secret: column::<Option<Uuid>>(row, 5)?.map(SharedPasswordId::from_uuid),
    };
    columns.state().map_err(|error| corrupt(format!("user {user}"), error))
}
