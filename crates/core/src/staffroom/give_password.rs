//! Giving a user an initial password.

use super::about::about_user;
use super::act_on_user::{ToActOn, UserActError};
use super::sign_in::update;
use super::unheard::Unheard;
use super::users::seen;
use super::{Asked, Attempts, Edited, PasswordCapability, Staffroom, UserEdited};
use crate::access::AccessError;
use crate::store::Mode;
use crate::{
    Attempt, AuditEvent, Denied, PasswordHash, PasswordState, Secret, Session, Timestamp, UserId, ValidDays,
};

impl Staffroom {
    /// Gives `user` an initial password, in the place of whatever they have: they sign in with it once, and must set one of
    /// their own then (R9). Takes `users.manage` in the current school and sight of the user; they may hold nothing that the
    /// actor lacks, nor enter a school that the actor may not: whoever knows the password could act as them (R8).
    ///
    /// Example: [signing in](crate::Staffroom#signing-in).
    ///
    /// Writes, in one transaction: the hash; the end of the user's sessions and of their reset; the audit record; and their
    /// failures are forgotten, with a lock.
    ///
    /// # Errors
    /// [`UserActError`].
    pub async fn give_initial_password(
        &self,
        session: &Session,
        user: UserId,
        password: Secret,
        valid: ValidDays,
    ) -> Result<UserEdited, UserActError> {
        let capability = self.passwords.as_ref().ok_or(UserActError::NoPasswords)?;
        let about = self.look_before_giving(session, user).await?;
        let about: Vec<&str> = about.iter().map(String::as_str).collect();
        capability.passwords.check(&password, &about)?;
        let hash = self.hash_own(capability, password).await?;
        let given = (&hash, self.clock.now().plus_days(valid.days()));
        let (mut attempts, mut unheard) = (Attempts::new(), Unheard::none());
        loop {
            if let Some(done) = self.heard(session.network(), &mut attempts, &mut unheard).await? {
                return Ok(done);
            }
            match self.try_give(capability, session, user, given, &mut attempts, &mut unheard).await {
                Err(UserActError::Access(AccessError::Store(error))) => attempts.again_after(error)?,
                found => return self.answered(session.network(), attempts, unheard, found).await,
            }
        }
    }

    /// Before the password is hashed, which is dear: may the actor at all? Answers with what it must not be built from.
    async fn look_before_giving(&self, session: &Session, user: UserId) -> Result<Vec<String>, UserActError> {
        let mut attempts = Attempts::new();
        loop {
            let tried = async {
                let ToActOn { mut uow, user, .. } =
                    self.to_give_to(session, user, Mode::Read, &mut attempts).await?;
                Ok(about_user(&mut *uow, &user).await?)
            };
            match tried.await {
                Err(UserActError::Access(AccessError::Store(error))) => attempts.again_after(error)?,
                done => return done,
            }
        }
    }

    async fn to_give_to(
        &self,
        session: &Session,
        user: UserId,
        mode: Mode,
        attempts: &mut Attempts,
    ) -> Result<ToActOn, UserActError> {
        let asked = Asked::to(Attempt::GivePassword, session);
        let to = self.to_act_on(session, &asked, user, mode, attempts).await?;
        if to.sight.enters_all_of(&to.user) {
            return Ok(to);
        }
        let asked = Asked { user: Some(user), ..asked };
        Err(self.denied(to.uow, session, &asked, Denied::UserElsewhere).await.into())
    }

    async fn try_give(
        &self,
        capability: &PasswordCapability,
        session: &Session,
        id: UserId,
        (hash, expires_at): (&PasswordHash, Timestamp),
        attempts: &mut Attempts,
        unheard: &mut Unheard<UserEdited>,
    ) -> Result<UserEdited, UserActError> {
        let ToActOn { mut uow, sight, user: before } =
            self.to_give_to(session, id, Mode::Write, attempts).await?;
        let after = before.set_password(PasswordState::InitialGenerated { expires_at });
        update(&mut *uow, &before, &after).await?;
        self.replace_password(capability, &mut *uow, &after, hash).await?;
        let answer = seen(&mut *uow, &sight, vec![after]).await?.pop();
        let user = answer.ok_or(UserActError::UnknownUser(id))?;
        let asked = Asked::to(Attempt::GivePassword, session);
        let record = asked.done(self, session, AuditEvent::PasswordGiven { user: id });
        let answer = UserEdited { user, edited: Edited::Now, initial_revoked: false };
        Ok(unheard.commit(uow, record, answer).await?)
    }
}
