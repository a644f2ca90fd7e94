//! What an administrator asks for, and the whole case around it.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use staffroom_core::{
    Actor, BulkCreate, GroupId, InitialPassword, NetworkId, Partial, Selection, Session, StaffKey, UserId,
    ValidDays,
};
use uuid::Uuid;

use super::Preset;
use super::people::{sis_id, staff_number};
use super::worlds::{ACTORS, GROUPS, NETWORKS, SCHOOLS, World, world};
use crate::fixture::{self, ADMIN, NETWORK, SCHOOL, TEACHERS};

/// A world, somebody who acts in it, and what they ask for.
#[derive(Debug, Clone)]
pub struct Case {
    /// What there is.
    pub world: World,
    /// Who acts, and where.
    pub session: Session,
    /// What they ask for.
    pub request: BulkCreate,
}

/// A world, a session and a request. In most cases, the actor may do what they ask for.
pub fn case(preset: Preset) -> impl Strategy<Value = Case> {
    (world(preset), session(), request(preset)).prop_map(|(world, session, request)| Case {
        world,
        session,
        request,
    })
}

/// Somebody who acts: mostly the administrator in the first network, at times anybody anywhere.
pub fn session() -> impl Strategy<Value = Session> {
    let actor = prop_oneof![
        1 => Just(Actor::Operator),
        4 => select(&ACTORS).prop_map(Actor::User),
        // Nobody's id, or that of a user who is there by chance.
        1 => (1_u32..9).prop_map(|number| Actor::User(fixture::user_id(number))),
    ];
    let school = || prop_oneof![9 => select(&SCHOOLS), 1 => Just(nowhere())];
    prop_oneof![
        2 => Just(Session::new(NETWORK, Actor::User(ADMIN), SCHOOL)),
        1 => (select(&NETWORKS), school())
            .prop_map(|(network, school)| Session::new(network, Actor::User(ADMIN), school)),
        1 => (prop_oneof![9 => select(&NETWORKS), 1 => Just(no_network())], actor, school())
            .prop_map(|(network, actor, school)| Session::new(network, actor, school)),
    ]
}

const fn nowhere() -> staffroom_core::SchoolId {
    staffroom_core::SchoolId::from_uuid(Uuid::from_u128(0xB000_00FF))
}

const fn no_network() -> NetworkId {
    NetworkId::from_uuid(Uuid::from_u128(0xA000_00FF))
}

const fn no_group() -> GroupId {
    GroupId::from_uuid(Uuid::from_u128(0xC000_00FF))
}

/// A bulk create: everybody, everybody here, or a list with people who are not there, or are there twice.
pub fn request(preset: Preset) -> impl Strategy<Value = BulkCreate> {
    let selection = prop_oneof![
        2 => Just(Selection::AllCandidates),
        1 => Just(Selection::CandidatesHere),
        4 => vec(staff_key(preset), 0..14).prop_map(Selection::These),
    ];
    let group = option::weighted(
        0.6,
        prop_oneof![
            5 => Just(TEACHERS),
            4 => select(&GROUPS),
            1 => Just(no_group()),
        ],
    );
    let partial = prop_oneof![4 => Just(Partial::Allowed), 1 => Just(Partial::Forbidden)];
    (selection, group, initial_password(), partial).prop_map(|(selection, group, password, partial)| {
        let request = BulkCreate::of(selection).with_initial_password(password).with_partial(partial);
        match group {
            Some(group) => request.in_group(group),
            None => request,
        }
    })
}

fn staff_key(preset: Preset) -> impl Strategy<Value = StaffKey> {
    prop_oneof![
        8 => staff_number().prop_map(|number| StaffKey::Id(fixture::staff_id(number))),
        6 => staff_number().prop_map(move |number| StaffKey::SisId(sis_id(preset, number))),
        // A staff id that is somebody else's user id, or nobody's.
        1 => select(&ACTORS).prop_map(|user: UserId| {
            StaffKey::Id(staffroom_core::StaffId::from_uuid(user.as_uuid()))
        }),
    ]
}

fn initial_password() -> impl Strategy<Value = InitialPassword> {
    let valid = || {
        prop_oneof![
            3 => Just(ValidDays::default()),
            1 => prop_oneof![Just(1), Just(u16::MAX)].prop_map(|days| ValidDays::new(days).unwrap_or_default()),
        ]
    };
    prop_oneof![
        3 => Just(InitialPassword::None),
        1 => valid().prop_map(InitialPassword::Shared),
        1 => valid().prop_map(InitialPassword::Generated),
    ]
}
