//! Calls to make, from few ids, emails and moments, so that they are often about the same thing.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest_state_machine::ReferenceStateMachine;
use staffroom_core::store::{
    AuditCursor, BatchCursor, Cursor, FailureKey, OpenSession, Reset, ResetOrigin, RowLock, SharedPassword,
    StaffFilter,
};
use staffroom_core::{
    Actor, AuditEvent, AuditId, AuditRecord, Batch, BatchId, Digest, Email, PasswordHash, PasswordState,
    Report, Revision, SchoolId, Search, SessionId, SharedPasswordId, StaffId, Timestamp, TokenHash, User,
    UserId,
};
use uuid::Uuid;

use super::{Kind, Step};
use crate::fixture::{self, NETWORK, SCHOOL};
use crate::relay::Call;
use crate::strategies::{
    GROUPS, NETWORKS, Preset, SCHOOLS, World, any_staff_member, any_user, permissions, raw_email, raw_text,
    staff_number, world,
};

/// The steps that are taken, as a state machine without a state: a world, and anything in it.
#[derive(Debug)]
pub struct Steps;

impl ReferenceStateMachine for Steps {
    type State = World;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<World> {
        prop_oneof![world(Preset::Ordinary), world(Preset::Hostile)].boxed()
    }

    fn transitions(_: &World) -> BoxedStrategy<Step> {
        thread_local! {
            /// Made once: to put it together takes longer than to draw a step from it.
            static STEP: BoxedStrategy<Step> = step();
        }
        STEP.with(BoxedStrategy::clone)
    }

    fn apply(world: World, _: &Step) -> World {
        world
    }
}

fn step() -> BoxedStrategy<Step> {
    prop_oneof![
        12 => call().prop_map(|call| Step(Kind::Call(Box::new(call)))),
        2 => network().prop_map(|network| Step(Kind::Commit(network))),
        1 => network().prop_map(|network| Step(Kind::Drop(network))),
    ]
    .boxed()
}

fn network() -> impl Strategy<Value = staffroom_core::NetworkId> {
    prop_oneof![3 => Just(NETWORK), 1 => select(&NETWORKS)]
}

fn call() -> BoxedStrategy<Call> {
    prop_oneof![4 => of_people(), 4 => of_users(), 3 => of_the_door(), 2 => of_the_house(), 1 => of_the_log()]
        .boxed()
}

fn preset() -> impl Strategy<Value = Preset> {
    prop_oneof![Just(Preset::Ordinary), Just(Preset::Hostile)]
}

fn somebody() -> impl Strategy<Value = staffroom_core::StaffMember> {
    preset().prop_flat_map(any_staff_member)
}

/// Staff, and lists of them.
fn of_people() -> BoxedStrategy<Call> {
    let members = || vec(somebody(), 0..4);
    prop_oneof![
        2 => members().prop_map(Call::InsertStaff),
        3 => members().prop_map(Call::UpdateStaff),
        1 => staff().prop_map(Call::FindStaffMember),
        1 => members()
            .prop_map(|members| Call::FindStaffIds(members.iter().map(|one| one.sis_id().clone()).collect())),
        1 => Just(Call::VisitStaff),
        3 => (vec(staff(), 0..5), lock()).prop_map(|(ids, lock)| Call::Facts(ids, lock)),
        2 => filter().prop_map(Call::VisitFacts),
        2 => (filter(), option::of(somebody()), 0_usize..5).prop_map(
            |(filter, after, limit)| Call::PageOfFacts(filter, after.as_ref().map(Cursor::at), limit)
        ),
        1 => (filter(), 0_u64..9).prop_map(|(filter, cap)| Call::CountFacts(filter, cap)),
    ]
    .boxed()
}

fn filter() -> impl Strategy<Value = StaffFilter> {
    let scope = prop_oneof![Just(StaffFilter::candidates()), Just(StaffFilter::everyone())];
    let search = prop_oneof![
        2 => Just(None),
        1 => raw_text().prop_map(|text| Search::new(&text)),
        1 => preset().prop_flat_map(raw_email).prop_map(|text| Search::new(&text)),
        1 => (somebody(), 1_usize..6).prop_map(|(member, length)| {
            Search::new(&member.name().family().chars().take(length).collect::<String>())
        }),
    ];
    (scope, option::of(select(&SCHOOLS)), search).prop_map(|(filter, school, search)| {
        let filter = filter.found_by(search);
        match school {
            Some(school) => filter.working_in(school),
            None => filter,
        }
    })
}

/// Users and their passwords.
fn of_users() -> BoxedStrategy<Call> {
    let revision = || prop_oneof![3 => Just(Revision::FIRST), 1 => Just(Revision::FIRST.next())];
    let hash = || select(&["$a", "$b", "$c"]).prop_map(|text| PasswordHash::from_phc(text.to_owned()));
    prop_oneof![
        4 => vec(any_kept_user(), 0..4).prop_map(Call::InsertUsers),
        4 => (revision(), any_kept_user()).prop_map(|(expected, user)| Call::UpdateUser(expected, user)),
        1 => vec((user(), revision()), 0..4).prop_map(Call::DeleteUsers),
        1 => (user(), lock()).prop_map(|(id, lock)| Call::FindUser(id, lock)),
        1 => vec(user(), 0..5).prop_map(Call::FindEachUser),
        2 => email().prop_map(Call::FindUserByEmail),
        1 => (preset().prop_flat_map(raw_email), 0_usize..5)
            .prop_map(|(from, limit)| Call::PageOfUsers(from.to_lowercase(), limit)),
        1 => (batch(), lock()).prop_map(|(batch, lock)| Call::FindUsersByBatch(batch, lock)),
        1 => Just(Call::VisitUsers),
        2 => vec((user(), hash()), 0..3).prop_map(Call::SetHashes),
        1 => vec(user(), 0..3).prop_map(Call::RemoveHashes),
        1 => user().prop_map(Call::FindHash),
        1 => email().prop_map(Call::FindHashByEmail),
        2 => (shared(), hash(), moment()).prop_map(|(id, hash, expires_at)| {
            Call::InsertShared(SharedPassword { id, hash, expires_at, revoked_at: None })
        }),
        1 => shared().prop_map(Call::FindShared),
        1 => shared().prop_map(Call::RemoveShared),
        1 => (shared(), moment()).prop_map(|(id, at)| Call::RevokeShared(id, at)),
    ]
    .boxed()
}

/// A user with a password of any kind, who may have been made by a batch.
fn any_kept_user() -> impl Strategy<Value = User> {
    let password = prop_oneof![
        3 => Just(PasswordState::Unset),
        1 => moment().prop_map(|set_at| PasswordState::Chosen { set_at }),
        1 => (shared(), moment())
            .prop_map(|(secret, expires_at)| PasswordState::InitialShared { secret, expires_at }),
        1 => moment().prop_map(|expires_at| PasswordState::InitialGenerated { expires_at }),
    ];
    let user = preset().prop_flat_map(any_user).prop_filter_map("an address", |user| user);
    (user, password, option::of(batch())).prop_map(|(user, password, batch)| {
        let user = user.with_password(password);
        match batch {
            Some(batch) => user.made_by(batch),
            None => user,
        }
    })
}

/// Sessions, resets, failures and invitations.
fn of_the_door() -> BoxedStrategy<Call> {
    let token = || (1_u8..5).prop_map(|number| TokenHash::from_bytes([number; 32]));
    let key = || (1_u8..4).prop_map(|number| FailureKey::from_bytes([number; 32]));
    let session =
        || (1_u128..5).prop_map(|number| SessionId::from_uuid(Uuid::from_u128(0x5E55_0000 + number)));
    let origin = prop_oneof![Just(ResetOrigin::Mail), Just(ResetOrigin::InitialPassword)];
    let several = || 0_usize..4;
    prop_oneof![
        4 => (session(), user(), school(), token(), moment(), moment()).prop_map(
            |(id, user, school, token, opened_at, expires_at)| {
                Call::InsertSession(OpenSession { id, user, school, token, opened_at, expires_at })
            }
        ),
        1 => token().prop_map(Call::FindSession),
        1 => user().prop_map(Call::FindSessionsOfUser),
        1 => (session(), school()).prop_map(|(id, school)| Call::EnterSchool(id, school)),
        1 => session().prop_map(Call::EndSession),
        1 => user().prop_map(Call::EndSessionsOfUser),
        1 => (moment(), several()).prop_map(|(at, limit)| Call::ForgetSessions(at, limit)),
        4 => (user(), token(), origin, moment(), moment()).prop_map(
            |(user, token, origin, issued_at, expires_at)| {
                Call::PutReset(Reset { user, token, origin, issued_at, expires_at })
            }
        ),
        1 => token().prop_map(Call::FindReset),
        1 => user().prop_map(Call::FindResetOfUser),
        1 => token().prop_map(Call::TakeReset),
        1 => user().prop_map(Call::RemoveResetOfUser),
        1 => (moment(), several()).prop_map(|(at, limit)| Call::ForgetResets(at, limit)),
        4 => (key(), moment()).prop_map(|(key, at)| Call::AddFailure(key, at)),
        1 => key().prop_map(Call::TakeFailureBack),
        1 => key().prop_map(Call::FindFailures),
        1 => key().prop_map(Call::ClearFailures),
        1 => (moment(), several()).prop_map(|(before, limit)| Call::ForgetFailures(before, limit)),
        2 => (vec(user(), 0..4), moment(), moment())
            .prop_map(|(users, at, since)| Call::ClaimInvitations(users, at, since)),
        1 => (vec(user(), 0..4), moment()).prop_map(|(users, at)| Call::ReleaseInvitations(users, at)),
    ]
    .boxed()
}

/// The network, its schools and groups.
fn of_the_house() -> BoxedStrategy<Call> {
    let name = || select(&["North", "north", "S\u{FC}d", "SUD", "Annex"]);
    let school_record = || (school(), name()).prop_map(|(id, name)| fixture::school(id, name));
    let group = || {
        let id = prop_oneof![
            4 => select(&GROUPS),
            1 => Just(staffroom_core::GroupId::from_uuid(Uuid::from_u128(0xC000_0077))),
        ];
        let name = select(&["Teachers", "TEACHERS", "Admins", "Clerks", "Caf\u{E9}", "CAFE"]);
        (id, name, permissions())
            .prop_map(|(id, name, permissions)| fixture::group(id, name, &[]).with_permissions(permissions))
    };
    prop_oneof![
        1 => Just(Call::FindNetwork),
        1 => school().prop_map(Call::FindSchool),
        1 => Just(Call::ListSchools),
        2 => vec(school_record(), 0..3).prop_map(Call::InsertSchools),
        // One at a time: of two that exchange SIS ids, either may be refused.
        2 => school_record().prop_map(|school| Call::UpdateSchools(vec![school])),
        1 => (select(&GROUPS), lock()).prop_map(|(id, lock)| Call::FindGroup(id, lock)),
        1 => Just(Call::ListGroups),
        2 => group().prop_map(Call::InsertGroup),
        2 => group().prop_map(Call::UpdateGroup),
        1 => Just(Call::TakeTurn),
    ]
    .boxed()
}

/// Batches and audit records.
fn of_the_log() -> BoxedStrategy<Call> {
    let audit = || (1_u128..6).prop_map(|number| AuditId::from_uuid(Uuid::from_u128(0xAD00_0000 + number)));
    let several = || 0_usize..4;
    prop_oneof![
        2 => (batch(), moment(), any::<u128>(), option::of(shared())).prop_map(|(id, at, plan, shared_password)| {
            let report = Report::new(id, NETWORK, Actor::Operator, SCHOOL, None, at, Vec::new());
            Call::InsertBatch(Batch { plan: Digest::from_u128(plan), shared_password, report })
        }),
        1 => batch().prop_map(Call::FindBatch),
        1 => (option::of((moment(), batch())), several()).prop_map(|(after, limit)| {
            Call::PageOfBatches(after.map(|(at, id)| BatchCursor::new(at, id)), limit)
        }),
        2 => (audit(), moment(), 0_usize..9).prop_map(|(id, at, removed)| {
            Call::AppendAudit(AuditRecord {
                id,
                at,
                actor: Actor::Operator,
                school: Some(SCHOOL),
                group: None,
                batch: None,
                event: AuditEvent::Undo { removed, kept: 0 },
            })
        }),
        1 => (option::of((moment(), audit())), several()).prop_map(|(after, limit)| {
            Call::PageOfAudit(after.map(|(at, id)| AuditCursor::new(at, id)), limit)
        }),
        1 => Just(Call::VisitAudit),
    ]
    .boxed()
}

fn lock() -> impl Strategy<Value = RowLock> {
    prop_oneof![Just(RowLock::None), Just(RowLock::Held)]
}

fn staff() -> impl Strategy<Value = StaffId> {
    staff_number().prop_map(fixture::staff_id)
}

fn user() -> impl Strategy<Value = UserId> {
    prop_oneof![8 => (1_u32..9).prop_map(fixture::user_id), 1 => Just(fixture::ADMIN)]
}

fn school() -> impl Strategy<Value = SchoolId> {
    prop_oneof![6 => select(&SCHOOLS), 1 => Just(SchoolId::from_uuid(Uuid::from_u128(0xB000_0077)))]
}

fn shared() -> impl Strategy<Value = SharedPasswordId> {
    (1_u128..4).prop_map(|number| SharedPasswordId::from_uuid(Uuid::from_u128(0x5000_0000 + number)))
}

fn batch() -> impl Strategy<Value = BatchId> {
    (1_u128..4).prop_map(|number| BatchId::from_uuid(Uuid::from_u128(0xBA00_0000 + number)))
}

fn email() -> impl Strategy<Value = Email> {
    preset().prop_flat_map(raw_email).prop_filter_map("an address", |text| Email::parse(&text).ok())
}

/// Few moments, a microsecond apart or a century.
fn moment() -> impl Strategy<Value = Timestamp> {
    select(&[0_i64, 1, 2, 1_786_953_600_000_000, -1, 4_000_000_000_000_000])
        .prop_map(|micros| Timestamp::from_unix_micros(micros).unwrap_or_else(fixture::moment))
}
