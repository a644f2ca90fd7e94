//! A small network to start a test from, and short ways to make records.
//!
//! Test support: what cannot go wrong with the constants written here is not handled, it panics with what was wrong.

use std::sync::Arc;

use staffroom_core::store::{Mode, RowLock, Store, StoreError, UnitOfWork, UserUpdate};
use staffroom_core::{
    Actor, Email, Group, GroupId, GroupName, IdSet, NetworkId, NetworkName, Permission, PermissionSet,
    PersonName, School, SchoolId, SchoolName, Session, SisId, StaffEmail, StaffId, StaffMember, StaffStatus,
    Staffroom, Timestamp, User, UserId,
};
use uuid::Uuid;

use crate::fakes::{CountingIds, ForetoldRandomness, ReversedPasswords, SteppingClock};

/// The network that most checks work in.
pub const NETWORK: NetworkId = NetworkId::from_uuid(Uuid::from_u128(0xA000_0001));
/// Another network in the same store, with the same ids and emails.
pub const OTHER_NETWORK: NetworkId = NetworkId::from_uuid(Uuid::from_u128(0xA000_0002));
/// The current school.
pub const SCHOOL: SchoolId = SchoolId::from_uuid(Uuid::from_u128(0xB000_0001));
/// Another school of the network.
pub const OTHER_SCHOOL: SchoolId = SchoolId::from_uuid(Uuid::from_u128(0xB000_0002));
/// An active group with the permissions `students.view` and `grades.record`.
pub const TEACHERS: GroupId = GroupId::from_uuid(Uuid::from_u128(0xC000_0001));
/// An active group with `users.bulk-create` and everything [`TEACHERS`] gives.
pub const ADMINS: GroupId = GroupId::from_uuid(Uuid::from_u128(0xC000_0002));
/// An active group with a permission that [`ADMINS`] lacks.
pub const SUPERINTENDENTS: GroupId = GroupId::from_uuid(Uuid::from_u128(0xC000_0003));
/// An inactive group with the permissions of [`TEACHERS`].
pub const RETIRED: GroupId = GroupId::from_uuid(Uuid::from_u128(0xC000_0004));
/// A user who belongs to [`ADMINS`] and may enter both schools.
pub const ADMIN: UserId = UserId::from_uuid(Uuid::from_u128(0xD000_0001));

/// The staff id numbered `number`.
pub const fn staff_id(number: u32) -> StaffId {
    StaffId::from_uuid(Uuid::from_u128(0xE000_0000 + number as u128))
}

/// The user id numbered `number`. None is [`ADMIN`]'s.
pub const fn user_id(number: u32) -> UserId {
    UserId::from_uuid(Uuid::from_u128(0xF000_0000_0000 + number as u128))
}

/// A session of [`ADMIN`] in [`SCHOOL`].
pub const fn admin() -> Session {
    Session::new(NETWORK, Actor::User(ADMIN), SCHOOL)
}

/// A session of the operator in [`SCHOOL`].
pub const fn operator() -> Session {
    Session::new(NETWORK, Actor::Operator, SCHOOL)
}

/// A moment to stamp records with.
pub fn moment() -> Timestamp {
    Timestamp::new(chrono::DateTime::UNIX_EPOCH)
}

/// An active staff member numbered `number` who works in [`SCHOOL`], with the email `staff{number}@school.example`.
#[track_caller]
pub fn staff_member(number: u32) -> StaffMember {
    StaffMember::new(
        staff_id(number),
        sis_id(&format!("S-{number:04}")),
        person(&format!("Given{number:04}"), &format!("Family{number:04}")),
        StaffStatus::Active,
        StaffEmail::read(&format!("staff{number}@school.example")),
        IdSet::only(SCHOOL),
    )
}

/// A user numbered `number` with the email `user{number}@school.example`, not linked to anybody.
#[track_caller]
pub fn user(number: u32) -> User {
    User::new(user_id(number), email(&format!("user{number}@school.example")), moment())
}

/// The email `text`.
#[track_caller]
pub fn email(text: &str) -> Email {
    valid(Email::parse(text))
}

/// The SIS id `text`.
#[track_caller]
pub fn sis_id(text: &str) -> SisId {
    valid(SisId::parse(text))
}

/// The name of a person.
#[track_caller]
pub fn person(given: &str, family: &str) -> PersonName {
    valid(PersonName::parse(given, family))
}

/// An active group.
#[track_caller]
pub fn group(id: GroupId, name: &str, permissions: &[&str]) -> Group {
    let permissions: PermissionSet = permissions.iter().map(|code| valid(Permission::parse(code))).collect();
    Group::new(id, valid(GroupName::parse(name)), permissions)
}

/// A school whose SIS id is made from its name.
#[track_caller]
pub fn school(id: SchoolId, name: &str) -> School {
    School::new(id, sis_id(&format!("SCH-{name}")), valid(SchoolName::parse(name)))
}

/// What a constant of a test was parsed to.
#[track_caller]
#[expect(clippy::panic, reason = "test support: a constant of a test is malformed")]
pub(crate) fn valid<T, E: std::fmt::Display>(result: Result<T, E>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("a constant of a test is malformed: {error}"),
    }
}

/// The library over `store`, with fakes for capabilities. `space` keeps the ids of two of them apart.
pub fn staffroom(store: Arc<dyn Store>, space: u64) -> Staffroom {
    Staffroom::new(store, Arc::new(SteppingClock::new()), Arc::new(CountingIds::new(space)))
        .with_passwords(Arc::new(ReversedPasswords), Arc::new(ForetoldRandomness::default()))
}

/// Writes the schools, groups and administrator named in this module into [`NETWORK`].
///
/// # Errors
/// Whatever the store answers.
pub async fn set_up(store: &dyn Store) -> Result<(), StoreError> {
    set_up_network(store, NETWORK).await
}

/// Writes the same schools, groups and administrator into `network`.
///
/// # Errors
/// Whatever the store answers.
pub async fn set_up_network(store: &dyn Store, network: NetworkId) -> Result<(), StoreError> {
    let mut uow = store.begin(network, Mode::Write).await?;
    uow.network().insert(&valid(NetworkName::parse("Lakeside Schools"))).await?;
    uow.schools().insert(&[school(SCHOOL, "North"), school(OTHER_SCHOOL, "South")]).await?;
    for group in [
        group(TEACHERS, "Teachers", &["students.view", "grades.record"]),
        group(ADMINS, "Admins", &["students.view", "grades.record", "users.bulk-create"]),
        group(SUPERINTENDENTS, "Superintendents", &["students.view", "budget.sign"]),
        group(RETIRED, "Retired", &["students.view"]).with_status(staffroom_core::GroupStatus::Inactive),
    ] {
        uow.groups().insert(&group).await?;
    }
    let admin = User::new(ADMIN, email("admin@school.example"), moment())
        .entering([SCHOOL, OTHER_SCHOOL].into_iter().collect())
        .in_groups(IdSet::only(ADMINS));
    uow.users().insert(&[admin]).await?;
    uow.commit().await
}

/// Writes staff members, in a unit of work of their own.
///
/// # Errors
/// Whatever the store answers.
pub async fn add_staff(
    store: &dyn Store,
    network: NetworkId,
    members: &[StaffMember],
) -> Result<(), StoreError> {
    let mut uow = store.begin(network, Mode::Write).await?;
    uow.staff().insert(members).await?;
    uow.commit().await
}

/// Writes users, in a unit of work of their own.
///
/// # Errors
/// Whatever the store answers.
pub async fn add_users(store: &dyn Store, network: NetworkId, users: &[User]) -> Result<(), StoreError> {
    let mut uow = store.begin(network, Mode::Write).await?;
    uow.users().insert(users).await?;
    uow.commit().await
}

/// Edits the user with that id as `edit` says, if it is there, in a unit of work of its own.
///
/// # Errors
/// Whatever the store answers; [`StoreError::Contended`] if somebody else has edited the user meanwhile.
pub async fn edit_user(
    store: &dyn Store,
    network: NetworkId,
    id: UserId,
    edit: impl FnOnce(&User) -> User + Send,
) -> Result<(), StoreError> {
    let mut uow: Box<dyn UnitOfWork> = store.begin(network, Mode::Write).await?;
    if let Some(user) = uow.users().find(id, RowLock::None).await? {
        // Somebody was faster: an edit that is not made must not be taken for one that is.
        if uow.users().update(user.revision(), &edit(&user)).await? == UserUpdate::Stale {
            return Err(StoreError::Contended(None));
        }
    }
    uow.commit().await
}
