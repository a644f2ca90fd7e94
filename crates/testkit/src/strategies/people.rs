//! Staff members, and the facts about them.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use staffroom_core::{
    EmailSharer, Facts, IdSet, Permission, PermissionSet, PersonName, SchoolId, SisId, StaffEmail,
    StaffMember, StaffStatus,
};

use super::Preset;
use super::texts::{raw_email, raw_name, sis_text};
use super::worlds::SCHOOLS;
use crate::fixture;

/// How many numbers there are for staff members; a world has fewer, so some belong to nobody.
pub(super) const STAFF_NUMBERS: u32 = 14;

/// The number of a staff member who may or may not be there.
pub fn staff_number() -> impl Strategy<Value = u32> {
    1..=STAFF_NUMBERS
}

/// The email on a record.
pub fn staff_email(preset: Preset) -> impl Strategy<Value = StaffEmail> {
    raw_email(preset).prop_map(|text| StaffEmail::read(&text))
}

/// A name that parses.
pub(super) fn name(preset: Preset) -> impl Strategy<Value = PersonName> {
    raw_name(preset).prop_map(|(given, family)| {
        PersonName::parse(&given, &family).unwrap_or_else(|_| fixture::person("Somebody", ""))
    })
}

/// Four in five work here.
pub(super) fn staff_status() -> impl Strategy<Value = StaffStatus> {
    prop_oneof![4 => Just(StaffStatus::Active), 1 => Just(StaffStatus::Inactive)]
}

/// Some of the schools, or none.
pub(super) fn schools() -> impl Strategy<Value = IdSet<SchoolId>> {
    subsequence(SCHOOLS.to_vec(), 0..=2).prop_map(IdSet::from_iter)
}

/// The SIS id of the staff member numbered `number`.
pub(super) fn sis_id(preset: Preset, number: u32) -> SisId {
    fixture::sis_id(&sis_text(preset, number))
}

/// The staff member numbered `number`.
pub(super) fn staff_member(preset: Preset, number: u32) -> impl Strategy<Value = StaffMember> {
    (name(preset), staff_status(), staff_email(preset), schools()).prop_map(
        move |(name, status, email, schools)| {
            let id = fixture::staff_id(number);
            StaffMember::new(id, sis_id(preset, number), name, status, email, schools)
        },
    )
}

/// Any staff member whose number there may be.
pub fn any_staff_member(preset: Preset) -> impl Strategy<Value = StaffMember> {
    staff_number().prop_flat_map(move |number| staff_member(preset, number))
}

/// Facts as no store would put them together, and as every store would.
pub fn facts(preset: Preset) -> impl Strategy<Value = Facts> {
    let user = || option::weighted(0.3, (1_u32..6).prop_map(fixture::user_id));
    let sharer = move || {
        (20_u32..24, name(preset)).prop_map(|(number, name)| EmailSharer {
            id: fixture::staff_id(number),
            sis_id: fixture::sis_id(&format!("S-{number}")),
            name,
        })
    };
    (any_staff_member(preset), user(), user(), option::weighted(0.3, vec(sharer(), 1..3))).prop_map(
        |(staff_member, linked_user, email_holder, sharers)| Facts {
            staff_member,
            linked_user,
            email_holder,
            email_sharers: sharers.unwrap_or_default(),
        },
    )
}

/// A set of permissions; those of the groups are drawn from few, so that one often holds another.
pub fn permissions() -> impl Strategy<Value = PermissionSet> {
    const CODES: [&str; 4] = ["students.view", "grades.record", "budget.sign", "users.bulk-create"];
    vec(select(&CODES), 0..3)
        .prop_map(|codes| codes.into_iter().filter_map(|code| Permission::parse(code).ok()).collect())
}
