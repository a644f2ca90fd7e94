//! Groups: listing, adding and editing them.

use std::collections::HashMap;

use super::edit_user::Edited;
use super::unheard::Unheard;
use super::{Asked, Attempts, Staffroom};
use crate::access::{AccessError, Standing};
use crate::store::{GroupWrite, RowLock, StoreError};
use crate::{
    ActorFacts, Attempt, AuditEvent, Group, GroupEdit, GroupId, GroupName, PermissionSet, Session, authorize,
};

/// Why a group was not added or edited. Nothing was written, but for the record of a denial; only after
/// [`StoreError::CommitUnknown`] it may have been, and doing it again tells.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GroupError {
    /// The network has no such group.
    #[error("the network has no group with the id {0}")]
    UnknownGroup(GroupId),
    /// Another group has that name, but for its case and accents.
    #[error("the network has a group called `{0}` already; choose another name")]
    NameTaken(GroupName),
    /// The actor would edit a group of their own so that they could not take it back.
    #[error("this would lock you out; have somebody else do it")]
    LocksOut,
    /// The actor may not, or the store failed.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StoreError> for GroupError {
    fn from(error: StoreError) -> Self {
        Self::Access(AccessError::Store(error))
    }
}

/// A group, and how many belong to it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct GroupView {
    /// The group.
    pub group: Group,
    /// How many users whom the actor may see belong to it, enabled or not.
    pub members: usize,
}

/// What editing a group answers with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupEdited {
    /// The group after the edit.
    pub group: Group,
    /// Whether it changed something.
    pub edited: Edited,
}

impl Staffroom {
    /// The groups of the network, active or not, by folded name.
    ///
    /// Example: [the main job](crate#the-main-job).
    ///
    /// # Errors
    /// [`AccessError`] if the actor lacks `users.view`, or the store failed.
    pub async fn groups(&self, session: &Session) -> Result<Vec<GroupView>, AccessError> {
        let mut attempts = Attempts::new();
        loop {
            match self.try_groups(session, &mut attempts).await {
                Err(AccessError::Store(error)) => attempts.again_after(error)?,
                done => return done,
            }
        }
    }

    async fn try_groups(
        &self,
        session: &Session,
        attempts: &mut Attempts,
    ) -> Result<Vec<GroupView>, AccessError> {
        let asked = Asked::to(Attempt::ViewGroups, session);
        let (mut uow, standing) = self.reading(session, &asked, attempts).await?;
        let groups = uow.groups().list().await?;
        let mut members: HashMap<GroupId, usize> = HashMap::new();
        let mut count = |user: crate::User| {
            for group in user.groups().iter().filter(|_| standing.sight.sees(&user)) {
                let members = members.entry(group).or_default();
                *members = members.saturating_add(1);
            }
        };
        uow.users().visit(&mut count).await?;
        let view = |group: Group| {
            let members = members.get(&group.id()).copied().unwrap_or_default();
            GroupView { group, members }
        };
        Ok(groups.into_iter().map(view).collect())
    }

    /// Adds an active group that gives `permissions`: only such as the actor holds (R8).
    ///
    /// Example: [the main job](crate#the-main-job).
    ///
    /// # Errors
    /// [`GroupError`] if the actor lacks `groups.manage` or one of `permissions`, the name is taken, or the store failed.
    pub async fn add_group(
        &self,
        session: &Session,
        name: &GroupName,
        permissions: &PermissionSet,
    ) -> Result<Group, GroupError> {
        // With one id for every try: so a try whose reply was lost is known for what it is.
        let id = GroupId::from_uuid(self.ids.next_id());
        let group = Group::new(id, name.clone(), permissions.clone());
        let mut attempts = Attempts::new();
        loop {
            match self.try_add_group(session, &group, &mut attempts).await {
                Err(GroupError::Access(AccessError::Store(error))) => attempts.again_after(error)?,
                Err(error) => return Err(attempts.instead_of(error)),
                Ok(()) => return Ok(group),
            }
        }
    }

    async fn try_add_group(
        &self,
        session: &Session,
        group: &Group,
        attempts: &mut Attempts,
    ) -> Result<(), GroupError> {
        let asked = Asked { group: Some(group.id()), ..Asked::to(Attempt::EditGroup, session) };
        let unnamed = Asked { group: None, ..asked };
        let (mut uow, standing) = self.writing(session, &unnamed, attempts).await?;
        if let Err(denied) = standing.authority.may_give(group.permissions()) {
            return Err(self.denied(uow, session, &unnamed, denied).await.into());
        }
        if uow.groups().find(group.id(), RowLock::None).await?.is_some() {
            return Ok(());
        }
        if uow.groups().insert(group).await? != GroupWrite::Written {
            return Err(GroupError::NameTaken(group.name().clone()));
        }
        let event = AuditEvent::GroupAdded { permissions: group.permissions().clone() };
        uow.audit().append(&asked.done(self, session, event)).await?;
        Ok(uow.commit().await?)
    }

    /// Makes `edit` of `group`, in one transaction with its record in the audit log. The group may give nothing that the
    /// actor lacks, neither before nor after (R8). Making an edit again is harmless.
    ///
    /// Example: [the main job](crate#the-main-job).
    ///
    /// # Errors
    /// [`GroupError`] if the actor lacks `groups.manage` or something that the group gives, there is no such group, the
    /// name is taken, the actor would lock themselves out, or the store failed.
    pub async fn edit_group(
        &self,
        session: &Session,
        group: GroupId,
        edit: &GroupEdit,
    ) -> Result<GroupEdited, GroupError> {
        let (mut attempts, mut unheard) = (Attempts::new(), Unheard::none());
        loop {
            if let Some(done) = self.heard(session.network(), &mut attempts, &mut unheard).await? {
                return Ok(done);
            }
            match self.try_edit_group(session, group, edit, &mut attempts, &mut unheard).await {
                Err(GroupError::Access(AccessError::Store(error))) => attempts.again_after(error)?,
                found => return self.answered(session.network(), attempts, unheard, found).await,
            }
        }
    }

    async fn try_edit_group(
        &self,
        session: &Session,
        id: GroupId,
        edit: &GroupEdit,
        attempts: &mut Attempts,
        unheard: &mut Unheard<GroupEdited>,
    ) -> Result<GroupEdited, GroupError> {
        let asked = Asked::to(Attempt::EditGroup, session);
        let (mut uow, standing) = self.writing(session, &asked, attempts).await?;
        let asked = Asked { group: Some(id), ..asked };
        let before = uow.groups().find(id, RowLock::Held).await?.ok_or(GroupError::UnknownGroup(id))?;
        let given = match edit {
            GroupEdit::SetPermissions(permissions) => permissions,
            _ => before.permissions(),
        };
        let may = standing.authority.may_assign(&before).and_then(|()| standing.authority.may_give(given));
        if let Err(denied) = may {
            return Err(self.denied(uow, session, &asked, denied).await.into());
        }
        let Some(after) = edit.applied_to(&before) else {
            return Ok(GroupEdited { group: before, edited: Edited::AlreadySo });
        };
        check_way_back(session, &standing, &before, &after)?;
        match uow.groups().update(&after).await? {
            GroupWrite::Written => {}
            GroupWrite::Taken => return Err(GroupError::NameTaken(after.name().clone())),
            GroupWrite::Unknown => return Err(GroupError::UnknownGroup(id)),
        }
        let event = AuditEvent::of_group_edit(edit, after.permissions().clone());
        let answer = GroupEdited { group: after, edited: Edited::Now };
        Ok(unheard.commit(uow, asked.done(self, session, event), answer).await?)
    }
}

/// Whoever edits a group that they belong to must be able to take it back, by all that taking it back is asked.
fn check_way_back(
    session: &Session,
    standing: &Standing,
    before: &Group,
    after: &Group,
) -> Result<(), GroupError> {
    let ActorFacts::User { user, groups } = &standing.facts else {
        return Ok(());
    };
    if groups.iter().all(|group| group.id() != after.id()) {
        return Ok(());
    }
    let groups = groups.iter().map(|group| if group.id() == after.id() { after } else { group });
    let facts = ActorFacts::User { user: user.clone(), groups: groups.cloned().collect() };
    let may = authorize(&facts, &Attempt::EditGroup.needs(), session.school()).is_ok_and(|authority| {
        authority.may_assign(after).is_ok() && authority.may_give(before.permissions()).is_ok()
    });
    if may { Ok(()) } else { Err(GroupError::LocksOut) }
}
