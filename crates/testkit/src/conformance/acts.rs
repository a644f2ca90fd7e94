//! What administrators do about the ways in of others, through the library: what it takes, and what it leaves in the log.

use std::sync::Arc;
use std::time::Duration;

use staffroom_core::store::{RowLock, Store};
use staffroom_core::{
    AccessError, Actor, AuditEvent, Edited, EndSessions, InitialOf, Invite, Invited, InvitedWayIn, Letter,
    PasswordState, SchoolId, Session, Staffroom, User, UserActError, UserEdit, UserId, UserStatus, ValidDays,
};

use super::door::{ANOTHER, BEARS, Door, PASSWORD, chosen, people, secret, sessions_of};
use super::failure::{holds, same, there};
use super::office::{
    CLERK, ROAMING_CLERK, both, clerk, new_records, session_of, teacher, teacher_elsewhere, told,
};
use super::samples::batch_id;
use super::stage::{Everything, audit, read};
use super::{Failure, Verdict};
use crate::fixture::{ADMIN, NETWORK, OTHER_SCHOOL, SCHOOL, SUPERINTENDENTS, TEACHERS, user, user_id};

use staffroom_core::Invited::{AlreadyInvited, Disabled, NotSent, Sent, SignedIn, Unknown};

const ANN: &str = "user1@school.example";
const BEN: &str = "user2@school.example";
const HOUR: Duration = Duration::from_hours(1);

/// What became of an act, in a word.
fn outcome<T>(answer: &Result<T, UserActError>) -> String {
    match answer {
        Ok(_) => "done".to_owned(),
        Err(UserActError::UnknownUser(_)) => "unknown-user".to_owned(),
        Err(UserActError::UnknownBatch(_)) => "unknown-batch".to_owned(),
        Err(UserActError::Disabled) => "disabled".to_owned(),
        Err(UserActError::WeakPassword(_)) => "weak-password".to_owned(),
        Err(UserActError::Mail(_)) => "not-sent".to_owned(),
        Err(UserActError::Access(AccessError::Denied(denied))) => denied.code().to_owned(),
        Err(other) => format!("{other:?}"),
    }
}

/// Everything that can be done about the way in of `user`, each with what became of it.
async fn every_act(staffroom: &Staffroom, session: &Session, user: UserId) -> Vec<String> {
    let given = staffroom.give_initial_password(session, user, secret(ANOTHER), ValidDays::default()).await;
    vec![
        outcome(&given),
        outcome(&staffroom.send_reset(session, user).await),
        outcome(&staffroom.revoke_initial_passwords(session, InitialOf::User(user)).await),
        outcome(&staffroom.sessions(session, user).await),
        outcome(&staffroom.end_sessions(session, user, EndSessions::All).await),
    ]
}

/// Acts on the ways in of others take `users.manage` in the current school and sight of the user, who may hold nothing
/// that the actor lacks: whoever is not seen is as unknown. A denial is in the log, and changes nothing (R8, R16).
pub async fn acts_take_authority_and_sight(store: Arc<dyn Store>) -> Verdict {
    let superintendent = chosen(teacher(2)).in_groups([TEACHERS, SUPERINTENDENTS].into_iter().collect());
    people(&*store, &[chosen(teacher(1)), superintendent, chosen(teacher_elsewhere(3)), chosen(teacher(4))])
        .await?;
    let door = Door::to(&store);
    let before = Everything::of(&*store, NETWORK).await?;
    let nobody = user_id(77);
    let cases: [(&str, Session, UserId, &str, usize); 6] = [
        ("a teacher about another", session_of(user_id(4), SCHOOL), user_id(1), "missing-permission", 5),
        ("a clerk about somebody beyond them", clerk(), user_id(2), "user-beyond-actor", 5),
        ("a clerk about somebody elsewhere", clerk(), user_id(3), "unknown-user", 0),
        ("a clerk about nobody", clerk(), nobody, "unknown-user", 0),
        ("a clerk in a school of others", session_of(CLERK, OTHER_SCHOOL), user_id(3), "no-school-access", 5),
        ("nobody about a teacher", session_of(nobody, SCHOOL), user_id(1), "unknown-actor", 5),
    ];
    for (what, session, user, expected, denials) in cases {
        let log = audit(&mut *read(&*store).await?).await?;
        let answers = every_act(&door.staffroom, &session, user).await;
        same(what, answers, vec![expected.to_owned(); 5])?;
        let records = new_records(&*store, &log).await?;
        let said: Vec<_> = records.iter().map(told).collect();
        same(&format!("the log of {what}"), said, vec![(Some(user), expected.to_owned()); denials])?;
    }
    let invited = door.staffroom.invite(&session_of(user_id(4), SCHOOL), &Invite::AllNeverSignedIn).await;
    same("a teacher who invites", outcome(&invited), "missing-permission")?;
    let after = Everything::of(&*store, NETWORK).await?;
    same("the users", after.users, before.users)?;
    same("the hashes", after.hashes, before.hashes)?;
    same("the resets", after.resets, [])?;
    same("how many mails there are", door.outbox.empty().len(), 0)
}

/// An administrator gives a user an initial password, in place of what they have: it ends their sessions and tokens and
/// opens a lock; the user must set one of their own with it. It takes all schools that the user may enter, for whoever
/// knows it can act there as them (R8, R9).
pub async fn an_administrator_gives_a_password(store: Arc<dyn Store>) -> Verdict {
    people(&*store, &[chosen(teacher(1)), chosen(teacher(2)).entering(both())]).await?;
    let door = Door::to(&store);
    let session = door.enter(ANN, PASSWORD).await?.token;
    let by_mail = door.token(ANN).await?;
    for _ in 0..=BEARS {
        door.knock(ANN, "a wrong password").await;
        door.clock.pass(HOUR);
    }
    same("an account that is locked", door.knock(ANN, PASSWORD).await, "locked")?;
    let log = audit(&mut *read(&*store).await?).await?;
    let weak = door.given(&clerk(), user_id(1), "weak").await;
    same("a weak password", outcome(&weak), "weak-password")?;
    let given = door.given(&clerk(), user_id(1), ANOTHER).await;
    let given = given?;
    same("the answer", given.edited, Edited::Now)?;
    let found = there("the user", read(&*store).await?.users().find(user_id(1), RowLock::None).await?)?;
    let expected = PasswordState::InitialGenerated { expires_at: door.now().plus_days(30) };
    same("their password", found.password(), expected)?;
    holds("their session is over", !door.is_in(&session).await?)?;
    same("their token", door.set(&by_mail, PASSWORD).await, false)?;
    same("the old password", door.knock(ANN, PASSWORD).await, "refused")?;
    let token = door.begin(ANN, ANOTHER).await?;
    same("their own", door.set(&token, PASSWORD).await, true)?;
    let elsewhere = door.given(&clerk(), user_id(2), ANOTHER).await;
    same("somebody who may enter more schools", outcome(&elsewhere), "user-elsewhere")?;
    let roaming = session_of(ROAMING_CLERK, SCHOOL);
    let given = door.given(&roaming, user_id(2), ANOTHER).await;
    same("by whoever may, too", outcome(&given), "done")?;
    let records = new_records(&*store, &log).await?;
    let given: Vec<_> = records
        .iter()
        .filter(|record| matches!(record.event, AuditEvent::PasswordGiven { .. }))
        .map(|record| (record.actor, record.school, record.event.clone()))
        .collect();
    same(
        "the log",
        given,
        [
            (Actor::User(CLERK), Some(SCHOOL), AuditEvent::PasswordGiven { user: user_id(1) }),
            (Actor::User(ROAMING_CLERK), Some(SCHOOL), AuditEvent::PasswordGiven { user: user_id(2) }),
        ],
    )
}

/// An administrator has a reset sent to the address on record, and never sees the token; what the user has works until
/// they use it. A mail that cannot be sent leaves no reset.
pub async fn an_administrator_sends_a_reset(store: Arc<dyn Store>) -> Verdict {
    let disabled = teacher(2).as_stored(UserStatus::Disabled, None, user(2).revision());
    people(&*store, &[chosen(teacher(1)), disabled]).await?;
    let door = Door::to(&store);
    let log = audit(&mut *read(&*store).await?).await?;
    door.outbox.fail(true);
    same("a mail that fails", outcome(&door.staffroom.send_reset(&clerk(), user_id(1)).await), "not-sent")?;
    same("the reset of it", read(&*store).await?.resets().find_by_user(user_id(1)).await?, None)?;
    door.outbox.fail(false);
    same("a disabled user", outcome(&door.staffroom.send_reset(&clerk(), user_id(2)).await), "disabled")?;
    door.staffroom.send_reset(&clerk(), user_id(1)).await?;
    let mails = door.outbox.empty();
    same("whom it is sent to", mails.iter().map(|mail| mail.to.as_given()).collect::<Vec<_>>(), [ANN])?;
    let token = there("the token", mails.iter().find_map(super::door::token_in))?;
    same("their password until then", door.knock(ANN, PASSWORD).await, "session")?;
    same("the token", door.set(&token, ANOTHER).await, true)?;
    same("their password after that", door.knock(ANN, ANOTHER).await, "session")?;
    let sent = new_records(&*store, &log).await?;
    let sent = sent.iter().filter(|record| record.event == AuditEvent::ResetSent { user: user_id(1) });
    holds("the log says who had it sent", sent.clone().any(|record| record.actor == Actor::User(CLERK)))
}

/// Everybody sees and ends their own sessions, without a permission; an administrator those of others, and sees of their
/// schools only those that are theirs too. Each end is in the log, counted.
pub async fn sessions_are_seen_and_ended(store: Arc<dyn Store>) -> Verdict {
    people(&*store, &[chosen(teacher(1)).entering(both()), chosen(teacher(2))]).await?;
    let door = Door::to(&store);
    let mut tokens = Vec::new();
    let mut ids = Vec::new();
    for school in [SCHOOL, OTHER_SCHOOL, SCHOOL] {
        let session = door.enter(ANN, PASSWORD).await?;
        door.staffroom.enter_school(NETWORK, &session.token, school).await?;
        tokens.push(session.token);
        ids.push(session.authenticated.id);
        door.clock.pass(HOUR);
    }
    let others = door.enter(BEN, PASSWORD).await?.token;
    let me = session_of(user_id(1), SCHOOL);
    let seen =
        async |session: &Session| -> Result<Vec<(staffroom_core::SessionId, Option<SchoolId>)>, Failure> {
            let seen = door.staffroom.sessions(session, user_id(1)).await?;
            Ok(seen.iter().map(|seen| (seen.id, seen.school)).collect())
        };
    let schools = [Some(SCHOOL), Some(OTHER_SCHOOL), Some(SCHOOL)];
    same("one's own", seen(&me).await?, ids.iter().copied().zip(schools).collect::<Vec<_>>())?;
    let schools = [Some(SCHOOL), None, Some(SCHOOL)];
    same("what a clerk sees", seen(&clerk()).await?, ids.iter().copied().zip(schools).collect::<Vec<_>>())?;
    let log = audit(&mut *read(&*store).await?).await?;
    let [first, second, third] = ids[..] else { return Err(Failure::new("there are not three")) };
    let ended = door.staffroom.end_sessions(&me, user_id(1), EndSessions::AllBut(second)).await?;
    same("everywhere else", ended, 2)?;
    same("those again", door.staffroom.end_sessions(&me, user_id(1), EndSessions::One(first)).await?, 0)?;
    let colleague = session_of(user_id(2), SCHOOL);
    let stranger = door.staffroom.end_sessions(&colleague, user_id(1), EndSessions::One(second)).await;
    same("by a colleague", outcome(&stranger), "missing-permission")?;
    let mut in_now = Vec::new();
    for token in &tokens {
        in_now.push(door.is_in(token).await?);
    }
    same("who is in", in_now, [false, true, false])?;
    same(
        "by a clerk",
        door.staffroom.end_sessions(&clerk(), user_id(1), EndSessions::One(second)).await?,
        1,
    )?;
    same("what is left", sessions_of(&*store, user_id(1)).await?.len(), 0)?;
    same("the third of before", third == second, false)?;
    holds("the session of somebody else stays", door.is_in(&others).await?)?;
    let records = new_records(&*store, &log).await?;
    let ended: Vec<_> = records
        .iter()
        .filter_map(|record| match record.event {
            AuditEvent::SessionsEnded { user, count } => Some((record.actor, user, count)),
            _ => None,
        })
        .collect();
    same("the log", ended, [(Actor::User(user_id(1)), user_id(1), 2), (Actor::User(CLERK), user_id(1), 1)])
}

/// A session that has ended by itself is not listed, and a sweep forgets it, with resets that are over; what is good
/// still stays.
pub async fn a_sweep_forgets_what_is_over(store: Arc<dyn Store>) -> Verdict {
    people(&*store, &[chosen(teacher(1)), chosen(teacher(2))]).await?;
    let door = Door::to(&store);
    door.enter(ANN, PASSWORD).await?;
    door.token(ANN).await?;
    door.clock.pass(11 * HOUR);
    let later = door.enter(ANN, PASSWORD).await?;
    let good = door.token(BEN).await?;
    let swept = door.staffroom.sweep(NETWORK).await?;
    same("what is over", (swept.sessions, swept.resets), (0, 1))?;
    door.clock.pass(HOUR.saturating_sub(Duration::from_micros(1)));
    same("a good token", door.set(&good, ANOTHER).await, true)?;
    door.clock.pass(Duration::from_micros(1));
    let seen = door.staffroom.sessions(&clerk(), user_id(1)).await?;
    same("what is listed", seen.iter().map(|seen| seen.id).collect::<Vec<_>>(), [later.authenticated.id])?;
    let swept = door.staffroom.sweep(NETWORK).await?;
    same("what is over then", (swept.sessions, swept.resets), (1, 0))?;
    holds("the good session is good", door.is_in(&later.token).await?)
}

/// Disabling a user signs them out for good: enabling them again brings back no session and no token.
pub async fn a_disabled_user_is_signed_out(store: Arc<dyn Store>) -> Verdict {
    people(&*store, &[chosen(teacher(1)), chosen(teacher(2))]).await?;
    let door = Door::to(&store);
    let (ann, ben) = (door.enter(ANN, PASSWORD).await?.token, door.enter(BEN, PASSWORD).await?.token);
    let by_mail = door.token(ANN).await?;
    for edit in [UserEdit::Disable, UserEdit::Enable] {
        door.staffroom.edit_user(&clerk(), user_id(1), edit).await?;
        holds("they are not in", !door.is_in(&ann).await?)?;
        same("their token", door.set(&by_mail, ANOTHER).await, false)?;
    }
    holds("somebody else is", door.is_in(&ben).await?)?;
    same("their password", door.knock(ANN, PASSWORD).await, "session")
}

/// Whoever has never signed in is invited when an administrator asks for it, with how they get in and no secret; nobody
/// twice within a day, whoever asks; and nobody who knows how, is disabled, or is not seen (R8, R10).
pub async fn whoever_never_signed_in_is_invited_once_a_day(store: Arc<dyn Store>) -> Verdict {
    let disabled = teacher(3).as_stored(UserStatus::Disabled, None, user(3).revision());
    let initial = |user: User, expires_at| user.with_password(PasswordState::InitialGenerated { expires_at });
    let expires_at = Door::to(&store).now().plus_days(3);
    people(
        &*store,
        &[
            teacher(1),
            initial(teacher(2), expires_at),
            disabled,
            chosen(teacher(4)),
            teacher_elsewhere(5),
            teacher(6).signed_in(expires_at),
        ],
    )
    .await?;
    let door = Door::to(&store);
    let log = audit(&mut *read(&*store).await?).await?;
    let asked = [2, 1, 3, 4, 5, 6, 77].map(user_id);
    let outcomes = async |users: &[UserId]| -> Result<Vec<Invited>, Failure> {
        let report = door.staffroom.invite(&clerk(), &Invite::Users(users.to_vec())).await?;
        same(
            "whom the rows are about",
            report.rows.iter().map(|row| row.user).collect::<Vec<_>>(),
            users.to_vec(),
        )?;
        Ok(report.rows.iter().map(|row| row.outcome).collect())
    };
    door.outbox.fail(true);
    same("with a broken mailer", outcomes(&asked[..2]).await?, [NotSent, NotSent])?;
    door.outbox.fail(false);
    same("all", outcomes(&asked).await?, [Sent, Sent, Disabled, SignedIn, Unknown, SignedIn, Unknown])?;
    let mails = door.outbox.empty();
    let to: Vec<&str> = mails.iter().map(|mail| mail.to.as_given()).collect();
    same("who is mailed", to, [BEN, ANN])?;
    let ways: Vec<_> = mails
        .iter()
        .filter_map(|mail| match &mail.letter {
            Letter::Invitation { way_in, .. } => Some(*way_in),
            _ => None,
        })
        .collect();
    same(
        "how they get in",
        ways,
        [InvitedWayIn::InitialPassword { expires_at }, InvitedWayIn::ForgotPassword],
    )?;
    door.clock.pass((24 * HOUR).saturating_sub(Duration::from_micros(1)));
    same("within a day", outcomes(&asked[..2]).await?, [AlreadyInvited, AlreadyInvited])?;
    let roaming = session_of(ROAMING_CLERK, SCHOOL);
    let all = door.staffroom.invite(&roaming, &Invite::AllNeverSignedIn).await?;
    let sent = all.rows.iter().filter(|row| row.outcome == Sent).map(|row| row.user);
    let others = [ADMIN, user_id(5), CLERK, ROAMING_CLERK];
    same("who is invited by somebody else", sent.collect::<Vec<_>>(), others)?;
    door.outbox.empty();
    door.clock.pass(Duration::from_micros(2));
    same("a day later", outcomes(&asked[1..2]).await?, [Sent])?;
    let unknown = door.staffroom.invite(&clerk(), &Invite::Batch(batch_id(9))).await;
    same("an unknown batch", outcome(&unknown), "unknown-batch")?;
    let records = new_records(&*store, &log).await?;
    let invited: Vec<_> = records
        .iter()
        .filter_map(|record| match record.event {
            AuditEvent::Invited { sent, .. } if sent > 0 => Some((record.actor, sent)),
            _ => None,
        })
        .collect();
    let (here, there) = (Actor::User(CLERK), Actor::User(ROAMING_CLERK));
    same("the log", invited, [(here, 2), (there, 4), (here, 1)])
}
