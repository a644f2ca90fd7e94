//! People, groups and plans to say the rules with.
#![allow(dead_code, reason = "each test file uses some of it")]
#![allow(clippy::unwrap_used, reason = "what a helper cannot make fails its test")]

use std::sync::atomic::{AtomicU64, Ordering};

use staffroom_core::{
    Actor, BulkCreate, Decision, EmailSharer, Facts, Group, GroupId, GroupName, IdSet, IdSource, NetworkId,
    Permission, PermissionSet, PersonName, Plan, PlanBuilder, Reason, SchoolId, Session, SisId, StaffEmail,
    StaffId, StaffMember, StaffStatus, Timestamp, UserId,
};
use uuid::Uuid;

pub(crate) const NETWORK: NetworkId = NetworkId::from_uuid(Uuid::from_u128(0xA1));
pub(crate) const SCHOOL: SchoolId = SchoolId::from_uuid(Uuid::from_u128(0xB1));
pub(crate) const OTHER_SCHOOL: SchoolId = SchoolId::from_uuid(Uuid::from_u128(0xB2));
pub(crate) const ADMIN: UserId = UserId::from_uuid(Uuid::from_u128(0xD1));

/// Ids 1, 2, 3 and so on.
#[derive(Debug, Default)]
pub(crate) struct Counting(AtomicU64);

impl IdSource for Counting {
    fn next_id(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.0.fetch_add(1, Ordering::Relaxed)) + 1)
    }
}

pub(crate) const fn staff_id(number: u128) -> StaffId {
    StaffId::from_uuid(Uuid::from_u128(0xE0 + number))
}

pub(crate) const fn group_id(number: u128) -> GroupId {
    GroupId::from_uuid(Uuid::from_u128(0xC0 + number))
}

pub(crate) fn session() -> Session {
    Session::new(NETWORK, Actor::User(ADMIN), SCHOOL)
}

pub(crate) fn moment() -> Timestamp {
    Timestamp::from_unix_micros(1_786_953_600_000_000).unwrap()
}

/// An active staff member who works in [`SCHOOL`] and has the email `s{number}@school.example`.
pub(crate) fn member(number: u128) -> StaffMember {
    StaffMember::new(
        staff_id(number),
        SisId::parse(&format!("S-{number}")).unwrap(),
        PersonName::parse(&format!("Given{number}"), "Family").unwrap(),
        StaffStatus::Active,
        StaffEmail::read(&format!("s{number}@school.example")),
        IdSet::only(SCHOOL),
    )
}

/// What a store says of somebody whom no rule refuses.
pub(crate) fn facts(number: u128) -> Facts {
    Facts { staff_member: member(number), linked_user: None, email_holder: None, email_sharers: Vec::new() }
}

/// Everybody of `numbers`, all with one email.
pub(crate) fn sharing(numbers: &[u128]) -> Vec<Facts> {
    let member = |number: &u128| member(*number).with_email(StaffEmail::read("desk@school.example"));
    let sharers = |of: &u128| {
        numbers.iter().filter(|other| *other != of).map(|other| EmailSharer::from(&member(other))).collect()
    };
    numbers
        .iter()
        .map(|number| Facts {
            staff_member: member(number),
            email_sharers: sharers(number),
            ..facts(*number)
        })
        .collect()
}

/// A plan for people who were asked for by name.
pub(crate) fn plan(request: &BulkCreate, people: impl IntoIterator<Item = Facts>) -> Plan {
    let mut builder = PlanBuilder::new(&session(), request, moment());
    people.into_iter().for_each(|facts| builder.add(facts));
    builder.finish(&Counting::default())
}

/// What a plan says about each person: nothing, if it creates a user; the codes of the reasons otherwise.
pub(crate) fn decisions(plan: &Plan) -> Vec<Vec<&'static str>> {
    let decision = |decision| match decision {
        Decision::Create(_) => Vec::new(),
        Decision::Refuse(reasons) => reasons.iter().map(Reason::code).collect(),
    };
    plan.rows().iter().map(|row| decision(row.decision())).collect()
}

pub(crate) fn permissions(codes: &[&str]) -> PermissionSet {
    codes.iter().map(|code| Permission::parse(code).unwrap()).collect()
}

pub(crate) fn group(number: u128, codes: &[&str]) -> Group {
    let name = GroupName::parse(&format!("Group {number}")).unwrap();
    Group::new(group_id(number), name, permissions(codes))
}
