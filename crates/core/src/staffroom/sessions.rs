//! Who is signed in where: listing sessions, and ending them.

use super::act_on_user::{ToActOn, UserActError};
use super::unheard::Unheard;
use super::{Asked, Attempts, Staffroom};
use crate::access::AccessError;
use crate::sight::Sight;
use crate::store::{Mode, OpenSession, RowLock, UnitOfWork};
use crate::{
    Actor, Attempt, AuditEvent, Denied, SchoolId, Session, SessionId, Timestamp, User, UserId, UserStatus,
};

/// A session, as an actor may see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SeenSession {
    /// What it is ended by.
    pub id: SessionId,
    /// The school that it is logged into, if the actor may enter it.
    pub school: Option<SchoolId>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// Which sessions of a user are to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndSessions {
    /// All of them.
    All,
    /// This one.
    One(SessionId),
    /// All but this one: everywhere else.
    AllBut(SessionId),
}

impl EndSessions {
    fn means(self, id: SessionId) -> bool {
        match self {
            Self::All => true,
            Self::One(one) => id == one,
            Self::AllBut(one) => id != one,
        }
    }
}

/// The sessions of a user, in the unit of work in which it was found that the actor may have to do with them.
struct Reach {
    uow: Box<dyn UnitOfWork>,
    /// The user, if they are the actor's own: nobody needs a permission for these.
    own: Option<User>,
    /// What the actor may see, if they are somebody else's.
    sight: Option<Sight>,
}

impl Staffroom {
    /// The sessions of `user` that are open, the oldest first. One's own are always to be seen; those of others take
    /// `users.manage` and sight of the user, who may hold nothing that the actor lacks (R8).
    ///
    /// Example: [signing in](crate::Staffroom#signing-in).
    ///
    /// # Errors
    /// [`UserActError`].
    pub async fn sessions(&self, session: &Session, user: UserId) -> Result<Vec<SeenSession>, UserActError> {
        let mut attempts = Attempts::new();
        loop {
            let tried = async {
                let Reach { mut uow, sight, .. } =
                    self.reach(session, Attempt::ViewSessions, user, Mode::Read, &mut attempts).await?;
                let now = self.clock.now();
                let open = uow.sessions().find_by_user(user).await?.into_iter();
                let enters = |school| sight.as_ref().is_none_or(|sight| sight.enters(school));
                let seen = open.filter(|open| open.expires_at > now).map(|open| SeenSession {
                    id: open.id,
                    school: Some(open.school).filter(|school| enters(*school)),
                    opened_at: open.opened_at,
                    expires_at: open.expires_at,
                });
                Ok(seen.collect())
            };
            match tried.await {
                Err(UserActError::Access(AccessError::Store(error))) => attempts.again_after(error)?,
                done => return done,
            }
        }
    }

    /// Ends sessions of `user`, in one transaction with the audit record; answers with how many there were. They have to sign in
    /// again, with the password that they have. One's own are always to be ended; those of others take `users.manage` in the
    /// current school and sight of the user, who may hold nothing that the actor lacks (R8).
    ///
    /// Example: [signing in](crate::Staffroom#signing-in).
    ///
    /// # Errors
    /// [`UserActError`].
    pub async fn end_sessions(
        &self,
        session: &Session,
        user: UserId,
        which: EndSessions,
    ) -> Result<usize, UserActError> {
        let (mut attempts, mut unheard) = (Attempts::new(), Unheard::none());
        loop {
            if let Some(done) = self.heard(session.network(), &mut attempts, &mut unheard).await? {
                return Ok(done);
            }
            match self.try_end_sessions(session, user, which, &mut attempts, &mut unheard).await {
                Err(UserActError::Access(AccessError::Store(error))) => attempts.again_after(error)?,
                found => return self.answered(session.network(), attempts, unheard, found).await,
            }
        }
    }

    async fn try_end_sessions(
        &self,
        session: &Session,
        user: UserId,
        which: EndSessions,
        attempts: &mut Attempts,
        unheard: &mut Unheard<usize>,
    ) -> Result<usize, UserActError> {
        let Reach { mut uow, own, .. } =
            self.reach(session, Attempt::EndSessions, user, Mode::Write, attempts).await?;
        let open: Vec<OpenSession> = uow.sessions().find_by_user(user).await?;
        let mut count = 0_usize;
        for open in open.iter().filter(|open| which.means(open.id)) {
            count = count.saturating_add(usize::from(uow.sessions().end(open.id).await?));
        }
        if count == 0 {
            return Ok(0);
        }
        let event = AuditEvent::SessionsEnded { user, count };
        let record = match own {
            Some(user) => self.record_of_own(&user, self.clock.now(), event),
            None => Asked::to(Attempt::EndSessions, session).done(self, session, event),
        };
        Ok(unheard.commit(uow, record, count).await?)
    }

    async fn reach(
        &self,
        session: &Session,
        attempt: Attempt,
        user: UserId,
        mode: Mode,
        attempts: &mut Attempts,
    ) -> Result<Reach, UserActError> {
        let asked = Asked::to(attempt, session);
        if session.actor() != Actor::User(user) {
            let ToActOn { uow, sight, .. } = self.to_act_on(session, &asked, user, mode, attempts).await?;
            return Ok(Reach { uow, own: None, sight: Some(sight) });
        }
        let mut uow = self.begin(session.network(), mode, attempts).await?;
        let lock = match mode {
            Mode::Read => RowLock::None,
            Mode::Write => RowLock::Held,
        };
        let denied = match uow.users().find(user, lock).await? {
            Some(user) if user.status() == UserStatus::Enabled => {
                return Ok(Reach { uow, own: Some(user), sight: None });
            }
            Some(_) => Denied::ActorDisabled,
            None => Denied::UnknownActor,
        };
        Err(self.denied(uow, session, &asked, denied).await.into())
    }
}
