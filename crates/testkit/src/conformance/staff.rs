//! The staff members' records.

use std::sync::Arc;

use staffroom_core::store::{StaffWrite, Store};
use staffroom_core::{IdSet, StaffEmail, StaffId, StaffMember, StaffStatus};

use super::Verdict;
use super::failure::{misuse, same};
use super::samples::{hostile_staff, school_id};
use super::stage::{read, with_staff, write};
use crate::fixture::{OTHER_SCHOOL, SCHOOL, person, set_up, sis_id, staff_id, staff_member};

fn known_as(number: u32, sis: &str) -> StaffMember {
    let member = staff_member(number);
    StaffMember::new(
        member.id(),
        sis_id(sis),
        member.name().clone(),
        member.status(),
        member.email().clone(),
        member.schools().clone(),
    )
}

fn working_in(number: u32, schools: IdSet<staffroom_core::SchoolId>) -> StaffMember {
    let member = staff_member(number);
    StaffMember::new(
        member.id(),
        member.sis_id().clone(),
        member.name().clone(),
        member.status(),
        member.email().clone(),
        schools,
    )
}

/// Staff members are read back equal: any script and length of name, one name only, no email, a bad email, an email as
/// it was given, no school, several schools.
pub async fn staff_are_read_back(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let mut uow = write(&*store).await?;
    let outcomes = uow.staff().insert(&hostile_staff()).await?;
    same("the outcomes", outcomes, vec![StaffWrite::Written; hostile_staff().len()])?;
    uow.commit().await?;
    let mut uow = read(&*store).await?;
    for member in hostile_staff() {
        same("a staff member", uow.staff().find(member.id()).await?, Some(member))?;
    }
    same("one who is not there", uow.staff().find(staff_id(99)).await?, None)
}

/// Every staff member is visited once, active or not.
pub async fn every_staff_record_is_visited_once(store: Arc<dyn Store>) -> Verdict {
    with_staff(&*store, &hostile_staff()).await?;
    let mut visited = Vec::new();
    read(&*store).await?.staff().visit_records(&mut |member| visited.push(member)).await?;
    visited.sort_by_key(StaffMember::id);
    same("the records", visited, hostile_staff())
}

/// No two staff members have one id or one SIS id; a row that would is refused alone, also if the other is in the same
/// call.
pub async fn staff_ids_and_sis_ids_are_unique(store: Arc<dyn Store>) -> Verdict {
    use StaffWrite::{Taken, Written};
    with_staff(&*store, &[staff_member(1)]).await?;
    let mut uow = write(&*store).await?;
    let rows = [
        known_as(2, "2"),
        known_as(3, "S-0001"),
        known_as(1, "another"),
        known_as(4, "2"),
        known_as(5, "5"),
        known_as(5, "6"),
        known_as(7, "s-0001"),
    ];
    let expected = [Written, Taken, Taken, Taken, Written, Taken, Written];
    same("the outcomes", uow.staff().insert(&rows).await?, expected)?;
    uow.commit().await?;
    let mut uow = read(&*store).await?;
    for member in [staff_member(1), known_as(2, "2"), known_as(5, "5")] {
        same("a staff member", uow.staff().find(member.id()).await?, Some(member))?;
    }
    Ok(())
}

/// SIS ids are looked up byte for byte, and answered in the order of the questions, one each.
pub async fn staff_are_found_by_sis_id(store: Arc<dyn Store>) -> Verdict {
    let members = [known_as(1, "t-1"), known_as(2, "T-1"), known_as(3, "e\u{301}"), known_as(4, "\u{E9}")];
    with_staff(&*store, &members).await?;
    let questions = ["\u{E9}", "T-1", "nobody", "t-1", "T-1", "e\u{301}", " t-1 ", "t-1%"].map(sis_id);
    let answers = read(&*store).await?.staff().find_ids(&questions).await?;
    let expected = [Some(4), Some(2), None, Some(1), Some(2), Some(3), Some(1), None];
    same("the answers", answers, expected.map(|number| number.map(staff_id)))?;
    let none: Vec<Option<StaffId>> = read(&*store).await?.staff().find_ids(&[]).await?;
    same("the answers to no question", none, [])
}

/// An update overwrites the staff member with its id, in every field, and says so row by row.
pub async fn staff_are_updated(store: Arc<dyn Store>) -> Verdict {
    use StaffWrite::{Taken, Unknown, Written};
    with_staff(&*store, &[staff_member(1), staff_member(2), staff_member(3)]).await?;
    let mut uow = write(&*store).await?;
    let changed = StaffMember::new(
        staff_id(1),
        sis_id("S-9001"),
        person("Änne", "Ødegård"),
        StaffStatus::Inactive,
        StaffEmail::Missing,
        IdSet::empty(),
    );
    let moved = working_in(3, [SCHOOL, OTHER_SCHOOL].into_iter().collect());
    let rows = [changed.clone(), staff_member(8), known_as(2, "S-0003"), moved.clone()];
    let outcomes = uow.staff().update(&rows).await?;
    same("the outcomes", outcomes, [Written, Unknown, Taken, Written])?;
    uow.commit().await?;
    let mut uow = read(&*store).await?;
    for member in [changed, staff_member(2), moved] {
        same("a staff member", uow.staff().find(member.id()).await?, Some(member))?;
    }
    same("one who was not there", uow.staff().find(staff_id(8)).await?, None)
}

/// A SIS id that a staff member gave up is free, and finds nobody.
pub async fn a_sis_id_that_was_given_up_is_free(store: Arc<dyn Store>) -> Verdict {
    with_staff(&*store, &[known_as(1, "old")]).await?;
    let mut uow = write(&*store).await?;
    uow.staff().update(&[known_as(1, "new")]).await?;
    let questions = [sis_id("old"), sis_id("new")];
    same("who they are now", uow.staff().find_ids(&questions).await?, [None, Some(staff_id(1))])?;
    let taken = uow.staff().insert(&[known_as(2, "old")]).await?;
    same("taking the old one", taken, [StaffWrite::Written])?;
    uow.commit().await?;
    let found = read(&*store).await?.staff().find_ids(&questions).await?;
    same("who they are later", found, [Some(staff_id(2)), Some(staff_id(1))])
}

/// A staff member works only in schools that the network has: anything else is misuse.
pub async fn staff_work_only_in_schools_of_the_network(store: Arc<dyn Store>) -> Verdict {
    with_staff(&*store, &[staff_member(1)]).await?;
    let nowhere = || [SCHOOL, school_id(1)].into_iter().collect();
    let mut uow = write(&*store).await?;
    misuse("inserting", uow.staff().insert(&[staff_member(2), working_in(3, nowhere())]).await)?;
    drop(uow);
    let mut uow = write(&*store).await?;
    misuse("updating", uow.staff().update(&[working_in(1, nowhere())]).await)
}
