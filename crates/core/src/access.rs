//! Asking a store what an actor may do: the same for every operation (R7, R8).

use crate::audit::About;
use crate::sight::Sight;
use crate::store::{RowLock, StoreError, UnitOfWork};
use crate::{
    Actor, ActorFacts, Attempt, Authority, Denied, Group, GroupId, GroupName, GroupStatus, IdSet, SchoolId,
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

/// What an actor has been found to be.
#[derive(Debug)]
pub(crate) struct Standing {
    /// What they may do.
    pub(crate) authority: Authority,
    /// What they may see.
    pub(crate) sight: Sight,
    /// What it was found from.
    pub(crate) facts: ActorFacts,
}

/// Checks that `actor` may do what they attempt in `school`, and may put people into `group`.
///
/// With [`RowLock::Held`], what the answer rests on stays as it is until the unit of work ends: the actor, the actor's
/// groups, and `group`. Then authority that was found inside the transaction is there when it commits (R8).
pub(crate) async fn check_access(
    uow: &mut dyn UnitOfWork,
    actor: Actor,
    attempt: Attempt,
    school: SchoolId,
    group: Option<GroupId>,
    lock: RowLock,
) -> Result<Standing, AccessError> {
    let facts = actor_facts(uow, actor, attempt, school, lock).await?;
    let authority = authorize(&facts, &attempt.needs(), school)?;
    if let Some(id) = group {
        check_group(uow, &authority, id, lock).await?;
    }
    Ok(Standing { sight: Sight::of(&facts, &authority), authority, facts })
}

async fn actor_facts(
    uow: &mut dyn UnitOfWork,
    actor: Actor,
    attempt: Attempt,
    school: SchoolId,
    lock: RowLock,
) -> Result<ActorFacts, StoreError> {
    let id = match actor {
        Actor::User(id) => id,
        Actor::Operator => {
            let school_exists =
                attempt.about() == About::TheNetwork || uow.schools().find(school).await?.is_some();
            return Ok(ActorFacts::Operator { school_exists });
        }
    };
    let user = uow.users().find(id, lock).await?;
    let groups = match &user {
        Some(user) => groups_with(uow, user.groups(), lock).await?,
        None => Vec::new(),
    };
    Ok(ActorFacts::User { user, groups })
}

/// The groups with these ids.
pub(crate) async fn groups_with(
    uow: &mut dyn UnitOfWork,
    ids: &IdSet<GroupId>,
    lock: RowLock,
) -> Result<Vec<Group>, StoreError> {
    let mut groups = Vec::new();
    for id in ids.iter() {
        groups.extend(uow.groups().find(id, lock).await?);
    }
    Ok(groups)
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
