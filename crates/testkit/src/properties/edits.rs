//! What holds of looking after users and groups: who is seen, who may edit whom, and what the log says (R8, R16).

use staffroom_core::{
    AccessError, Actor, AuditEvent, Edited, GroupEdit, GroupError, ListQuery, Permission, PermissionSet,
    SchoolId, Session, StaffKey, User, UserEdit, UserEditError, UserId, UserKey, UserQuery, UserStatus, Who,
};

use super::bench::{Bench, Scene, Snapshot};
use super::sound::held;
use super::violation::require;
use super::{Verdict, Violation};
use crate::fixture;
use crate::strategies::{NetworkRecords, UserEditBy, World};

/// What became of an edit, as far as it matters to who may do what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Became {
    Made,
    AlreadySo,
    Denied,
    Refused,
}

/// An edit of a user is made with exactly one record and changes nobody else; one that is so already, or is refused,
/// changes nothing and leaves none; one that is denied changes nothing and leaves exactly one. Whoever makes one may do
/// so, sees the user, holds all that the user holds before and after, and can take it back (R8, R16).
pub fn edits_of_users_are_bounded_and_recorded(
    bench: &Bench,
    world: &World,
    edits: &[UserEditBy],
) -> Verdict {
    bench.run(async {
        let fresh = bench.fresh().await;
        let scene = Scene::set(&fresh.store(), world).await?;
        for (session, place, edit) in edits {
            let before = scene.snapshot(session.network()).await?;
            let Some(target) = target(&before, *place) else { continue };
            let outcome = scene.staffroom.edit_user(session, target, *edit).await;
            let after = scene.snapshot(session.network()).await?;
            let became = match &outcome {
                Ok(done) if done.edited == Edited::Now => Became::Made,
                Ok(_) => Became::AlreadySo,
                Err(UserEditError::Access(AccessError::Denied(_))) => Became::Denied,
                Err(_) => Became::Refused,
            };
            one_record(&before, &after, session, became)?;
            for user in &after.users {
                let was = before.user(user.id());
                let touched = became == Became::Made && user.id() == target;
                require!("R16", (was != Some(user)) == touched, "{outcome:?} made {user:?} of {was:?}");
            }
            require!("R16", before.users.len() == after.users.len(), "{outcome:?} removed somebody");
            require!("R16", before.groups == after.groups, "{outcome:?} changed a group");
            if became == Became::Made {
                is_within_bounds(&before, &after, session, target, &edit.permission())?;
            }
            if matches!(outcome, Err(UserEditError::UnknownUser(_))) {
                let hidden = before.user(target).is_none_or(|user| !sees(&before, session, user));
                require!("R8", hidden, "{target} was seen, and denied");
            }
        }
        Ok(())
    })
}

/// The user at that place, or somebody who is not there.
fn target(state: &Snapshot, place: usize) -> Option<UserId> {
    let count = state.users.len().checked_add(1)?;
    match state.users.get(place.checked_rem(count)?) {
        Some(user) => Some(user.id()),
        None => Some(fixture::user_id(7_777)),
    }
}

/// What was done is in the log once; what was denied, too; anything else is not.
fn one_record(before: &Snapshot, after: &Snapshot, session: &Session, became: Became) -> Verdict {
    let new: Vec<_> = after.audit.iter().filter(|record| !before.audit.contains(record)).collect();
    let is_right = match (became, new.as_slice()) {
        (Became::AlreadySo | Became::Refused, []) => true,
        // A network that does not exist has no log.
        (Became::Denied, []) => before.network.is_none(),
        (Became::Made, [record]) => {
            record.actor == session.actor()
                && record.school == Some(session.school())
                && !matches!(record.event, AuditEvent::Denied { .. })
        }
        (Became::Denied, [record]) => {
            record.actor == session.actor() && matches!(record.event, AuditEvent::Denied { .. })
        }
        _ => false,
    };
    require!("R16", is_right, "{became:?} left {new:?}");
    Ok(())
}

/// All that the groups of `user` give, active or not.
fn could_hold(state: &Snapshot, user: &User) -> PermissionSet {
    let groups = user.groups().iter().filter_map(|id| state.group(id));
    groups.flat_map(|group| group.permissions().iter().cloned()).collect()
}

/// Whether the actor may know of `user`, said again.
fn sees(state: &Snapshot, session: &Session, user: &User) -> bool {
    let Actor::User(id) = session.actor() else { return true };
    state.user(id).is_some_and(|actor| {
        held(state, actor).contains(&Permission::USERS_VIEW)
            && actor.schools().iter().any(|school| user.schools().contains(school))
    })
}

/// Whether the actor may do what takes `needed` in their current school, said again.
fn may(state: &Snapshot, session: &Session, needed: &Permission) -> bool {
    let Actor::User(id) = session.actor() else {
        return state.schools.iter().any(|school| school.id() == session.school());
    };
    state.user(id).is_some_and(|actor| {
        actor.status() == UserStatus::Enabled
            && actor.schools().contains(session.school())
            && held(state, actor).contains(needed)
    })
}

fn is_within_bounds(
    before: &Snapshot,
    after: &Snapshot,
    session: &Session,
    target: UserId,
    needed: &Permission,
) -> Verdict {
    require!("R8", may(before, session, needed), "{session:?} may not do what takes {needed}");
    let (Some(was), Some(is)) = (before.user(target), after.user(target)) else {
        return Err(Violation::of("R8", format!("{target} is gone")));
    };
    require!("R8", sees(before, session, was), "{session:?} edited somebody unseen: {was:?}");
    let Actor::User(id) = session.actor() else { return Ok(()) };
    let own = before.user(id).map(|actor| held(before, actor)).unwrap_or_default();
    for (state, user) in [(before, was), (after, is)] {
        let beyond = could_hold(state, user).beyond(&own);
        require!("R8", beyond.is_empty(), "{id} edited {user:?}, who could hold {beyond:?} besides");
    }
    require!("R8", id != target || may(after, session, needed), "{id} is locked out");
    let schools: Vec<SchoolId> =
        is.schools().iter().filter(|school| !was.schools().contains(*school)).collect();
    require!(
        "R6",
        schools.iter().all(|school| *school == session.school()),
        "{id} let {is:?} into {schools:?}"
    );
    Ok(())
}

/// An edit of a group is made with exactly one record and changes no other group and no user. Whoever makes it holds all
/// that the group gives before and after, and can take it back (R8, R16).
pub fn edits_of_groups_are_bounded_and_recorded(
    bench: &Bench,
    world: &World,
    edits: &[(Session, staffroom_core::GroupId, GroupEdit)],
) -> Verdict {
    bench.run(async {
        let fresh = bench.fresh().await;
        let scene = Scene::set(&fresh.store(), world).await?;
        for (session, id, edit) in edits {
            let before = scene.snapshot(session.network()).await?;
            let outcome = scene.staffroom.edit_group(session, *id, edit).await;
            let after = scene.snapshot(session.network()).await?;
            let became = match &outcome {
                Ok(done) if done.edited == Edited::Now => Became::Made,
                Ok(_) => Became::AlreadySo,
                Err(GroupError::Access(AccessError::Denied(_))) => Became::Denied,
                Err(_) => Became::Refused,
            };
            one_record(&before, &after, session, became)?;
            require!("R16", before.users == after.users, "{outcome:?} changed a user");
            for group in &after.groups {
                let was = before.group(group.id());
                let touched = became == Became::Made && group.id() == *id;
                require!("R16", (was != Some(group)) == touched, "{outcome:?} made {group:?} of {was:?}");
            }
            if became != Became::Made {
                continue;
            }
            let needed = Permission::GROUPS_MANAGE;
            require!("R8", may(&before, session, &needed), "{session:?} may not edit groups");
            if let Actor::User(actor) = session.actor() {
                let own = before.user(actor).map(|user| held(&before, user)).unwrap_or_default();
                for group in [before.group(*id), after.group(*id)].into_iter().flatten() {
                    let beyond = group.permissions().beyond(&own);
                    require!(
                        "R8",
                        beyond.is_empty(),
                        "{actor} edited {group:?}, which gives {beyond:?} besides"
                    );
                }
                require!("R8", may(&after, session, &needed), "{actor} is locked out");
            }
        }
        Ok(())
    })
}

/// Nothing that an actor is told depends on a user whom they may not see, except that an email is taken or a staff member
/// linked: the answers are the same when all unseen users are other people with those emails and links (R8).
pub fn unseen_users_are_not_revealed(bench: &Bench, world: &World, session: &Session) -> Verdict {
    bench.run(async {
        let (fresh, another) = (bench.fresh().await, bench.fresh().await);
        let scene = Scene::set(&fresh.store(), world).await?;
        let state = scene.snapshot(session.network()).await?;
        let unseen: Vec<UserId> = state
            .users
            .iter()
            .filter(|user| session.actor() != Actor::User(user.id()) && !sees(&state, session, user))
            .map(User::id)
            .collect();
        let disguised = World {
            networks: world.networks.iter().map(|network| disguise(network, session, &unseen)).collect(),
        };
        let other = Scene::set(&another.store(), &disguised).await?;
        let (answers, answers_disguised) =
            (everything(&scene, session, &state).await, everything(&other, session, &state).await);
        for (one, disguised) in answers.iter().zip(&answers_disguised) {
            require!("R8", one == disguised, "{unseen:?} make the difference between {one} and {disguised}");
        }
        let ids: Vec<String> = unseen.iter().map(ToString::to_string).collect();
        let told = answers.iter().find(|answer| ids.iter().any(|id| answer.contains(id)));
        // Asking for somebody by their id is answered with that id.
        let told = told.filter(|answer| !answer.contains("UnknownUser"));
        require!("R8", told.is_none(), "{unseen:?} are named in {told:?}");
        Ok(())
    })
}

/// The network with other people in place of the unseen users: with the same emails and links, and still unseen.
fn disguise(network: &NetworkRecords, session: &Session, unseen: &[UserId]) -> NetworkRecords {
    let mut network = network.clone();
    if network.id == session.network() {
        for (number, user) in (5_000..).zip(&mut network.users) {
            if unseen.contains(&user.id()) {
                let other = User::new(fixture::user_id(number), user.email().clone(), fixture::moment());
                let other = other.as_stored(UserStatus::Disabled, None, user.revision());
                *user = match user.staff_member() {
                    Some(member) => other.linked_to(member),
                    None => other,
                };
            }
        }
    }
    network
}

/// Asks all there is to ask about users, and tries an edit of everybody; the answers in words.
pub(super) async fn everything(scene: &Scene, session: &Session, state: &Snapshot) -> Vec<String> {
    let staffroom = &scene.staffroom;
    let mut answers = Vec::new();
    answers.push(format!("{:?}", staffroom.users(session, &UserQuery::default(), None, 3).await));
    let mut listed = Vec::new();
    let all = staffroom.all_users(session, &UserQuery::default(), &mut |seen| listed.push(seen)).await;
    answers.push(format!("{all:?} {listed:?}"));
    answers.push(format!("{:?}", staffroom.groups(session).await));
    let mut followed = Vec::new();
    let all = staffroom.follow_up(session, &mut |one| followed.push(one)).await;
    answers.push(format!("{all:?} {followed:?}"));
    answers.push(format!("{:?}", staffroom.overview(session).await));
    let query = ListQuery { who: Who::Everyone, ..ListQuery::default() };
    let mut explained = Vec::new();
    let all = staffroom.explain_all(session, &query, &mut |one| explained.push(one)).await;
    answers.push(format!("{all:?} {explained:?}"));
    for facts in &state.staff {
        let key = StaffKey::Id(facts.staff_member.id());
        answers.push(format!("{:?}", staffroom.explain(session, &key).await));
    }
    for user in &state.users {
        let by_email = staffroom.user(session, &UserKey::Email(user.email().clone())).await;
        let by_id = staffroom.user(session, &UserKey::Id(user.id())).await;
        answers.push(format!("{by_email:?} {by_id:?}"));
        // Whoever acts may be the one who is edited: only what another user is answered is compared.
        if session.actor() != Actor::User(user.id()) {
            answers.push(format!("{:?}", staffroom.edit_user(session, user.id(), UserEdit::Enable).await));
        }
    }
    answers
}
