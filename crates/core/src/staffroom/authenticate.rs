//! Who shows this token? And into which school are they logged?

use super::{Attempts, PasswordCapability, Staffroom};
use crate::store::{Mode, OpenSession, RowLock, StoreError, UnitOfWork};
use crate::{Actor, Authenticated, NetworkId, SchoolId, Secret, Session, User, UserStatus};

/// Why a question about a session has no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// The user may not enter that school, or there is none with that id.
    #[error("you have no access to this school")]
    NoSchoolAccess,
    /// This [`Staffroom`] was not given the capability.
    #[error("this host has no passwords to sign in with")]
    NoPasswords,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Staffroom {
    /// Who is signed in with this token: to be asked at every request, for the answer holds for that moment. `None` if there
    /// is no such session, it is over, or its user is disabled or may not enter its school any more: they sign in again.
    /// Reads only.
    ///
    /// Example: [signing in](crate::Staffroom#signing-in).
    ///
    /// # Errors
    /// [`SessionError`] if this host has no passwords, or the store failed.
    pub async fn authenticate(
        &self,
        network: NetworkId,
        token: &Secret,
    ) -> Result<Option<Authenticated>, SessionError> {
        let hash = self.capability()?.passwords.token_hash(token);
        let mut attempts = Attempts::new();
        loop {
            let tried = async {
                let mut uow = self.begin(network, Mode::Read, &mut attempts).await?;
                let Some(open) = uow.sessions().find(&hash).await? else { return Ok(None) };
                self.valid(&mut *uow, open).await
            };
            match tried.await {
                Err(error) => attempts.again_after(error)?,
                Ok(found) => return Ok(found),
            }
        }
    }

    /// Logs whoever shows this token into another school, one that they may enter; all that they do from then on is done there
    /// (R6). `None` if they are not signed in.
    ///
    /// Example: [signing in](crate::Staffroom#signing-in).
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn enter_school(
        &self,
        network: NetworkId,
        token: &Secret,
        school: SchoolId,
    ) -> Result<Option<Authenticated>, SessionError> {
        let mut attempts = Attempts::new();
        loop {
            match self.try_enter(network, token, school, &mut attempts).await {
                Err(SessionError::Store(error)) => attempts.again_after(error)?,
                done => return done,
            }
        }
    }

    async fn try_enter(
        &self,
        network: NetworkId,
        token: &Secret,
        school: SchoolId,
        attempts: &mut Attempts,
    ) -> Result<Option<Authenticated>, SessionError> {
        let hash = self.capability()?.passwords.token_hash(token);
        let mut uow = self.begin(network, Mode::Write, attempts).await?;
        let Some(open) = uow.sessions().find(&hash).await? else { return Ok(None) };
        let user = uow.users().find(open.user, RowLock::Held).await?;
        let Some(user) = user.filter(|user| is_open(&open, user, self.clock.now())) else { return Ok(None) };
        if !user.schools().contains(school) {
            return Err(SessionError::NoSchoolAccess);
        }
        if !uow.sessions().enter(open.id, school).await? {
            return Ok(None);
        }
        uow.commit().await?;
        Ok(Some(authenticated(network, &OpenSession { school, ..open }, user)))
    }

    /// Ends the session of whoever shows this token. Of no consequence if there is none.
    ///
    /// Example: [signing in](crate::Staffroom#signing-in).
    ///
    /// # Errors
    /// [`SessionError`] if this host has no passwords, or the store failed.
    pub async fn sign_out(&self, network: NetworkId, token: &Secret) -> Result<(), SessionError> {
        let hash = self.capability()?.passwords.token_hash(token);
        let mut attempts = Attempts::new();
        loop {
            let tried = async {
                let mut uow = self.begin(network, Mode::Write, &mut attempts).await?;
                let Some(open) = uow.sessions().find(&hash).await? else { return Ok(()) };
                uow.sessions().end(open.id).await?;
                uow.commit().await
            };
            match tried.await {
                Err(error) => attempts.again_after(error)?,
                Ok(()) => return Ok(()),
            }
        }
    }

    fn capability(&self) -> Result<&PasswordCapability, SessionError> {
        self.passwords.as_ref().ok_or(SessionError::NoPasswords)
    }

    async fn valid(
        &self,
        uow: &mut dyn UnitOfWork,
        open: OpenSession,
    ) -> Result<Option<Authenticated>, StoreError> {
        let user = uow.users().find(open.user, RowLock::None).await?;
        let user = user
            .filter(|user| is_open(&open, user, self.clock.now()) && user.schools().contains(open.school));
        Ok(user.map(|user| authenticated(uow.network_id(), &open, user)))
    }
}

/// True if the session has not ended by itself, and its user may be signed in.
fn is_open(open: &OpenSession, user: &User, now: crate::Timestamp) -> bool {
    open.expires_at > now && user.status() == UserStatus::Enabled
}

const fn authenticated(network: NetworkId, open: &OpenSession, user: User) -> Authenticated {
    let session = Session::new(network, Actor::User(open.user), open.school);
    Authenticated { id: open.id, session, user, expires_at: open.expires_at }
}
