//! Records to write: ordinary ones of every kind, and ones that are hard to keep whole.

use staffroom_core::store::{FailureKey, OpenSession, Reset, ResetOrigin, SharedPassword};
use staffroom_core::{
    Actor, Attempt, AuditEvent, AuditId, AuditRecord, Batch, BatchId, Digest, EmailSharer, Group, GroupId,
    GroupStatus, IdSet, NetworkId, Outcome, PasswordHash, PasswordState, PermissionSet, Reason, ReasonSet,
    Report, ReportRow, Revision, School, SchoolId, SessionId, SharedPasswordId, StaffEmail, StaffId,
    StaffKey, StaffMember, StaffStatus, Subject, Timestamp, TokenHash, User, UserId, Warning, WarningSet,
};
use uuid::Uuid;

use crate::fixture::{
    NETWORK, OTHER_SCHOOL, SCHOOL, TEACHERS, email, group, moment, person, school, sis_id, staff_id,
    staff_member, user, user_id,
};
use crate::relay::Call;

/// Users that [`one_of_each`] writes, and the administrator's neighbours.
pub(super) const USERS: [UserId; 3] = [user_id(30), user_id(31), user_id(32)];
/// Shared passwords that the samples write.
pub(super) const SHARED_PASSWORDS: [SharedPasswordId; 2] = [shared_id(30), shared_id(31)];
/// Batches that the samples write.
pub(super) const BATCHES: [BatchId; 2] = [batch_id(30), batch_id(31)];
/// What failures of the samples are counted by.
pub(super) const FAILURE_KEYS: [FailureKey; 2] = [failure_key(30), failure_key(31)];
/// An emoji of several code points outside the basic plane.
pub(super) const EMOJI: &str = "👩🏽\u{200D}🏫";

pub(super) const fn school_id(number: u32) -> SchoolId {
    SchoolId::from_uuid(Uuid::from_u128(0xB000_1000 + number as u128))
}

pub(super) const fn group_id(number: u32) -> GroupId {
    GroupId::from_uuid(Uuid::from_u128(0xC000_1000 + number as u128))
}

pub(super) const fn shared_id(number: u32) -> SharedPasswordId {
    SharedPasswordId::from_uuid(Uuid::from_u128(0x5000_1000 + number as u128))
}

pub(super) const fn batch_id(number: u32) -> BatchId {
    BatchId::from_uuid(Uuid::from_u128(0xBA00_1000 + number as u128))
}

pub(super) const fn audit_id(number: u32) -> AuditId {
    AuditId::from_uuid(Uuid::from_u128(0xAD00_1000 + number as u128))
}

pub(super) const fn session_id(number: u32) -> SessionId {
    SessionId::from_uuid(Uuid::from_u128(0x5E55_1000 + number as u128))
}

pub(super) const fn token_hash(number: u8) -> TokenHash {
    TokenHash::from_bytes([number; 32])
}

pub(super) const fn failure_key(number: u8) -> FailureKey {
    FailureKey::from_bytes([number; 32])
}

/// A session of `user` in [`SCHOOL`], with a token like its number.
pub(super) fn open_session(number: u8, user: UserId) -> OpenSession {
    OpenSession {
        id: session_id(u32::from(number)),
        user,
        school: SCHOOL,
        token: token_hash(number),
        opened_at: at(i64::from(number)),
        expires_at: at(43_200_000_001),
    }
}

/// A reset of the user numbered `number`, with a token like that number.
pub(super) fn reset(number: u8) -> Reset {
    Reset {
        user: user_id(u32::from(number)),
        token: token_hash(number),
        origin: ResetOrigin::Mail,
        issued_at: at(i64::from(number)),
        expires_at: at(3_600_000_001),
    }
}

/// A moment with microseconds.
pub(super) fn at(micros: i64) -> Timestamp {
    Timestamp::from_unix_micros(micros).unwrap_or_else(moment)
}

pub(super) fn hash(text: &str) -> PasswordHash {
    PasswordHash::from_phc(format!("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA${text}"))
}

pub(super) fn shared(number: u32) -> SharedPassword {
    SharedPassword {
        id: shared_id(number),
        hash: hash(&format!("shared{number}")),
        expires_at: at(1_786_953_600_123_456),
        revoked_at: None,
    }
}

/// The shared password that [`one_of_each`] adds: under the same id in every network, and another one.
pub(super) fn shared_in(network: NetworkId) -> SharedPassword {
    SharedPassword { hash: hash(&format!("shared in {network}")), ..shared(30) }
}

/// The own password of the second of the users that [`one_of_each`] adds: another one in every network.
pub(super) fn own_hash_in(network: NetworkId) -> PasswordHash {
    hash(&format!("own in {network}"))
}

/// A batch with one row.
pub(super) fn batch(network: NetworkId, number: u32) -> Batch {
    let row = ReportRow::new(
        Subject::Unknown(StaffKey::Id(staff_id(number))),
        Outcome::Refused(ReasonSet::only(Reason::Unknown)),
        WarningSet::empty(),
        Vec::new(),
    );
    Batch {
        plan: Digest::from_u128(u128::from(number)),
        shared_password: None,
        report: Report::new(
            batch_id(number),
            network,
            Actor::Operator,
            SCHOOL,
            None,
            at(1_000_001),
            vec![row],
        ),
    }
}

/// An audit record of a moment.
pub(super) fn audit_record(number: u32, micros: i64) -> AuditRecord {
    AuditRecord {
        id: audit_id(number),
        at: at(micros),
        actor: Actor::Operator,
        school: Some(SCHOOL),
        group: None,
        batch: None,
        event: AuditEvent::Undo { removed: 1, kept: 2 },
    }
}

/// Writes that add one record of every kind to a network with the fixture in it.
pub(super) fn one_of_each(network: NetworkId) -> Vec<Call> {
    let linked = user(30)
        .linked_to(staff_id(30))
        .entering([SCHOOL, school_id(30)].into_iter().collect())
        .in_groups(IdSet::only(group_id(30)))
        .made_by(batch_id(30))
        .with_password(PasswordState::InitialShared { secret: shared_id(30), expires_at: at(2_000_000) });
    let member = staff_member(30).with_email(StaffEmail::Valid(user(30).email().clone()));
    vec![
        Call::InsertSchools(vec![school(school_id(30), "East")]),
        Call::InsertGroup(group(group_id(30), "Coaches", &["students.view"])),
        Call::InsertStaff(vec![member, staff_member(31)]),
        Call::InsertShared(shared_in(network)),
        Call::InsertUsers(vec![linked, user(31)]),
        Call::SetHashes(vec![(user_id(31), own_hash_in(network))]),
        Call::InsertSession(open_session(30, user_id(30))),
        Call::InsertSession(open_session(31, user_id(31))),
        Call::PutReset(reset(30)),
        Call::PutReset(reset(31)),
        Call::AddFailure(failure_key(30), at(7)),
        Call::AddFailure(failure_key(31), at(8)),
        Call::ClaimInvitations(vec![user_id(30), user_id(31)], at(9), at(1)),
        Call::InsertBatch(batch(network, 30)),
        Call::AppendAudit(audit_record(30, 5)),
    ]
}

/// Writes that change or remove what [`one_of_each`] added.
pub(super) fn a_change_of_each() -> Vec<Call> {
    let member = staff_member(30).with_status(StaffStatus::Inactive);
    let changed_group = group(group_id(30), "Trainers", &[]).with_status(GroupStatus::Inactive);
    let unlinked = user(30)
        .entering(IdSet::only(OTHER_SCHOOL))
        .in_groups(IdSet::only(TEACHERS))
        .made_by(batch_id(30))
        .set_email(email("elsewhere@school.example"));
    vec![
        Call::UpdateSchools(vec![School::new(
            school_id(30),
            sis_id("SCH-East-2"),
            school(school_id(30), "Far East").name().clone(),
        )]),
        Call::UpdateGroup(changed_group),
        Call::UpdateStaff(vec![member]),
        Call::UpdateUser(Revision::FIRST, unlinked),
        Call::RevokeShared(shared_id(30), at(10)),
        Call::RemoveShared(shared_id(30)),
        Call::SetHashes(vec![(user_id(31), hash("second"))]),
        Call::RemoveHashes(vec![user_id(31)]),
        Call::EnterSchool(session_id(30), OTHER_SCHOOL),
        Call::EndSession(session_id(31)),
        Call::EndSessionsOfUser(user_id(30)),
        Call::PutReset(Reset { token: token_hash(32), ..reset(30) }),
        Call::TakeReset(token_hash(31)),
        Call::RemoveResetOfUser(user_id(30)),
        Call::AddFailure(failure_key(30), at(11)),
        Call::TakeFailureBack(failure_key(30)),
        Call::ClearFailures(failure_key(31)),
        Call::ReleaseInvitations(vec![user_id(31)], at(9)),
        Call::DeleteUsers(vec![(user_id(31), Revision::FIRST)]),
    ]
}

/// Staff members that are hard to keep whole.
pub(super) fn hostile_staff() -> Vec<StaffMember> {
    let member = |number: u32, sis: &str, given: &str, family: &str, status, address: &str, schools| {
        StaffMember::new(
            staff_id(number),
            sis_id(sis),
            person(given, family),
            status,
            StaffEmail::read(address),
            schools,
        )
    };
    let (active, inactive) = (StaffStatus::Active, StaffStatus::Inactive);
    let both = || [SCHOOL, OTHER_SCHOOL].into_iter().collect();
    vec![
        member(1, "1", "Suharto", "", active, "", IdSet::empty()),
        member(2, "2 b", "", "O'Brien \\ \"x\" %_", inactive, "n/a", IdSet::only(SCHOOL)),
        member(3, "Ünï-3", EMOJI, "佐藤 🎓", active, " Ann.O'Hara+x@Bücher.Example ", both()),
        member(4, &"é".repeat(255), &"🎓".repeat(200), &"ß".repeat(200), inactive, &longest_email(), both()),
        member(5, "e\u{301}", "İpek", "Işık", active, &"x".repeat(254), IdSet::only(OTHER_SCHOOL)),
        member(6, "\u{E9}", "NULL", "'; DROP TABLE staff; --", active, "{a,\"b\"}@x", both()),
    ]
}

/// An address of the greatest length there is.
pub(super) fn longest_email() -> String {
    format!("{}@{}.{}.{}", "L".repeat(64), "d".repeat(63), "d".repeat(63), "d".repeat(61))
}

/// Users that are hard to keep whole, for a network with the fixture, staff 1 and the shared password 30.
pub(super) fn hostile_users() -> Vec<User> {
    use staffroom_core::UserStatus::{Disabled, Enabled};
    let far = at(253_402_300_799_999_999);
    let long_ago = at(-62_135_596_799_999_999);
    let new = |number: u32, address: &str, created_at| User::new(user_id(number), email(address), created_at);
    vec![
        new(1, "plain@school.example", moment()),
        new(2, "Mary.O'Brien+Home@Bücher.Example", at(1_786_953_600_123_457))
            .linked_to(staff_id(1))
            .entering([SCHOOL, OTHER_SCHOOL].into_iter().collect())
            .in_groups([TEACHERS, crate::fixture::RETIRED].into_iter().collect())
            .made_by(batch_id(77))
            .with_password(PasswordState::InitialShared { secret: shared_id(30), expires_at: far })
            .as_stored(Disabled, Some(at(1_786_953_600_999_999)), Revision::from_number(u32::MAX)),
        new(3, &longest_email(), long_ago)
            .with_password(PasswordState::InitialGenerated { expires_at: at(1) })
            .as_stored(Enabled, Some(long_ago), Revision::from_number(2)),
        new(4, "cafe\u{301}@school.example", far)
            .in_groups(IdSet::only(TEACHERS))
            .with_password(PasswordState::Chosen { set_at: at(-1) })
            .as_stored(Disabled, None, Revision::from_number(2_147_483_648)),
        new(5, "ＷＩＤＥ@school.example", moment()).entering(IdSet::only(OTHER_SCHOOL)),
    ]
}

/// A group with everything that a group can have, and one with nothing.
pub(super) fn hostile_groups() -> Vec<Group> {
    let many: Vec<String> = (0..60).map(|number| format!("part-{number}.do")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    vec![
        group(group_id(1), &format!("Équipe {EMOJI}"), &many),
        group(group_id(2), &"Ž".repeat(100), &[]).with_status(GroupStatus::Inactive),
        group(group_id(3), "x'); --", &[&"a".repeat(100)]),
    ]
}

/// A batch whose report has rows of every kind, not in the order of anything.
pub(super) fn hostile_batch() -> Batch {
    let every_reason: ReasonSet = Reason::TABLE.into_iter().map(|row| row.fires).collect();
    let every_warning: WarningSet = Warning::TABLE.into_iter().map(|row| row.fires).collect();
    let mut rows: Vec<ReportRow> =
        hostile_staff().iter().rev().map(|member| row_about(member, every_reason, every_warning)).collect();
    rows.insert(1, unknown(StaffKey::SisId(sis_id("gone 🎓"))));
    rows.insert(0, unknown(StaffKey::Id(staff_id(999))));
    Batch {
        plan: Digest::from_u128(u128::MAX - 1),
        shared_password: Some(shared_id(30)),
        report: Report::new(
            batch_id(31),
            NETWORK,
            Actor::User(user_id(4_000_000)),
            OTHER_SCHOOL,
            Some(group_id(9)),
            at(1_786_953_600_123_457),
            rows,
        ),
    }
}

fn unknown(key: StaffKey) -> ReportRow {
    ReportRow::new(
        Subject::Unknown(key),
        Outcome::Refused(ReasonSet::only(Reason::Unknown)),
        WarningSet::empty(),
        Vec::new(),
    )
}

fn row_about(member: &StaffMember, reasons: ReasonSet, warnings: WarningSet) -> ReportRow {
    let sharer = |id: StaffId| EmailSharer { id, ..EmailSharer::from(member) };
    let (outcome, warnings, sharers) = match member.email() {
        StaffEmail::Valid(_) => {
            (Outcome::Created(user_id(1)), warnings, vec![sharer(staff_id(70)), sharer(staff_id(8))])
        }
        _ => (Outcome::Refused(reasons), WarningSet::empty(), Vec::new()),
    };
    let subject = Subject::StaffMember {
        id: member.id(),
        sis_id: member.sis_id().clone(),
        name: member.name().clone(),
        email: member.email().clone(),
    };
    ReportRow::new(subject, outcome, warnings, sharers)
}

/// Audit records of every event, attempt and actor, from the earliest to the latest.
pub(super) fn hostile_audit() -> Vec<AuditRecord> {
    let reasons =
        vec![("email-taken".to_owned(), usize::try_from(u32::MAX).unwrap_or(7)), ("unknown".to_owned(), 1)];
    let created =
        AuditEvent::BulkCreate { requested: 4_294_967_297, created: 1, refused: 4_294_967_296, reasons };
    let permissions: PermissionSet =
        group(group_id(1), "Group", &["students.view", "x.y-1"]).permissions().clone();
    let edit =
        |user, code: &str, staff_member| AuditEvent::UserEdit { user, edit: code.to_owned(), staff_member };
    let denied = |attempt, code: &str| AuditEvent::Denied { attempt, code: code.to_owned(), user: None };
    let events = [
        created,
        AuditEvent::BulkCreate { requested: 0, created: 0, refused: 0, reasons: Vec::new() },
        AuditEvent::Undo { removed: 0, kept: usize::MAX >> 1 },
        denied(Attempt::List, "unknown-actor"),
        denied(Attempt::Preview, "actor-disabled"),
        denied(Attempt::Commit, "group-beyond-actor"),
        denied(Attempt::Undo, "missing-permission"),
        edit(user_id(1), "disable", None),
        edit(user_id(2), "link", Some(staff_id(1))),
        AuditEvent::GroupAdded { permissions: permissions.clone() },
        AuditEvent::GroupEdit { edit: "set-permissions".to_owned(), permissions },
        AuditEvent::GroupEdit { edit: "deactivate".to_owned(), permissions: PermissionSet::empty() },
        AuditEvent::Denied {
            attempt: Attempt::EditUser,
            code: "user-beyond-actor".to_owned(),
            user: Some(user_id(9)),
        },
        AuditEvent::PasswordReset { user: user_id(1) },
        AuditEvent::PasswordGiven { user: user_id(2) },
        AuditEvent::ResetSent { user: user_id(3) },
        AuditEvent::InitialRevoked { users: 100_000, shared: true, user: None },
        AuditEvent::InitialRevoked { users: 1, shared: false, user: Some(user_id(4)) },
        AuditEvent::SignInLocked { user: user_id(5) },
        AuditEvent::SessionsEnded { user: user_id(6), count: 0 },
        AuditEvent::Invited { sent: 4_294_967_297, left_out: 1 },
        denied(Attempt::Invite, "no-school-access"),
    ];
    (1..)
        .zip(events)
        .map(|(number, event)| AuditRecord {
            actor: Actor::User(user_id(number)),
            group: Some(group_id(number)).filter(|_| number % 2 == 0),
            batch: Some(batch_id(number)).filter(|_| number % 3 == 0),
            school: Some(SCHOOL).filter(|_| number % 5 != 0),
            event,
            ..audit_record(number, i64::from(number) * 1_000_001)
        })
        .collect()
}
