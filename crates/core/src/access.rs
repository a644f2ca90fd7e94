//! Asking a store what an actor may do: the same for list, preview, commit and undo (R7, R8).

use crate::store::{RowLock, StoreError, UnitOfWork};
use crate::{
    Actor, ActorFacts, Authority, Denied, Group, GroupId, GroupName, GroupStatus, Permission, SchoolId,
    authorize,
};

/// Why an operation was not begun.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AccessError {
    /// The actor may not. The refusal is in the audit log.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The network has no such group (R7).
    #[error("the network has no group with the id {0}")]
    UnknownGroup(GroupId),
    /// The group is inactive: it gives nothing, and nobody can be put into it (R7).
    #[error("the group `{0}` is inactive")]
    InactiveGroup(GroupName),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Checks that `actor` may do what takes `needed` in `school`, and may put people into `group`.
///
/// With [`RowLock::Held`], what the answer rests on stays as it is until the unit of work ends: the actor, the actor's
/// groups, and `group`. Then authority that was found inside the transaction is there when it commits (R8).
pub(crate) async fn check_access(
    uow: &mut dyn UnitOfWork,
    actor: Actor,
    needed: &Permission,
    school: SchoolId,
    group: Option<GroupId>,
    lock: RowLock,
) -> Result<(), AccessError> {
    let facts = actor_facts(uow, actor, school, lock).await?;
    let authority = authorize(&facts, needed, school)?;
    match group {
        None => Ok(()),
        Some(id) => check_group(uow, &authority, id, lock).await,
    }
}

async fn actor_facts(
    uow: &mut dyn UnitOfWork,
    actor: Actor,
    school: SchoolId,
    lock: RowLock,
) -> Result<ActorFacts, StoreError> {
    let id = match actor {
        Actor::User(id) => id,
        Actor::Operator => {
            return Ok(ActorFacts::Operator { school_exists: uow.schools().find(school).await?.is_some() });
        }
    };
    let user = uow.users().find(id, lock).await?;
    let mut groups = Vec::new();
    for group in user.iter().flat_map(|user| user.groups().iter()) {
        groups.extend(uow.groups().find(group, lock).await?);
    }
    Ok(ActorFacts::User { user, groups })
}

async fn check_group(
    uow: &mut dyn UnitOfWork,
    authority: &Authority,
    id: GroupId,
    lock: RowLock,
) -> Result<(), AccessError> {
    let group: Group = uow.groups().find(id, lock).await?.ok_or(AccessError::UnknownGroup(id))?;
    if group.status() == GroupStatus::Inactive {
        return Err(AccessError::InactiveGroup(group.name().clone()));
    }
    Ok(authority.may_assign(&group)?)
}
