//! Faults in sessions and resets: what a token finds, and what becomes of it.

use chrono::TimeDelta;
use staffroom_core::store::{OpenSession, Reset, StoreError};
use staffroom_core::{SessionId, Timestamp, TokenHash, UserId};

use super::fault::Fault;
use super::unit::{Passage, Step};
use crate::relay::{Answer, Call};

pub(super) async fn before(passage: &mut Passage<'_>, call: Call) -> Result<Step, StoreError> {
    Ok(match (passage.fault, call) {
        (Fault::AcceptsTakenTokens, Call::InsertSession(session)) => {
            match passage.uow.sessions().find(&session.token).await? {
                Some(_) => Step::Answer(Answer::Done),
                None => Step::Pass(Call::InsertSession(session)),
            }
        }
        (Fault::AcceptsTakenTokens, Call::PutReset(reset)) => {
            match passage.uow.resets().find(&reset.token).await? {
                Some(other) if other.user != reset.user => Step::Answer(Answer::Done),
                _ => Step::Pass(Call::PutReset(reset)),
            }
        }
        (Fault::EntersWithEverySession, Call::EnterSchool(id, school)) => {
            for session in beside(passage, id).await? {
                passage.uow.sessions().enter(session.id, school).await?;
            }
            Step::Pass(Call::EnterSchool(id, school))
        }
        (Fault::KeepsEndedSessions, Call::EndSession(id)) => {
            let is_there = !beside(passage, id).await?.is_empty();
            Step::Answer(Answer::Changed(is_there))
        }
        (Fault::KeepsEndedSessions, Call::EndSessionsOfUser(user)) => {
            Step::Answer(Answer::Number(passage.uow.sessions().find_by_user(user).await?.len()))
        }
        (Fault::EndsOneSession, Call::EndSessionsOfUser(user)) => {
            let sessions = passage.uow.sessions().find_by_user(user).await?;
            if let Some(first) = sessions.first() {
                passage.uow.sessions().end(first.id).await?;
            }
            Step::Answer(Answer::Number(sessions.len()))
        }
        (Fault::EndsEverySession, Call::EndSessionsOfUser(user)) => {
            for other in everyone(passage).await?.into_iter().filter(|other| *other != user) {
                passage.uow.sessions().end_by_user(other).await?;
            }
            Step::Pass(Call::EndSessionsOfUser(user))
        }
        (Fault::RemovesEveryReset, Call::RemoveResetOfUser(user)) => {
            for other in everyone(passage).await?.into_iter().filter(|other| *other != user) {
                passage.uow.resets().remove_by_user(other).await?;
            }
            Step::Pass(Call::RemoveResetOfUser(user))
        }
        (Fault::KeepsOlderResets, Call::PutReset(reset)) => {
            let older = passage.uow.resets().find_by_user(reset.user).await?;
            remember(passage, older);
            Step::Pass(Call::PutReset(reset))
        }
        (Fault::TakesResetsAgain, Call::TakeReset(token)) => Step::Pass(Call::FindReset(token)),
        (Fault::DeleteKeepsSessions, Call::DeleteUsers(rows)) => {
            for (id, _) in &rows {
                let sessions = passage.uow.sessions().find_by_user(*id).await?;
                let network = passage.network;
                passage.shared.memory().sessions.extend(sessions.into_iter().map(|it| (network, it)));
            }
            Step::Pass(Call::DeleteUsers(rows))
        }
        (Fault::DeleteKeepsResets, Call::DeleteUsers(rows)) => {
            for (id, _) in &rows {
                let reset = passage.uow.resets().find_by_user(*id).await?;
                remember(passage, reset);
            }
            Step::Pass(Call::DeleteUsers(rows))
        }
        (fault, Call::ForgetSessions(at, limit)) => {
            Step::Pass(Call::ForgetSessions(shifted(fault, at), unlimited(fault, limit)))
        }
        (fault, Call::ForgetResets(at, limit)) => {
            Step::Pass(Call::ForgetResets(shifted(fault, at), unlimited(fault, limit)))
        }
        (fault, Call::ForgetFailures(before, limit)) => {
            Step::Pass(Call::ForgetFailures(shifted(fault, before), unlimited(fault, limit)))
        }
        (_, other) => Step::Pass(other),
    })
}

fn remember(passage: &Passage<'_>, reset: Option<Reset>) {
    let network = passage.network;
    passage.shared.memory().resets.extend(reset.map(|reset| (network, reset)));
}

fn shifted(fault: Fault, at: Timestamp) -> Timestamp {
    let shift = match fault {
        Fault::ForgetsTooSoon => TimeDelta::seconds(1),
        Fault::ForgetsTooLate => TimeDelta::microseconds(-1),
        _ => TimeDelta::zero(),
    };
    shift
        .num_microseconds()
        .and_then(|shift| Timestamp::from_unix_micros(at.unix_micros().saturating_add(shift)))
        .unwrap_or(at)
}

const fn unlimited(fault: Fault, limit: usize) -> usize {
    if matches!(fault, Fault::ForgetsWithoutLimit) { usize::MAX } else { limit }
}

async fn everyone(passage: &mut Passage<'_>) -> Result<Vec<UserId>, StoreError> {
    let mut users = Vec::new();
    passage.uow.users().visit(&mut |user| users.push(user.id())).await?;
    Ok(users)
}

/// All sessions of the user who has the one with that id.
async fn beside(passage: &mut Passage<'_>, id: SessionId) -> Result<Vec<OpenSession>, StoreError> {
    for user in everyone(passage).await? {
        let sessions = passage.uow.sessions().find_by_user(user).await?;
        if sessions.iter().any(|session| session.id == id) {
            return Ok(sessions);
        }
    }
    Ok(Vec::new())
}

fn half(token: &TokenHash) -> &[u8] {
    token.as_bytes().get(..16).unwrap_or_default()
}

pub(super) async fn after(
    passage: &mut Passage<'_>,
    call: &Call,
    answer: Answer,
) -> Result<Answer, StoreError> {
    Ok(match (passage.fault, call, answer) {
        (Fault::ComparesHalfOfTokens, Call::FindSession(token), Answer::Session(None)) => {
            let mut found = None;
            for user in everyone(passage).await? {
                let sessions = passage.uow.sessions().find_by_user(user).await?;
                found = found.or(sessions.into_iter().find(|session| half(&session.token) == half(token)));
            }
            Answer::Session(found)
        }
        (Fault::ComparesHalfOfTokens, Call::FindReset(token), Answer::Reset(None)) => {
            let mut found = None;
            for user in everyone(passage).await? {
                let reset = passage.uow.resets().find_by_user(user).await?;
                found = found.or(reset.filter(|reset| half(&reset.token) == half(token)));
            }
            Answer::Reset(found)
        }
        (
            Fault::EndsWhatIsNotThere,
            Call::EnterSchool(..) | Call::EndSession(_) | Call::RemoveResetOfUser(_),
            Answer::Changed(_),
        ) => Answer::Changed(true),
        (
            Fault::KeepsOlderResets | Fault::DeleteKeepsResets,
            Call::FindReset(token) | Call::TakeReset(token),
            Answer::Reset(None),
        ) => Answer::Reset(remembered(passage, |reset| reset.token == *token)),
        (Fault::DeleteKeepsResets, Call::FindResetOfUser(user), Answer::Reset(None)) => {
            Answer::Reset(remembered(passage, |reset| reset.user == *user))
        }
        (Fault::DeleteKeepsSessions, Call::FindSession(token), Answer::Session(None)) => {
            Answer::Session(kept(passage, |session| session.token == *token).into_iter().next())
        }
        (Fault::DeleteKeepsSessions, Call::FindSessionsOfUser(user), Answer::Sessions(sessions)) => {
            Answer::Sessions([sessions, kept(passage, |session| session.user == *user)].concat())
        }
        (_, _, other) => other,
    })
}

fn remembered(passage: &Passage<'_>, is_meant: impl Fn(&Reset) -> bool) -> Option<Reset> {
    let memory = passage.shared.memory();
    let mut resets = memory.resets.iter().filter(|(network, _)| *network == passage.network);
    resets.find(|(_, reset)| is_meant(reset)).map(|(_, reset)| reset.clone())
}

fn kept(passage: &Passage<'_>, is_meant: impl Fn(&OpenSession) -> bool) -> Vec<OpenSession> {
    let memory = passage.shared.memory();
    let sessions = memory.sessions.iter().filter(|(network, _)| *network == passage.network);
    sessions.filter(|(_, session)| is_meant(session)).map(|(_, session)| session.clone()).collect()
}
