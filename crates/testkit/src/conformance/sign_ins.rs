//! Signing in, through the library: who gets in, what everybody else is told, and how often they may try.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use staffroom_core::store::{RowLock, Store};
use staffroom_core::{
    AuditEvent, Clock as _, HashingError, IdSet, PasswordHash, Passwords, Progress, Randomness, Secret,
    SessionError, SignIn, SignInSettings, SignedIn, Source, Staffroom, Strength, TokenHash, User, UserStatus,
    Verified, WeakPassword,
};

use super::door::{ANOTHER, BEARS, Door, PASSWORD, chosen, in_a_word, people, secret, sessions_of};
use super::failure::{holds, same, there};
use super::office::{both, teacher, teacher_elsewhere};
use super::samples::school_id;
use super::stage::{audit, read, users};
use super::{Failure, Verdict};
use crate::concurrency::{Job, at_once};
use crate::fakes::{CountingIds, ForetoldRandomness, HandClock, ReversedPasswords};
use crate::fixture::{
    NETWORK, OTHER_NETWORK, OTHER_SCHOOL, SCHOOL, edit_user, set_up_network, user, user_id,
};

const ANN: &str = "user1@school.example";
const HOUR: Duration = Duration::from_hours(1);

/// Whoever knows the password gets a session, under any spelling of the email: in the first of their schools or the one
/// they name, until it ends by itself; the sign-in is kept with the user, and the token nowhere.
pub async fn whoever_knows_the_password_gets_a_session(store: Arc<dyn Store>) -> Verdict {
    people(&*store, &[chosen(teacher(1)).entering(both())]).await?;
    let door = Door::to(&store);
    let session = door.enter(" User1@SCHOOL.example ", PASSWORD).await?;
    let named = SignIn::new(ANN, secret(PASSWORD), door.new_source()).into_school(OTHER_SCHOOL);
    let SignedIn::Session(other) = door.staffroom.sign_in(NETWORK, &named).await? else {
        return Err(Failure::new("the second sign-in gave no session"));
    };
    same(
        "the schools",
        session.schools.iter().map(staffroom_core::School::id).collect::<Vec<_>>(),
        [SCHOOL, OTHER_SCHOOL],
    )?;
    let token = session.token.expose();
    let is_random = token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_hexdigit());
    holds("the token is 256 bits in hex digits", is_random)?;
    holds("each session has a token of its own", token != other.token.expose())?;
    for (session, school) in [(&session, SCHOOL), (&*other, OTHER_SCHOOL)] {
        let found = door.staffroom.authenticate(NETWORK, &session.token).await?;
        let found = there("who shows the token", found)?;
        same("the school", found.session.school(), school)?;
        same("whose session it is", found.user.id(), user_id(1))?;
        same("when it ends", found.expires_at, door.now().plus_seconds(12 * 60 * 60))?;
        same("what was answered at the sign-in", (found.id, found.session), {
            (session.authenticated.id, session.authenticated.session)
        })?;
    }
    let user = read(&*store).await?.users().find(user_id(1), RowLock::None).await?;
    same("when they signed in", there("the user", user)?.last_sign_in_at(), Some(door.now()))?;
    same("how many sessions there are", sessions_of(&*store, user_id(1)).await?.len(), 2)
}

/// A wrong password, an unknown address, a text that is none, a user without a password, without a school, without that
/// school or disabled: one answer, and nothing is changed by it or written to the log.
pub async fn every_wrong_way_in_is_answered_alike(store: Arc<dyn Store>) -> Verdict {
    let disabled = chosen(teacher(3)).as_stored(UserStatus::Disabled, None, user(3).revision());
    people(
        &*store,
        &[chosen(teacher(1)), teacher(2), disabled, chosen(user(4)), chosen(teacher_elsewhere(5))],
    )
    .await?;
    let door = Door::to(&store);
    let before = users(&mut *read(&*store).await?).await?;
    let attempts = [
        ("a wrong password", ANN, ANOTHER),
        ("nothing for a password", ANN, ""),
        ("an unknown address", "nobody@school.example", PASSWORD),
        ("no address", "user1", PASSWORD),
        ("nothing for an address", "", PASSWORD),
        ("no password to know", "user2@school.example", PASSWORD),
        ("a disabled user", "user3@school.example", PASSWORD),
        ("no school to enter", "user4@school.example", PASSWORD),
    ];
    let mut answers = Vec::new();
    for (what, address, password) in attempts {
        let answer = door.sign_in(address, password).await;
        same(what, in_a_word(&answer), "refused")?;
        answers.push(answer.err().map(|error| (error.to_string(), format!("{error:?}"))));
    }
    for (what, school) in [("a school of others", SCHOOL), ("no school at all", school_id(9))] {
        let sign_in =
            SignIn::new("user5@school.example", secret(PASSWORD), door.new_source()).into_school(school);
        let answer = door.staffroom.sign_in(NETWORK, &sign_in).await;
        same(what, in_a_word(&answer), "refused")?;
        answers.push(answer.err().map(|error| (error.to_string(), format!("{error:?}"))));
    }
    answers.dedup();
    same("how many answers there are", answers.len(), 1)?;
    let mut uow = read(&*store).await?;
    same("the users", users(&mut *uow).await?, before)?;
    same("the log", audit(&mut *uow).await?, [])?;
    for number in 1..=5 {
        same("the sessions", uow.sessions().find_by_user(user_id(number)).await?, [])?;
    }
    Ok(())
}

/// A session is good until its time is over, and only while its user is enabled and may enter its school; a token of
/// nobody, and one shown in another network, are nobody's.
pub async fn a_session_is_as_good_as_its_user(store: Arc<dyn Store>) -> Verdict {
    people(&*store, &[chosen(teacher(1)).entering(both())]).await?;
    set_up_network(&*store, OTHER_NETWORK).await?;
    let door = Door::to(&store);
    let token = door.enter(ANN, PASSWORD).await?.token;
    holds("it is good", door.is_in(&token).await?)?;
    holds("nobody is in with another token", !door.is_in(&secret(&"0".repeat(64))).await?)?;
    let elsewhere = door.staffroom.authenticate(OTHER_NETWORK, &token).await?;
    holds("nobody is in with it in another network", elsewhere.is_none())?;
    for (what, status, schools, expected) in [
        ("disabled", UserStatus::Disabled, both(), false),
        ("without that school", UserStatus::Enabled, IdSet::only(OTHER_SCHOOL), false),
        ("with it again", UserStatus::Enabled, both(), true),
    ] {
        edit_user(&*store, NETWORK, user_id(1), |user| user.set_status(status)).await?;
        edit_user(&*store, NETWORK, user_id(1), |user| user.set_schools(schools)).await?;
        same(&format!("whether the session of a user {what} is good"), door.is_in(&token).await?, expected)?;
    }
    door.clock.pass((12 * HOUR).saturating_sub(Duration::from_micros(1)));
    holds("it is good a moment before its end", door.is_in(&token).await?)?;
    door.clock.pass(Duration::from_micros(1));
    holds("it is over at its end", !door.is_in(&token).await?)
}

/// Whoever shows a token is logged into another school of theirs, and no other; whoever signs out ends that session and
/// no other.
pub async fn a_token_moves_and_ends_its_own_session(store: Arc<dyn Store>) -> Verdict {
    people(&*store, &[chosen(teacher(1)).entering(both()), chosen(teacher(2))]).await?;
    let door = Door::to(&store);
    let (one, other) = (door.enter(ANN, PASSWORD).await?.token, door.enter(ANN, PASSWORD).await?.token);
    let ben = door.enter("user2@school.example", PASSWORD).await?.token;
    let moved = door.staffroom.enter_school(NETWORK, &one, OTHER_SCHOOL).await?;
    same("the school it is moved to", moved.map(|moved| moved.session.school()), Some(OTHER_SCHOOL))?;
    for (what, token, school) in [("of others", &ben, OTHER_SCHOOL), ("that is none", &one, school_id(9))] {
        let answer = door.staffroom.enter_school(NETWORK, token, school).await;
        holds(
            &format!("nobody enters a school {what}"),
            matches!(answer, Err(SessionError::NoSchoolAccess)),
        )?;
    }
    let nobody = door.staffroom.enter_school(NETWORK, &secret("nobody's"), SCHOOL).await?;
    holds("nobody is moved by a token of nobody", nobody.is_none())?;
    let mut schools = Vec::new();
    for token in [&one, &other, &ben] {
        let found = there("a session", door.staffroom.authenticate(NETWORK, token).await?)?;
        schools.push(found.session.school());
    }
    same("where they are", schools, [OTHER_SCHOOL, SCHOOL, SCHOOL])?;
    door.staffroom.sign_out(NETWORK, &one).await?;
    door.staffroom.sign_out(NETWORK, &one).await?;
    let left = [door.is_in(&one).await?, door.is_in(&other).await?, door.is_in(&ben).await?];
    same("who is in after one has signed out", left, [false, true, true])
}

/// What becomes of `attempts` at one address with a wrong password, `gap` apart.
async fn hammered(door: &Door, address: &str, attempts: usize, gap: Duration) -> Vec<String> {
    let mut answers = Vec::new();
    for _ in 0..attempts {
        let answer = door.sign_in(address, ANOTHER).await;
        answers.push(answer.map_or_else(|error| format!("{error:?}"), |signed_in| format!("{signed_in:?}")));
        door.clock.pass(gap);
    }
    answers
}

/// After five failures in a row an account makes everybody wait, longer every time, until it is locked. An address that
/// nobody has answers exactly so, attempt by attempt: the waits tell nobody who has an account.
pub async fn failures_make_an_account_wait(store: Arc<dyn Store>) -> Verdict {
    people(&*store, &[chosen(teacher(1)), teacher(2), chosen(user(3))]).await?;
    let mut all = Vec::new();
    for address in
        [ANN, "nobody@school.example", "user2@school.example", "user3@school.example", "no address"]
    {
        all.push(hammered(&Door::to(&store), address, 60, Duration::from_secs(1)).await);
    }
    for answers in &all {
        same("what another address answers", answers, there("the first", all.first())?)?;
    }
    let first = there("the first", all.first())?;
    let looked_at = first.iter().filter(|answer| *answer == "Refused").count();
    same("how many passwords were looked at in a minute", looked_at, 8)?;
    let door = Door::to(&store);
    door.clock.pass(HOUR);
    same("the right password after an hour", door.knock(ANN, PASSWORD).await, "locked")
}

/// The waits of an account are told with the moment at which they end, and end there; spelling an email otherwise is no
/// way around them, and the right password forgets the failures.
pub async fn a_wait_ends_when_it_was_told_to(store: Arc<dyn Store>) -> Verdict {
    people(&*store, &[chosen(teacher(1)), chosen(teacher(2))]).await?;
    let door = Door::to(&store);
    let spellings = [
        ANN,
        "USER1@school.example",
        " User1@SCHOOL.EXAMPLE",
        "user1@school.example ",
        "ｕｓｅｒ1@school.example",
    ];
    for spelling in spellings {
        same("a failure that is free", door.knock(spelling, ANOTHER).await, "refused")?;
    }
    for spelling in spellings {
        same("one more", door.knock(spelling, PASSWORD).await, "wait")?;
    }
    same("somebody else", door.knock("user2@school.example", PASSWORD).await, "session")?;
    let until = match door.sign_in(ANN, PASSWORD).await {
        Err(staffroom_core::SignInError::TooMany { try_again_at }) => try_again_at,
        _ => None,
    };
    same("when to try again", until, Some(door.now().plus_seconds(1)))?;
    door.clock.pass(Duration::from_micros(999_999));
    same("a moment before", door.knock(ANN, PASSWORD).await, "wait")?;
    door.clock.pass(Duration::from_micros(1));
    same("then", door.knock(ANN, PASSWORD).await, "session")?;
    for _ in 0..5 {
        same("failures are free again", door.knock(ANN, ANOTHER).await, "refused")?;
    }
    same("and then no more", door.knock(ANN, ANOTHER).await, "wait")
}

/// After so many failures in a row a password is not looked at any more, however long one waits, also when old failures
/// are swept; the log says so once, with nothing but the user's id.
pub async fn an_account_is_locked_after_its_limit(store: Arc<dyn Store>) -> Verdict {
    people(&*store, &[chosen(teacher(1)), chosen(teacher(2))]).await?;
    let door = Door::to(&store);
    for address in [ANN, "nobody@school.example"] {
        for _ in 0..BEARS {
            same("a failure", door.knock(address, ANOTHER).await, "refused")?;
            door.clock.pass(HOUR);
        }
        for _ in 0..3 {
            same("one more", door.knock(address, PASSWORD).await, "locked")?;
            door.clock.pass(HOUR);
        }
    }
    door.clock.pass(48 * HOUR);
    door.staffroom.sweep(NETWORK).await?;
    same("after a sweep", door.knock(ANN, PASSWORD).await, "locked")?;
    same("somebody else", door.knock("user2@school.example", PASSWORD).await, "session")?;
    let log = audit(&mut *read(&*store).await?).await?;
    let locked: Vec<_> = log.iter().map(|record| (record.actor, record.school, &record.event)).collect();
    let expected = AuditEvent::SignInLocked { user: user_id(1) };
    same("the log", locked, [(staffroom_core::Actor::User(user_id(1)), Some(SCHOOL), &expected)])
}

/// A source makes only itself wait: after twenty failures in an hour, whatever the addresses; and it begins anew after
/// that hour. Whoever is right takes nothing from it: a school behind one address does not lock itself out.
pub async fn failures_make_a_source_wait(store: Arc<dyn Store>) -> Verdict {
    people(&*store, &[chosen(teacher(1))]).await?;
    let door = Door::to(&store);
    let here = Source::new("203.0.113.7");
    let from_here = async |address: &str, password: &str| {
        let sign_in = SignIn::new(address, secret(password), here.clone());
        in_a_word(&door.staffroom.sign_in(NETWORK, &sign_in).await)
    };
    for _ in 0..60 {
        same("a right password", from_here(ANN, PASSWORD).await, "session")?;
    }
    for number in 0..20 {
        let address = format!("nobody{number}@school.example");
        same("a failure that is free", from_here(&address, PASSWORD).await, "refused")?;
    }
    same("another address", from_here("nobody99@school.example", PASSWORD).await, "wait")?;
    same("the right password, too", from_here(ANN, PASSWORD).await, "wait")?;
    same("another source", door.knock(ANN, PASSWORD).await, "session")?;
    door.clock.pass(HOUR);
    for number in 0..20 {
        let address = format!("nobody{number}@school.example");
        same("a failure after an hour", from_here(&address, PASSWORD).await, "refused")?;
    }
    same("the end of the next", from_here("nobody99@school.example", PASSWORD).await, "wait")
}

/// Whoever tries many passwords at once has no more of them looked at than whoever tries them one by one.
pub async fn attempts_at_once_are_each_counted(store: Arc<dyn Store>) -> Verdict {
    people(&*store, &[chosen(teacher(1))]).await?;
    for address in [ANN, "nobody@school.example"] {
        let door = Arc::new(Door::alternating(&store));
        let attempt = |_| -> Job<String> {
            let (door, address) = (Arc::clone(&door), address.to_owned());
            Box::pin(async move { door.knock(&address, ANOTHER).await })
        };
        let mut answers = at_once((0..8).map(attempt).collect()).await;
        answers.sort();
        let expected = [["refused"; 5].as_slice(), ["wait"; 3].as_slice()].concat();
        same(&format!("what eight attempts at {address} are answered"), answers, expected)?;
    }
    Ok(())
}

/// Of a sign-in and somebody who disables the user at once: whichever comes first, nobody is in when both are done.
pub async fn a_sign_in_and_a_disable_at_once_agree(store: Arc<dyn Store>) -> Verdict {
    people(&*store, &[chosen(teacher(1))]).await?;
    let door = Door::alternating(&store);
    let other = Arc::clone(&store);
    let jobs: Vec<Job<Result<Option<Secret>, Failure>>> = vec![
        Box::pin(async move {
            match door.sign_in(ANN, PASSWORD).await {
                Ok(SignedIn::Session(session)) => Ok(Some(session.token)),
                Err(staffroom_core::SignInError::Refused) => Ok(None),
                other => Err(Failure::new(format!("{other:?}"))),
            }
        }),
        Box::pin(async move {
            super::races::insisting(async || {
                edit_user(&super::alternating::Alternating(Arc::clone(&other)), NETWORK, user_id(1), |user| {
                    user.set_status(UserStatus::Disabled)
                })
                .await
            })
            .await?;
            Ok(None)
        }),
    ];
    let tokens = at_once(jobs).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    let user = read(&*store).await?.users().find(user_id(1), RowLock::None).await?;
    same("the status", there("the user", user)?.status(), UserStatus::Disabled)?;
    for token in tokens.into_iter().flatten() {
        holds("nobody is in", !Door::to(&store).is_in(&token).await?)?;
    }
    Ok(())
}

/// [`ReversedPasswords`] of which every hash is of yesterday.
#[derive(Debug)]
struct Risen;

#[async_trait]
impl Passwords for Risen {
    fn check(&self, secret: &Secret, about: &[&str]) -> Result<(), WeakPassword> {
        ReversedPasswords.check(secret, about)
    }

    fn generate(&self, randomness: &dyn Randomness) -> Secret {
        ReversedPasswords.generate(randomness)
    }

    async fn hash(
        &self,
        secrets: &[Secret],
        _: Strength,
        _: &dyn Progress,
    ) -> Result<Vec<PasswordHash>, HashingError> {
        let risen = |secret: &Secret| {
            PasswordHash::from_phc(format!("$risen{}", ReversedPasswords::hash_of(secret).as_phc()))
        };
        Ok(secrets.iter().map(risen).collect())
    }

    async fn verify(&self, secret: &Secret, hash: Option<&PasswordHash>) -> Result<Verified, HashingError> {
        let Some(text) = hash.map(PasswordHash::as_phc) else { return Ok(Verified::No) };
        let (hash, right) = match text.strip_prefix("$risen") {
            Some(hash) => (hash, Verified::Yes),
            None => (text, Verified::HashAgain),
        };
        Ok(if ReversedPasswords::hash_of(secret).as_phc() == hash { right } else { Verified::No })
    }

    fn token_hash(&self, token: &Secret) -> TokenHash {
        ReversedPasswords.token_hash(token)
    }
}

/// A hash made with the parameters of yesterday is made again at the sign-in, with those of today, and only for whoever
/// knows the password.
pub async fn a_hash_of_yesterday_is_made_again(store: Arc<dyn Store>) -> Verdict {
    people(&*store, &[chosen(teacher(1))]).await?;
    let clock = Arc::new(HandClock::new());
    let staffroom =
        Staffroom::new(Arc::clone(&store), Arc::<HandClock>::clone(&clock), Arc::new(CountingIds::new(6)))
            .with_passwords(Arc::new(Risen), Arc::new(ForetoldRandomness::default()))
            .with_sign_in(SignInSettings::default());
    let yesterday = ReversedPasswords::hash_of(&secret(PASSWORD));
    let mut kept = Vec::new();
    for password in [ANOTHER, PASSWORD, PASSWORD] {
        let sign_in = SignIn::new(ANN, secret(password), Source::new("here"));
        let answer = in_a_word(&staffroom.sign_in(NETWORK, &sign_in).await);
        same("the answer", answer, if password == PASSWORD { "session" } else { "refused" })?;
        let hash = read(&*store).await?.passwords().find(user_id(1)).await?;
        kept.push(there("the hash", hash)?.as_phc().to_owned());
    }
    let today = format!("$risen{}", yesterday.as_phc());
    same("whether the hash is made again", kept == [yesterday.as_phc(), &today, &today], true)?;
    let user: Option<User> = read(&*store).await?.users().find(user_id(1), RowLock::None).await?;
    same("their last sign-in", there("the user", user)?.last_sign_in_at(), Some(clock.now()))
}
