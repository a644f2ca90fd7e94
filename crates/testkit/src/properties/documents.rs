//! What holds of plans and reports as documents (R8, R11).

use staffroom_core::store::Mode;
use staffroom_core::{
    Actor, BulkCreate, CommitError, InitialPassword, Plan, PlannedPassword, Repeat, Report, Secret,
    Selection, Session, StaffKey, UndoReport, ValidDays,
};

use super::alteration::Alteration;
use super::bench::{Bench, Scene};
use super::sound::{commit_is_sound, shared_secret_is_the_one_handed_in};
use super::violation::require;
use super::{Verdict, Violation, restated};
use crate::fixture::{NETWORK, SCHOOL};
use crate::strategies::{Case, World};

/// A plan and its reports survive a document: read back, they are the same, digest and all, and do the same (R11).
pub fn plans_and_reports_survive_documents(bench: &Bench, case: &Case) -> Verdict {
    bench.run(async {
        let fresh = bench.fresh().await;
        let store = fresh.store();
        let scene = Scene::set(&store, &case.world).await?;
        let Ok(plan) = scene.staffroom.preview(&case.session, &case.request).await else { return Ok(()) };
        let read: Plan = through_json(&plan)?;
        require!("R11", read == plan && read.digest() == plan.digest(), "{plan:?} became {read:?}");
        let Ok(first) = scene.commit(&case.session, &plan).await else { return Ok(()) };
        let again = scene.commit(&case.session, &read).await;
        let same =
            matches!(&again, Ok(again) if again.repeat == Repeat::Again && again.report == first.report);
        require!("R11", same, "the plan, read back, was answered with {again:?}");
        let report: Report = through_json(&first.report)?;
        require!("R14", report == first.report, "{:?} became {report:?}", first.report);
        if let Ok(undone) = scene.staffroom.undo(&case.session, plan.batch()).await {
            let read: UndoReport = through_json(&undone)?;
            require!("R15", read == undone, "{undone:?} became {read:?}");
        }
        for record in scene.snapshot(case.session.network()).await?.audit {
            let read: staffroom_core::AuditRecord = through_json(&record)?;
            require!("R16", read == record, "{record:?} became {read:?}");
        }
        Ok(())
    })
}

fn through_json<T>(thing: &T) -> Result<T, Violation>
where
    T: serde::Serialize + serde::de::DeserializeOwned,
{
    let document = serde_json::to_string(thing).map_err(|error| Violation::of("R11", error.to_string()))?;
    serde_json::from_str(&document)
        .map_err(|error| Violation::of("R11", format!("{document} is not read back: {error}")))
}

/// An altered plan is refused, or does nothing that its actor could not have asked for (R8, R11).
pub fn an_altered_plan_is_refused_or_harmless(
    bench: &Bench,
    case: &Case,
    alterations: &[Alteration],
    committed_before: bool,
) -> Verdict {
    bench.run(async {
        let fresh = bench.fresh().await;
        let store = fresh.store();
        let scene = Scene::set(&store, &case.world).await?;
        let network = case.session.network();
        let Ok(plan) = scene.staffroom.preview(&case.session, &case.request).await else { return Ok(()) };
        let mut document =
            serde_json::to_value(&plan).map_err(|error| Violation::of("R11", error.to_string()))?;
        for alteration in alterations {
            alteration.make(&mut document);
        }
        let Ok(altered) = serde_json::from_value::<Plan>(document) else { return Ok(()) };
        if committed_before {
            scene.commit(&case.session, &plan).await.ok();
        }
        let before = scene.snapshot(network).await?;
        let known = known_batch(&scene, &case.session, &altered).await?;
        let outcome = scene.commit(&case.session, &altered).await;
        let after = scene.snapshot(network).await?;
        if known {
            let fine = matches!(
                &outcome,
                Err(CommitError::BatchIdTaken | CommitError::NotYourPlan | CommitError::PasswordMismatch)
            ) || matches!(&outcome, Ok(answer) if answer.repeat == Repeat::Again);
            require!("R11", fine && before == after, "under a batch id in use: {outcome:?}");
            return Ok(());
        }
        commit_is_sound(&before, &after, &case.session, &altered, &outcome)?;
        shared_secret_is_the_one_handed_in(&*store, &after, network).await
    })
}

/// A plan that names the shared password of another batch is refused, or its users get the password handed in all the
/// same (R9).
pub fn a_plan_cannot_borrow_another_batchs_password(bench: &Bench, world: &World) -> Verdict {
    bench.run(async {
        let fresh = bench.fresh().await;
        let store = fresh.store();
        let scene = Scene::set(&store, world).await?;
        let session = Session::new(NETWORK, Actor::Operator, SCHOOL);
        let candidates: Vec<StaffKey> = (scene.snapshot(NETWORK).await?.staff.iter())
            .filter(|facts| restated::reasons(facts).is_empty() && facts.email_sharers.is_empty())
            .map(|facts| StaffKey::Id(facts.staff_member.id()))
            .collect();
        let Some((first, others)) = candidates.split_first() else { return Ok(()) };
        let shared = InitialPassword::Shared(ValidDays::default());
        let mut plans = Vec::new();
        for keys in [vec![first.clone()], others.to_vec()] {
            let request = BulkCreate::of(Selection::These(keys)).with_initial_password(shared);
            let plan = scene.staffroom.preview(&session, &request).await;
            plans.push(plan.map_err(|error| Violation::of("R8", error.to_string()))?);
        }
        let [lender, borrower] = plans.as_slice() else { return Ok(()) };
        let secret = |plan: &Plan| match plan.password() {
            PlannedPassword::Shared { secret, .. } => secret.to_string(),
            _ => String::new(),
        };
        let document =
            serde_json::to_string(borrower).map_err(|error| Violation::of("R11", error.to_string()))?;
        let document = document.replace(&secret(borrower), &secret(lender));
        let Ok(borrower) = serde_json::from_str::<Plan>(&document) else { return Ok(()) };
        let password = Secret::new("an old password of another batch".to_owned());
        let lent = scene.staffroom.commit_with_shared_password(&session, lender, password).await;
        lent.map_err(|error| Violation::of("R9", error.to_string()))?;
        let before = scene.snapshot(NETWORK).await?;
        let outcome = scene.commit(&session, &borrower).await;
        let after = scene.snapshot(NETWORK).await?;
        let fooled = after.new_users(&before).count();
        require!("R9", fooled == 0, "{fooled} users got the password of another batch: {outcome:?}");
        commit_is_sound(&before, &after, &session, &borrower, &outcome)
    })
}

async fn known_batch(scene: &Scene, session: &Session, plan: &Plan) -> Result<bool, Violation> {
    let mut uow = scene.store.begin(session.network(), Mode::Read).await?;
    Ok(uow.batches().find(plan.batch()).await?.is_some())
}
