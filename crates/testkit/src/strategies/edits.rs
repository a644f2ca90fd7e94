//! What happens in a network besides bulk creates: records change, people sign in, groups lose permissions.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use staffroom_core::store::{
    GroupWrite, Mode, RowLock, StaffWrite, Store, StoreError, UnitOfWork, UserInsert, UserUpdate,
};
use staffroom_core::{
    Email, GroupId, GroupStatus, IdSet, NetworkId, PermissionSet, SchoolId, StaffEmail, StaffId, StaffStatus,
    User, UserStatus,
};

use super::Preset;
use super::people::{permissions, schools, staff_email, staff_number, staff_status};
use super::texts::raw_email;
use super::worlds::{GROUPS, some_groups, user_status};
use crate::fixture;

/// One change to one network, made as a host would make it.
///
/// Users are named by their place in the list of all users by canonical email, wrapping around: so an edit hits
/// somebody in any network, and a user whom a bulk create made as likely as any other.
#[derive(Debug, Clone)]
pub enum Edit {
    /// A staff member begins or ceases to work here.
    StaffStatus(StaffId, StaffStatus),
    /// The email on a record changes.
    StaffEmail(StaffId, StaffEmail),
    /// Somebody signs in.
    SignIn(usize),
    /// Somebody chooses a password.
    ChoosePassword(usize),
    /// A user is enabled or disabled.
    UserStatus(usize, UserStatus),
    /// A user gets another email.
    UserEmail(usize, Email),
    /// A user is linked to a staff member, or to none.
    Link(usize, Option<StaffId>),
    /// A user may enter other schools.
    UserSchools(usize, IdSet<SchoolId>),
    /// A user belongs to other groups.
    UserGroups(usize, IdSet<GroupId>),
    /// A user is created singly.
    NewUser(User),
    /// A group begins or ceases to count.
    GroupStatus(GroupId, GroupStatus),
    /// A group gives other permissions.
    GroupPermissions(GroupId, PermissionSet),
}

/// What became of an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditOutcome {
    /// It is made.
    Made,
    /// It would have broken a key: an email or a link is somebody else's, or an id is in use.
    Conflict,
    /// What it was to change is not there.
    NothingThere,
}

/// Any edit.
pub fn edit(preset: Preset) -> impl Strategy<Value = Edit> {
    let staff_id = || staff_number().prop_map(fixture::staff_id);
    let group = || select(&GROUPS);
    let group_status = prop_oneof![Just(GroupStatus::Active), Just(GroupStatus::Inactive)];
    let email = || raw_email(preset).prop_filter_map("an address", |text| Email::parse(&text).ok());
    prop_oneof![
        2 => (staff_id(), staff_status()).prop_map(|(id, status)| Edit::StaffStatus(id, status)),
        4 => (staff_id(), staff_email(preset)).prop_map(|(id, email)| Edit::StaffEmail(id, email)),
        3 => any::<usize>().prop_map(Edit::SignIn),
        1 => any::<usize>().prop_map(Edit::ChoosePassword),
        1 => (any::<usize>(), user_status()).prop_map(|(user, status)| Edit::UserStatus(user, status)),
        2 => (any::<usize>(), email()).prop_map(|(user, email)| Edit::UserEmail(user, email)),
        2 => (any::<usize>(), option::of(staff_id())).prop_map(|(user, link)| Edit::Link(user, link)),
        1 => (any::<usize>(), schools()).prop_map(|(user, schools)| Edit::UserSchools(user, schools)),
        1 => (any::<usize>(), some_groups()).prop_map(|(user, groups)| Edit::UserGroups(user, groups)),
        2 => (30_u32..40, email()).prop_map(|(number, email)| {
            Edit::NewUser(User::new(fixture::user_id(number), email, fixture::moment()))
        }),
        1 => (group(), group_status).prop_map(|(group, status)| Edit::GroupStatus(group, status)),
        1 => (group(), permissions()).prop_map(|(group, held)| Edit::GroupPermissions(group, held)),
    ]
}

/// A few edits, or none.
pub fn edits(preset: Preset) -> impl Strategy<Value = Vec<Edit>> {
    vec(edit(preset), 0..8)
}

/// Makes `edit` in `network`, in a unit of work of its own.
///
/// # Errors
/// Whatever the store answers.
pub async fn apply_edit(
    store: &dyn Store,
    network: NetworkId,
    edit: &Edit,
) -> Result<EditOutcome, StoreError> {
    let mut uow = store.begin(network, Mode::Write).await?;
    let at = fixture::moment();
    let outcome = match edit {
        Edit::StaffStatus(id, status) => {
            edit_staff(&mut *uow, *id, |member| member.with_status(*status)).await?
        }
        Edit::StaffEmail(id, email) => {
            edit_staff(&mut *uow, *id, |member| member.with_email(email.clone())).await?
        }
        Edit::SignIn(user) => edit_user(&mut *uow, *user, |user| user.signed_in(at)).await?,
        Edit::ChoosePassword(user) => edit_user(&mut *uow, *user, |user| user.chose_password(at)).await?,
        Edit::UserStatus(user, status) => {
            edit_user(&mut *uow, *user, |user| user.set_status(*status)).await?
        }
        Edit::UserEmail(user, email) => {
            edit_user(&mut *uow, *user, |user| user.set_email(email.clone())).await?
        }
        Edit::Link(user, link) => link_user(&mut *uow, *user, *link).await?,
        Edit::UserSchools(user, schools) => {
            edit_user(&mut *uow, *user, |user| user.set_schools(schools.clone())).await?
        }
        Edit::UserGroups(user, groups) => {
            edit_user(&mut *uow, *user, |user| user.set_groups(groups.clone())).await?
        }
        Edit::NewUser(user) => match uow.users().insert(std::slice::from_ref(user)).await?.as_slice() {
            [UserInsert::Inserted] => EditOutcome::Made,
            _ => EditOutcome::Conflict,
        },
        Edit::GroupStatus(id, status) => {
            edit_group(&mut *uow, *id, |group| group.with_status(*status)).await?
        }
        Edit::GroupPermissions(id, held) => {
            edit_group(&mut *uow, *id, |group| group.with_permissions(held.clone())).await?
        }
    };
    uow.commit().await?;
    Ok(outcome)
}

async fn edit_staff(
    uow: &mut dyn UnitOfWork,
    id: StaffId,
    edit: impl FnOnce(staffroom_core::StaffMember) -> staffroom_core::StaffMember + Send,
) -> Result<EditOutcome, StoreError> {
    let Some(member) = uow.staff().find(id).await? else {
        return Ok(EditOutcome::NothingThere);
    };
    Ok(match uow.staff().update(&[edit(member)]).await?.as_slice() {
        [StaffWrite::Written] => EditOutcome::Made,
        _ => EditOutcome::Conflict,
    })
}

async fn edit_group(
    uow: &mut dyn UnitOfWork,
    id: GroupId,
    edit: impl FnOnce(staffroom_core::Group) -> staffroom_core::Group + Send,
) -> Result<EditOutcome, StoreError> {
    let Some(group) = uow.groups().find(id, RowLock::None).await? else {
        return Ok(EditOutcome::NothingThere);
    };
    Ok(match uow.groups().update(&edit(group)).await? {
        GroupWrite::Written => EditOutcome::Made,
        GroupWrite::Taken => EditOutcome::Conflict,
        GroupWrite::Unknown => EditOutcome::NothingThere,
    })
}

async fn link_user(
    uow: &mut dyn UnitOfWork,
    user: usize,
    link: Option<StaffId>,
) -> Result<EditOutcome, StoreError> {
    if let Some(id) = link
        && uow.staff().find(id).await?.is_none()
    {
        return Ok(EditOutcome::NothingThere);
    }
    edit_user(uow, user, |user| user.set_staff_member(link)).await
}

async fn edit_user(
    uow: &mut dyn UnitOfWork,
    place: usize,
    edit: impl FnOnce(&User) -> User + Send,
) -> Result<EditOutcome, StoreError> {
    let mut users = Vec::new();
    uow.users().visit(&mut |user| users.push(user)).await?;
    users.sort_by(|one, other| one.email().canonical().cmp(other.email().canonical()));
    let Some(user) = place.checked_rem(users.len()).and_then(|place| users.get(place)) else {
        return Ok(EditOutcome::NothingThere);
    };
    Ok(match uow.users().update(user.revision(), &edit(user)).await? {
        UserUpdate::Updated => EditOutcome::Made,
        UserUpdate::EmailTaken | UserUpdate::StaffMemberLinked | UserUpdate::Stale => EditOutcome::Conflict,
        UserUpdate::Unknown => EditOutcome::NothingThere,
    })
}
