//! What holds when the world changes between preview and commit, and when two press at once (R13).

use futures_lite::future::zip;
use staffroom_core::{
    Actor, BulkCreate, CommitError, Committed, Decision, Facts, Outcome, Partial, Plan, PlanRow, Reason,
    ReasonSet, Report, Selection, Session, Subject, Warning,
};

use super::bench::{Bench, Scene, Snapshot, commit};
use super::sound::{commit_is_sound, keys_hold};
use super::violation::require;
use super::{Verdict, restated};
use crate::fixture::{self, ADMIN, OTHER_SCHOOL, SCHOOL};
use crate::strategies::{Case, Edit, World, apply_edit};

/// Whatever changed between preview and commit, every outcome is true when the commit answers: users are there,
/// reasons hold, warnings are of now, and a row that lost never fails the batch (R13).
pub fn every_outcome_is_true_afterwards(bench: &Bench, case: &Case, edits: &[Edit]) -> Verdict {
    bench.run(async {
        let fresh = bench.fresh().await;
        let store = fresh.store();
        let scene = Scene::set(&store, &case.world).await?;
        let network = case.session.network();
        let seen = scene.snapshot(network).await?;
        let Ok(plan) = scene.staffroom.preview(&case.session, &case.request).await else { return Ok(()) };
        for edit in edits {
            apply_edit(&*store, network, edit).await?;
        }
        let before = scene.snapshot(network).await?;
        let outcome = scene.commit(&case.session, &plan).await;
        let after = scene.snapshot(network).await?;
        commit_is_sound(&before, &after, &case.session, &plan, &outcome)?;
        match outcome {
            Ok(committed) => report_is_true(&seen, &before, &plan, &committed.report),
            Err(CommitError::Access(_)) => Ok(()),
            Err(error) => {
                Err(super::Violation::of("R13", format!("a changed world failed the batch: {error:?}")))
            }
        }
    })
}

/// Holds each row to the facts inside the transaction (`now`), and its warnings to what changed since (`seen`).
fn report_is_true(seen: &Snapshot, now: &Snapshot, plan: &Plan, report: &Report) -> Verdict {
    let last_words: Vec<Option<LastWord>> = plan.rows().iter().map(|row| last_word(now, row)).collect();
    let somebody_refused = last_words.iter().any(|word| !matches!(word, Some(LastWord::Create)));
    for ((planned, row), word) in plan.rows().iter().zip(report.rows()).zip(last_words) {
        let facts = |state: &Snapshot| row.subject().staff_id().and_then(|id| state.facts(id)).cloned();
        let record = facts(now).map(|facts| Subject::of(&facts.staff_member));
        let said = Some(row.subject()).filter(|subject| matches!(subject, Subject::StaffMember { .. }));
        require!("R13", said.is_none() || said == record.as_ref(), "{row:?} is not what the record says");
        let Decision::Create(_) = planned.decision() else {
            let kept = matches!(
                (planned.decision(), row.outcome()),
                (Decision::Refuse(then), Outcome::Refused(now)) if then == now
            );
            require!("R13", kept, "{planned:?} became {row:?}");
            continue;
        };
        let expected = match word {
            Some(LastWord::Refuse(reasons)) => Some(reasons),
            _ if plan.partial() == Partial::Forbidden && somebody_refused => {
                Some(ReasonSet::only(Reason::AllOrNothing))
            }
            _ => None,
        };
        let true_now = match (row.outcome(), expected) {
            (Outcome::Created(_), None) => true,
            (Outcome::Refused(said), Some(expected)) => said == expected,
            _ => false,
        };
        require!("R13", true_now, "{row:?} instead of {expected:?}");
        let Some(current) = facts(now) else { continue };
        let changed = facts(seen).is_none_or(|then| differs(&then, &current));
        let says = row.warnings().contains(Warning::ChangedSincePreview);
        require!("R13", says == changed, "{row:?} changed since the preview, or did not");
        let sharers: Vec<_> = current.email_sharers.iter().map(|sharer| sharer.id).collect();
        let named: Vec<_> = row.email_sharers().iter().map(|sharer| sharer.id).collect();
        let warned = row.warnings().contains(Warning::EmailShared);
        require!(
            "R13",
            named == sharers && warned != sharers.is_empty(),
            "{row:?} shares with {sharers:?} now"
        );
    }
    Ok(())
}

/// Whether anything differs that a verdict or its warnings could rest on.
fn differs(then: &Facts, now: &Facts) -> bool {
    let sharers = |facts: &Facts| facts.email_sharers.iter().map(|sharer| sharer.id).collect::<Vec<_>>();
    then.staff_member != now.staff_member
        || then.linked_user != now.linked_user
        || then.email_holder != now.email_holder
        || sharers(then) != sharers(now)
}

/// What must become of a chosen row.
enum LastWord {
    Create,
    Refuse(ReasonSet),
}

/// `None` for a row that the plan had refused.
fn last_word(now: &Snapshot, row: &PlanRow) -> Option<LastWord> {
    let Decision::Create(_) = row.decision() else { return None };
    let Some(facts) = row.subject().staff_id().and_then(|id| now.facts(id)) else {
        return Some(LastWord::Refuse(ReasonSet::only(Reason::Unknown)));
    };
    let reasons = restated::reasons(facts);
    if !reasons.is_empty() {
        return Some(LastWord::Refuse(reasons.into_iter().collect()));
    }
    let address =
        |email: &staffroom_core::StaffEmail| email.valid().map(|email| email.canonical().to_owned());
    let same = row.subject().email().and_then(address) == address(facts.staff_member.email());
    Some(if same { LastWord::Create } else { LastWord::Refuse(ReasonSet::only(Reason::EmailChanged)) })
}

/// Two people who press at once get one user per staff member and one per email between them, and two true reports
/// (R13).
pub fn two_at_once_get_true_reports(bench: &Bench, world: &World, partial: Partial) -> Verdict {
    bench.run(async {
        let fresh = bench.fresh().await;
        let store = fresh.store();
        let scene = Scene::set(&store, world).await?;
        let network = fixture::NETWORK;
        let request = BulkCreate::of(Selection::AllCandidates).with_partial(partial);
        let one = Session::new(network, Actor::User(ADMIN), SCHOOL);
        let other = Session::new(network, Actor::Operator, OTHER_SCHOOL);
        let colleague = fixture::staffroom(std::sync::Arc::clone(&store), 2);
        let (Ok(plan), Ok(others)) =
            (scene.staffroom.preview(&one, &request).await, colleague.preview(&other, &request).await)
        else {
            return Ok(());
        };
        let (outcome, others_outcome) =
            zip(scene.commit(&one, &plan), commit(&colleague, &other, &others)).await;
        let after = scene.snapshot(network).await?;
        keys_hold(&after)?;
        let mut created = 0_usize;
        for (plan, outcome) in [(&plan, outcome), (&others, others_outcome)] {
            let committed: Committed = outcome
                .map_err(|error| super::Violation::of("R13", format!("a race failed a batch: {error:?}")))?;
            created = created.saturating_add(committed.report.counts().created);
            for row in committed.report.rows() {
                let user = row.user().and_then(|id| after.user(id));
                let linked = user.is_some_and(|user| {
                    user.staff_member() == row.subject().staff_id() && user.batch() == Some(plan.batch())
                });
                require!("R13", row.user().is_none() || linked, "{row:?} is not true");
            }
        }
        let due = plan.counts().created;
        require!("R13", created == due, "{created} users were created where {due} were due");
        Ok(())
    })
}
