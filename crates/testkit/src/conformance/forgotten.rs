//! "Forgot your password?", through the library: whom it lets in, once, and what it tells nobody.

use std::sync::Arc;
use std::time::Duration;

use staffroom_core::store::{RowLock, Store};
use staffroom_core::{
    Actor, AuditEvent, Confirmation, IdSet, Letter, Mail, PasswordState, ResetError, Secret,
    SetPasswordError, SignInError, SignInSettings, SignedIn, Source, UserStatus,
};

use super::door::{ANOTHER, BEARS, Door, PASSWORD, chosen, people, secret, sessions_of, token_in};
use super::failure::{holds, same, there};
use super::office::{both, teacher};
use super::stage::{Everything, audit, read};
use super::{Failure, Verdict};
use crate::concurrency::{Job, at_once};
use crate::fixture::{NETWORK, OTHER_NETWORK, SCHOOL, edit_user, set_up_network, staff_id, user, user_id};

const ANN: &str = "user1@school.example";
const BEN: &str = "user2@school.example";
const MINUTE: Duration = Duration::from_mins(1);

/// Why setting a password with the token fails, in a word; nothing if it does not.
async fn refusal(door: &Door, token: &Secret, password: &str) -> &'static str {
    match door.staffroom.set_password(NETWORK, token, secret(password)).await {
        Ok(_) => "set",
        Err(SetPasswordError::UnknownToken) => "unknown-token",
        Err(SetPasswordError::WeakPassword(_)) => "weak-password",
        Err(_) => "another error",
    }
}

/// Somebody created without a password gets in by a reset: a mail to the address on record, a password of their own, a
/// session; and is told by a second mail that the password was set. That is their first sign-in (R9, R17).
pub async fn a_reset_is_a_first_way_in(store: Arc<dyn Store>) -> Verdict {
    people(&*store, &[teacher(1).linked_to(staff_id(1)), teacher(2)]).await?;
    let door = Door::to(&store);
    let mails = door.forget(" USER1@School.Example").await?;
    let [mail]: [Mail; 1] = mails.try_into().map_err(|_| Failure::new("there is not one mail"))?;
    same("whom it is to", mail.to.as_given(), ANN)?;
    same("their name", mail.name.map(|name| name.given().to_owned()), Some("Given0001".to_owned()))?;
    let Letter::Reset { token, valid_minutes } = &mail.letter else {
        return Err(Failure::new("the mail has no token"));
    };
    same("how long it is good", *valid_minutes, 60)?;
    same("before it is used", door.knock(ANN, PASSWORD).await, "refused")?;
    let set = door.staffroom.set_password(NETWORK, token, secret(PASSWORD)).await?;
    same("whose it is", set.user, user_id(1))?;
    holds("they are told", matches!(set.confirmation, Confirmation::Sent))?;
    let told: Vec<Mail> = door.outbox.empty();
    let is_told = told
        .iter()
        .all(|mail| matches!(mail.letter, Letter::PasswordSet { .. }) && mail.to.as_given() == ANN);
    holds("the second mail says so", told.len() == 1 && is_told)?;
    same("the password", door.knock(ANN, PASSWORD).await, "session")?;
    same("nobody else's", door.knock(BEN, PASSWORD).await, "refused")?;
    let user = there("the user", read(&*store).await?.users().find(user_id(1), RowLock::None).await?)?;
    same("the kind of password", user.password(), PasswordState::Chosen { set_at: door.now() })
}

/// Whoever asks is answered alike, whatever the address, and nobody is looked up before the answer: nothing is changed
/// for anybody. The errand mails only whoever holds the address and is enabled.
pub async fn asking_tells_nobody_anything(store: Arc<dyn Store>) -> Verdict {
    let disabled = chosen(teacher(3)).as_stored(UserStatus::Disabled, None, user(3).revision());
    people(&*store, &[chosen(teacher(1)), teacher(2), disabled]).await?;
    let door = Door::to(&store);
    let before = Everything::of(&*store, NETWORK).await?;
    let mut errands = Vec::new();
    for address in [ANN, BEN, "user3@school.example", "nobody@school.example", "no address", ""] {
        errands.push(door.staffroom.ask_for_reset(NETWORK, address, &door.new_source()).await?);
    }
    let said: Vec<String> = errands.iter().map(|errand| format!("{errand:?}")).collect();
    holds("the errands look alike", said.iter().all(|one| Some(one) == said.first()))?;
    same("what is there before the errands", &Everything::of(&*store, NETWORK).await?, &before)?;
    same("what is mailed before the errands", door.outbox.empty().len(), 0)?;
    for errand in errands {
        errand.run().await?;
    }
    let mails = door.outbox.empty();
    let to: Vec<&str> = mails.iter().map(|mail| mail.to.as_given()).collect();
    same("who is mailed", to, [ANN, BEN])?;
    let after = Everything::of(&*store, NETWORK).await?;
    same("the users", after.users, before.users)?;
    let resets: Vec<_> = after.resets.iter().map(|reset| reset.user).collect();
    same("who has a reset", resets, [1, 2].map(user_id))?;
    let log: Vec<_> = after.audit.iter().map(|record| (record.actor, &record.event)).collect();
    let sent = [1, 2].map(|number| AuditEvent::ResetSent { user: user_id(number) });
    let expected: Vec<_> = [1, 2].map(|number| Actor::User(user_id(number))).into_iter().zip(&sent).collect();
    same("the log", log, expected)
}

/// The newest token works, and no older one; it works once, until its time is over and not at that moment, and in its
/// own network. Whatever is wrong with a token, the answer is the same (R17).
pub async fn only_the_newest_token_works_once(store: Arc<dyn Store>) -> Verdict {
    people(&*store, &[teacher(1), teacher(2)]).await?;
    set_up_network(&*store, OTHER_NETWORK).await?;
    let door = Door::to(&store);
    let older = door.token(ANN).await?;
    door.clock.pass(2 * MINUTE);
    let newer = door.token(ANN).await?;
    let ben = door.token(BEN).await?;
    holds("tokens differ", older.expose() != newer.expose() && newer.expose() != ben.expose())?;
    let is_random = newer.expose().len() == 64 && newer.expose().bytes().all(|byte| byte.is_ascii_hexdigit());
    holds("a token is 256 bits in hex digits", is_random)?;
    same("the older", refusal(&door, &older, PASSWORD).await, "unknown-token")?;
    same("none at all", refusal(&door, &secret("f00d"), PASSWORD).await, "unknown-token")?;
    let elsewhere = door.staffroom.set_password(OTHER_NETWORK, &newer, secret(PASSWORD)).await;
    holds("it is none in another network", matches!(elsewhere, Err(SetPasswordError::UnknownToken)))?;
    same("a weak password", refusal(&door, &newer, "weak").await, "weak-password")?;
    same("the newer", refusal(&door, &newer, PASSWORD).await, "set")?;
    same("the newer again", refusal(&door, &newer, ANOTHER).await, "unknown-token")?;
    door.clock.pass((58 * MINUTE).saturating_sub(Duration::from_micros(1)));
    let late = door.knock(ANN, PASSWORD).await;
    same("the password that was set", late, "session")?;
    door.clock.pass(2 * MINUTE + Duration::from_micros(1));
    same("a token at the end of its hour", refusal(&door, &ben, PASSWORD).await, "unknown-token")?;
    let again = door.token(BEN).await?;
    door.clock.pass((60 * MINUTE).saturating_sub(Duration::from_micros(1)));
    same("a moment before", refusal(&door, &again, PASSWORD).await, "set")
}

/// Of two who use one token at once, one sets the password, and the other hears that the token does not work (R17).
pub async fn one_token_at_once_sets_one_password(store: Arc<dyn Store>) -> Verdict {
    people(&*store, &[chosen(teacher(1))]).await?;
    let door = Arc::new(Door::alternating(&store));
    let token = Door::to(&store).token(ANN).await?;
    let passwords = ["the first password", "the second password", "the third password"];
    let setting = |password: &'static str| -> Job<&'static str> {
        let (door, token) = (Arc::clone(&door), token.clone());
        Box::pin(async move { refusal(&door, &token, password).await })
    };
    let answers = at_once(passwords.map(setting).into()).await;
    let won: Vec<_> = passwords.iter().zip(&answers).filter(|(_, answer)| **answer == "set").collect();
    same("how many set it", won.len(), 1)?;
    let lost = answers.iter().filter(|answer| **answer == "unknown-token").count();
    same("how many hear that it does not work", lost, 2)?;
    let door = Door::to(&store);
    for (password, answer) in passwords.iter().zip(&answers) {
        let expected = if *answer == "set" { "session" } else { "refused" };
        same("who gets in", door.knock(ANN, password).await, expected)?;
    }
    let log = audit(&mut *read(&*store).await?).await?;
    let sets = log.iter().filter(|record| record.event == AuditEvent::PasswordReset { user: user_id(1) });
    same("how often the log says that it was set", sets.count(), 1)
}

/// Of a sign-in with the old password and a new one that is set at once: whichever comes first, the old password has
/// opened nothing that stays open (R17).
pub async fn a_sign_in_and_a_new_password_at_once_agree(store: Arc<dyn Store>) -> Verdict {
    people(&*store, &[chosen(teacher(1))]).await?;
    let token = Door::to(&store).token(ANN).await?;
    let knocking = |door: Door| -> Job<Result<Option<Secret>, Failure>> {
        Box::pin(async move {
            match door.sign_in(ANN, PASSWORD).await {
                Ok(SignedIn::Session(session)) => Ok(Some(session.token)),
                Err(SignInError::Refused) => Ok(None),
                other => Err(Failure::new(format!("{other:?}"))),
            }
        })
    };
    let door = Door::alternating(&store);
    let setting: Job<Result<Option<Secret>, Failure>> = Box::pin(async move {
        same("the answer", refusal(&door, &token, ANOTHER).await, "set")?;
        Ok(None)
    });
    let (one, two) = (knocking(Door::alternating(&store)), knocking(Door::alternating(&store)));
    let opened = at_once(vec![one, setting, two]).await;
    let opened = opened.into_iter().collect::<Result<Vec<_>, _>>()?;
    let door = Door::to(&store);
    for token in opened.into_iter().flatten() {
        holds("nobody is in by the old password", !door.is_in(&token).await?)?;
    }
    same("the old password", door.knock(ANN, PASSWORD).await, "refused")?;
    same("the new one", door.knock(ANN, ANOTHER).await, "session")
}

/// Setting a password ends all sessions of that user, and their other tokens; those of others stay. The old password is
/// none any more (R17).
pub async fn setting_a_password_ends_sessions_and_tokens(store: Arc<dyn Store>) -> Verdict {
    people(&*store, &[chosen(teacher(1)).entering(both()), chosen(teacher(2))]).await?;
    let door = Door::to(&store);
    let mine = [door.enter(ANN, PASSWORD).await?.token, door.enter(ANN, PASSWORD).await?.token];
    let others = door.enter(BEN, PASSWORD).await?.token;
    let token = door.token(ANN).await?;
    same("the answer", refusal(&door, &token, ANOTHER).await, "set")?;
    for token in &mine {
        holds("a session is over", !door.is_in(token).await?)?;
    }
    holds("the session of somebody else is not", door.is_in(&others).await?)?;
    same("the sessions that are kept", sessions_of(&*store, user_id(1)).await?, [])?;
    same("the reset that is kept", read(&*store).await?.resets().find_by_user(user_id(1)).await?, None)?;
    same("the old password", door.knock(ANN, PASSWORD).await, "refused")?;
    same("the new one", door.knock(ANN, ANOTHER).await, "session")
}

/// A reset opens an account that is locked: nobody is locked out for ever.
pub async fn a_reset_opens_a_locked_account(store: Arc<dyn Store>) -> Verdict {
    people(&*store, &[chosen(teacher(1))]).await?;
    let door = Door::to(&store);
    for _ in 0..=BEARS {
        door.knock(ANN, ANOTHER).await;
        door.clock.pass(60 * MINUTE);
    }
    same("the right password", door.knock(ANN, PASSWORD).await, "locked")?;
    let token = door.token(ANN).await?;
    same("with a token still", door.knock(ANN, PASSWORD).await, "locked")?;
    same("the answer", refusal(&door, &token, ANOTHER).await, "set")?;
    same("the new password", door.knock(ANN, ANOTHER).await, "session")
}

/// A token does not work for a user who is disabled, or gone.
pub async fn a_token_works_for_enabled_users_only(store: Arc<dyn Store>) -> Verdict {
    people(&*store, &[teacher(1), teacher(2)]).await?;
    let door = Door::to(&store);
    let (ann, ben) = (door.token(ANN).await?, door.token(BEN).await?);
    edit_user(&*store, NETWORK, user_id(1), |user| user.set_status(UserStatus::Disabled)).await?;
    same("a disabled user", refusal(&door, &ann, PASSWORD).await, "unknown-token")?;
    let mut uow = super::stage::write(&*store).await?;
    uow.users().delete(&[(user_id(2), user(2).revision())]).await?;
    uow.commit().await?;
    same("somebody who is gone", refusal(&door, &ben, PASSWORD).await, "unknown-token")?;
    let found = read(&*store).await?.passwords().find(user_id(1)).await?;
    holds("no password was set", found.is_none())
}

/// Nobody's mailbox is flooded, from however many sources they ask: one mail a minute, and ever fewer. A mail that could
/// not be sent does not count, and its token does not work.
pub async fn resets_are_mailed_once_in_a_while(store: Arc<dyn Store>) -> Verdict {
    people(&*store, &[teacher(1), teacher(2)]).await?;
    let door = Door::to(&store);
    door.outbox.fail(true);
    let errand = door.staffroom.ask_for_reset(NETWORK, ANN, &door.new_source()).await?;
    holds("a mail that fails is an error of the errand", errand.run().await.is_err())?;
    same("its reset", read(&*store).await?.resets().find_by_user(user_id(1)).await?, None)?;
    door.outbox.fail(false);
    let mut mailed = 0;
    for _ in 0..120 {
        mailed += door.forget(ANN).await?.len();
        door.clock.pass(MINUTE / 2);
    }
    same("how many in an hour", mailed, 6)?;
    same("somebody else", door.forget(BEN).await?.len(), 1)?;
    door.clock.pass(24 * 60 * MINUTE);
    same("a day later", door.forget(ANN).await?.len(), 1)
}

/// A source asks for so many resets in an hour; another may go on, and so may the first after its hour. Sign-ins from it
/// are counted apart.
pub async fn a_source_asks_for_so_many_resets(store: Arc<dyn Store>) -> Verdict {
    people(&*store, &[chosen(teacher(1))]).await?;
    let mut door = Door::to(&store);
    door.staffroom = door.staffroom.with_sign_in(SignInSettings::default().with_resets_limit(3));
    let here = Source::new("203.0.113.9");
    for round in 0..2 {
        for address in [ANN, "nobody@school.example", "no address"] {
            drop(door.staffroom.ask_for_reset(NETWORK, address, &here).await?);
        }
        for address in [ANN, "nobody@school.example", "no address"] {
            let answer = door.staffroom.ask_for_reset(NETWORK, address, &here).await.err();
            let until = match answer {
                Some(ResetError::TooMany { try_again_at }) => Some(try_again_at),
                _ => None,
            };
            same(
                &format!("when to ask again, in hour {round}"),
                until,
                Some(door.now().plus_seconds(3_600)),
            )?;
        }
        door.staffroom.ask_for_reset(NETWORK, ANN, &door.new_source()).await?.run().await?;
        let sign_in = staffroom_core::SignIn::new(ANN, secret(PASSWORD), here.clone());
        same(
            "a sign-in from there",
            super::door::in_a_word(&door.staffroom.sign_in(NETWORK, &sign_in).await),
            "session",
        )?;
        door.clock.pass(60 * MINUTE);
    }
    Ok(())
}

/// The password that somebody sets is judged by what is known of them, and the log says that it was set: by whom, in
/// which school, and nothing of the email, the token or the password (R16).
pub async fn a_password_that_was_set_is_in_the_log(store: Arc<dyn Store>) -> Verdict {
    people(&*store, &[teacher(1), user(2).entering(IdSet::empty())]).await?;
    let door = Door::to(&store);
    let mut said = String::new();
    for address in [ANN, BEN] {
        let token = door.token(address).await?;
        same("the answer", refusal(&door, &token, PASSWORD).await, "set")?;
        said.push_str(token.expose());
    }
    let log = audit(&mut *read(&*store).await?).await?;
    let records: Vec<_> = log
        .iter()
        .filter(|record| matches!(record.event, AuditEvent::PasswordReset { .. }))
        .map(|record| (record.actor, record.school, record.event.clone()))
        .collect();
    let expected = [(1, Some(SCHOOL)), (2, None)].map(|(number, school)| {
        let user = user_id(number);
        (Actor::User(user), school, AuditEvent::PasswordReset { user })
    });
    same("the log", records, expected)?;
    let text = format!("{log:?}");
    for word in [PASSWORD, "school.example", said.get(..64).unwrap_or("no token")] {
        holds("the log says nothing of it", !text.contains(word))?;
    }
    holds("a mail with a token is one", door.outbox.empty().iter().filter_map(token_in).count() == 0)
}
