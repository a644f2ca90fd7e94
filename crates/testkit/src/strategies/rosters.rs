//! Rosters: what a SIS says about the people of a world, and about others.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::subsequence;
use staffroom_core::{Roster, RosterRecord, RosterSchool, SchoolName, SisId};

use super::Preset;
use super::people::{STAFF_NUMBERS, name, sis_id, staff_email, staff_status};
use crate::fixture;

/// The SIS ids of the schools a roster may list: those of a world first.
const SCHOOL_SIS_IDS: [&str; 5] = ["SCH-North", "SCH-South", "SCH-Annex", "SCH-East", "sch-north"];

/// A roster. Its staff have the SIS ids of a world's staff, and two of nobody's.
pub fn roster(preset: Preset) -> impl Strategy<Value = Roster> {
    let schools = subsequence(SCHOOL_SIS_IDS.to_vec(), 1..=5)
        .prop_map(|ids| ids.into_iter().map(fixture::sis_id).collect::<Vec<_>>());
    let numbers = subsequence((1..=STAFF_NUMBERS).collect::<Vec<_>>(), 0..=10).prop_shuffle();
    (schools, numbers)
        .prop_flat_map(move |(schools, numbers)| {
            let records: Vec<_> =
                numbers.into_iter().map(|number| record(preset, number, schools.clone())).collect();
            let listed: Vec<_> = schools.into_iter().map(school).collect();
            (listed, records)
        })
        .prop_filter_map("a sound roster", |(schools, staff)| Roster::new(None, schools, staff).ok())
}

fn school(sis_id: SisId) -> impl Strategy<Value = RosterSchool> {
    prop_oneof![Just("North"), Just("South"), Just("\u{130}zmir"), Just("Stra\u{DF}e  School")]
        .prop_filter_map("a name", |text| SchoolName::parse(text).ok())
        .prop_map(move |name| RosterSchool::new(sis_id.clone(), name))
}

fn record(preset: Preset, number: u32, schools: Vec<SisId>) -> impl Strategy<Value = RosterRecord> {
    let works_in = vec(proptest::sample::select(schools), 0..3);
    (name(preset), staff_status(), staff_email(preset), works_in).prop_map(
        move |(name, status, email, schools)| {
            RosterRecord::new(sis_id(preset, number), name, status, email, schools)
        },
    )
}
