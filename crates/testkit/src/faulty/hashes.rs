//! Faults in hashes: which one somebody signs in by, and what becomes of it.

use staffroom_core::store::{HashOfUser, RowLock, StoreError};
use staffroom_core::{User, UserStatus};

use super::fault::Fault;
use super::unit::{Passage, Step};
use crate::relay::{Answer, Call};

pub(super) async fn before(passage: &mut Passage<'_>, call: Call) -> Result<Step, StoreError> {
    match (passage.fault, &call) {
        (Fault::KeepsRemovedHashes, Call::RemoveHashes(_)) => return Ok(Step::Answer(Answer::Done)),
        (Fault::FindsHashesByOldEmails, Call::UpdateUser(_, row)) => {
            if let Some(old) = passage.uow.users().find(row.id(), RowLock::None).await?
                && !old.email().is_same_address(row.email())
                && let Some(hash) = passage.uow.passwords().find_by_email(old.email()).await?
            {
                let key = (passage.network, old.email().canonical().to_owned());
                passage.shared.memory().hashes_by_email.insert(key, hash);
            }
        }
        _ => {}
    }
    Ok(Step::Pass(call))
}

pub(super) async fn after(
    passage: &mut Passage<'_>,
    call: &Call,
    answer: Answer,
) -> Result<Answer, StoreError> {
    Ok(match (call, answer) {
        (Call::FindHashByEmail(email), Answer::HashOfUser(Some(found))) => {
            let user = passage.uow.users().find(found.user, RowLock::None).await?;
            let is_found = is_found(passage, &found, user.as_ref(), email.as_given()).await?;
            Answer::HashOfUser(Some(found).filter(|_| is_found))
        }
        (Call::FindHashByEmail(email), Answer::HashOfUser(None))
            if passage.fault == Fault::FindsHashesByOldEmails =>
        {
            let key = (passage.network, email.canonical().to_owned());
            Answer::HashOfUser(passage.shared.memory().hashes_by_email.get(&key).cloned())
        }
        (Call::RevokeShared(..), Answer::Changed(_)) if passage.fault == Fault::RevokesAgain => {
            Answer::Changed(true)
        }
        (Call::FindShared(_), Answer::Shared(Some(mut shared))) => {
            if passage.fault == Fault::ForgetsRevocations {
                shared.revoked_at = None;
            }
            Answer::Shared(Some(shared))
        }
        (_, other) => other,
    })
}

async fn is_found(
    passage: &mut Passage<'_>,
    found: &HashOfUser,
    user: Option<&User>,
    asked: &str,
) -> Result<bool, StoreError> {
    Ok(match (passage.fault, found.shared) {
        (Fault::FindsOnlyOwnHashes, shared) => shared.is_none(),
        (Fault::FindsNoRevokedHash, Some(id)) => {
            let shared = passage.uow.passwords().find_shared(id).await?;
            shared.is_some_and(|shared| shared.revoked_at.is_none())
        }
        (Fault::FindsNoHashOfTheDisabled, _) => user.is_some_and(|user| user.status() == UserStatus::Enabled),
        (Fault::ComparesEmailsAsGiven, _) => user.is_some_and(|user| user.email().as_given() == asked),
        _ => true,
    })
}
