//! What holds between networks (R18).

use staffroom_core::{Actor, CommitError, Session, UndoError};

use super::bench::{Bench, Scene};
use super::edits::everything as looked_after;
use super::violation::require;
use super::{Verdict, Violation};
use crate::fixture::ADMIN;
use crate::strategies::{Case, Edit, NETWORKS, World, apply_edit};

/// Nothing that is done in one network changes anything in another, although ids, SIS ids and emails are the same
/// there (R18).
pub fn nothing_changes_in_another_network(bench: &Bench, case: &Case, edits: &[Edit]) -> Verdict {
    bench.run(async {
        let fresh = bench.fresh().await;
        let store = fresh.store();
        let scene = Scene::set(&store, &case.world).await?;
        let others: Vec<_> = NETWORKS.into_iter().filter(|id| *id != case.session.network()).collect();
        let mut before = Vec::new();
        for network in &others {
            before.push(scene.snapshot(*network).await?);
        }
        everything(&scene, case, edits).await?;
        for (network, before) in others.iter().zip(before) {
            let after = scene.snapshot(*network).await?;
            require!("R18", before == after, "{network} changed: {before:?} became {after:?}");
        }
        Ok(())
    })
}

/// What another network holds makes no difference to any answer (R18).
pub fn another_network_is_not_seen(bench: &Bench, case: &Case, edits: &[Edit]) -> Verdict {
    bench.run(async {
        let (fresh, another) = (bench.fresh().await, bench.fresh().await);
        let (store, alone) = (fresh.store(), another.store());
        let here = case.session.network();
        let scene = Scene::set(&store, &case.world).await?;
        let networks = case.world.networks.iter().filter(|network| network.id == here).cloned();
        let scene_alone = Scene::set(&alone, &World { networks: networks.collect() }).await?;
        let answers = everything(&scene, case, edits).await?;
        let answers_alone = everything(&scene_alone, case, edits).await?;
        require!("R18", answers == answers_alone, "{answers_alone:?} alone, {answers:?} in company");
        let (state, state_alone) = (scene.snapshot(here).await?, scene_alone.snapshot(here).await?);
        require!("R18", state == state_alone, "the network is another than alone");
        Ok(())
    })
}

/// Does everything there is to do, and answers with all answers in words.
async fn everything(scene: &Scene, case: &Case, edits: &[Edit]) -> Result<Vec<String>, Violation> {
    let (session, here) = (&case.session, case.session.network());
    let mut answers = Vec::new();
    let plan = scene.staffroom.preview(session, &case.request).await;
    answers.push(format!("{plan:?}"));
    if NETWORKS.contains(&here) {
        for edit in edits {
            answers.push(format!("{:?}", apply_edit(&*scene.store, here, edit).await?));
        }
    }
    if let Ok(plan) = plan {
        answers.push(format!("{:?}", scene.commit(session, &plan).await));
        answers.push(format!("{:?}", scene.staffroom.batch(session, plan.batch()).await));
        answers.push(format!("{:?}", scene.staffroom.hand_off(session, plan.batch()).await));
        answers.push(format!("{:?}", scene.staffroom.undo(session, plan.batch()).await));
    }
    let state = scene.snapshot(here).await?;
    answers.extend(looked_after(scene, session, &state).await);
    answers.push(format!("{:?}", scene.staffroom.batches(session, None, 5).await));
    answers.push(format!("{:?}", scene.staffroom.audit(session, None, 100).await));
    Ok(answers)
}

/// A plan or batch of one network means nothing in another: it is refused there, and reveals nothing. And nobody can
/// commit the plan of somebody else, before or after them (R11, R18).
pub fn a_plan_is_good_in_its_own_network_only(bench: &Bench, case: &Case) -> Verdict {
    bench.run(async {
        let fresh = bench.fresh().await;
        let store = fresh.store();
        let scene = Scene::set(&store, &case.world).await?;
        let (session, here) = (&case.session, case.session.network());
        let Ok(plan) = scene.staffroom.preview(session, &case.request).await else { return Ok(()) };
        for committed in [false, true] {
            if committed && scene.commit(session, &plan).await.is_err() {
                return Ok(());
            }
            let colleague = match session.actor() {
                Actor::Operator => Actor::User(ADMIN),
                Actor::User(_) => Actor::Operator,
            };
            let before = scene.snapshot(here).await?;
            let colleague = Session::new(here, colleague, session.school());
            let outcome = scene.commit(&colleague, &plan).await;
            let refused = matches!(outcome, Err(CommitError::NotYourPlan));
            require!("R11", refused, "somebody else's plan was answered with {outcome:?}");
            require!("R11", before == scene.snapshot(here).await?, "somebody else's plan did something");
            for other in NETWORKS.into_iter().filter(|network| *network != here) {
                let stranger = Session::new(other, session.actor(), session.school());
                let before = scene.snapshot(other).await?;
                let outcome = scene.commit(&stranger, &plan).await;
                let refused = matches!(outcome, Err(CommitError::NotYourPlan));
                require!("R18", refused, "another network's plan was answered with {outcome:?}");
                require!(
                    "R18",
                    before == scene.snapshot(other).await?,
                    "another network's plan did something"
                );
                let undone = scene.staffroom.undo(&stranger, plan.batch()).await;
                let refused = matches!(undone, Err(UndoError::UnknownBatch(_) | UndoError::Access(_)));
                require!("R18", refused, "another network's batch was undone: {undone:?}");
            }
        }
        Ok(())
    })
}
