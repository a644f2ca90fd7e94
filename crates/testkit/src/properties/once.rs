//! What holds of doing it again (R11).

use staffroom_core::{
    BulkCreate, CommitError, Decision, InitialPassword, Outcome, Partial, Reason, ReasonSet, Repeat,
    Selection,
};

use super::bench::{Bench, Scene};
use super::violation::require;
use super::{Verdict, Violation};
use crate::strategies::{Case, Edit, apply_edit};

/// A second commit of the same plan changes nothing and answers with the first report, whatever has happened in
/// between: edits, and an undo (R11).
pub fn a_second_commit_changes_nothing(bench: &Bench, case: &Case, edits: &[Edit], undone: bool) -> Verdict {
    bench.run(async {
        let fresh = bench.fresh().await;
        let store = fresh.store();
        let scene = Scene::set(&store, &case.world).await?;
        let network = case.session.network();
        let Ok(plan) = scene.staffroom.preview(&case.session, &case.request).await else { return Ok(()) };
        let Ok(first) = scene.commit(&case.session, &plan).await else { return Ok(()) };
        require!("R11", first.repeat == Repeat::First, "the first commit says it is not");
        for edit in edits {
            apply_edit(&*store, network, edit).await?;
        }
        if undone {
            scene.staffroom.undo(&case.session, plan.batch()).await.ok();
        }
        let before = scene.snapshot(network).await?;
        let second = scene
            .commit(&case.session, &plan)
            .await
            .map_err(|error| Violation::of("R11", format!("the second commit failed: {error:?}")))?;
        require!("R11", second.repeat == Repeat::Again, "the second commit says it is the first");
        require!("R11", second.report == first.report, "{:?} became {:?}", first.report, second.report);
        require!("R11", before == scene.snapshot(network).await?, "the second commit changed something");
        let entries = |hand_off: &staffroom_core::HandOff| {
            hand_off.entries.iter().map(|entry| entry.user).collect::<Vec<_>>()
        };
        require!(
            "R11",
            entries(&first.hand_off()) == entries(&second.hand_off()),
            "the hand-off sheet changed"
        );
        Ok(())
    })
}

/// A plan that is another than the one committed under its batch id is refused, and nothing changes (R11).
pub fn a_batch_id_stands_for_one_plan(bench: &Bench, case: &Case, other: &BulkCreate) -> Verdict {
    bench.run(async {
        let (fresh, another) = (bench.fresh().await, bench.fresh().await);
        let (store, elsewhere) = (fresh.store(), another.store());
        let scene = Scene::set(&store, &case.world).await?;
        // The same ids are given out again over another store: a plan with the same batch id.
        let twin = Scene::set(&elsewhere, &case.world).await?;
        let request = case.request.clone().with_initial_password(InitialPassword::None);
        let other = other.clone().with_initial_password(InitialPassword::None);
        let Ok(plan) = scene.staffroom.preview(&case.session, &request).await else { return Ok(()) };
        let Ok(other) = twin.staffroom.preview(&case.session, &other).await else { return Ok(()) };
        if plan.batch() != other.batch() || plan == other {
            return Ok(());
        }
        if scene.commit(&case.session, &plan).await.is_err() {
            return Ok(());
        }
        let before = scene.snapshot(case.session.network()).await?;
        let outcome = scene.commit(&case.session, &other).await;
        let refused = matches!(outcome, Err(CommitError::BatchIdTaken));
        require!("R11", refused, "another plan was answered with {outcome:?}");
        let after = scene.snapshot(case.session.network()).await?;
        require!("R11", before == after, "another plan under the same batch id changed something");
        Ok(())
    })
}

/// After a bulk create for all candidates, a second one finds nothing left, except those whose address is shared
/// (R1, R5).
pub fn a_second_bulk_create_finds_nothing_left(bench: &Bench, case: &Case) -> Verdict {
    bench.run(async {
        let fresh = bench.fresh().await;
        let store = fresh.store();
        let scene = Scene::set(&store, &case.world).await?;
        let everybody = BulkCreate::of(Selection::AllCandidates).with_partial(Partial::Allowed);
        let Ok(plan) = scene.staffroom.preview(&case.session, &everybody).await else { return Ok(()) };
        let Ok(first) = scene.commit(&case.session, &plan).await else { return Ok(()) };
        let Ok(again) = scene.staffroom.preview(&case.session, &everybody).await else {
            return Err(Violation::of("R8", "the actor may not any more"));
        };
        for row in again.rows() {
            let shared = row.decision() == Decision::Refuse(ReasonSet::only(Reason::EmailShared));
            require!("R1", shared, "{row:?} is left");
            let before = first.report.rows().iter().find(|other| other.subject() == row.subject());
            let same = before.is_some_and(|before| {
                before.outcome() == Outcome::Refused(ReasonSet::only(Reason::EmailShared))
            });
            require!("R5", same, "{row:?} was {before:?} the first time");
        }
        Ok(())
    })
}
