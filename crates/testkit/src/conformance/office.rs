//! An office that looks after users: who acts in the checks of looking and editing, and short ways to ask.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use staffroom_core::store::{Mode, Store};
use staffroom_core::{
    AccessError, Actor, AuditEvent, AuditRecord, Edited, GroupId, IdSet, SchoolId, SeenUser, Session,
    Staffroom, User, UserEdit, UserEditError, UserEdited, UserId, UserKey,
};

use super::Failure;
use super::samples::group_id;
use super::stage::{audit, library, read, with_staff};
use crate::fakes::{CountingIds, SteppingClock};
use crate::fixture::{
    NETWORK, OTHER_SCHOOL, SCHOOL, TEACHERS, add_users, group, staff_member, staffroom, user, user_id,
};

/// An active group that may do everything with users and groups of what teachers may do.
pub(super) const OFFICE: GroupId = group_id(90);
/// A user of [`OFFICE`] who may enter [`SCHOOL`] only.
pub(super) const CLERK: UserId = user_id(90);
/// A user of [`OFFICE`] who may enter both schools.
pub(super) const ROAMING_CLERK: UserId = user_id(91);

/// What [`OFFICE`] gives.
pub(super) const OFFICE_GIVES: [&str; 10] = [
    "students.view",
    "grades.record",
    "staff.view",
    "users.view",
    "users.manage",
    "users.link",
    "users.grant-access",
    "users.bulk-create",
    "groups.manage",
    "audit.view",
];

/// A session of `user` in `school`.
pub(super) const fn session_of(user: UserId, school: SchoolId) -> Session {
    Session::new(NETWORK, Actor::User(user), school)
}

/// A session of [`CLERK`].
pub(super) const fn clerk() -> Session {
    session_of(CLERK, SCHOOL)
}

/// Both schools.
pub(super) fn both() -> IdSet<SchoolId> {
    [SCHOOL, OTHER_SCHOOL].into_iter().collect()
}

/// The user numbered `number`, a teacher in [`SCHOOL`].
pub(super) fn teacher(number: u32) -> User {
    user(number).entering(IdSet::only(SCHOOL)).in_groups(IdSet::only(TEACHERS))
}

/// The user numbered `number`, a teacher in [`OTHER_SCHOOL`].
pub(super) fn teacher_elsewhere(number: u32) -> User {
    teacher(number).entering(IdSet::only(OTHER_SCHOOL))
}

/// Sets the network up with the office, five staff members, and `users`.
pub(super) async fn open(store: &dyn Store, users: &[User]) -> Result<(), Failure> {
    with_staff(store, &[1, 2, 3, 4, 5].map(staff_member)).await?;
    let mut uow = store.begin(NETWORK, Mode::Write).await?;
    uow.groups().insert(&group(OFFICE, "Office", &OFFICE_GIVES)).await?;
    uow.commit().await?;
    let clerks = [
        user(90).entering(IdSet::only(SCHOOL)).in_groups(IdSet::only(OFFICE)),
        user(91).entering(both()).in_groups(IdSet::only(OFFICE)),
    ];
    add_users(store, NETWORK, &[&clerks, users].concat()).await?;
    Ok(())
}

/// What became of an edit, in a word: `now`, `already-so`, or why not.
pub(super) async fn edit(store: &Arc<dyn Store>, session: &Session, user: UserId, edit: UserEdit) -> String {
    outcome(&later(store).edit_user(session, user, edit).await)
}

/// The library with ids greater than those that were used.
pub(super) fn later(store: &Arc<dyn Store>) -> Staffroom {
    static SPACE: AtomicU64 = AtomicU64::new(1_000);
    staffroom(Arc::clone(store), SPACE.fetch_add(1, Ordering::Relaxed))
}

/// The library, a week after everything else.
pub(super) fn in_a_week(store: &Arc<dyn Store>) -> Staffroom {
    Staffroom::new(Arc::clone(store), Arc::new(SteppingClock::days_later(7)), Arc::new(CountingIds::new(999)))
}

pub(super) fn outcome(answer: &Result<UserEdited, UserEditError>) -> String {
    match answer {
        Ok(edited) if edited.edited == Edited::Now => "now".to_owned(),
        Ok(_) => "already-so".to_owned(),
        Err(UserEditError::UnknownUser(_)) => "unknown-user".to_owned(),
        Err(UserEditError::UnknownStaffMember(_)) => "unknown-staff-member".to_owned(),
        Err(UserEditError::LocksOut) => "locks-out".to_owned(),
        Err(UserEditError::NotLinked(refusal)) => refusal.code().to_owned(),
        Err(UserEditError::Access(AccessError::Denied(denied))) => denied.code().to_owned(),
        Err(UserEditError::Access(AccessError::UnknownGroup(_))) => "unknown-group".to_owned(),
        Err(UserEditError::Access(AccessError::InactiveGroup(_))) => "inactive-group".to_owned(),
        Err(other) => format!("{other:?}"),
    }
}

/// The user with that id, as `session` sees them.
pub(super) async fn look(
    store: &Arc<dyn Store>,
    session: &Session,
    user: UserId,
) -> Result<Option<SeenUser>, Failure> {
    Ok(library(store).user(session, &UserKey::Id(user)).await?)
}

/// The records of the log that are not among `before`.
pub(super) async fn new_records(
    store: &dyn Store,
    before: &[AuditRecord],
) -> Result<Vec<AuditRecord>, Failure> {
    let log = audit(&mut *read(store).await?).await?;
    Ok(log.into_iter().filter(|record| !before.contains(record)).collect())
}

/// What a record says, in short: whom it is about and what was done.
pub(super) fn told(record: &AuditRecord) -> (Option<UserId>, String) {
    match &record.event {
        AuditEvent::UserEdit { user, edit, .. } => (Some(*user), edit.clone()),
        AuditEvent::GroupEdit { edit, .. } => (None, edit.clone()),
        AuditEvent::Denied { user, code, .. } => (*user, code.clone()),
        other => (None, other.code().to_owned()),
    }
}
