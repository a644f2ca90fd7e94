//! Looking at batches afterwards, through the library.

use std::sync::Arc;

use staffroom_core::store::Store;
use staffroom_core::{
    BatchHead, BatchId, BulkCreate, IdSet, InitialPassword, NoSlipReason, Plan, ReportRow, Secret, Selection,
    Since, StaffKey, Touch, UserId, UserStatus, ValidDays, WayIn,
};

use super::failure::{holds, same, there};
use super::office::{ROAMING_CLERK, clerk, later, open, session_of};
use super::samples::{at, batch_id};
use super::stage::{Everything, library};
use super::{Failure, Verdict};
use crate::fixture::{NETWORK, OTHER_SCHOOL, SCHOOL, TEACHERS, edit_user, email, operator, staff_id};

/// Carries out a batch for these staff members, in that school.
async fn carry_out(
    store: &Arc<dyn Store>,
    school: staffroom_core::SchoolId,
    staff: &[u32],
    password: InitialPassword,
) -> Result<(Plan, Vec<UserId>), Failure> {
    let session = session_of(ROAMING_CLERK, school);
    let keys = staff.iter().map(|number| StaffKey::Id(staff_id(*number))).collect();
    let request = BulkCreate::of(Selection::These(keys)).in_group(TEACHERS).with_initial_password(password);
    let staffroom = later(store);
    let plan = staffroom.preview(&session, &request).await?;
    let report = match password {
        InitialPassword::Shared(_) => {
            let secret = Secret::new("a password for everybody".to_owned());
            staffroom.commit_with_shared_password(&session, &plan, secret).await?.report
        }
        _ => staffroom.commit(&session, &plan).await?.report,
    };
    Ok((plan, report.rows().iter().filter_map(ReportRow::user).collect()))
}

/// Batches are listed from the newest, in pages of any size, for whoever may enter their school; to the others they are as
/// unknown (R8).
pub async fn batches_are_seen_from_their_school(store: Arc<dyn Store>) -> Verdict {
    open(&*store, &[]).await?;
    let mut batches: Vec<BatchId> = Vec::new();
    for (number, school) in [(1, SCHOOL), (2, OTHER_SCHOOL), (3, SCHOOL), (4, OTHER_SCHOOL), (5, SCHOOL)] {
        batches.push(carry_out(&store, school, &[number, 77], InitialPassword::None).await?.0.batch());
    }
    let picked = |places: &[usize]| -> Vec<BatchId> {
        places.iter().filter_map(|place| batches.get(*place).copied()).collect()
    };
    let elsewhere = session_of(ROAMING_CLERK, OTHER_SCHOOL);
    for (session, expected) in [
        (clerk(), picked(&[4, 2, 0])),
        (elsewhere, picked(&[4, 3, 2, 1, 0])),
        (operator(), picked(&[4, 3, 2, 1, 0])),
    ] {
        for size in [1, 2, 100] {
            let (mut listed, mut after): (Vec<BatchHead>, _) = (Vec::new(), None);
            for _ in 0..5 {
                let page = library(&store).batches(&session, after.as_ref(), size).await?;
                holds("a page is no longer than asked for", page.rows.len() <= size)?;
                listed.extend(page.rows);
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            holds("the pages end", after.is_none())?;
            let ids: Vec<BatchId> = listed.iter().map(|head| head.id).collect();
            same(&format!("the batches in pages of {size}"), &ids, &expected)?;
            for head in listed {
                let view = there("the batch", library(&store).batch(&session, head.id).await?)?;
                same("its head", head, BatchHead::of(&view.batch.report))?;
                same("its counts", (head.counts.created, head.counts.refused), (1, 1))?;
            }
        }
    }
    for unseen in picked(&[1, 3]) {
        holds("it is as unknown", library(&store).batch(&clerk(), unseen).await?.is_none())?;
        holds("so is its hand-off sheet", library(&store).hand_off(&clerk(), unseen).await?.is_none())?;
    }
    Ok(())
}

/// A batch shows of each row what an undo would do now: remove the user, keep it for a reason, or nothing (R15).
pub async fn a_batch_shows_what_became_of_its_users(store: Arc<dyn Store>) -> Verdict {
    open(&*store, &[]).await?;
    let (plan, made) = carry_out(&store, SCHOOL, &[1, 2, 77, 3, 4], InitialPassword::None).await?;
    let [first, second, third, fourth] = *made else {
        return Err(Failure::new(format!("four users are made, not {made:?}")));
    };
    edit_user(&*store, NETWORK, first, |user| user.signed_in(at(1))).await?;
    edit_user(&*store, NETWORK, second, |user| user.set_status(UserStatus::Disabled)).await?;
    let view = there("the batch", library(&store).batch(&clerk(), plan.batch()).await?)?;
    let expected = [
        Since::Touched(vec![Touch::SignedIn]),
        Since::Touched(vec![Touch::Edited]),
        Since::NotCreated,
        Since::Untouched,
        Since::Untouched,
    ];
    same("what became of them", &*view.since, &expected)?;
    same("the sums", (view.untouched(), view.touched(), view.removed()), (2, 2, 0))?;
    later(&store).undo(&clerk(), plan.batch()).await?;
    let view = there("the batch", library(&store).batch(&clerk(), plan.batch()).await?)?;
    same("the sums after an undo", (view.untouched(), view.touched(), view.removed()), (0, 2, 2))?;
    let users = Everything::of(&*store, NETWORK).await?.users;
    let left = |id: UserId| users.iter().any(|user| user.id() == id);
    same("who is left", [first, second, third, fourth].map(left), [true, true, false, false])
}

/// A hand-off sheet made again has a slip for whoever has not been in, with the email they have now and never a password;
/// and says of everybody else why not (R9, R10).
pub async fn a_hand_off_sheet_is_made_again(store: Arc<dyn Store>) -> Verdict {
    open(&*store, &[]).await?;
    let generated = InitialPassword::Generated(ValidDays::default());
    let (plan, made) = carry_out(&store, SCHOOL, &[5, 4, 3, 2, 1], generated).await?;
    let [respelled, signed_in, chose, disabled, moved] = *made else {
        return Err(Failure::new(format!("five users are made, not {made:?}")));
    };
    edit_user(&*store, NETWORK, respelled, |user| user.set_email(email("new@school.example"))).await?;
    edit_user(&*store, NETWORK, signed_in, |user| user.signed_in(at(1))).await?;
    edit_user(&*store, NETWORK, chose, |user| user.chose_password(at(1))).await?;
    edit_user(&*store, NETWORK, disabled, |user| user.set_status(UserStatus::Disabled)).await?;
    edit_user(&*store, NETWORK, moved, |user| user.set_schools(IdSet::only(OTHER_SCHOOL))).await?;
    let sheet = there("the sheet", library(&store).hand_off(&clerk(), plan.batch()).await?)?;
    let left_out: Vec<_> = sheet.left_out.iter().map(|left| (left.user, left.why)).collect();
    let expected = [
        (signed_in, NoSlipReason::SignedIn),
        (chose, NoSlipReason::PasswordSet),
        (disabled, NoSlipReason::Disabled),
        (moved, NoSlipReason::NoAccess),
    ];
    same("who needs no slip", left_out, expected)?;
    let slips: Vec<_> = sheet
        .hand_off
        .entries
        .iter()
        .map(|slip| (slip.user, slip.staff_member, slip.email.as_given().to_owned()))
        .collect();
    same("who needs one", slips, [(respelled, staff_id(5), "new@school.example".to_owned())])?;
    let shown_before =
        sheet.hand_off.entries.iter().all(|slip| matches!(slip.way_in, WayIn::PasswordShownBefore { .. }));
    holds("no password is shown again", shown_before)?;
    let unknown = library(&store).hand_off(&clerk(), batch_id(77)).await?;
    holds("an unknown batch has no sheet", unknown.is_none())
}

/// An initial password that works no more is no way in: the slip says how else (R9).
pub async fn an_expired_password_is_no_way_in(store: Arc<dyn Store>) -> Verdict {
    open(&*store, &[]).await?;
    let day = ValidDays::new(1).unwrap_or_default();
    for (staff, password) in [(1, InitialPassword::Shared(day)), (2, InitialPassword::Generated(day))] {
        let (plan, _) = carry_out(&store, SCHOOL, &[staff], password).await?;
        let ways = |sheet: staffroom_core::HandOffAgain| -> Vec<&'static str> {
            let way = |way_in: &WayIn| match way_in {
                WayIn::ForgotPassword => "forgot",
                WayIn::SharedPassword { .. } => "shared",
                WayIn::PasswordShownBefore { .. } => "shown before",
                _ => "something else",
            };
            sheet.hand_off.entries.iter().map(|slip| way(&slip.way_in)).collect()
        };
        let works = if staff == 1 { "shared" } else { "shown before" };
        let now = there("the sheet", library(&store).hand_off(&clerk(), plan.batch()).await?)?;
        same("while it works", ways(now), [works])?;
        let next_week = super::office::in_a_week(&store);
        let later = there("the sheet", next_week.hand_off(&clerk(), plan.batch()).await?)?;
        same("when it has expired", ways(later), ["forgot"])?;
    }
    Ok(())
}
