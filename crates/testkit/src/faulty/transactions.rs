//! Faults of the unit of work itself.

use std::sync::Arc;

use staffroom_core::store::{Mode, RowLock, StoreError, UnitOfWork};
use staffroom_core::{GroupId, IdSet, PasswordState, SchoolId, StaffId, StaffMember, User, UserId};

use super::fault::Fault;
use super::unit::{Passage, Shared, Step};
use crate::relay::{Answer, Call, pass};

pub(super) async fn before(passage: &mut Passage<'_>, mut call: Call) -> Result<Step, StoreError> {
    if passage.fault == Fault::HoldsWhileReading
        && passage.mode == Mode::Read
        && let Call::Facts(_, lock)
        | Call::FindUser(_, lock)
        | Call::FindUsersByBatch(_, lock)
        | Call::FindGroup(_, lock) = &mut call
    {
        *lock = RowLock::None;
    }
    let pretends = match passage.fault {
        _ if !call.writes() => false,
        Fault::WritesWhileReading => passage.mode == Mode::Read,
        Fault::NeedsNoNetwork => {
            !matches!(call, Call::InsertNetwork(_)) && passage.uow.network().find().await?.is_none()
        }
        Fault::ChecksNoReferences => refers_to_nothing(passage.uow, &call).await?,
        _ => false,
    };
    Ok(match call.plain_success().filter(|_| pretends) {
        Some(success) => Step::Answer(success),
        None => Step::Pass(call),
    })
}

/// The answer of another unit of work than the caller's own.
pub(super) async fn elsewhere(passage: &mut Passage<'_>, call: &Call) -> Result<Option<Answer>, StoreError> {
    if passage.fault != Fault::ForgetsItsOwnWrites || call.writes() {
        return Ok(None);
    }
    let mut uow = passage.shared.store.begin(passage.network, Mode::Read).await?;
    pass(&mut *uow, call.clone()).await.map(Some)
}

/// True if a row of the call refers to something that the network does not have.
pub(super) async fn refers_to_nothing(uow: &mut dyn UnitOfWork, call: &Call) -> Result<bool, StoreError> {
    let mut staff: Vec<StaffId> = Vec::new();
    let mut schools: Vec<SchoolId> = Vec::new();
    let mut groups: Vec<GroupId> = Vec::new();
    let mut secrets = Vec::new();
    let mut users = Vec::new();
    let mut people: Vec<UserId> = Vec::new();
    match call {
        Call::InsertStaff(rows) | Call::UpdateStaff(rows) => {
            schools.extend(rows.iter().map(StaffMember::schools).flat_map(IdSet::as_slice));
        }
        Call::InsertUsers(rows) => rows.iter().for_each(|row| users.push(row)),
        Call::UpdateUser(_, row) => users.push(row),
        Call::SetHashes(rows) => {
            for (id, _) in rows {
                if uow.users().find(*id, RowLock::None).await?.is_none() {
                    return Ok(true);
                }
            }
        }
        Call::InsertSession(session) => {
            schools.push(session.school);
            people.push(session.user);
        }
        Call::EnterSchool(_, school) => schools.push(*school),
        Call::PutReset(reset) => people.push(reset.user),
        _ => {}
    }
    staff.extend(users.iter().filter_map(|user| user.staff_member()));
    schools.extend(users.iter().map(|user| User::schools(user)).flat_map(IdSet::as_slice));
    groups.extend(users.iter().map(|user| User::groups(user)).flat_map(IdSet::as_slice));
    secrets.extend(users.iter().filter_map(|user| match user.password() {
        PasswordState::InitialShared { secret, .. } => Some(secret),
        _ => None,
    }));
    let mut missing = false;
    for id in people {
        missing |= uow.users().find(id, RowLock::None).await?.is_none();
    }
    for id in staff {
        missing |= uow.staff().find(id).await?.is_none();
    }
    for id in schools {
        missing |= uow.schools().find(id).await?.is_none();
    }
    for id in groups {
        missing |= uow.groups().find(id, RowLock::None).await?.is_none();
    }
    for id in secrets {
        missing |= uow.passwords().find_shared(id).await?.is_none();
    }
    Ok(missing)
}

/// True for the writes that a dropped unit of work leaves behind.
pub(super) const fn is_kept(fault: Fault, call: &Call) -> bool {
    matches!(
        (fault, call),
        (Fault::DropKeepsNetworks, Call::InsertNetwork(_))
            | (Fault::DropKeepsSchools, Call::InsertSchools(_) | Call::UpdateSchools(_))
            | (Fault::DropKeepsGroups, Call::InsertGroup(_) | Call::UpdateGroup(_))
            | (Fault::DropKeepsStaff, Call::InsertStaff(_) | Call::UpdateStaff(_))
            | (Fault::DropKeepsUsers, Call::InsertUsers(_) | Call::UpdateUser(..) | Call::DeleteUsers(_))
            | (
                Fault::DropKeepsPasswords,
                Call::SetHashes(_)
                    | Call::RemoveHashes(_)
                    | Call::InsertShared(_)
                    | Call::RevokeShared(..)
                    | Call::RemoveShared(_)
            )
            | (
                Fault::DropKeepsSessions,
                Call::InsertSession(_)
                    | Call::EnterSchool(..)
                    | Call::EndSession(_)
                    | Call::EndSessionsOfUser(_)
                    | Call::ForgetSessions(..)
            )
            | (
                Fault::DropKeepsResets,
                Call::PutReset(_) | Call::TakeReset(_) | Call::RemoveResetOfUser(_) | Call::ForgetResets(..)
            )
            | (
                Fault::DropKeepsFailures,
                Call::AddFailure(..)
                    | Call::ClearFailures(_)
                    | Call::TakeFailureBack(_)
                    | Call::ForgetFailures(..)
            )
            | (Fault::DropKeepsInvitations, Call::ClaimInvitations(..) | Call::ReleaseInvitations(..))
            | (Fault::DropKeepsBatches, Call::InsertBatch(_))
            | (Fault::DropKeepsAudit, Call::AppendAudit(_))
    )
}

/// Carries out what dropped units of work left behind, row by row: what refers to something that is not there is lost.
pub(super) async fn keep_what_was_dropped(shared: &Arc<Shared>) -> Result<(), StoreError> {
    let dropped = std::mem::take(&mut shared.memory().dropped);
    for (network, call) in dropped {
        let calls = match call {
            Call::InsertUsers(rows) => rows.into_iter().map(|row| Call::InsertUsers(vec![row])).collect(),
            Call::InsertStaff(rows) => rows.into_iter().map(|row| Call::InsertStaff(vec![row])).collect(),
            call => vec![call],
        };
        for call in calls {
            let mut uow = shared.store.begin(network, Mode::Write).await?;
            if pass(&mut *uow, call).await.is_ok() {
                uow.commit().await?;
            }
        }
    }
    Ok(())
}
