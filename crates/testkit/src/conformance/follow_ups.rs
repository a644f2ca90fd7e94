//! Whom to follow up, how many of what there are, and what the log says, through the library.

use std::sync::Arc;

use staffroom_core::store::{Count, Store};
use staffroom_core::{
    AuditRecord, BulkCreate, Matter, Selection, StaffEmail, StaffKey, StaffStatus, User, UserEdit, UserId,
    UserStatus,
};

use super::failure::{holds, same};
use super::office::{CLERK, ROAMING_CLERK, clerk, edit, later, open, session_of, teacher, teacher_elsewhere};
use super::samples::at;
use super::stage::{Everything, library};
use super::{Failure, Verdict};
use crate::fixture::{
    ADMIN, NETWORK, OTHER_SCHOOL, SCHOOL, add_staff, edit_user, email, operator, staff_id, staff_member,
    user_id,
};

/// A teacher who has signed in, with the email of that staff member and linked to them.
fn settled(number: u32) -> User {
    let own = email(&format!("Staff{number}@school.example"));
    teacher(number).set_email(own).linked_to(staff_id(number)).signed_in(at(1))
}

/// Whom to follow up is every enabled user in sight who has never signed in, whose staff member is inactive, or whose staff
/// member has another email, with everything that is the matter; once each, ascending by email.
pub async fn everybody_to_follow_up_is_named_once(store: Arc<dyn Store>) -> Verdict {
    let departed = settled(6);
    let drifted = settled(2).set_email(email("another@school.example"));
    let without = settled(7);
    let invalid = settled(8);
    let everything = teacher(9).linked_to(staff_id(9));
    let disabled = teacher(3).linked_to(staff_id(3)).set_status(UserStatus::Disabled);
    let elsewhere = teacher_elsewhere(4).linked_to(staff_id(4));
    let unlinked = teacher(5).signed_in(at(1));
    open(&*store, &[]).await?;
    let members = [
        staff_member(6).with_status(StaffStatus::Inactive),
        staff_member(7).with_email(StaffEmail::Missing),
        staff_member(8).with_email(StaffEmail::read("n/a")),
        staff_member(9).with_status(StaffStatus::Inactive),
    ];
    add_staff(&*store, NETWORK, &members).await?;
    let users = [settled(1), drifted, departed, without, invalid, everything, disabled, elsewhere, unlinked];
    crate::fixture::add_users(&*store, NETWORK, &users).await?;
    for id in [ADMIN, CLERK, ROAMING_CLERK] {
        edit_user(&*store, NETWORK, id, |user| user.signed_in(at(1))).await?;
    }
    let mine = vec![
        (user_id(2), vec![Matter::EmailDrifted]),
        (user_id(6), vec![Matter::StaffInactive]),
        (user_id(7), vec![Matter::EmailDrifted]),
        (user_id(8), vec![Matter::EmailDrifted]),
        (user_id(9), vec![Matter::NeverSignedIn, Matter::StaffInactive, Matter::EmailDrifted]),
    ];
    let mut all = mine.clone();
    all.insert(4, (user_id(4), vec![Matter::NeverSignedIn, Matter::EmailDrifted]));
    for (session, expected) in [(clerk(), mine), (operator(), all)] {
        let mut named: Vec<(UserId, Vec<Matter>)> = Vec::new();
        library(&store).follow_up(&session, &mut |one| named.push((one.user.user.id(), one.matters))).await?;
        same("whom to follow up", named, expected)?;
    }
    Ok(())
}

/// An overview counts what there is, and of users, schools and batches what the actor may see.
pub async fn an_overview_counts_what_is_seen(store: Arc<dyn Store>) -> Verdict {
    let disabled = teacher(2).set_status(UserStatus::Disabled);
    open(
        &*store,
        &[teacher(1).linked_to(staff_id(1)), disabled, teacher_elsewhere(3).linked_to(staff_id(2))],
    )
    .await?;
    add_staff(&*store, NETWORK, &[staff_member(6).with_status(StaffStatus::Inactive)]).await?;
    for (number, school) in [(3, SCHOOL), (4, OTHER_SCHOOL)] {
        let staffroom = later(&store);
        let request = BulkCreate::of(Selection::These(vec![StaffKey::Id(staff_id(number))]));
        let session = session_of(ROAMING_CLERK, school);
        let plan = staffroom.preview(&session, &request).await?;
        staffroom.commit(&session, &plan).await?;
    }
    for (session, schools, enabled, linked, batches) in [(clerk(), 1, 5, 2, 1), (operator(), 2, 7, 4, 2)] {
        let overview = library(&store).overview(&session).await?;
        same("the network", overview.network.map(|network| network.id()), Some(NETWORK))?;
        same("the schools", overview.schools, schools)?;
        same("the staff", (overview.staff_active, overview.staff_inactive), (5, 1))?;
        let Count::Exactly(candidates) = overview.candidates else {
            return Err(Failure::new(format!("an exact count, not {:?}", overview.candidates)));
        };
        // A store may let too many through, of those who are no candidates.
        holds("there are candidates", (1..=6).contains(&candidates))?;
        same("the users", (overview.users_enabled, overview.users_disabled), (enabled, 1))?;
        same("the linked users", overview.users_linked, linked)?;
        same("the groups", (overview.groups_active, overview.groups_inactive), (4, 1))?;
        same("the batches", overview.batches, batches)?;
    }
    Ok(())
}

/// The log is read from the newest, in pages of any size, by whoever may enter the schools that it is about (R8, R16).
pub async fn the_log_is_read_from_its_schools(store: Arc<dyn Store>) -> Verdict {
    open(&*store, &[teacher(1).entering([SCHOOL, OTHER_SCHOOL].into_iter().collect())]).await?;
    let elsewhere = session_of(ROAMING_CLERK, OTHER_SCHOOL);
    for (session, wish) in [
        (clerk(), UserEdit::Disable),
        (elsewhere, UserEdit::Enable),
        (clerk(), UserEdit::Disable),
        (elsewhere, UserEdit::RevokeAccess),
        (clerk(), UserEdit::Enable),
    ] {
        same("an edit", &*edit(&store, &session, user_id(1), wish).await, "now")?;
    }
    let mut newest_first = Everything::of(&*store, NETWORK).await?.audit;
    newest_first.reverse();
    same("how many records", newest_first.len(), 5)?;
    let here: Vec<AuditRecord> =
        newest_first.iter().filter(|record| record.school == Some(SCHOOL)).cloned().collect();
    same("how many from here", here.len(), 3)?;
    for (session, expected) in [(clerk(), &here), (elsewhere, &newest_first), (operator(), &newest_first)] {
        for size in [1, 2, 100] {
            let (mut read, mut after): (Vec<AuditRecord>, _) = (Vec::new(), None);
            for _ in 0..5 {
                let page = library(&store).audit(&session, after.as_ref(), size).await?;
                read.extend(page.rows);
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            holds("the pages end", after.is_none())?;
            same(&format!("the log in pages of {size}"), &read, expected)?;
        }
    }
    Ok(())
}
