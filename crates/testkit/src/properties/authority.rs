//! What holds of who may do it, where, and with which group (R6, R7, R8).

use staffroom_core::{AccessError, Actor, AuditEvent, CommitError, GroupStatus, Outcome, Session, Warning};

use super::bench::{Bench, Scene};
use super::sound::{commit_is_sound, held, nothing_but_audit_changed};
use super::violation::require;
use super::{Verdict, Violation};
use crate::strategies::{Case, Edit, SCHOOLS, apply_edit};

/// Users that a bulk create makes never hold a permission that the actor lacks at that moment, whatever became of the
/// actor and the group between preview and commit (R8).
pub fn new_users_hold_nothing_that_the_actor_lacks(bench: &Bench, case: &Case, edits: &[Edit]) -> Verdict {
    bench.run(async {
        let fresh = bench.fresh().await;
        let store = fresh.store();
        let scene = Scene::set(&store, &case.world).await?;
        let network = case.session.network();
        let Ok(plan) = scene.staffroom.preview(&case.session, &case.request).await else { return Ok(()) };
        for edit in edits {
            apply_edit(&*store, network, edit).await?;
        }
        let before = scene.snapshot(network).await?;
        let outcome = scene.commit(&case.session, &plan).await;
        let after = scene.snapshot(network).await?;
        commit_is_sound(&before, &after, &case.session, &plan, &outcome)?;
        if let Actor::User(id) = case.session.actor() {
            let may = before.user(id).map(|actor| held(&before, actor));
            for user in after.new_users(&before) {
                let beyond = may.as_ref().map(|may| held(&after, user).beyond(may));
                require!("R8", beyond.as_ref().is_some_and(Vec::is_empty), "{user:?} may {beyond:?} besides");
            }
        }
        Ok(())
    })
}

/// Whoever may not, is told so, changes nothing, and leaves exactly one record; and nobody who may is refused (R8,
/// R16).
pub fn a_denial_is_recorded_and_does_nothing(bench: &Bench, case: &Case) -> Verdict {
    bench.run(async {
        let fresh = bench.fresh().await;
        let store = fresh.store();
        let scene = Scene::set(&store, &case.world).await?;
        let network = case.session.network();
        let before = scene.snapshot(network).await?;
        let outcome = scene.staffroom.preview(&case.session, &case.request).await;
        let after = scene.snapshot(network).await?;
        let denied = matches!(outcome, Err(AccessError::Denied(_)));
        nothing_but_audit_changed(&before, &after)?;
        let new: Vec<_> = after.audit.iter().filter(|record| !before.audit.contains(record)).collect();
        let recorded = match new.as_slice() {
            [] => !denied || before.network.is_none(),
            [record] => {
                denied
                    && record.actor == case.session.actor()
                    && record.school == Some(case.session.school())
                    && matches!(record.event, AuditEvent::Denied { .. })
            }
            _ => false,
        };
        require!("R16", recorded, "{outcome:?} left {new:?}");
        let must_deny = !may_act(&before, &case.session) || group_is_beyond(&before, case);
        let group_will_not_do =
            matches!(outcome, Err(AccessError::UnknownGroup(_) | AccessError::InactiveGroup(_)));
        require!("R8", denied == must_deny || group_will_not_do, "{outcome:?} to {:?}", case.session);
        Ok(())
    })
}

fn may_act(state: &super::Snapshot, session: &Session) -> bool {
    let Actor::User(id) = session.actor() else {
        return state.schools.iter().any(|school| school.id() == session.school());
    };
    state.user(id).is_some_and(|actor| {
        actor.status() == staffroom_core::UserStatus::Enabled
            && actor.schools().contains(session.school())
            && held(state, actor).contains(&staffroom_core::Permission::USERS_BULK_CREATE)
    })
}

fn group_is_beyond(state: &super::Snapshot, case: &Case) -> bool {
    let group = case.request.group().and_then(|id| state.group(id));
    let Actor::User(id) = case.session.actor() else { return false };
    match (group, state.user(id)) {
        (Some(group), Some(actor)) if group.status() == GroupStatus::Active => {
            !group.permissions().beyond(&held(state, actor)).is_empty()
        }
        _ => false,
    }
}

/// New users may enter the school that the actor was logged into at the preview, and no other, wherever the actor is
/// logged in by the time of the commit; whoever does not work there is created all the same, with a warning (R6).
pub fn new_users_enter_the_school_of_the_plan_only(bench: &Bench, case: &Case, turn: usize) -> Verdict {
    bench.run(async {
        let fresh = bench.fresh().await;
        let store = fresh.store();
        let scene = Scene::set(&store, &case.world).await?;
        let network = case.session.network();
        let Ok(plan) = scene.staffroom.preview(&case.session, &case.request).await else { return Ok(()) };
        require!("R6", plan.school() == case.session.school(), "the plan is for another school");
        let elsewhere = SCHOOLS.into_iter().cycle().nth(turn % 3).unwrap_or(case.session.school());
        let moved = Session::new(network, case.session.actor(), elsewhere);
        let before = scene.snapshot(network).await?;
        let outcome = scene.commit(&moved, &plan).await;
        let after = scene.snapshot(network).await?;
        commit_is_sound(&before, &after, &moved, &plan, &outcome)?;
        let committed = outcome.map_err(|error| {
            Violation::of("R6", format!("switching to {elsewhere} stopped the plan: {error}"))
        })?;
        for row in committed.report.rows() {
            let Outcome::Created(id) = row.outcome() else { continue };
            let facts = row.subject().staff_id().and_then(|id| before.facts(id));
            let works_here =
                facts.is_some_and(|facts| facts.staff_member.schools().contains(case.session.school()));
            let warned = row.warnings().contains(Warning::WorksElsewhere);
            require!("R6", warned != works_here, "{row:?} works here, or does not");
            let schools = after.user(id).map(|user| user.schools().clone());
            let only = schools.as_ref().is_some_and(|ids| ids.as_slice() == [case.session.school()]);
            require!("R6", only, "{id} may enter {schools:?}");
        }
        Ok(())
    })
}

/// The group is one active group of the network, or there is none: one that is unknown or inactive, at the preview or
/// at the commit, is an error and never a default (R7).
pub fn a_group_is_active_or_an_error(bench: &Bench, case: &Case, edits: &[Edit]) -> Verdict {
    bench.run(async {
        let fresh = bench.fresh().await;
        let store = fresh.store();
        let scene = Scene::set(&store, &case.world).await?;
        let network = case.session.network();
        let state = scene.snapshot(network).await?;
        let good = |state: &super::Snapshot| {
            case.request
                .group()
                .is_none_or(|id| state.group(id).is_some_and(|group| group.status() == GroupStatus::Active))
        };
        let plan = match scene.staffroom.preview(&case.session, &case.request).await {
            Ok(plan) => plan,
            Err(AccessError::UnknownGroup(_) | AccessError::InactiveGroup(_)) => {
                require!("R7", !good(&state), "the group was refused and is active");
                return Ok(());
            }
            Err(_) => return Ok(()),
        };
        require!("R7", good(&state), "the group was accepted and is not active");
        require!("R7", plan.group() == case.request.group(), "the plan has another group");
        for edit in edits {
            apply_edit(&*store, network, edit).await?;
        }
        let before = scene.snapshot(network).await?;
        let outcome = scene.commit(&case.session, &plan).await;
        let refused = matches!(
            outcome,
            Err(CommitError::Access(AccessError::UnknownGroup(_) | AccessError::InactiveGroup(_)))
        );
        require!("R7", !refused || !good(&before), "the group was refused and is active");
        require!("R7", outcome.is_err() || good(&before), "the group was accepted and is not active");
        let after = scene.snapshot(network).await?;
        for user in after.new_users(&before) {
            require!("R7", user.groups().iter().eq(case.request.group()), "{user:?} is in other groups");
        }
        Ok(())
    })
}
