//! Faults in what is counted and noted: failures, and invitations.

use staffroom_core::store::{FailureKey, Failures, StoreError};
use staffroom_core::{Timestamp, UserId};

use super::fault::Fault;
use super::unit::{Passage, Step};
use crate::relay::{Answer, Call};

pub(super) async fn before(passage: &mut Passage<'_>, call: Call) -> Result<Step, StoreError> {
    let network = passage.network;
    Ok(match (passage.fault, call) {
        (Fault::ComparesHalfOfTokens, Call::AddFailure(key, at)) => {
            Step::Pass(Call::AddFailure(halved(key), at))
        }
        (Fault::ComparesHalfOfTokens, Call::FindFailures(key)) => Step::Pass(Call::FindFailures(halved(key))),
        (Fault::TakesAllFailuresBack, Call::TakeFailureBack(key)) => Step::Pass(Call::ClearFailures(key)),
        (Fault::ClearsNoFailures, Call::ClearFailures(_))
        | (Fault::TakesNoFailureBack, Call::TakeFailureBack(_))
        | (Fault::ReleasesNoInvitation, Call::ReleaseInvitations(..)) => Step::Answer(Answer::Done),
        (Fault::ForgetsByTheFirstFailure, Call::AddFailure(key, at)) => {
            passage.shared.memory().keys.insert((network, key));
            Step::Pass(Call::AddFailure(key, at))
        }
        (Fault::InvitesAMomentTooSoon, Call::ClaimInvitations(users, at, since)) => {
            let since = Timestamp::from_unix_micros(since.unix_micros().saturating_add(1)).unwrap_or(since);
            Step::Pass(Call::ClaimInvitations(users, at, since))
        }
        (Fault::ReleasesAnyInvitation, Call::ReleaseInvitations(users, at)) => {
            for user in &users {
                let noted = passage.shared.memory().invited.get(&(network, *user)).copied();
                if let Some(noted) = noted {
                    passage.uow.invitations().release(&[*user], noted).await?;
                }
            }
            Step::Pass(Call::ReleaseInvitations(users, at))
        }
        (_, other) => Step::Pass(other),
    })
}

fn halved(key: FailureKey) -> FailureKey {
    let mut bytes = *key.as_bytes();
    bytes.iter_mut().skip(16).for_each(|byte| *byte = 0);
    FailureKey::from_bytes(bytes)
}

pub(super) async fn after(
    passage: &mut Passage<'_>,
    call: &Call,
    answer: Answer,
) -> Result<Answer, StoreError> {
    Ok(match (call, answer) {
        (Call::AddFailure(key, _), Answer::Failures(_))
            if passage.fault == Fault::AnswersWithTheNewFailure =>
        {
            Answer::Failures(passage.uow.failures().find(key).await?)
        }
        (_, Answer::Failures(Some(found))) => Answer::Failures(Some(match passage.fault {
            Fault::CountsOneFailure => Failures { count: 1, ..found },
            Fault::FirstFailureMoves => Failures { first_at: found.last_at, ..found },
            _ => found,
        })),
        (Call::ForgetFailures(before, limit), Answer::Number(forgotten))
            if passage.fault == Fault::ForgetsByTheFirstFailure =>
        {
            Answer::Number(forgotten + forget_more(passage, *before, limit.saturating_sub(forgotten)).await?)
        }
        (Call::ClaimInvitations(users, at, since), Answer::Noted(claimed)) => {
            Answer::Noted(claims(passage, users, *at, *since, claimed))
        }
        (_, other) => other,
    })
}

/// Forgets keys of which the first failure was before the moment.
async fn forget_more(
    passage: &mut Passage<'_>,
    before: Timestamp,
    limit: usize,
) -> Result<usize, StoreError> {
    let keys: Vec<_> = passage.shared.memory().keys.iter().copied().collect();
    let mut forgotten = 0;
    for (_, key) in keys.into_iter().filter(|(network, _)| *network == passage.network) {
        let found = passage.uow.failures().find(&key).await?;
        if forgotten < limit && found.is_some_and(|failures| failures.first_at < before) {
            passage.uow.failures().clear(&key).await?;
            forgotten += 1;
        }
    }
    Ok(forgotten)
}

/// What the fault makes of the claims.
fn claims(
    passage: &Passage<'_>,
    users: &[UserId],
    at: Timestamp,
    since: Timestamp,
    claimed: Vec<bool>,
) -> Vec<bool> {
    let mut memory = passage.shared.memory();
    let mut answers: Vec<(UserId, bool)> = users.iter().copied().zip(claimed).collect();
    for (user, answer) in &mut answers {
        let key = (passage.network, *user);
        match passage.fault {
            Fault::InvitesAgainAtOnce => *answer = true,
            Fault::InvitesOnceForAll => *answer &= !memory.invited.contains_key(&key),
            Fault::DeleteKeepsInvitations => {
                *answer &= memory.invited.get(&key).is_none_or(|noted| *noted < since);
            }
            _ => {}
        }
        if *answer {
            memory.invited.insert(key, at);
        }
    }
    if passage.fault == Fault::AnswersInOrderOfIds {
        answers.sort_by_key(|(user, _)| *user);
    }
    answers.into_iter().map(|(_, answer)| answer).collect()
}
