//! What must not be said: people in the audit log (R16), and passwords anywhere (R9).

use std::fmt::Debug;

use staffroom_core::store::{Mode, SharedPassword};
use staffroom_core::{
    GroupEdit, PasswordState, PersonName, PlannedPassword, Secret, StaffEmail, StaffMember, User, UserEdit,
    WayIn,
};

use super::bench::{Bench, SHARED_PASSWORD, Scene};
use super::sound::shared_secret_is_the_one_handed_in;
use super::violation::require;
use super::{Verdict, Violation};
use crate::fakes::ReversedPasswords;
use crate::fixture::TEACHERS;
use crate::strategies::{Case, Edit, World, apply_edit};

/// Words in every name and address of a world.
const CANARIES: [&str; 3] = ["zanzibar", "quagga", "okapi"];

/// The audit log holds no email, name or password of anybody, after whatever was done (R16).
pub fn the_audit_log_names_nobody(bench: &Bench, case: &Case, edits: &[Edit]) -> Verdict {
    bench.run(async {
        let fresh = bench.fresh().await;
        let store = fresh.store();
        let world = with_canaries(&case.world);
        let scene = Scene::set(&store, &world).await?;
        let network = case.session.network();
        if let Ok(plan) = scene.staffroom.preview(&case.session, &case.request).await {
            if world.network(network).is_some() {
                for edit in edits {
                    apply_edit(&*store, network, edit).await?;
                }
            }
            scene.commit(&case.session, &plan).await.ok();
            scene.staffroom.undo(&case.session, plan.batch()).await.ok();
        }
        let state = scene.snapshot(network).await?;
        for (user, facts) in state.users.iter().zip(state.staff.iter().cycle()) {
            for edit in
                [UserEdit::Link(facts.staff_member.id()), UserEdit::Disable, UserEdit::JoinGroup(TEACHERS)]
            {
                scene.staffroom.edit_user(&case.session, user.id(), edit).await.ok();
            }
        }
        scene.staffroom.edit_group(&case.session, TEACHERS, &GroupEdit::Deactivate).await.ok();
        for record in scene.snapshot(network).await?.audit {
            let words = said(&record, &serde_json::to_string(&record).unwrap_or_default());
            let leak = CANARIES.iter().chain([&"pangolin"]).find(|canary| words.contains(**canary));
            require!("R16", leak.is_none(), "the audit log says {leak:?}: {words}");
        }
        Ok(())
    })
}

/// The same world, with a canary in every name and address. Equal addresses stay equal, and bad ones bad.
fn with_canaries(world: &World) -> World {
    let mut world = world.clone();
    for network in &mut world.networks {
        for member in &mut network.staff {
            *member = StaffMember::new(
                member.id(),
                member.sis_id().clone(),
                PersonName::parse("Zanzibar", "Quagga").unwrap_or_else(|_| member.name().clone()),
                member.status(),
                StaffEmail::read(
                    &member.email().as_given().map(|text| format!("okapi.{text}")).unwrap_or_default(),
                ),
                member.schools().clone(),
            );
        }
        for user in &mut network.users {
            if let StaffEmail::Valid(email) = StaffEmail::read(&format!("okapi.{}", user.email())) {
                let copy = User::new(user.id(), email, user.created_at())
                    .entering(user.schools().clone())
                    .in_groups(user.groups().clone())
                    .as_stored(user.status(), user.last_sign_in_at(), user.revision());
                *user = match user.staff_member() {
                    Some(member) => copy.linked_to(member),
                    None => copy,
                };
            }
        }
    }
    world
}

fn said(thing: &impl Debug, document: &str) -> String {
    format!("{thing:?} {document}").to_lowercase()
}

/// A password handed in or generated appears in no plan, report, audit record, user or `Debug` output; what the store
/// keeps is its hash: a shared one once, a generated one with its own user (R9).
pub fn a_password_is_never_said(bench: &Bench, case: &Case) -> Verdict {
    bench.run(async {
        let fresh = bench.fresh().await;
        let store = fresh.store();
        let scene = Scene::set(&store, &case.world).await?;
        let network = case.session.network();
        let Ok(plan) = scene.staffroom.preview(&case.session, &case.request).await else { return Ok(()) };
        let Ok(committed) = scene.commit(&case.session, &plan).await else { return Ok(()) };
        let again = scene.commit(&case.session, &plan).await;
        let after = scene.snapshot(network).await?;
        let mut secrets = vec![Secret::new(SHARED_PASSWORD.to_owned())];
        for entry in &committed.hand_off().entries {
            if let WayIn::GeneratedPassword { password, expires_at } = &entry.way_in {
                let kept = after.hashes.iter().find(|(id, _)| *id == entry.user).map(|(_, hash)| hash);
                let right = kept == Some(&ReversedPasswords::hash_of(password));
                require!("R9", right, "{} was handed another password than the one kept", entry.user);
                let due = committed.report.at().plus_days(match plan.password() {
                    PlannedPassword::Generated { valid } => valid.days(),
                    _ => 0,
                });
                require!("R9", *expires_at == due, "{} has a password for too long", entry.user);
                secrets.push(password.clone());
            }
        }
        let documents = serde_json::to_string(&(&plan, &committed.report, &after.audit, &after.users))
            .map_err(|error| Violation::of("R11", error.to_string()))?;
        let words = said(&(&plan, &committed, &again, &after), &documents);
        for secret in secrets {
            let backwards: String = secret.expose().chars().rev().collect();
            let leak = words.contains(secret.expose()) || words.contains(&backwards);
            require!("R9", !leak, "a password was said: {words}");
        }
        shared_secret_is_the_one_handed_in(&*store, &after, network).await?;
        shared_password_is_kept_once(&scene, case, &plan, &after).await
    })
}

/// One secret for the batch: every user refers to the same, which is not there if nobody does.
async fn shared_password_is_kept_once(
    scene: &Scene,
    case: &Case,
    plan: &staffroom_core::Plan,
    after: &super::Snapshot,
) -> Verdict {
    let PlannedPassword::Shared { secret, .. } = plan.password() else { return Ok(()) };
    let mut uow = scene.store.begin(case.session.network(), Mode::Read).await?;
    let kept: Option<SharedPassword> = uow.passwords().find_shared(secret).await?;
    let users = after.users.iter().filter(|user| {
        matches!(user.password(), PasswordState::InitialShared { secret: referred, .. } if referred == secret)
    });
    require!(
        "R9",
        kept.is_some() == (users.count() > 0),
        "a shared password without users, or the other way round"
    );
    Ok(())
}
