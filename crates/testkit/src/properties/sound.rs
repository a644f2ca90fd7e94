//! What holds of every commit, whatever plan it was given: the floor that every other property stands on.

use std::collections::HashSet;

use staffroom_core::{
    Actor, CommitError, Committed, GroupStatus, Outcome, PasswordState, Permission, PermissionSet, Plan,
    ReportRow, Session, Subject, User, UserStatus,
};

use super::bench::{SHARED_PASSWORD, Snapshot};
use super::violation::require;
use super::{Verdict, Violation, restated};
use crate::fakes::ReversedPasswords;

/// The permissions that a user holds: those of their active groups (R8).
pub(crate) fn held(state: &Snapshot, user: &User) -> PermissionSet {
    let mut held = PermissionSet::empty();
    for group in user.groups().iter().filter_map(|id| state.group(id)) {
        if group.status() == GroupStatus::Active {
            held.extend(group.permissions().iter().cloned());
        }
    }
    held
}

/// Holds a commit to everything that can be said of it from the states before and after alone.
pub(crate) fn commit_is_sound(
    before: &Snapshot,
    after: &Snapshot,
    session: &Session,
    plan: &Plan,
    outcome: &Result<Committed, CommitError>,
) -> Verdict {
    keys_hold(after)?;
    let committed = match outcome {
        Ok(committed) => committed,
        Err(CommitError::Access(staffroom_core::AccessError::Denied(_))) => {
            let (added, unchanged) = (after.audit.len(), before.audit.len());
            require!(
                "R16",
                added == unchanged.saturating_add(1),
                "a denial left {added} - {unchanged} records"
            );
            return nothing_but_audit_changed(before, after);
        }
        Err(error) => {
            require!("R12", before == after, "a commit that failed ({error:?}) changed something");
            return Ok(());
        }
    };
    actor_may(before, session, plan)?;
    sums_hold(plan, committed)?;
    let mut created = HashSet::new();
    for row in committed.report.rows() {
        subject_is_of_the_record(before, row)?;
        match row.outcome() {
            Outcome::Refused(reasons) => {
                require!("R14", !reasons.is_empty(), "{:?} is refused without a reason", row.subject());
            }
            Outcome::Created(id) => {
                created.insert(id);
                let user = after
                    .user(id)
                    .ok_or_else(|| Violation::of("R12", format!("{id} was created and is not there")))?;
                require!("R11", before.user(id).is_none(), "{id} was there before");
                require!("R1", user.staff_member() == row.subject().staff_id(), "{user:?} is not {row:?}");
                user_is_sound(before, after, plan, user)?;
            }
        }
    }
    for user in &after.users {
        match before.user(user.id()) {
            Some(old) => require!("R12", old == user, "{old:?} became {user:?}"),
            None => require!("R14", created.contains(&user.id()), "{user:?} is in no report"),
        }
    }
    require!("R12", before.users.iter().all(|user| after.user(user.id()).is_some()), "a user is gone");
    require!("R12", before.groups == after.groups, "a group changed");
    require!("R12", before.schools == after.schools, "a school changed");
    require!(
        "R16",
        after.audit.len() == before.audit.len().saturating_add(1),
        "a commit left {} records",
        after.audit.len().saturating_sub(before.audit.len())
    );
    Ok(())
}

/// A report shows people as their records are, whatever the plan says of them; and whom the network does not have, it
/// does not show as anybody.
fn subject_is_of_the_record(before: &Snapshot, row: &ReportRow) -> Verdict {
    let facts = row.subject().staff_id().and_then(|id| before.facts(id));
    let is_true = match (row.subject(), facts) {
        (Subject::StaffMember { .. }, Some(facts)) => {
            *row.subject() == Subject::of(&facts.staff_member) && row.email_sharers() == facts.email_sharers
        }
        (Subject::StaffMember { .. }, None) => false,
        (Subject::Unknown(_), _) => row.email_sharers().is_empty(),
    };
    require!("R14", is_true, "{row:?} is not what is known: {facts:?}");
    Ok(())
}

/// A new user is a person who could get one, with the address on their record, in the school and group of the plan.
fn user_is_sound(before: &Snapshot, after: &Snapshot, plan: &Plan, user: &User) -> Verdict {
    let facts = user
        .staff_member()
        .and_then(|id| before.facts(id))
        .ok_or_else(|| Violation::of("R1", format!("{user:?} is nobody of the network")))?;
    require!("R1", restated::reasons(facts).is_empty(), "{user:?}: {:?}", restated::reasons(facts));
    require!(
        "R13",
        facts.staff_member.email().valid() == Some(user.email()),
        "{user:?} does not have the address of {:?}",
        facts.staff_member
    );
    require!("R6", user.schools().as_slice() == [plan.school()], "{user:?} may enter other schools");
    require!("R7", user.groups().iter().eq(plan.group()), "{user:?} is not in the group asked for");
    require!("R15", user.batch() == Some(plan.batch()), "{user:?} does not say which batch made it");
    require!(
        "R9",
        user.status() == UserStatus::Enabled && user.last_sign_in_at().is_none(),
        "{user:?} is not new"
    );
    password_is_sound(after, plan, user)
}

/// The password is of the kind the plan says; a shared one is the one handed in.
fn password_is_sound(after: &Snapshot, plan: &Plan, user: &User) -> Verdict {
    use staffroom_core::PlannedPassword;
    let own_hash = after.hashes.iter().any(|(id, _)| *id == user.id());
    let fits = match (plan.password(), user.password()) {
        (PlannedPassword::None, PasswordState::Unset) => !own_hash,
        (PlannedPassword::Generated { valid }, PasswordState::InitialGenerated { expires_at }) => {
            own_hash && expires_at == user.created_at().plus_days(valid.days())
        }
        (
            PlannedPassword::Shared { secret, valid },
            PasswordState::InitialShared { secret: kept, expires_at },
        ) => {
            !own_hash
                && secret == kept
                && expires_at == user.created_at().plus_days(valid.days())
                && after.shared_passwords.contains(&(secret, true))
        }
        _ => false,
    };
    require!("R9", fits, "{user:?} does not have the password of {:?}", plan.password());
    Ok(())
}

/// Holds the secret that a shared batch refers to: its hash is that of the password handed in, and it expires with
/// the users' own entries.
pub(crate) async fn shared_secret_is_the_one_handed_in(
    store: &dyn staffroom_core::store::Store,
    state: &Snapshot,
    network: staffroom_core::NetworkId,
) -> Verdict {
    let mut uow = store.begin(network, staffroom_core::store::Mode::Read).await?;
    let hash = ReversedPasswords::hash_of(&staffroom_core::Secret::new(SHARED_PASSWORD.to_owned()));
    for user in &state.users {
        let PasswordState::InitialShared { secret, expires_at } = user.password() else { continue };
        let shared = uow.passwords().find_shared(secret).await?;
        let fits = shared.is_some_and(|shared| shared.hash == hash && shared.expires_at == expires_at);
        require!("R9", fits, "{user:?} refers to another secret than the one handed in");
    }
    Ok(())
}

/// Every requested person has one outcome, in the order of the request, and the numbers add up (R14).
fn sums_hold(plan: &Plan, committed: &Committed) -> Verdict {
    let report = &committed.report;
    let counts = report.counts();
    let created = report.rows().iter().filter(|row| row.user().is_some()).count();
    require!(
        "R14",
        counts.requested == plan.rows().len()
            && counts.requested == report.rows().len()
            && counts.created == created
            && counts.requested == counts.created.saturating_add(counts.refused),
        "{counts:?} do not add up"
    );
    for (planned, reported) in plan.rows().iter().zip(report.rows()) {
        let (asked, answered) = (planned.subject(), reported.subject());
        let same = match asked {
            Subject::StaffMember { id, .. } => answered.staff_id() == Some(*id),
            Subject::Unknown(_) => answered == asked,
        };
        require!("R14", same, "{reported:?} stands for {planned:?}");
    }
    let entries: Vec<_> = committed.hand_off().entries.iter().map(|entry| entry.user).collect();
    let users: Vec<_> = report.rows().iter().filter_map(ReportRow::user).collect();
    require!("R10", entries == users, "the hand-off sheet is not about the users created");
    Ok(())
}

/// The actor of the plan may do what it did, by the state before.
fn actor_may(before: &Snapshot, session: &Session, plan: &Plan) -> Verdict {
    require!("R11", plan.actor() == session.actor(), "somebody else's plan was committed");
    require!("R18", plan.network() == session.network(), "another network's plan was committed");
    let group = match plan.group().map(|id| before.group(id)) {
        None => None,
        Some(None) => return Err(Violation::of("R7", "the group is not in the network")),
        Some(Some(group)) => Some(group),
    };
    require!("R7", group.is_none_or(|group| group.status() == GroupStatus::Active), "{group:?} is inactive");
    let Actor::User(id) = plan.actor() else {
        let known = before.schools.iter().any(|school| school.id() == plan.school());
        require!("R6", known, "the operator created users in no school");
        return Ok(());
    };
    let Some(actor) = before.user(id) else {
        return Err(Violation::of("R8", "somebody who is not there committed"));
    };
    let held = held(before, actor);
    require!("R8", actor.status() == UserStatus::Enabled, "the actor is disabled");
    require!("R8", actor.schools().contains(plan.school()), "the actor may not enter the school");
    require!("R8", held.contains(&Permission::USERS_BULK_CREATE), "the actor may not create users in bulk");
    let given = group.map_or_else(PermissionSet::empty, |group| group.permissions().clone());
    require!("R8", given.beyond(&held).is_empty(), "the group gives {:?}", given.beyond(&held));
    Ok(())
}

/// No email and no staff member is held twice (R1, R13).
pub(crate) fn keys_hold(state: &Snapshot) -> Verdict {
    let (mut emails, mut links) = (HashSet::new(), HashSet::new());
    for user in &state.users {
        require!("R13", emails.insert(user.email().canonical()), "two users hold {:?}", user.email());
        let alone = user.staff_member().is_none_or(|member| links.insert(member));
        require!("R13", alone, "two users are linked to {:?}", user.staff_member());
    }
    Ok(())
}

pub(crate) fn nothing_but_audit_changed(before: &Snapshot, after: &Snapshot) -> Verdict {
    let same = before.clone().without_audit() == after.clone().without_audit();
    require!("R12", same, "something changed besides the audit log");
    Ok(())
}
