//! Revoking initial passwords: of a batch, in one act, or of one user.

use super::act_on_batch::BatchToActOn;
use super::act_on_user::{ToActOn, UserActError};
use super::sign_in::update;
use super::unheard::Unheard;
use super::{Asked, Attempts, Staffroom};
use crate::access::{AccessError, Standing, groups_with};
use crate::store::{Mode, RowLock, StoreError, UnitOfWork, one_each};
use crate::{Attempt, AuditEvent, BatchId, GroupId, PasswordState, Session, Timestamp, User, UserId};

/// How many users' own passwords are revoked in one transaction.
const CHUNK: usize = 500;

/// Whose initial passwords are to be revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InitialOf {
    /// Of all users whom a batch created and who have one still.
    Batch(BatchId),
    /// Of one user.
    User(UserId),
}

/// Initial passwords do not work any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revoked {
    /// How many users that concerns: of a password that a batch shares, all whom the batch created, whether or not they have
    /// been in. None if it was so already.
    pub users: usize,
}

impl Staffroom {
    /// Makes initial passwords stop working, and what was got with them: leave to set a password that somebody was given for
    /// one. Whoever has set a password of their own keeps it; the others use "Forgot your password?".
    ///
    /// Example: [signing in](crate::Staffroom#signing-in).
    ///
    /// A password that a batch shares is one record, and revoking it costs the same whatever the batch. Of generated ones,
    /// each user is written to, so many in one transaction; if it ends half-way, revoking again goes on. Of one user, a shared
    /// password is revoked for them alone.
    ///
    /// Takes `users.bulk-create` in the batch's school, and that its group holds nothing that the actor lacks; generated ones stay
    /// with whoever holds something by now that the actor lacks. Of one user,
    /// `users.manage` in the current school and sight of the user, who may hold nothing that the actor lacks (R8). Each
    /// transaction writes its audit record. Revoking again is harmless.
    ///
    /// # Errors
    /// [`UserActError`].
    pub async fn revoke_initial_passwords(
        &self,
        session: &Session,
        of: InitialOf,
    ) -> Result<Revoked, UserActError> {
        match of {
            InitialOf::Batch(batch) => self.revoke_of_batch(session, batch).await,
            InitialOf::User(user) => {
                let (mut attempts, mut unheard) = (Attempts::new(), Unheard::none());
                loop {
                    if let Some(done) = self.heard(session.network(), &mut attempts, &mut unheard).await? {
                        return Ok(done);
                    }
                    match self.try_revoke_of_user(session, user, &mut attempts, &mut unheard).await {
                        Err(UserActError::Access(AccessError::Store(error))) => {
                            attempts.again_after(error)?;
                        }
                        found => return self.answered(session.network(), attempts, unheard, found).await,
                    }
                }
            }
        }
    }

    async fn try_revoke_of_user(
        &self,
        session: &Session,
        id: UserId,
        attempts: &mut Attempts,
        unheard: &mut Unheard<Revoked>,
    ) -> Result<Revoked, UserActError> {
        let asked = Asked::to(Attempt::RevokeInitial, session);
        let ToActOn { mut uow, user, .. } =
            self.to_act_on(session, &asked, id, Mode::Write, attempts).await?;
        let Some(shared) = user.password().initial_is_shared() else {
            return Ok(Revoked { users: 0 });
        };
        take_away(&mut *uow, &user).await?;
        forget_initial(&mut *uow, id).await?;
        let event = AuditEvent::InitialRevoked { users: 1, shared, user: Some(id) };
        Ok(unheard.commit(uow, asked.done(self, session, event), Revoked { users: 1 }).await?)
    }

    async fn revoke_of_batch(&self, session: &Session, id: BatchId) -> Result<Revoked, UserActError> {
        let at = self.clock.now();
        let (mut attempts, mut unheard) = (Attempts::new(), Unheard::none());
        let left = loop {
            if let Some(done) = self.heard(session.network(), &mut attempts, &mut unheard).await? {
                return Ok(done);
            }
            match self.try_revoke_shared(session, id, at, &mut attempts, &mut unheard).await {
                Err(UserActError::Access(AccessError::Store(error))) => attempts.again_after(error)?,
                Err(error) => return self.answered(session.network(), attempts, unheard, Err(error)).await,
                Ok(Revoking::Done(found)) => {
                    return self.answered(session.network(), attempts, unheard, Ok(found)).await;
                }
                Ok(Revoking::EachOf(left)) => break left,
            }
        };
        let mut users = 0_usize;
        for chunk in left.users.chunks(CHUNK) {
            users = users.saturating_add(self.revoke_each(session, &left, chunk).await?);
        }
        Ok(Revoked { users })
    }

    async fn revoke_each(
        &self,
        session: &Session,
        left: &Left,
        users: &[UserId],
    ) -> Result<usize, UserActError> {
        let (mut attempts, mut unheard) = (Attempts::new(), Unheard::none());
        loop {
            if let Some(done) = self.heard(session.network(), &mut attempts, &mut unheard).await? {
                return Ok(done);
            }
            match self.try_revoke_each(session, left, users, &mut attempts, &mut unheard).await {
                Err(UserActError::Access(AccessError::Store(error))) => attempts.again_after(error)?,
                found => return self.answered(session.network(), attempts, unheard, found).await,
            }
        }
    }

    async fn try_revoke_shared(
        &self,
        session: &Session,
        id: BatchId,
        at: Timestamp,
        attempts: &mut Attempts,
        unheard: &mut Unheard<Revoked>,
    ) -> Result<Revoking, UserActError> {
        let found = self.batch_to_act_on(session, Attempt::RevokeInitialOfBatch, id, attempts).await?;
        let BatchToActOn { mut uow, batch, asked } = found.ok_or(UserActError::UnknownBatch(id))?;
        let group = batch.report.group();
        let Some(shared) = batch.shared_password else {
            let users = uow.users().find_by_batch(id, RowLock::None).await?;
            let users = users.iter().filter(|user| has_generated(user)).map(User::id).collect();
            return Ok(Revoking::EachOf(Left { asked, group, users }));
        };
        let users = batch.report.counts().created;
        if !uow.passwords().revoke_shared(shared, at).await? {
            return Ok(Revoking::Done(Revoked { users: 0 }));
        }
        let event = AuditEvent::InitialRevoked { users, shared: true, user: None };
        let revoked = unheard.commit(uow, asked.done(self, session, event), Revoked { users }).await?;
        Ok(Revoking::Done(revoked))
    }

    /// Revokes the generated passwords of `users`, some of those who are left; answers with how many had one.
    async fn try_revoke_each(
        &self,
        session: &Session,
        left: &Left,
        users: &[UserId],
        attempts: &mut Attempts,
        unheard: &mut Unheard<usize>,
    ) -> Result<usize, UserActError> {
        let uow = self.begin(session.network(), Mode::Write, attempts).await?;
        let (mut uow, standing) = self.may_act_on_batch(uow, session, &left.asked, left.group).await?;
        let mut found = Vec::new();
        for user in one_each(users, uow.users().find_each(users).await?)?.into_iter().flatten() {
            if has_generated(&user) && may_edit(&mut *uow, &standing, left.group, &user).await? {
                found.push(user);
            }
        }
        if found.is_empty() {
            return Ok(0);
        }
        for user in &found {
            take_away(&mut *uow, user).await?;
        }
        let ids: Vec<UserId> = found.iter().map(User::id).collect();
        uow.passwords().remove(&ids).await?;
        let event = AuditEvent::InitialRevoked { users: ids.len(), shared: false, user: None };
        Ok(unheard.commit(uow, left.asked.done(self, session, event), ids.len()).await?)
    }
}

/// How far the first transaction came.
enum Revoking {
    Done(Revoked),
    EachOf(Left),
}

/// The users of a batch who have a generated password still, and what is asked of them.
struct Left {
    asked: Asked,
    group: Option<GroupId>,
    users: Vec<UserId>,
}

/// True if `user` holds nothing that the actor lacks, who may edit members of `group`: whoever the batch created may have been
/// put into other groups since (R8).
async fn may_edit(
    uow: &mut dyn UnitOfWork,
    standing: &Standing,
    group: Option<GroupId>,
    user: &User,
) -> Result<bool, StoreError> {
    if user.groups().iter().all(|one| Some(one) == group) {
        return Ok(true);
    }
    let groups = groups_with(uow, user.groups(), RowLock::Held).await?;
    Ok(standing.authority.may_edit_member_of(&groups).is_ok())
}

fn has_generated(user: &User) -> bool {
    user.password().initial_is_shared() == Some(false)
}

/// Forgets the hash of the initial password that a user had, and what was got by it.
pub(super) async fn forget_initial(uow: &mut dyn UnitOfWork, id: UserId) -> Result<(), StoreError> {
    uow.passwords().remove(&[id]).await?;
    // Theirs may come from the password that is revoked. One that came by mail is theirs, but they can ask for another.
    uow.resets().remove_by_user(id).await.map(drop)
}

async fn take_away(uow: &mut dyn UnitOfWork, user: &User) -> Result<(), StoreError> {
    update(uow, user, &user.set_password(PasswordState::Unset)).await
}
