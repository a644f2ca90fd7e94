//! What holds of undoing (R15).

use staffroom_core::{PasswordState, ReportRow, Revision, Touch, UndoOutcome, User};

use super::bench::{Bench, Scene};
use super::sound::keys_hold;
use super::violation::require;
use super::{Verdict, Violation};
use crate::strategies::{Case, Edit, apply_edit};

/// Undoing after a commit restores what was: users, links, passwords and candidates, all but the audit log; and the
/// same people would be chosen again (R15).
pub fn undo_restores_what_was(bench: &Bench, case: &Case) -> Verdict {
    bench.run(async {
        let fresh = bench.fresh().await;
        let store = fresh.store();
        let scene = Scene::set(&store, &case.world).await?;
        let network = case.session.network();
        let before = scene.snapshot(network).await?;
        let Ok(plan) = scene.staffroom.preview(&case.session, &case.request).await else { return Ok(()) };
        let Ok(committed) = scene.commit(&case.session, &plan).await else { return Ok(()) };
        let undone = scene
            .staffroom
            .undo(&case.session, plan.batch())
            .await
            .map_err(|error| Violation::of("R15", format!("the actor could not undo: {error:?}")))?;
        let (created, removed) = (committed.report.counts().created, undone.removed());
        require!("R15", created == removed && undone.kept() == 0, "{removed} of {created} were removed");
        let after = scene.snapshot(network).await?;
        let same = before.clone().without_audit() == after.clone().without_audit();
        require!("R15", same, "{before:?} became {after:?}");
        let records = after.audit.len().saturating_sub(before.audit.len());
        require!("R16", records == 2, "a commit and its undo left {records} records");
        if let staffroom_core::PlannedPassword::Shared { secret, .. } = plan.password() {
            let mut uow = store.begin(network, staffroom_core::store::Mode::Read).await?;
            let gone = uow.passwords().find_shared(secret).await?.is_none();
            require!("R15", gone, "the shared password outlived its users");
        }
        let Ok(again) = scene.staffroom.preview(&case.session, &case.request).await else {
            return Err(Violation::of("R15", "the actor may not any more"));
        };
        require!("R15", again.counts() == plan.counts(), "{:?} became {:?}", plan.counts(), again.counts());
        Ok(())
    })
}

/// An undo removes exactly the users that nobody touched since, keeps the others as they are and says why; somebody
/// who has signed in is never removed (R15).
pub fn undo_leaves_the_touched_alone(bench: &Bench, case: &Case, edits: &[Edit]) -> Verdict {
    bench.run(async {
        let fresh = bench.fresh().await;
        let store = fresh.store();
        let scene = Scene::set(&store, &case.world).await?;
        let network = case.session.network();
        let Ok(plan) = scene.staffroom.preview(&case.session, &case.request).await else { return Ok(()) };
        let Ok(committed) = scene.commit(&case.session, &plan).await else { return Ok(()) };
        for edit in edits {
            apply_edit(&*store, network, edit).await?;
        }
        let before = scene.snapshot(network).await?;
        let Ok(undone) = scene.staffroom.undo(&case.session, plan.batch()).await else { return Ok(()) };
        let after = scene.snapshot(network).await?;
        keys_hold(&after)?;
        let of_batch: Vec<_> = committed.report.rows().iter().filter_map(ReportRow::user).collect();
        let reported: Vec<_> = undone.rows.iter().map(|row| row.user).collect();
        require!("R15", of_batch == reported, "{reported:?} are reported instead of {of_batch:?}");
        for user in &before.users {
            let expected = of_batch.contains(&user.id()) && touches(user).is_empty();
            match after.user(user.id()) {
                None => require!("R15", expected, "{user:?} was removed"),
                Some(kept) => require!("R15", !expected && kept == user, "{user:?} became {kept:?}"),
            }
        }
        for row in &undone.rows {
            let told = match (&row.outcome, before.user(row.user)) {
                (UndoOutcome::Removed, None) => true,
                (UndoOutcome::Removed, Some(user)) => touches(user).is_empty(),
                (UndoOutcome::Kept(why), Some(user)) => *why == touches(user) && !why.is_empty(),
                (UndoOutcome::Kept(_), None) => false,
            };
            require!("R15", told, "{row:?} is not true");
        }
        require!("R15", before.staff.len() == after.staff.len(), "a staff member is gone");
        Ok(())
    })
}

/// What has happened to a user since it was created, as a person would say it.
fn touches(user: &User) -> Vec<Touch> {
    let signed_in = user.last_sign_in_at().is_some().then_some(Touch::SignedIn);
    let password = matches!(user.password(), PasswordState::Chosen { .. }).then_some(Touch::PasswordSet);
    let plain: Vec<Touch> = signed_in.into_iter().chain(password).collect();
    match (plain.is_empty(), user.revision() == Revision::FIRST) {
        (true, false) => vec![Touch::Edited],
        _ => plain,
    }
}
