//! What holds of a bulk create from the request to the plan (R2, R4, R5, R14).

use staffroom_core::{
    Decision, Email, Facts, ListQuery, Outcome, Partial, Plan, Reason, ReasonSet, Selection, StaffKey,
    Subject, Warning, Where, Who,
};

use super::bench::{Bench, Scene, Snapshot};
use super::sound::commit_is_sound;
use super::violation::require;
use super::{Verdict, Violation, restated};
use crate::strategies::{Case, World};

/// Every requested person is in the plan and in the report exactly once, in the order of the request; people whom
/// the network does not have, and those of another network, are `unknown`; the numbers add up (R4, R14).
pub fn every_requested_person_has_one_outcome(bench: &Bench, case: &Case) -> Verdict {
    bench.run(async {
        let fresh = bench.fresh().await;
        let store = fresh.store();
        let scene = Scene::set(&store, &case.world).await?;
        let before = scene.snapshot(case.session.network()).await?;
        let Ok(plan) = scene.staffroom.preview(&case.session, &case.request).await else {
            return Ok(());
        };
        let asked = asked_for(&before, case);
        let planned: Vec<StaffKey> = plan.rows().iter().map(|row| identity(row.subject())).collect();
        match case.request.selection() {
            Selection::These(_) => {
                require!("R14", planned == asked, "{planned:?} instead of {asked:?}");
            }
            Selection::AllCandidates | Selection::CandidatesHere => {
                let everybody = asked.iter().all(|key| planned.contains(key)) && planned.len() == asked.len();
                require!("R4", everybody, "{planned:?} instead of {asked:?}");
            }
        }
        for row in plan.rows() {
            let unknown = row.decision() == Decision::Refuse(ReasonSet::only(Reason::Unknown));
            let stranger = matches!(row.subject(), Subject::Unknown(_));
            require!("R4", unknown == stranger, "{row:?} is known, or is not");
        }
        let outcome = scene.commit(&case.session, &plan).await;
        let after = scene.snapshot(case.session.network()).await?;
        commit_is_sound(&before, &after, &case.session, &plan, &outcome)
    })
}

/// Who is asked for: each person once, where they are named first.
fn asked_for(state: &Snapshot, case: &Case) -> Vec<StaffKey> {
    let candidates = |facts: &&Facts| restated::reasons(facts).is_empty();
    let id = |facts: &Facts| StaffKey::Id(facts.staff_member.id());
    match case.request.selection() {
        Selection::AllCandidates => state.staff.iter().filter(candidates).map(id).collect(),
        Selection::CandidatesHere => state
            .staff
            .iter()
            .filter(candidates)
            .filter(|facts| facts.staff_member.schools().contains(case.session.school()))
            .map(id)
            .collect(),
        Selection::These(keys) => {
            let mut asked = Vec::new();
            for key in keys {
                let named = state.staff.iter().find(|facts| match key {
                    StaffKey::Id(id) => facts.staff_member.id() == *id,
                    StaffKey::SisId(sis_id) => facts.staff_member.sis_id() == sis_id,
                });
                let key = named.map_or_else(|| key.clone(), id);
                if !asked.contains(&key) {
                    asked.push(key);
                }
            }
            asked
        }
    }
}

fn identity(subject: &Subject) -> StaffKey {
    match subject {
        Subject::StaffMember { id, .. } => StaffKey::Id(*id),
        Subject::Unknown(key) => key.clone(),
    }
}

/// Lists, previews and the rule agree on everybody: the list of candidates, the list of everyone with its reasons, a
/// plan for all candidates, and a plan that names each person (R2).
pub fn every_door_gives_the_same_verdict(bench: &Bench, case: &Case) -> Verdict {
    bench.run(async {
        let fresh = bench.fresh().await;
        let store = fresh.store();
        let scene = Scene::set(&store, &case.world).await?;
        let state = scene.snapshot(case.session.network()).await?;
        for (who, place) in [
            (Who::Everyone, Where::Anywhere),
            (Who::Everyone, Where::Here),
            (Who::Candidates, Where::Anywhere),
            (Who::Candidates, Where::Here),
        ] {
            let query = ListQuery { who, place, search: None };
            let Ok(page) = scene.staffroom.list(&case.session, &query, None, 1_000).await else {
                return Ok(());
            };
            let expected = state.staff.iter().filter(|facts| {
                (who == Who::Everyone || restated::reasons(facts).is_empty())
                    && (place == Where::Anywhere
                        || facts.staff_member.schools().contains(case.session.school()))
            });
            let (listed, expected) = (page.rows.len(), expected.count());
            require!("R2", listed == expected, "{query:?} lists {listed} of {expected} people");
            for row in page.rows {
                let reasons = restated::reasons(&row.facts);
                let said: Vec<Reason> = row.assessment.reasons.iter().collect();
                require!("R2", said == reasons, "{query:?} says {said:?} instead of {reasons:?}");
            }
        }
        let everybody = state.staff.iter().map(|facts| StaffKey::Id(facts.staff_member.id())).collect();
        let request = staffroom_core::BulkCreate::of(Selection::These(everybody));
        let Ok(plan) = scene.staffroom.preview(&case.session, &request).await else { return Ok(()) };
        for (row, facts) in plan.rows().iter().zip(&state.staff) {
            let reasons = restated::reasons(facts);
            let agree = match row.decision() {
                Decision::Create(_) => reasons.is_empty(),
                Decision::Refuse(said) if said == ReasonSet::only(Reason::EmailShared) => reasons.is_empty(),
                Decision::Refuse(said) => said.iter().eq(reasons.iter().copied()),
            };
            require!("R2", agree, "{row:?} instead of {reasons:?}");
        }
        Ok(())
    })
}

/// Nobody is chosen whose address another chosen candidate has; whoever is refused for it is told who the others
/// are; and one holder alone is created, with a warning (R5).
pub fn a_shared_address_is_given_to_nobody(bench: &Bench, case: &Case) -> Verdict {
    bench.run(async {
        let fresh = bench.fresh().await;
        let store = fresh.store();
        let scene = Scene::set(&store, &case.world).await?;
        let state = scene.snapshot(case.session.network()).await?;
        let Ok(plan) = scene.staffroom.preview(&case.session, &case.request).await else { return Ok(()) };
        shared_addresses_are_settled(&state, &plan)?;
        let Ok(committed) = scene.commit(&case.session, &plan).await else { return Ok(()) };
        let after = scene.snapshot(case.session.network()).await?;
        let mut addresses = Vec::new();
        for row in committed.report.rows() {
            let Outcome::Created(id) = row.outcome() else { continue };
            let address = after.user(id).map(|user| user.email().canonical());
            require!("R5", !addresses.contains(&address), "two users were created with {address:?}");
            addresses.push(address);
        }
        Ok(())
    })
}

fn shared_addresses_are_settled(state: &Snapshot, plan: &Plan) -> Verdict {
    let address =
        |facts: &Facts| facts.staff_member.email().valid().map(|email| email.canonical().to_owned());
    let chosen: Vec<&Facts> = plan
        .rows()
        .iter()
        .filter_map(|row| state.facts(row.subject().staff_id()?))
        .filter(|facts| restated::reasons(facts).is_empty())
        .collect();
    let mut refusals = 0_usize;
    for row in plan.rows() {
        let Some(facts) = row.subject().staff_id().and_then(|id| state.facts(id)) else { continue };
        let same = |other: &&Facts| {
            address(other).is_some()
                && address(other) == address(facts)
                && other.staff_member.id() != facts.staff_member.id()
        };
        let named: Vec<_> = row.email_sharers().iter().map(|sharer| sharer.id).collect();
        let sharers: Vec<_> = state
            .staff
            .iter()
            .filter(same)
            .take(Facts::MAX_SHARERS)
            .map(|other| other.staff_member.id())
            .collect();
        require!("R5", named == sharers, "{row:?} names {named:?} instead of {sharers:?}");
        if !restated::reasons(facts).is_empty() {
            continue;
        }
        let refused = matches!(row.decision(), Decision::Refuse(said) if said.contains(Reason::EmailShared));
        let must = chosen.iter().copied().any(|other| same(&other));
        require!("R5", refused == must, "{row:?} shares its address, or does not");
        let warned = row.warnings().contains(Warning::EmailShared);
        require!("R5", warned == (!must && !sharers.is_empty()), "{row:?} is warned, or is not");
        refusals = refusals.saturating_add(usize::from(refused));
    }
    let partly = plan.partial() == Partial::Forbidden && refusals > 0 && plan.counts().created > 0;
    require!("R13", !partly, "all or nothing became {:?}", plan.counts());
    Ok(())
}

/// The order in which the people and users of a network were written makes no difference to the plan (R2).
pub fn the_order_of_the_roster_does_not_matter(bench: &Bench, case: &Case, turn: usize) -> Verdict {
    bench.run(async {
        let (fresh, another) = (bench.fresh().await, bench.fresh().await);
        let (store, other_store) = (fresh.store(), another.store());
        let scene = Scene::set(&store, &case.world).await?;
        let other = Scene::set(&other_store, &reordered(&case.world, turn)).await?;
        let plan = scene.staffroom.preview(&case.session, &case.request).await;
        let again = other.staffroom.preview(&case.session, &case.request).await;
        match (plan, again) {
            (Ok(plan), Ok(again)) => {
                require!("R2", plan.rows() == again.rows(), "{plan} became {again}");
                Ok(())
            }
            (Err(error), Err(again)) => {
                require!("R2", error.to_string() == again.to_string(), "{error} became {again}");
                Ok(())
            }
            (plan, again) => Err(Violation::of("R2", format!("{plan:?} became {again:?}"))),
        }
    })
}

fn reordered(world: &World, turn: usize) -> World {
    let mut world = world.clone();
    for network in &mut world.networks {
        if let Some(turn) = turn.checked_rem(network.staff.len()) {
            network.staff.rotate_left(turn);
        }
        network.staff.reverse();
        network.users.reverse();
    }
    world
}

/// Searching finds people by the SIS id and the address on their record as they are written there.
pub fn a_search_finds_people_by_what_is_on_their_record(facts: &Facts) -> Verdict {
    let member = &facts.staff_member;
    let texts = [Some(member.sis_id().as_str()), member.email().valid().map(Email::canonical)];
    for text in texts.into_iter().flatten() {
        let found = staffroom_core::Search::new(text).is_none_or(|search| search.finds(member));
        require!("L3", found, "a search for {text:?} does not find {member:?}");
    }
    Ok(())
}
