//! What holds of the hand-off sheet (R9, R10).

use staffroom_core::{Committed, HandOffEntry, Plan, PlannedPassword, Repeat, ReportRow, WayIn};

use super::bench::{Bench, Scene, Snapshot};
use super::violation::require;
use super::{Verdict, Violation};
use crate::strategies::Case;

/// The hand-off sheet has one entry for every user that was created, in the order of the report, with the name and
/// address on their record, and says how they get in and until when. A generated password is in the first answer and
/// in no other (R9, R10).
pub fn the_hand_off_sheet_says_how_to_get_in(bench: &Bench, case: &Case) -> Verdict {
    bench.run(async {
        let fresh = bench.fresh().await;
        let store = fresh.store();
        let scene = Scene::set(&store, &case.world).await?;
        let Ok(plan) = scene.staffroom.preview(&case.session, &case.request).await else { return Ok(()) };
        let Ok(first) = scene.commit(&case.session, &plan).await else { return Ok(()) };
        let again = scene.commit(&case.session, &plan).await;
        let again = again.map_err(|error| Violation::of("R11", error.to_string()))?;
        let state = scene.snapshot(case.session.network()).await?;
        for committed in [&first, &again] {
            let created: Vec<_> = committed.report.rows().iter().filter_map(ReportRow::user).collect();
            let sheet = committed.hand_off();
            let named: Vec<_> = sheet.entries.iter().map(|entry| entry.user).collect();
            require!("R10", created == named, "{named:?} are on the sheet instead of {created:?}");
            for entry in &sheet.entries {
                is_of_the_record(&state, entry)?;
                way_in_is_true(&plan, committed, entry)?;
            }
        }
        Ok(())
    })
}

fn is_of_the_record(state: &Snapshot, entry: &HandOffEntry) -> Verdict {
    let member = state.facts(entry.staff_member).map(|facts| &facts.staff_member);
    let user = state.user(entry.user);
    let same = member.is_some_and(|member| {
        *member.name() == entry.name && member.email().valid().is_some_and(|email| *email == entry.email)
    }) && user.is_some_and(|user| {
        user.email().is_same_address(&entry.email) && user.staff_member() == Some(entry.staff_member)
    });
    require!("R10", same, "{entry:?} is not about {member:?} and {user:?}");
    Ok(())
}

fn way_in_is_true(plan: &Plan, committed: &Committed, entry: &HandOffEntry) -> Verdict {
    let until = |days| committed.report.at().plus_days(days);
    let first = committed.repeat == Repeat::First;
    let is_true = match (&entry.way_in, plan.password()) {
        (WayIn::ForgotPassword, PlannedPassword::None) => true,
        (WayIn::SharedPassword { expires_at }, PlannedPassword::Shared { valid, .. }) => {
            *expires_at == until(valid.days())
        }
        (WayIn::GeneratedPassword { expires_at, password }, PlannedPassword::Generated { valid }) => {
            first && *expires_at == until(valid.days()) && !password.expose().is_empty()
        }
        (WayIn::PasswordShownBefore { expires_at }, PlannedPassword::Generated { valid }) => {
            !first && *expires_at == until(valid.days())
        }
        _ => false,
    };
    require!("R9", is_true, "{entry:?} does not get in like this: {:?}", plan.password());
    Ok(())
}
