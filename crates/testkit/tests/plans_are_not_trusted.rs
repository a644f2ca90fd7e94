//! A plan that was altered on its way decides nothing that the records do not say.

use std::error::Error;
use std::sync::Arc;

use futures_lite::future::block_on;
use serde_json::{Value, json};
use staffroom_core::store::{Mode, RowLock, Store};
use staffroom_core::{
    BulkCreate, Committed, Outcome, Plan, Reason, ReasonSet, Selection, StaffKey, StaffStatus, User,
};
use staffroom_store_memory::MemoryStore;
use staffroom_testkit::fixture::{self, NETWORK, admin, staff_id, staff_member};

/// Previews for one candidate and one inactive person, alters the plan, and commits it.
fn committed(alter: impl FnOnce(&mut Value)) -> Result<(Committed, Vec<User>), Box<dyn Error>> {
    block_on(async {
        let store = Arc::new(MemoryStore::new());
        fixture::set_up(&*store).await?;
        let people = [staff_member(1), staff_member(2).with_status(StaffStatus::Inactive)];
        fixture::add_staff(&*store, NETWORK, &people).await?;
        let staffroom = fixture::staffroom(Arc::<MemoryStore>::clone(&store), 1);
        let keys = [1, 2].map(|number| StaffKey::Id(staff_id(number))).to_vec();
        let plan = staffroom.preview(&admin(), &BulkCreate::of(Selection::These(keys))).await?;
        let mut document = serde_json::to_value(&plan)?;
        alter(&mut document);
        let altered: Plan = serde_json::from_value(document)?;
        let committed = staffroom.commit(&admin(), &altered).await?;
        let mut uow = store.begin(NETWORK, Mode::Read).await?;
        let users = uow.users().find_by_batch(plan.batch(), RowLock::None).await?;
        Ok((committed, users))
    })
}

#[test]
fn mail_goes_to_the_address_on_record_however_the_plan_spells_it() {
    // The ligature has the same canonical form, and another mailbox behind it.
    let (_, users) = committed(|plan| {
        plan["rows"][0]["subject"]["staff-member"]["email"] = json!("sta\u{FB00}1@school.example");
    })
    .unwrap();
    assert_eq!(
        users.iter().map(|user| user.email().as_given()).collect::<Vec<_>>(),
        ["staff1@school.example"]
    );
}

#[test]
fn a_report_says_what_the_records_say_of_the_created_and_of_the_refused() {
    let (committed, _) = committed(|plan| {
        for row in 0..2 {
            plan["rows"][row]["subject"]["staff-member"]["sis_id"] = json!("HR-999");
            plan["rows"][row]["subject"]["staff-member"]["name"]["family"] = json!("Forged");
        }
    })
    .unwrap();
    let said: Vec<String> =
        committed.report.rows().iter().map(|row| format!("{:?}", row.subject())).collect();
    assert!(!said.iter().any(|said| said.contains("HR-999") || said.contains("Forged")), "{said:?}");
    assert!(said[1].contains("Given0002"), "{said:?}");
}

#[test]
fn somebody_whom_only_the_plan_knows_is_unknown_in_the_report() {
    let (committed, _) = committed(|plan| {
        plan["rows"][1]["subject"]["staff-member"]["id"] = json!("00000000-0000-0000-0000-00000000abcd");
        plan["rows"][1]["subject"]["staff-member"]["name"]["family"] = json!("Invented");
    })
    .unwrap();
    assert_eq!(committed.report.rows()[1].subject().name(), None);
}

#[test]
fn nobody_is_created_for_somebody_whom_only_the_plan_knows() {
    let (committed, users) = committed(|plan| {
        plan["rows"][0]["subject"]["staff-member"]["id"] = json!("00000000-0000-0000-0000-00000000abcd");
    })
    .unwrap();
    assert_eq!(committed.report.rows()[0].outcome(), Outcome::Refused(ReasonSet::only(Reason::Unknown)));
    assert_eq!(users, []);
}
