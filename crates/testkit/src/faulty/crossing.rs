//! Faults that let networks meet.

use staffroom_core::NetworkId;
use staffroom_core::store::{GroupWrite, Mode, SchoolWrite, StaffWrite, StoreError, UnitOfWork, UserInsert};

use super::fault::Fault;
use super::transactions::refers_to_nothing;
use super::unit::{Passage, Shared, Step};
use crate::relay::{Answer, Call, pass};

fn others(passage: &Passage<'_>) -> Vec<NetworkId> {
    let memory = passage.shared.memory();
    memory.networks.iter().copied().filter(|network| *network != passage.network).collect()
}

async fn reading(shared: &Shared, network: NetworkId) -> Result<Box<dyn UnitOfWork>, StoreError> {
    shared.store.begin(network, Mode::Read).await
}

pub(super) async fn before(passage: &mut Passage<'_>, call: Call) -> Result<Step, StoreError> {
    match (passage.fault, &call) {
        (Fault::ReferencesCrossNetworks, _) if refers_to_nothing(passage.uow, &call).await? => {
            for network in others(passage) {
                if !refers_to_nothing(&mut *reading(passage.shared, network).await?, &call).await?
                    && let Some(success) = call.plain_success()
                {
                    return Ok(Step::Answer(success));
                }
            }
        }
        (Fault::EmailsAreGlobal, Call::InsertUsers(rows)) => {
            for network in others(passage) {
                let mut uow = reading(passage.shared, network).await?;
                for row in rows {
                    if uow.users().find_by_email(row.email()).await?.is_some() {
                        return Ok(Step::Answer(Answer::UserInserts(vec![
                            UserInsert::EmailTaken;
                            rows.len()
                        ])));
                    }
                }
            }
        }
        (Fault::NamesAreGlobal, _) => {
            for network in others(passage) {
                if let Some(refusal) =
                    refused_by_name(&mut *reading(passage.shared, network).await?, &call).await?
                {
                    return Ok(Step::Answer(refusal));
                }
            }
        }
        (
            Fault::ChangesOtherNetworks,
            Call::UpdateSchools(_)
            | Call::UpdateGroup(_)
            | Call::UpdateStaff(_)
            | Call::UpdateUser(..)
            | Call::DeleteUsers(_)
            | Call::SetHashes(_)
            | Call::RemoveHashes(_)
            | Call::RevokeShared(..)
            | Call::RemoveShared(_)
            | Call::EnterSchool(..)
            | Call::EndSession(_)
            | Call::EndSessionsOfUser(_)
            | Call::ForgetSessions(..)
            | Call::PutReset(_)
            | Call::TakeReset(_)
            | Call::RemoveResetOfUser(_)
            | Call::ForgetResets(..)
            | Call::AddFailure(..)
            | Call::ClearFailures(_)
            | Call::TakeFailureBack(_)
            | Call::ForgetFailures(..)
            | Call::ClaimInvitations(..)
            | Call::ReleaseInvitations(..),
        ) => {
            for network in others(passage) {
                let mut uow = passage.shared.store.begin(network, Mode::Write).await?;
                if pass(&mut *uow, call.clone()).await.is_ok() {
                    uow.commit().await?;
                }
            }
        }
        _ => {}
    }
    Ok(Step::Pass(call))
}

/// The refusal of a row whose SIS id or name is taken in another network.
async fn refused_by_name(uow: &mut dyn UnitOfWork, call: &Call) -> Result<Option<Answer>, StoreError> {
    Ok(match call {
        Call::InsertGroup(group) => {
            let taken =
                uow.groups().list().await?.iter().any(|other| other.name().folded() == group.name().folded());
            taken.then_some(Answer::GroupWrite(GroupWrite::Taken))
        }
        Call::InsertSchools(rows) => {
            let listed = uow.schools().list().await?;
            let taken = rows.iter().any(|row| listed.iter().any(|other| other.sis_id() == row.sis_id()));
            taken.then(|| Answer::SchoolWrites(vec![SchoolWrite::Taken; rows.len()]))
        }
        Call::InsertStaff(rows) => {
            let sis_ids: Vec<_> = rows.iter().map(|row| row.sis_id().clone()).collect();
            let taken = uow.staff().find_ids(&sis_ids).await?.iter().any(Option::is_some);
            taken.then(|| Answer::StaffWrites(vec![StaffWrite::Taken; rows.len()]))
        }
        _ => None,
    })
}

pub(super) async fn after(
    passage: &mut Passage<'_>,
    call: &Call,
    mut answer: Answer,
) -> Result<Answer, StoreError> {
    for network in others(passage) {
        match passage.fault {
            Fault::FindsInOtherNetworks if !call.writes() && found_nothing(call, &answer) => {
                answer = pass(&mut *reading(passage.shared, network).await?, call.clone()).await?;
            }
            Fault::ListsOtherNetworks if !call.writes() => {
                let theirs = pass(&mut *reading(passage.shared, network).await?, call.clone()).await?;
                answer = joined(answer, theirs);
            }
            Fault::FactsCrossNetworks if matches!(call, Call::Facts(..)) => {
                let theirs = pass(&mut *reading(passage.shared, network).await?, call.clone()).await?;
                if let Answer::FactsAbout(mine) = &mut answer
                    && let Answer::FactsAbout(theirs) = theirs
                {
                    for (mine, theirs) in mine.iter_mut().zip(theirs) {
                        if let (Some(mine), Some(theirs)) = (mine, theirs) {
                            mine.email_sharers.extend(theirs.email_sharers);
                            mine.email_holder = mine.email_holder.or(theirs.email_holder);
                            mine.linked_user = mine.linked_user.or(theirs.linked_user);
                        }
                    }
                }
            }
            _ => {}
        }
    }
    Ok(answer)
}

fn found_nothing(call: &Call, answer: &Answer) -> bool {
    match answer {
        Answer::School(None)
        | Answer::StaffMember(None)
        | Answer::User(None)
        | Answer::Group(None)
        | Answer::Hash(None)
        | Answer::Shared(None)
        | Answer::HashOfUser(None)
        | Answer::Session(None)
        | Answer::Reset(None)
        | Answer::Failures(None)
        | Answer::Batch(None) => true,
        Answer::Sessions(sessions) => sessions.is_empty(),
        Answer::Users(users) => users.is_empty() && matches!(call, Call::FindUsersByBatch(..)),
        Answer::StaffIds(ids) => ids.iter().all(Option::is_none),
        Answer::FactsAbout(facts) => facts.iter().all(Option::is_none),
        Answer::EachUser(users) => users.iter().all(Option::is_none),
        _ => false,
    }
}

fn joined(mine: Answer, theirs: Answer) -> Answer {
    match (mine, theirs) {
        (Answer::Schools(mine), Answer::Schools(theirs)) => Answer::Schools([mine, theirs].concat()),
        (Answer::Groups(mine), Answer::Groups(theirs)) => Answer::Groups([mine, theirs].concat()),
        (Answer::Staff(mine), Answer::Staff(theirs)) => Answer::Staff([mine, theirs].concat()),
        (Answer::FactsList(mine), Answer::FactsList(theirs)) => Answer::FactsList([mine, theirs].concat()),
        (Answer::Users(mine), Answer::Users(theirs)) => Answer::Users([mine, theirs].concat()),
        (Answer::Sessions(mine), Answer::Sessions(theirs)) => Answer::Sessions([mine, theirs].concat()),
        (Answer::Batches(mine), Answer::Batches(theirs)) => Answer::Batches([mine, theirs].concat()),
        (Answer::Audit(mine), Answer::Audit(theirs)) => Answer::Audit([mine, theirs].concat()),
        (mine, _) => mine,
    }
}
