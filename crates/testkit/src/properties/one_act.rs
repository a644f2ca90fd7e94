//! What holds of a bulk create in one act: what holds of a preview and a commit with nothing in between.

use std::sync::Arc;

use staffroom_core::store::Store;
use staffroom_core::{
    BatchId, BulkCreate, CommitError, Committed, InitialPassword, Partial, Report, ReportRow, Secret,
    Session, User,
};
use uuid::Uuid;

use super::Verdict;
use super::bench::{Bench, SHARED_PASSWORD, Scene, Snapshot};
use super::violation::require;
use crate::strategies::Case;

const BATCH: BatchId = BatchId::from_uuid(Uuid::from_u128(0xE000_0001));

/// A bulk create in one act has the outcomes that a preview and a commit have, and makes the same users, whatever is asked
/// for (R2); asked for again under the same id it changes nothing and answers with the first report, and under that id
/// nothing else is done (R11). Who may not, may not in one act either (R8).
pub fn one_act_is_a_preview_and_a_commit(bench: &Bench, case: &Case) -> Verdict {
    bench.run(async {
        let (fresh, another) = (bench.fresh().await, bench.fresh().await);
        let (here, there): (Arc<dyn Store>, Arc<dyn Store>) = (fresh.store(), another.store());
        let scene = Scene::set(&here, &case.world).await?;
        let twin = Scene::set(&there, &case.world).await?;
        let network = case.session.network();
        let committed = match twin.staffroom.preview(&case.session, &case.request).await {
            Ok(plan) => twin.commit(&case.session, &plan).await,
            Err(error) => Err(error.into()),
        };
        let done = at_once(&scene, &case.session, &case.request).await;
        let (first, committed) = match (done, committed) {
            (Ok(first), Ok(committed)) => (first, committed),
            (Err(_), Err(_)) => return Ok(()),
            (done, committed) => {
                require!("R8", false, "in one act {done:?}, with a preview {committed:?}");
                return Ok(());
            }
        };
        let (one, other) = (told(&first.report), told(&committed.report));
        require!("R2", one == other, "in one act {one:?}, with a preview {other:?}");
        let after = scene.snapshot(network).await?;
        let (one, other) = (made(&after), made(&twin.snapshot(network).await?));
        require!("R2", one == other, "in one act {one:?}, with a preview {other:?}");

        let again = at_once(&scene, &case.session, &case.request).await;
        let same = again.as_ref().is_ok_and(|again| again.report == first.report);
        require!("R11", same, "{:?} became {again:?}", first.report);
        let others = case.request.clone().with_partial(match case.request.partial() {
            Partial::Allowed => Partial::Forbidden,
            Partial::Forbidden => Partial::Allowed,
        });
        let refused = at_once(&scene, &case.session, &others).await;
        require!("R11", matches!(refused, Err(CommitError::BatchIdTaken)), "another request: {refused:?}");
        require!("R11", after == scene.snapshot(network).await?, "something was changed afterwards");
        Ok(())
    })
}

async fn at_once(scene: &Scene, session: &Session, request: &BulkCreate) -> Result<Committed, CommitError> {
    let staffroom = &scene.staffroom;
    match request.initial_password() {
        InitialPassword::Shared(_) => {
            let password = Secret::new(SHARED_PASSWORD.to_owned());
            staffroom.bulk_create_with_shared_password(session, request, BATCH, password).await
        }
        _ => staffroom.bulk_create(session, request, BATCH).await,
    }
}

/// A report but for ids and moments, which are new every time.
fn told(report: &Report) -> Vec<String> {
    let row = |row: &ReportRow| {
        let refused = row.user().is_none().then(|| row.outcome());
        format!("{:?} {refused:?} {:?} {:?}", row.subject(), row.warnings(), row.email_sharers())
    };
    report.rows().iter().map(row).collect()
}

/// The users of a network likewise, by email.
fn made(state: &Snapshot) -> Vec<String> {
    let user = |user: &User| {
        let kind = std::mem::discriminant(&user.password());
        let hash = state.hashes.iter().any(|(id, _)| *id == user.id());
        format!(
            "{} {:?} {:?} {:?} {:?} {kind:?} {hash}",
            user.email().canonical(),
            user.staff_member(),
            user.schools(),
            user.groups(),
            user.status()
        )
    };
    let mut users: Vec<String> = state.users.iter().map(user).collect();
    users.sort_unstable();
    users
}
