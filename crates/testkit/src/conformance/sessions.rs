//! Open sessions: found by the hash of their token, moved between schools, ended.

use std::sync::Arc;

use staffroom_core::store::{OpenSession, Store};
use staffroom_core::{Revision, UserId};

use super::failure::{misuse, same};
use super::samples::{at, open_session, school_id, session_id, token_hash};
use super::stage::{read, write};
use super::{Failure, Verdict};
use crate::fixture::{NETWORK, OTHER_SCHOOL, add_users, set_up, user, user_id};

/// Two users, and these sessions.
async fn with_sessions(store: &dyn Store, sessions: &[OpenSession]) -> Result<(), Failure> {
    set_up(store).await?;
    add_users(store, NETWORK, &[user(1), user(2)]).await?;
    let mut uow = write(store).await?;
    for session in sessions {
        uow.sessions().insert(session).await?;
    }
    uow.commit().await?;
    Ok(())
}

async fn sessions_of(store: &dyn Store, user: UserId) -> Result<Vec<OpenSession>, Failure> {
    Ok(read(store).await?.sessions().find_by_user(user).await?)
}

/// A session is read back equal, by its token's hash and by its user, every byte of the hash and microseconds included.
pub async fn sessions_are_read_back(store: Arc<dyn Store>) -> Verdict {
    let bytes: [u8; 32] = std::array::from_fn(|index| u8::try_from(index * 8 + 7).unwrap_or(0));
    let hostile = OpenSession {
        token: staffroom_core::TokenHash::from_bytes(bytes),
        school: OTHER_SCHOOL,
        opened_at: at(1_786_953_600_123_457),
        expires_at: at(253_402_300_799_999_999),
        ..open_session(2, user_id(1))
    };
    let early = OpenSession { opened_at: at(-3), expires_at: at(-1), ..open_session(3, user_id(2)) };
    let all = [open_session(1, user_id(1)), hostile, early];
    with_sessions(&*store, &all).await?;
    let mut uow = read(&*store).await?;
    for session in &all {
        let found = uow.sessions().find(&session.token).await?;
        same("a session", found.as_ref(), Some(session))?;
    }
    let [one, hostile, early] = all;
    same("those of the first user", uow.sessions().find_by_user(user_id(1)).await?, [one, hostile])?;
    same("those of the second", uow.sessions().find_by_user(user_id(2)).await?, [early])
}

/// A token that is no session's finds nothing, not even one that differs in its last byte.
pub async fn an_unknown_token_finds_no_session(store: Arc<dyn Store>) -> Verdict {
    let session = open_session(1, user_id(1));
    with_sessions(&*store, std::slice::from_ref(&session)).await?;
    let mut uow = read(&*store).await?;
    for place in [0, 15, 31] {
        let mut bytes = *session.token.as_bytes();
        if let Some(byte) = bytes.get_mut(place) {
            *byte ^= 1;
        }
        let found = uow.sessions().find(&staffroom_core::TokenHash::from_bytes(bytes)).await?;
        same(&format!("a token that differs in byte {place}"), found, None)?;
    }
    same("the sessions of somebody who has none", uow.sessions().find_by_user(user_id(2)).await?, [])?;
    same("the sessions of nobody", uow.sessions().find_by_user(user_id(9)).await?, [])
}

/// The sessions of a user are in the order in which they were opened, those of one moment by id.
pub async fn sessions_are_in_the_order_of_their_opening(store: Arc<dyn Store>) -> Verdict {
    let opened = |number, micros| OpenSession { opened_at: at(micros), ..open_session(number, user_id(1)) };
    let all = [opened(4, 20), opened(3, 10), opened(1, 30), opened(2, 10), opened(5, 20)];
    with_sessions(&*store, &all).await?;
    let found = sessions_of(&*store, user_id(1)).await?;
    let ids: Vec<_> = found.iter().map(|session| session.id).collect();
    same("the order", ids, [2, 3, 4, 5, 1].map(session_id))
}

/// A session is of a user and a school that are there, under an id and a token that nobody has: anything else is misuse,
/// and leaves the first as it was.
pub async fn a_session_needs_its_user_and_school(store: Arc<dyn Store>) -> Verdict {
    let first = open_session(1, user_id(1));
    with_sessions(&*store, std::slice::from_ref(&first)).await?;
    let wrong = [
        ("of nobody", open_session(2, user_id(9))),
        ("in no school", OpenSession { school: school_id(9), ..open_session(2, user_id(1)) }),
        ("under a taken id", OpenSession { token: token_hash(9), ..first.clone() }),
        ("under a taken token", OpenSession { token: first.token, ..open_session(2, user_id(2)) }),
    ];
    for (what, session) in wrong {
        let mut uow = write(&*store).await?;
        misuse(&format!("a session {what}"), uow.sessions().insert(&session).await)?;
    }
    same("the first", sessions_of(&*store, user_id(1)).await?, [first])?;
    same("those of the other", sessions_of(&*store, user_id(2)).await?, [])
}

/// Entering another school changes the school of that session and nothing else; one that is not there is an outcome, and
/// a school that is not there misuse.
pub async fn a_session_enters_another_school(store: Arc<dyn Store>) -> Verdict {
    let all = [1, 2].map(|number| open_session(number, user_id(1)));
    with_sessions(&*store, &all).await?;
    let mut uow = write(&*store).await?;
    same("the outcome", uow.sessions().enter(session_id(1), OTHER_SCHOOL).await?, true)?;
    same("of no session", uow.sessions().enter(session_id(9), OTHER_SCHOOL).await?, false)?;
    uow.commit().await?;
    let [one, two] = all;
    let moved = OpenSession { school: OTHER_SCHOOL, ..one };
    same("the sessions", sessions_of(&*store, user_id(1)).await?, [moved, two])?;
    let mut uow = write(&*store).await?;
    misuse("a school that is not there", uow.sessions().enter(session_id(1), school_id(9)).await)
}

/// A session that is ended is gone, and a second end says so; the others stay.
pub async fn a_session_is_ended_once(store: Arc<dyn Store>) -> Verdict {
    let all = [1, 2].map(|number| open_session(number, user_id(1)));
    with_sessions(&*store, &all).await?;
    let mut uow = write(&*store).await?;
    same("the end", uow.sessions().end(session_id(1)).await?, true)?;
    same("the same again", uow.sessions().end(session_id(1)).await?, false)?;
    same("of no session", uow.sessions().end(session_id(9)).await?, false)?;
    uow.commit().await?;
    let [one, two] = all;
    let mut uow = write(&*store).await?;
    same("a later end", uow.sessions().end(session_id(1)).await?, false)?;
    same("its token", uow.sessions().find(&one.token).await?, None)?;
    same("the other", uow.sessions().find_by_user(user_id(1)).await?, [two])?;
    uow.sessions().insert(&one).await?;
    same("its token, given again", uow.sessions().find(&one.token).await?, Some(one))
}

/// All sessions of a user are ended at once, in every school, and counted; those of others stay.
pub async fn the_sessions_of_a_user_are_ended_together(store: Arc<dyn Store>) -> Verdict {
    let elsewhere = OpenSession { school: OTHER_SCHOOL, ..open_session(2, user_id(1)) };
    let other = open_session(3, user_id(2));
    with_sessions(&*store, &[open_session(1, user_id(1)), elsewhere, other.clone()]).await?;
    let mut uow = write(&*store).await?;
    same("how many", uow.sessions().end_by_user(user_id(1)).await?, 2)?;
    same("how many are left to end", uow.sessions().end_by_user(user_id(1)).await?, 0)?;
    same("how many of nobody", uow.sessions().end_by_user(user_id(9)).await?, 0)?;
    uow.commit().await?;
    same("those of the user", sessions_of(&*store, user_id(1)).await?, [])?;
    same("those of the other", sessions_of(&*store, user_id(2)).await?, [other])
}

/// Sessions whose time is over by then are forgotten, at most as many as asked for at a time, to the microsecond; the
/// others stay.
pub async fn expired_sessions_are_forgotten(store: Arc<dyn Store>) -> Verdict {
    let until = |number, micros| OpenSession { expires_at: at(micros), ..open_session(number, user_id(1)) };
    let all =
        [until(1, 5_000_001), until(2, 5_000_000), until(3, 4_999_999), until(4, 9_000_000), until(5, 1)];
    with_sessions(&*store, &all).await?;
    let mut uow = write(&*store).await?;
    same("none, if none is asked for", uow.sessions().forget_expired(at(5_000_000), 0).await?, 0)?;
    same("the first two", uow.sessions().forget_expired(at(5_000_000), 2).await?, 2)?;
    same("how many are left", uow.sessions().find_by_user(user_id(1)).await?.len(), 3)?;
    same("the rest", uow.sessions().forget_expired(at(5_000_000), 2).await?, 1)?;
    same("after that", uow.sessions().forget_expired(at(5_000_000), 2).await?, 0)?;
    uow.commit().await?;
    let left = sessions_of(&*store, user_id(1)).await?;
    let mut ids: Vec<_> = left.iter().map(|session| session.id).collect();
    ids.sort_unstable();
    same("whose time is not over", ids, [1, 4].map(session_id))
}

/// The sessions of a user go with the user.
pub async fn sessions_go_with_their_user(store: Arc<dyn Store>) -> Verdict {
    let sessions = [open_session(1, user_id(1)), open_session(2, user_id(2))];
    with_sessions(&*store, &sessions).await?;
    let mut uow = write(&*store).await?;
    uow.users().delete(&[(user_id(1), Revision::FIRST)]).await?;
    uow.commit().await?;
    let [gone, stays] = sessions;
    let mut uow = write(&*store).await?;
    same("its token", uow.sessions().find(&gone.token).await?, None)?;
    same("the other", uow.sessions().find(&stays.token).await?, Some(stays))?;
    uow.users().insert(&[user(1)]).await?;
    same("the sessions of a user made again", uow.sessions().find_by_user(user_id(1)).await?, [])
}
