//! Decisions about imports, one by one.

#![allow(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

use std::sync::Arc;

use futures_lite::future::block_on;
use staffroom_core::{Departures, ImportError, Roster, RosterRecord, StaffStatus};
use staffroom_store_memory::MemoryStore;
use staffroom_testkit::fixture::{self, NETWORK, add_staff, person, set_up, staff_member};

#[test]
fn nobody_leaves_who_was_not_there() {
    block_on(async {
        let store = Arc::new(MemoryStore::new());
        set_up(&*store).await.unwrap();
        let status = |number| if number <= 20 { StaffStatus::Inactive } else { StaffStatus::Active };
        let staff: Vec<_> = (1..=30).map(|number| staff_member(number).with_status(status(number))).collect();
        add_staff(&*store, NETWORK, &staff).await.unwrap();
        let staffroom = fixture::staffroom(Arc::<MemoryStore>::clone(&store), 7);
        let roster = |gone: usize| {
            let record = |(place, member): (usize, &staffroom_core::StaffMember)| {
                let status = if place >= 30 - gone { StaffStatus::Inactive } else { member.status() };
                let name = person("Another", "Name");
                RosterRecord::new(member.sis_id().clone(), name, status, member.email().clone(), Vec::new())
            };
            Roster::new(None, Vec::new(), staff.iter().enumerate().map(record).collect()).unwrap()
        };
        // All are renamed; the twenty who were inactive before do not become so now.
        let report = staffroom.import_with(NETWORK, &roster(0), Departures::Guarded).await.unwrap();
        assert_eq!((report.staff_updated, report.staff_departed), (30, 0));
        let refused = staffroom.import_with(NETWORK, &roster(10), Departures::Guarded).await;
        assert!(
            matches!(refused, Err(ImportError::TooManyDepartures { leaving: 10, active: 10 })),
            "{refused:?}"
        );
    });
}
