//! Initial passwords, through the library: good for one thing, the setting of another, and revocable (R9).

use std::sync::Arc;
use std::time::Duration;

use staffroom_core::store::{RowLock, Store};
use staffroom_core::{
    Actor, AuditEvent, BatchId, BulkCreate, Edited, InitialOf, InitialPassword, PasswordState, Plan,
    PlannedPassword, Secret, Selection, Session, SetPasswordError, StaffKey, Touch, UndoOutcome, UserEdit,
    UserId, ValidDays, WayIn,
};

use super::door::{ANOTHER, Door, PASSWORD, chosen, people, secret, sessions_of};
use super::failure::{holds, same, there};
use super::office::{OFFICE, clerk, teacher};
use super::stage::{audit, read};
use super::{Failure, Verdict};
use crate::fixture::{NETWORK, OTHER_SCHOOL, staff_id, user_id};

/// The password that a batch shares.
const SHARED: &str = "one lantern for all";
const DAY: Duration = Duration::from_hours(24);

fn address(number: u32) -> String {
    format!("staff{number}@school.example")
}

/// Users for the staff members numbered `numbers`, with that initial password; the plan, and for each user their id and
/// the password they were handed, if it is one of their own.
async fn hired(
    door: &Door,
    numbers: &[u32],
    password: InitialPassword,
) -> Result<(Plan, Vec<(UserId, Option<Secret>)>), Failure> {
    let keys = numbers.iter().map(|number| StaffKey::Id(staff_id(*number))).collect();
    let request = BulkCreate::of(Selection::These(keys)).with_initial_password(password);
    let plan = door.staffroom.preview(&clerk(), &request).await?;
    let committed = match plan.password() {
        PlannedPassword::Shared { .. } => {
            door.staffroom.commit_with_shared_password(&clerk(), &plan, secret(SHARED)).await?
        }
        _ => door.staffroom.commit(&clerk(), &plan).await?,
    };
    let entries = committed.hand_off.entries.into_iter().map(|entry| {
        let password = match entry.way_in {
            WayIn::GeneratedPassword { password, .. } => Some(password),
            _ => None,
        };
        (entry.user, password)
    });
    Ok((plan, entries.collect()))
}

fn shared() -> InitialPassword {
    InitialPassword::Shared(ValidDays::default())
}

fn generated() -> InitialPassword {
    InitialPassword::Generated(ValidDays::default())
}

/// Whether the password of that staff member can be set with the token.
async fn sets(door: &Door, token: &Secret, password: &str) -> Result<bool, Failure> {
    match door.staffroom.set_password(NETWORK, token, secret(password)).await {
        Ok(_) => Ok(true),
        Err(SetPasswordError::UnknownToken) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Whoever signs in with an initial password, shared or their own, gets no session but leave to set another one, once;
/// the initial one will not do for it. After that the initial one is none any more, for them (R9).
pub async fn an_initial_password_must_be_changed(store: Arc<dyn Store>) -> Verdict {
    people(&*store, &[]).await?;
    let door = Door::to(&store);
    let (_, sharing) = hired(&door, &[1, 2], shared()).await?;
    let (_, own) = hired(&door, &[3], generated()).await?;
    let handed = there("the password handed over", own.into_iter().find_map(|(_, password)| password))?;
    for (number, initial) in [(1, SHARED), (3, handed.expose())] {
        let token = door.begin(&address(number), initial).await?;
        let again = door.staffroom.set_password(NETWORK, &token, secret(initial)).await;
        holds("the initial one will not do", matches!(again, Err(SetPasswordError::WeakPassword(_))))?;
        same("nobody is in", door.is_in(&token).await?, false)?;
        same("the answer", sets(&door, &token, PASSWORD).await?, true)?;
        same("the answer to the same again", sets(&door, &token, ANOTHER).await?, false)?;
        same("the initial one afterwards", door.knock(&address(number), initial).await, "refused")?;
        same("the new one", door.knock(&address(number), PASSWORD).await, "session")?;
    }
    same("whoever shares it still", door.knock(&address(2), SHARED).await, "must-set")?;
    for (user, _) in sharing.iter().skip(1) {
        same("their sessions", sessions_of(&*store, *user).await?, [])?;
    }
    Ok(())
}

/// An expired initial password opens nothing, and whoever knows it is told to use "Forgot your password?", which lets
/// them in; whoever does not know it is told nothing (R9).
pub async fn an_expired_initial_password_leads_to_a_reset(store: Arc<dyn Store>) -> Verdict {
    people(&*store, &[]).await?;
    let door = Door::to(&store);
    let (_, _) = hired(&door, &[1], shared()).await?;
    let (_, own) = hired(&door, &[2], generated()).await?;
    let handed = there("the password handed over", own.into_iter().find_map(|(_, password)| password))?;
    door.clock.pass((30 * DAY).saturating_sub(Duration::from_micros(1)));
    for (number, initial) in [(1, SHARED), (2, handed.expose())] {
        same("a moment before", door.knock(&address(number), initial).await, "must-set")?;
    }
    door.clock.pass(Duration::from_micros(1));
    for (number, initial) in [(1, SHARED), (2, handed.expose())] {
        same("then", door.knock(&address(number), initial).await, "initial-expired")?;
        same("another password", door.knock(&address(number), ANOTHER).await, "refused")?;
        door.clock.pass(Duration::from_mins(10));
        let token = door.token(&address(number)).await?;
        same("by a reset", sets(&door, &token, PASSWORD).await?, true)?;
        same("their own", door.knock(&address(number), PASSWORD).await, "session")?;
    }
    Ok(())
}

/// A shared password is revoked in one act for everybody who has it still, with what was got by it; whoever has set one
/// of their own keeps it, and a token that came by mail works. The log says so once (R9, R16).
pub async fn a_shared_password_is_revoked_for_everybody(store: Arc<dyn Store>) -> Verdict {
    people(&*store, &[]).await?;
    let door = Door::to(&store);
    let (plan, _) = hired(&door, &[1, 2, 3, 4], shared()).await?;
    let token = door.begin(&address(1), SHARED).await?;
    sets(&door, &token, PASSWORD).await?;
    let got_by_it = door.begin(&address(2), SHARED).await?;
    let by_mail = door.token(&address(3)).await?;
    let of = InitialOf::Batch(plan.batch());
    same("how many users", door.staffroom.revoke_initial_passwords(&clerk(), of).await?.users, 4)?;
    same("the same again", door.staffroom.revoke_initial_passwords(&clerk(), of).await?.users, 0)?;
    same("whoever set their own", door.knock(&address(1), PASSWORD).await, "session")?;
    for number in [2, 3, 4] {
        same("the shared one", door.knock(&address(number), SHARED).await, "initial-expired")?;
    }
    same("what was got by it", sets(&door, &got_by_it, PASSWORD).await?, false)?;
    same("what came by mail", sets(&door, &by_mail, PASSWORD).await?, true)?;
    let log = audit(&mut *read(&*store).await?).await?;
    let said: Vec<_> = log
        .iter()
        .filter(|record| matches!(record.event, AuditEvent::InitialRevoked { .. }))
        .map(|record| (record.batch, record.event.clone()))
        .collect();
    let expected = AuditEvent::InitialRevoked { users: 4, shared: true, user: None };
    same("the log", said, [(Some(plan.batch()), expected)])
}

/// Generated passwords of a batch are revoked, each that is there still; of one user, theirs alone, shared or not.
pub async fn initial_passwords_are_revoked_one_by_one(store: Arc<dyn Store>) -> Verdict {
    people(&*store, &[]).await?;
    let door = Door::to(&store);
    let (plan, own) = hired(&door, &[1, 2], generated()).await?;
    let (_, sharing) = hired(&door, &[3, 4], shared()).await?;
    let mut handed = own.iter().filter_map(|(_, password)| password.as_ref());
    let (ann, ben) = (there("a password", handed.next())?, there("another", handed.next())?);
    let token = door.begin(&address(1), ann.expose()).await?;
    sets(&door, &token, PASSWORD).await?;
    let left = door.begin(&address(2), ben.expose()).await?;
    let of = InitialOf::Batch(plan.batch());
    same("how many users", door.staffroom.revoke_initial_passwords(&clerk(), of).await?.users, 1)?;
    same("whoever set their own", door.knock(&address(1), PASSWORD).await, "session")?;
    same("whoever had not", door.knock(&address(2), ben.expose()).await, "refused")?;
    same("what was got by it", sets(&door, &left, PASSWORD).await?, false)?;
    let cat = there("who shares one", sharing.first())?.0;
    let got = door.begin(&address(3), SHARED).await?;
    let of = InitialOf::User(cat);
    same("of one user", door.staffroom.revoke_initial_passwords(&clerk(), of).await?.users, 1)?;
    same("of them again", door.staffroom.revoke_initial_passwords(&clerk(), of).await?.users, 0)?;
    same("theirs", door.knock(&address(3), SHARED).await, "refused")?;
    same("what was got by theirs", sets(&door, &got, PASSWORD).await?, false)?;
    same("whoever shares it", door.knock(&address(4), SHARED).await, "must-set")?;
    for (user, _) in own.iter().skip(1).chain(sharing.first()) {
        let mut uow = read(&*store).await?;
        let user = there("a user", uow.users().find(*user, RowLock::None).await?)?;
        same("their password", user.password(), PasswordState::Unset)?;
        holds("their hash is gone", uow.passwords().find(user.id()).await?.is_none())?;
    }
    let of = InitialOf::Batch(BatchId::from_uuid(uuid::Uuid::from_u128(7)));
    let unknown = door.staffroom.revoke_initial_passwords(&clerk(), of).await;
    holds("an unknown batch has none", unknown.is_err())
}

/// Whoever gave an initial password may be allowed less than the user is by what others give them later: access to a
/// school or membership in a group revokes it, with what was got by it and with a record; every other edit, and one that
/// is made already, leaves it. A password of their own they keep (R8, R9, R16).
pub async fn what_a_user_is_given_revokes_an_initial_password(store: Arc<dyn Store>) -> Verdict {
    people(&*store, &[chosen(teacher(9))]).await?;
    let door = Door::to(&store);
    let (_, sharing) = hired(&door, &[1, 2], shared()).await?;
    let (_, own) = hired(&door, &[3], generated()).await?;
    let elsewhere = Session::new(NETWORK, Actor::Operator, OTHER_SCHOOL);
    let (ann, ben) = (there("the first", sharing.first())?.0, there("the second", sharing.get(1))?.0);
    let (cat, handed) = there("the third", own.first())?;
    let handed = there("the password handed over", handed.as_ref())?;
    let given = [
        (ann, address(1), SHARED, UserEdit::JoinGroup(OFFICE), true),
        (*cat, address(3), handed.expose(), UserEdit::GrantAccess, false),
    ];
    for (user, email, initial, edit, is_shared) in given {
        for harmless in [UserEdit::Disable, UserEdit::Enable, UserEdit::Unlink, UserEdit::LeaveGroup(OFFICE)]
        {
            let done = door.staffroom.edit_user(&clerk(), user, harmless).await?;
            same(&format!("{harmless:?}"), done.initial_revoked, false)?;
        }
        let got = door.begin(&email, initial).await?;
        let before = audit(&mut *read(&*store).await?).await?.len();
        let done = door.staffroom.edit_user(&elsewhere, user, edit).await?;
        same(&format!("{edit:?}"), (done.edited, done.initial_revoked), (Edited::Now, true))?;
        same("their password", done.user.user.password(), PasswordState::Unset)?;
        holds("their hash is gone", read(&*store).await?.passwords().find(user).await?.is_none())?;
        same("what was got by it", sets(&door, &got, PASSWORD).await?, false)?;
        same("the initial one", door.knock(&email, initial).await, "refused")?;
        let log = audit(&mut *read(&*store).await?).await?;
        let revoked = AuditEvent::InitialRevoked { users: 1, shared: is_shared, user: Some(user) };
        let said: Vec<_> =
            log.iter().skip(before).map(|record| (record.event.code(), record.group)).collect();
        same("the log", said, [("user-edit", edit.group()), ("initial-revoked", edit.group())])?;
        same("its last record", log.last().map(|record| &record.event), Some(&revoked))?;
    }
    same("whoever shares it still", door.knock(&address(2), SHARED).await, "must-set")?;
    let again = door.staffroom.edit_user(&clerk(), ben, UserEdit::GrantAccess).await?;
    same("access that they have", (again.edited, again.initial_revoked), (Edited::AlreadySo, false))?;
    same("their password then", door.knock(&address(2), SHARED).await, "must-set")?;
    let own = door.staffroom.edit_user(&elsewhere, user_id(9), UserEdit::GrantAccess).await?;
    same("a password of their own", (own.edited, own.initial_revoked), (Edited::Now, false))?;
    same("works", door.knock(&own.user.user.email().to_string(), PASSWORD).await, "session")
}

/// A sign-in with an initial password counts as one: an undo keeps that user, and removes those who have done nothing,
/// although a reset was mailed to them, with their tokens (R15).
pub async fn an_undo_keeps_whoever_has_been_in(store: Arc<dyn Store>) -> Verdict {
    people(&*store, &[]).await?;
    let door = Door::to(&store);
    let (plan, sharing) = hired(&door, &[1, 2, 3], shared()).await?;
    let token = door.begin(&address(1), SHARED).await?;
    door.knock(&address(2), ANOTHER).await;
    let by_mail = door.token(&address(2)).await?;
    let undone = door.staffroom.undo(&clerk(), plan.batch()).await?;
    let kept: Vec<_> = undone
        .rows
        .iter()
        .filter_map(|row| match &row.outcome {
            UndoOutcome::Kept(touches) => Some((row.user, touches.clone())),
            UndoOutcome::Removed => None,
        })
        .collect();
    let first = there("the first", sharing.first())?.0;
    same("who is kept", kept, [(first, vec![Touch::SignedIn])])?;
    same("a token of somebody who is gone", sets(&door, &by_mail, PASSWORD).await?, false)?;
    same("the password of somebody who is gone", door.knock(&address(2), SHARED).await, "refused")?;
    same("the token of whoever is kept", sets(&door, &token, PASSWORD).await?, true)?;
    let (_, again) = hired(&door, &[2], InitialPassword::None).await?;
    same("how many are created again", again.len(), 1)?;
    same("a token of before", sets(&door, &by_mail, PASSWORD).await?, false)
}

/// Creating users mails nobody, whatever their passwords and whoever else is mailed; nor does undoing, revoking, or
/// making the hand-off sheet again (R10).
pub async fn creating_users_mails_nobody(store: Arc<dyn Store>) -> Verdict {
    people(&*store, &[]).await?;
    let door = Door::to(&store);
    let mut batches = Vec::new();
    for (number, password) in [(1, InitialPassword::None), (2, shared()), (3, generated())] {
        batches.push(hired(&door, &[number], password).await?.0.batch());
    }
    for batch in batches {
        door.staffroom.hand_off(&clerk(), batch).await?;
        door.staffroom.revoke_initial_passwords(&clerk(), InitialOf::Batch(batch)).await?;
        door.staffroom.undo(&clerk(), batch).await?;
    }
    same("how many mails there are", door.outbox.empty().len(), 0)
}
