//! Editing a user: one edit, in one transaction, with its record.

use super::revoke_initial::forget_initial;
use super::unheard::Unheard;
use super::users::seen;
use super::{Asked, Attempts, Staffroom};
use crate::access::AccessError;
use crate::store::{RowLock, StoreError, UnitOfWork, UserUpdate};
use crate::{
    Actor, ActorFacts, Attempt, AuditEvent, Denied, Facts, Group, GroupStatus, LinkRefusal, PasswordState,
    Permission, SeenUser, Session, Sharing, StaffId, StaffStatus, User, UserEdit, UserId, authorize,
    check_link,
};

/// Why a user was not edited. Nothing was written, but for the record of a denial; only after
/// [`StoreError::CommitUnknown`] the edit may have been made, and making it again tells.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UserEditError {
    /// The network has no such user, or the actor may not see them: the answer is the same.
    #[error("there is no user with the id {0}, or none whom you may see")]
    UnknownUser(UserId),
    /// The network has no such staff member.
    #[error("the network has no staff member with the id {0}")]
    UnknownStaffMember(StaffId),
    /// The actor would edit themselves so that they could not take it back.
    #[error("this would lock you out; have somebody else do it")]
    LocksOut,
    /// The user cannot be linked to that staff member.
    #[error(transparent)]
    NotLinked(#[from] LinkRefusal),
    /// The actor may not, the group will not do, or the store failed.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StoreError> for UserEditError {
    fn from(error: StoreError) -> Self {
        Self::Access(AccessError::Store(error))
    }
}

/// Whether an edit changed something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edited {
    /// It is made now.
    Now,
    /// It was so already; nothing was written.
    AlreadySo,
}

/// What editing a user answers with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserEdited {
    /// The user after the edit, as the actor could see them before it.
    pub user: SeenUser,
    /// Whether it changed something.
    pub edited: Edited,
    /// True if the initial password that the user had was revoked with it, because the edit
    /// [gives](UserEdit::gives) them something: they get in with "Forgot your password?".
    pub initial_revoked: bool,
}

impl Staffroom {
    /// Makes `edit` of `user`, in one transaction with its record in the audit log. Takes the
    /// [permission](UserEdit::permission) of the edit in the current school, and sight of the user; and the user may hold
    /// nothing that the actor lacks (R8). Disabling a user ends their sessions and voids their reset. An edit that
    /// [gives](UserEdit::gives) them something revokes the initial password that they may have, and what was got by it:
    /// whoever gave it to them could do that as long as they held no more. Making an edit again is harmless;
    /// but a user whose last shared school was taken away is out of the actor's sight then, and unknown.
    ///
    /// Example: [the main job](crate#the-main-job).
    ///
    /// # Errors
    /// [`UserEditError`].
    pub async fn edit_user(
        &self,
        session: &Session,
        user: UserId,
        edit: UserEdit,
    ) -> Result<UserEdited, UserEditError> {
        let (mut attempts, mut unheard) = (Attempts::new(), Unheard::none());
        loop {
            if let Some(done) = self.heard(session.network(), &mut attempts, &mut unheard).await? {
                return Ok(done);
            }
            match self.try_edit_user(session, user, edit, &mut attempts, &mut unheard).await {
                Err(UserEditError::Access(AccessError::Store(error))) => attempts.again_after(error)?,
                found => return self.answered(session.network(), attempts, unheard, found).await,
            }
        }
    }

    async fn try_edit_user(
        &self,
        session: &Session,
        id: UserId,
        edit: UserEdit,
        attempts: &mut Attempts,
        unheard: &mut Unheard<UserEdited>,
    ) -> Result<UserEdited, UserEditError> {
        let joined = match edit {
            UserEdit::JoinGroup(group) => Some(group),
            _ => None,
        };
        let asked = Asked { group: joined, user: Some(id), ..Asked::to(edit.attempt(), session) };
        let (mut uow, standing) = self.writing(session, &asked, attempts).await?;
        let found = uow.users().find(id, RowLock::None).await?;
        let Some(before) = found.filter(|user| standing.sight.sees(user)) else {
            return Err(UserEditError::UnknownUser(id));
        };
        let asked = Asked { group: edit.group(), ..asked };
        let (mut uow, groups) = self
            .bounded_by(uow, session, &asked, &standing.authority, before.groups(), RowLock::Held)
            .await?;
        if joined.is_some() && !standing.sight.enters_all_of(&before) {
            // What a group gives, it gives in every school that the user may enter.
            return Err(self.denied(uow, session, &asked, Denied::UserElsewhere).await.into());
        }
        if let UserEdit::LeaveGroup(group) = edit
            && uow.groups().find(group, RowLock::None).await?.is_none()
        {
            return Err(AccessError::UnknownGroup(group).into());
        }
        let revoked = before.password().initial_is_shared().filter(|_| edit.gives());
        let after = match edit.applied_to(&before, session.school()) {
            None => before.clone(),
            Some(after) => {
                let after = if revoked.is_some() { after.with_password(PasswordState::Unset) } else { after };
                if let UserEdit::Link(member) = edit {
                    check_linking(&mut *uow, &before, member).await?;
                }
                check_way_back(session, edit, &after, groups)?;
                write(&mut *uow, &before, &after).await?;
                if revoked.is_some() {
                    forget_initial(&mut *uow, id).await?;
                }
                if edit == UserEdit::Disable {
                    // Enabling them again must not revive what they, or whoever had their password, had open.
                    uow.sessions().end_by_user(id).await?;
                    uow.resets().remove_by_user(id).await?;
                }
                after
            }
        };
        let answer = seen(&mut *uow, &standing.sight, vec![after.clone()]).await?.pop();
        let user = answer.ok_or(UserEditError::UnknownUser(id))?;
        if after == before {
            return Ok(UserEdited { user, edited: Edited::AlreadySo, initial_revoked: false });
        }
        let member = match edit {
            UserEdit::Link(_) | UserEdit::Unlink => after.staff_member().or(before.staff_member()),
            _ => None,
        };
        let event = AuditEvent::of_user_edit(id, edit, member);
        let mut record = asked.done(self, session, event);
        if let Some(shared) = revoked {
            uow.audit().append(&record).await?;
            let event = AuditEvent::InitialRevoked { users: 1, shared, user: Some(id) };
            record = asked.done(self, session, event);
        }
        let answer = UserEdited { user, edited: Edited::Now, initial_revoked: revoked.is_some() };
        Ok(unheard.commit(uow, record, answer).await?)
    }
}

async fn check_linking(uow: &mut dyn UnitOfWork, user: &User, member: StaffId) -> Result<(), UserEditError> {
    let facts = uow.staff().facts(&[member], RowLock::Held).await?.into_iter().next().flatten();
    let facts = facts.ok_or(UserEditError::UnknownStaffMember(member))?;
    let sharing = sharing(uow, &facts).await?;
    Ok(check_link(&facts, user, sharing)?)
}

/// Who else has the email of the staff member.
pub(super) async fn sharing(uow: &mut dyn UnitOfWork, facts: &Facts) -> Result<Sharing, StoreError> {
    let others: Vec<StaffId> = facts.email_sharers.iter().map(|sharer| sharer.id).collect();
    if others.len() >= Facts::MAX_SHARERS {
        return Ok(Sharing::ActiveStaff);
    }
    for other in others {
        if uow.staff().find(other).await?.is_some_and(|other| other.status() == StaffStatus::Active) {
            return Ok(Sharing::ActiveStaff);
        }
    }
    Ok(Sharing::Nobody)
}

/// Whoever edits themselves must be able to take it back, by all that taking it back is asked: by mistake nobody locks
/// themselves out.
fn check_way_back(
    session: &Session,
    edit: UserEdit,
    after: &User,
    groups: Vec<Group>,
) -> Result<(), UserEditError> {
    if session.actor() != Actor::User(after.id()) {
        return Ok(());
    }
    // A group that is joined gives what the actor holds already: it cannot lock anybody out.
    let (groups, left): (Vec<Group>, Vec<Group>) =
        groups.into_iter().partition(|group| after.groups().contains(group.id()));
    let facts = ActorFacts::User { user: Some(after.clone()), groups: groups.clone() };
    let authority = authorize(&facts, &taking_back(edit).needs(), session.school());
    let may = authority.is_ok_and(|authority| {
        // A group that they left they must be able to join.
        let may_join =
            |group: &Group| group.status() == GroupStatus::Active && authority.may_assign(group).is_ok();
        authority.holds(&Permission::USERS_VIEW)
            && authority.may_edit_member_of(&groups).is_ok()
            && left.iter().all(may_join)
    });
    if may { Ok(()) } else { Err(UserEditError::LocksOut) }
}

/// What somebody attempts who takes `edit` back.
const fn taking_back(edit: UserEdit) -> Attempt {
    match edit {
        UserEdit::RevokeAccess => Attempt::GrantAccess,
        UserEdit::Unlink => Attempt::LinkUser,
        UserEdit::Disable
        | UserEdit::Enable
        | UserEdit::GrantAccess
        | UserEdit::JoinGroup(_)
        | UserEdit::LeaveGroup(_)
        | UserEdit::Link(_) => Attempt::EditUser,
    }
}

async fn write(uow: &mut dyn UnitOfWork, before: &User, after: &User) -> Result<(), UserEditError> {
    match uow.users().update(before.revision(), after).await? {
        UserUpdate::Updated => Ok(()),
        UserUpdate::StaffMemberLinked => Err(LinkRefusal::StaffLinked.into()),
        // Somebody was faster: look again.
        UserUpdate::Stale | UserUpdate::Unknown | UserUpdate::EmailTaken => {
            Err(StoreError::Contended(None).into())
        }
    }
}
