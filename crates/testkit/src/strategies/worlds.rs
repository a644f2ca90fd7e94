//! Whole networks: schools, groups, staff and users, in two networks that use the same ids and emails.

use std::collections::HashSet;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use staffroom_core::store::{Mode, Store, StoreError};
use staffroom_core::{
    Email, Group, GroupId, GroupStatus, IdSet, NetworkId, NetworkName, School, SchoolId, StaffMember,
    Timestamp, User, UserId, UserStatus,
};
use uuid::Uuid;

use super::Preset;
use super::people::{self, permissions, schools};
use super::texts::{instant, raw_email};
use crate::fixture::{
    self, ADMIN, ADMINS, NETWORK, OTHER_NETWORK, OTHER_SCHOOL, RETIRED, SCHOOL, SUPERINTENDENTS, TEACHERS,
};

/// The networks of a world.
pub const NETWORKS: [NetworkId; 2] = [NETWORK, OTHER_NETWORK];
/// A school that the administrator may not enter.
pub const ANNEX: SchoolId = SchoolId::from_uuid(Uuid::from_u128(0xB000_0003));
/// The schools of every network.
pub const SCHOOLS: [SchoolId; 3] = [SCHOOL, OTHER_SCHOOL, ANNEX];
/// A group with any permissions.
pub const CLERKS: GroupId = GroupId::from_uuid(Uuid::from_u128(0xC000_0005));
/// An inactive group with `users.bulk-create`.
pub const FORMER_ADMINS: GroupId = GroupId::from_uuid(Uuid::from_u128(0xC000_0006));
/// The groups of every network.
pub const GROUPS: [GroupId; 6] = [TEACHERS, ADMINS, SUPERINTENDENTS, RETIRED, CLERKS, FORMER_ADMINS];
/// The users who act: the first may do nearly everything, the others what chance gave them.
pub const ACTORS: [UserId; 4] = [
    ADMIN,
    UserId::from_uuid(Uuid::from_u128(0xD000_0002)),
    UserId::from_uuid(Uuid::from_u128(0xD000_0003)),
    UserId::from_uuid(Uuid::from_u128(0xD000_0004)),
];

/// Everything in one network, as it is before anything happens.
#[derive(Debug, Clone)]
pub struct NetworkRecords {
    /// Its id.
    pub id: NetworkId,
    /// What it is called.
    pub name: NetworkName,
    /// Its schools: always [`SCHOOLS`].
    pub schools: Vec<School>,
    /// Its groups: always [`GROUPS`].
    pub groups: Vec<Group>,
    /// Its staff.
    pub staff: Vec<StaffMember>,
    /// Its users, those who act among them.
    pub users: Vec<User>,
}

/// Two networks.
#[derive(Debug, Clone)]
pub struct World {
    /// The networks, in the order of [`NETWORKS`].
    pub networks: Vec<NetworkRecords>,
}

impl World {
    /// The network with that id, if the world has it.
    pub fn network(&self, id: NetworkId) -> Option<&NetworkRecords> {
        self.networks.iter().find(|network| network.id == id)
    }

    /// Writes everything into `store`, which has none of it yet.
    ///
    /// # Errors
    /// Whatever the store answers.
    pub async fn write_to(&self, store: &dyn Store) -> Result<(), StoreError> {
        for network in &self.networks {
            network.write_to(store).await?;
        }
        Ok(())
    }
}

impl NetworkRecords {
    /// Writes the network into `store`, which does not have it yet.
    ///
    /// # Errors
    /// Whatever the store answers.
    pub async fn write_to(&self, store: &dyn Store) -> Result<(), StoreError> {
        let mut uow = store.begin(self.id, Mode::Write).await?;
        uow.network().insert(&self.name).await?;
        uow.schools().insert(&self.schools).await?;
        for group in &self.groups {
            uow.groups().insert(group).await?;
        }
        uow.staff().insert(&self.staff).await?;
        uow.users().insert(&self.users).await?;
        uow.commit().await
    }
}

/// Two networks with the same schools and groups; their people have the same numbers and draw on the same emails.
pub fn world(preset: Preset) -> impl Strategy<Value = World> {
    (network(preset, NETWORK), network(preset, OTHER_NETWORK))
        .prop_map(|(one, other)| World { networks: vec![one, other] })
}

fn network(preset: Preset, id: NetworkId) -> impl Strategy<Value = NetworkRecords> {
    let numbers: Vec<u32> = (1..=people::STAFF_NUMBERS - 2).collect();
    let staff = subsequence(numbers, 0..=12).prop_flat_map(move |numbers| {
        numbers.into_iter().map(|number| people::staff_member(preset, number)).collect::<Vec<_>>()
    });
    let name = select(&["Lakeside Schools", "Hillside Schools"])
        .prop_filter_map("a name", |name| NetworkName::parse(name).ok());
    (name, staff, groups(), actors(), vec(any_user(preset), 0..6)).prop_map(
        move |(name, staff, groups, actors, users)| {
            let known: HashSet<_> = staff.iter().map(StaffMember::id).collect();
            let users = actors.into_iter().chain(users.into_iter().flatten());
            NetworkRecords {
                id,
                name,
                schools: vec![
                    fixture::school(SCHOOL, "North"),
                    fixture::school(OTHER_SCHOOL, "South"),
                    fixture::school(ANNEX, "Annex"),
                ],
                groups,
                users: without_collisions(
                    users.filter(|user| user.staff_member().is_none_or(|member| known.contains(&member))),
                ),
                staff,
            }
        },
    )
}

/// A network in which an email or a link is held twice cannot be.
fn without_collisions(users: impl Iterator<Item = User>) -> Vec<User> {
    let (mut ids, mut emails, mut links) = (HashSet::new(), HashSet::new(), HashSet::new());
    users
        .filter(|user| {
            ids.insert(user.id())
                && emails.insert(user.email().canonical().to_owned())
                && user.staff_member().is_none_or(|member| links.insert(member))
        })
        .collect()
}

fn groups() -> impl Strategy<Value = Vec<Group>> {
    (permissions(), permissions(), any::<bool>()).prop_map(|(clerks, superintendents, active)| {
        let all = [
            "students.view",
            "grades.record",
            "users.bulk-create",
            "users.view",
            "users.manage",
            "users.link",
            "users.grant-access",
        ];
        let status = if active { GroupStatus::Active } else { GroupStatus::Inactive };
        vec![
            fixture::group(TEACHERS, "Teachers", &["students.view", "grades.record"]),
            fixture::group(ADMINS, "Admins", &all),
            fixture::group(SUPERINTENDENTS, "Superintendents", &["budget.sign"])
                .with_permissions(superintendents),
            fixture::group(RETIRED, "Retired", &["students.view"]).with_status(GroupStatus::Inactive),
            fixture::group(CLERKS, "Clerks", &[]).with_permissions(clerks).with_status(status),
            fixture::group(FORMER_ADMINS, "Former admins", &all).with_status(GroupStatus::Inactive),
        ]
    })
}

/// The users who act. None is linked to a staff member.
fn actors() -> impl Strategy<Value = Vec<User>> {
    let chance = || (schools(), some_groups(), user_status());
    [chance(), chance(), chance()].prop_map(|others| {
        let named = |id: UserId, name: &str| {
            User::new(id, fixture::email(&format!("{name}@office.example")), fixture::moment())
        };
        let [_, ids @ ..] = ACTORS;
        let admin = named(ADMIN, "admin")
            .entering([SCHOOL, OTHER_SCHOOL].into_iter().collect())
            .in_groups(IdSet::only(ADMINS));
        let others = ids.into_iter().zip(["b", "c", "d"]).zip(others);
        let others = others.map(|((id, name), (schools, groups, status))| {
            let user = named(id, name).entering(schools).in_groups(groups);
            let revision = user.revision();
            user.as_stored(status, None, revision)
        });
        std::iter::once(admin).chain(others).collect()
    })
}

/// Some of the groups, or none.
pub(super) fn some_groups() -> impl Strategy<Value = IdSet<GroupId>> {
    subsequence(GROUPS.to_vec(), 0..=3).prop_map(IdSet::from_iter)
}

/// Three in four are enabled.
pub(super) fn user_status() -> impl Strategy<Value = UserStatus> {
    prop_oneof![3 => Just(UserStatus::Enabled), 1 => Just(UserStatus::Disabled)]
}

/// A user who was there before, linked to somebody or not; `None` if the text drawn for an email is none.
pub fn any_user(preset: Preset) -> impl Strategy<Value = Option<User>> {
    let link = option::weighted(0.4, people::staff_number());
    let signed_in = option::weighted(0.5, instant(preset));
    let id = select(vec![1_u32, 2, 3, 4, 5, 6, 7, 8]);
    ((id, raw_email(preset), link, instant(preset)), (schools(), some_groups(), user_status(), signed_in))
        .prop_map(|((number, email, link, created), (schools, groups, status, signed_in))| {
            let email = Email::parse(&email).ok()?;
            let user = User::new(fixture::user_id(number), email, Timestamp::new(created))
                .entering(schools)
                .in_groups(groups);
            let user = match link {
                Some(number) => user.linked_to(fixture::staff_id(number)),
                None => user,
            };
            let revision = user.revision();
            Some(user.as_stored(status, signed_in.map(Timestamp::new), revision))
        })
}
