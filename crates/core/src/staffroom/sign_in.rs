//! Signing in with an email and a password.

use super::count::{Address, Counted, NewToken, count};
use super::{Attempts, Staffroom};
use crate::store::{
    FailureKey, HashOfUser, Mode, OpenSession, Reset, ResetOrigin, RowLock, StoreError, UnitOfWork,
    UserUpdate,
};
use crate::{
    Actor, AuditEvent, AuditId, AuditRecord, Authenticated, Email, HashingError, NetworkId, NewSession, Pace,
    PasswordHash, PasswordState, School, SchoolId, Session, SessionId, SignIn, SignedIn, Timestamp, User,
    UserStatus, Verified,
};

/// Why somebody did not get in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignInError {
    /// The email, the password, or what lies behind them: nobody is told which. A wrong password, an unknown email, a user
    /// who is disabled, has no password or no school: the answer is the same.
    #[error("this email and password do not go together; check both, or use \"Forgot your password?\"")]
    Refused,
    /// The password is the initial one, and is expired or was revoked. Told only to whoever knows it; counted as a failure.
    #[error("this initial password does not work any more; use \"Forgot your password?\"")]
    InitialExpired,
    /// Too many failures, of this account or from this source. The password was not looked at.
    #[error("too many failures; wait, or use \"Forgot your password?\"")]
    TooMany {
        /// When to try again; `None` if waiting does not help: the account is locked until its password is set anew.
        try_again_at: Option<Timestamp>,
    },
    /// This [`Staffroom`] was not given the capability.
    #[error("this host has no passwords to sign in with")]
    NoPasswords,
    /// Hashing failed.
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How one try at letting in somebody with a right password ended.
enum Tried {
    In(SignedIn),
    /// The password is the initial one, and over.
    Expired,
    /// The password was changed since it was looked at.
    Changed,
}

/// What is made once for a sign-in, however often it is tried: so a try whose reply was lost is known for what it is.
struct Entry<'a> {
    network: NetworkId,
    wanted: Option<SchoolId>,
    email: &'a Email,
    /// The hash that the password was right for.
    held: &'a HashOfUser,
    /// The password hashed with the parameters of today, if those of the hash are of yesterday.
    rehashed: Option<PasswordHash>,
    token: NewToken,
    id: SessionId,
    at: Timestamp,
    account: FailureKey,
    source: FailureKey,
}

impl Staffroom {
    /// Lets somebody in who knows the password of the user with that email: with a session, or, if it is an initial
    /// password, with leave to set one of their own and nothing else (R9). Either counts as having signed in.
    ///
    /// Example: [signing in](crate::Staffroom#signing-in).
    ///
    /// Whoever does not know the password learns nothing about who has an account. The work is the same whether or not there is
    /// one, by construction: a failure is counted beforehand, for the source and for the account, in one transaction; then
    /// the hash is looked for in one question; then a password is verified, against nothing if there is no hash; and only
    /// whoever's password is right causes more. Too many failures, and nothing is looked for at all.
    ///
    /// Whoever does know it is told no more than that it is over, if it is an initial one that expired or was revoked; of a
    /// user who is disabled or may enter no school (or not the one that was wished for), not even that.
    ///
    /// Writes, if it lets nobody in: the counts. If the counts say that the account is locked now, that and its audit
    /// record. If it does: the session or the reset, the time of the sign-in, a new hash if the parameters have risen;
    /// and the failures of the account are forgotten, and that counted for the source is taken back.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn sign_in(&self, network: NetworkId, sign_in: &SignIn) -> Result<SignedIn, SignInError> {
        let capability = self.passwords.as_ref().ok_or(SignInError::NoPasswords)?;
        let address = Address::read(&sign_in.email);
        let account = capability.key(Counted::Account(&address));
        let source = capability.key(Counted::Source(&sign_in.source));
        self.count_attempt(network, &address, &account, &source).await?;
        // Somebody who signs in twice at once with a password that is hashed anew finds another hash: look once more.
        for _ in 0..2 {
            let held = self.hash_of(network, &address).await?;
            let hash = held.as_ref().map(|held| &held.hash);
            let verified = capability.passwords.verify(&sign_in.password, hash).await?;
            let (Some(held), Some(email)) = (&held, address.email()) else {
                return Err(SignInError::Refused);
            };
            let rehashed = match verified {
                Verified::No => return Err(SignInError::Refused),
                Verified::HashAgain if held.shared.is_none() => {
                    Some(self.hash_own(capability, sign_in.password.clone()).await?)
                }
                Verified::HashAgain | Verified::Yes => None,
            };
            let entry = Entry {
                network,
                wanted: sign_in.school,
                email,
                held,
                rehashed,
                token: capability.new_token(),
                id: SessionId::from_uuid(self.ids.next_id()),
                at: self.clock.now(),
                account,
                source,
            };
            match self.let_in(&entry).await? {
                Tried::In(signed_in) => return Ok(signed_in),
                Tried::Expired => return Err(SignInError::InitialExpired),
                Tried::Changed => {}
            }
        }
        Err(SignInError::Refused)
    }

    /// Counts an attempt as a failure before it is one: of many at once, none gets past the throttle.
    async fn count_attempt(
        &self,
        network: NetworkId,
        address: &Address,
        account: &FailureKey,
        source: &FailureKey,
    ) -> Result<(), SignInError> {
        let mut attempts = Attempts::new();
        loop {
            match self.try_count_attempt(network, address, account, source, &mut attempts).await {
                // A lost reply may have counted it: then it is counted twice, on the side of caution.
                Err(SignInError::Store(error)) => attempts.again_after(error)?,
                done => return done,
            }
        }
    }

    async fn try_count_attempt(
        &self,
        network: NetworkId,
        address: &Address,
        account: &FailureKey,
        source: &FailureKey,
        attempts: &mut Attempts,
    ) -> Result<(), SignInError> {
        let mut uow = self.begin(network, Mode::Write, attempts).await?;
        if uow.network().find().await?.is_none() {
            return Err(SignInError::Refused);
        }
        let at = self.clock.now();
        let of_source = count(&mut *uow, source, &self.sign_in.of_source(), at).await?;
        let of_account = count(&mut *uow, account, &self.sign_in.of_account(), at).await?;
        match (of_source, of_account) {
            (_, Pace::Locked) => Err(SignInError::TooMany { try_again_at: None }),
            (Pace::Wait { until: one }, Pace::Wait { until: other }) => {
                Err(SignInError::TooMany { try_again_at: Some(one.max(other)) })
            }
            (Pace::Wait { until }, _) | (_, Pace::Wait { until }) => {
                Err(SignInError::TooMany { try_again_at: Some(until) })
            }
            (_, Pace::Lock) => {
                self.record_lock(&mut *uow, address, at).await?;
                uow.commit().await?;
                Err(SignInError::TooMany { try_again_at: None })
            }
            (_, Pace::Go) => Ok(uow.commit().await?),
        }
    }

    /// Writes down that the account is locked now, if there is one. Once in so many failures this looks a user up.
    async fn record_lock(
        &self,
        uow: &mut dyn UnitOfWork,
        address: &Address,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(email) = address.email() else { return Ok(()) };
        match uow.users().find_by_email(email).await? {
            Some(user) => {
                let event = AuditEvent::SignInLocked { user: user.id() };
                uow.audit().append(&self.record_of_own(&user, at, event)).await
            }
            None => Ok(()),
        }
    }

    /// The record of what happened to a user through what they, or somebody in their name, did.
    pub(super) fn record_of_own(&self, user: &User, at: Timestamp, event: AuditEvent) -> AuditRecord {
        AuditRecord {
            id: AuditId::from_uuid(self.ids.next_id()),
            at,
            actor: Actor::User(user.id()),
            school: user.schools().iter().next(),
            group: None,
            batch: None,
            event,
        }
    }

    async fn hash_of(
        &self,
        network: NetworkId,
        address: &Address,
    ) -> Result<Option<HashOfUser>, SignInError> {
        let Some(email) = address.email() else { return Ok(None) };
        let mut attempts = Attempts::new();
        loop {
            match self.try_hash_of(network, email, &mut attempts).await {
                Err(error) => attempts.again_after(error)?,
                Ok(held) => return Ok(held),
            }
        }
    }

    async fn try_hash_of(
        &self,
        network: NetworkId,
        email: &Email,
        attempts: &mut Attempts,
    ) -> Result<Option<HashOfUser>, StoreError> {
        let mut uow = self.begin(network, Mode::Read, attempts).await?;
        uow.passwords().find_by_email(email).await
    }

    async fn let_in(&self, entry: &Entry<'_>) -> Result<Tried, SignInError> {
        let mut attempts = Attempts::new();
        loop {
            match self.try_let_in(entry, &mut attempts).await {
                Err(SignInError::Store(error)) => attempts.again_after(error)?,
                Err(error) => return Err(attempts.instead_of(error)),
                done => return done,
            }
        }
    }

    /// The user is read first and updated at the revision they were read at: whatever changes in between, their status, their
    /// schools or their password, this try is in its way.
    async fn try_let_in(&self, entry: &Entry<'_>, attempts: &mut Attempts) -> Result<Tried, SignInError> {
        let is_unsure = attempts.is_unsure();
        let mut uow = self.begin(entry.network, Mode::Write, attempts).await?;
        let user = uow.users().find(entry.held.user, RowLock::None).await?;
        let user = user.filter(|user| user.status() == UserStatus::Enabled).ok_or(SignInError::Refused)?;
        let opened = if is_unsure { uow.sessions().find(&entry.token.hash).await? } else { None };
        if is_unsure && let Some(reset) = uow.resets().find(&entry.token.hash).await? {
            return Ok(Tried::In(entry.must_set_password(reset.expires_at)));
        }
        let held = uow.passwords().find_by_email(entry.email).await?;
        if opened.is_none() && held.as_ref() != Some(entry.held) {
            return Ok(Tried::Changed);
        }
        let schools = schools_of(&mut *uow, &user).await?;
        let school = match entry.wanted {
            Some(wanted) => schools.iter().map(School::id).find(|school| *school == wanted),
            None => schools.first().map(School::id),
        };
        let school = school.ok_or(SignInError::Refused)?;
        if let Some(opened) = opened {
            return Ok(Tried::In(entry.session(&opened, user, schools)));
        }
        let tried = match user.password() {
            PasswordState::Unset => return Err(SignInError::Refused),
            PasswordState::Chosen { .. } => {
                let user = note_sign_in(&mut *uow, &user, entry.at).await?;
                let opened = self.open(&mut *uow, entry, &user, school).await?;
                Tried::In(entry.session(&opened, user, schools))
            }
            initial if is_over(&mut *uow, initial, entry.at).await? => return Ok(Tried::Expired),
            _ => {
                note_sign_in(&mut *uow, &user, entry.at).await?;
                let expires_at = self.sign_in.reset_ends(entry.at);
                let reset = Reset {
                    user: user.id(),
                    token: entry.token.hash,
                    origin: ResetOrigin::InitialPassword,
                    issued_at: entry.at,
                    expires_at,
                };
                uow.resets().put(&reset).await?;
                Tried::In(entry.must_set_password(expires_at))
            }
        };
        uow.failures().take_back(&entry.source).await?;
        uow.failures().clear(&entry.account).await?;
        uow.commit().await?;
        Ok(tried)
    }

    async fn open(
        &self,
        uow: &mut dyn UnitOfWork,
        entry: &Entry<'_>,
        user: &User,
        school: SchoolId,
    ) -> Result<OpenSession, StoreError> {
        if let Some(hash) = &entry.rehashed {
            uow.passwords().set(&[(user.id(), hash.clone())]).await?;
        }
        let opened = OpenSession {
            id: entry.id,
            user: user.id(),
            school,
            token: entry.token.hash,
            opened_at: entry.at,
            expires_at: self.sign_in.session_ends(entry.at),
        };
        uow.sessions().insert(&opened).await?;
        Ok(opened)
    }
}

impl Entry<'_> {
    fn session(&self, opened: &OpenSession, user: User, schools: Vec<School>) -> SignedIn {
        let authenticated = Authenticated {
            id: opened.id,
            session: Session::new(self.network, Actor::User(opened.user), opened.school),
            user,
            expires_at: opened.expires_at,
        };
        let token = self.token.token.clone();
        SignedIn::Session(Box::new(NewSession { token, authenticated, schools }))
    }

    fn must_set_password(&self, expires_at: Timestamp) -> SignedIn {
        SignedIn::MustSetPassword { token: self.token.token.clone(), expires_at }
    }
}

/// The schools that a user may enter, by name.
pub(super) async fn schools_of(uow: &mut dyn UnitOfWork, user: &User) -> Result<Vec<School>, StoreError> {
    if user.schools().is_empty() {
        return Ok(Vec::new());
    }
    let mut schools = uow.schools().list().await?;
    schools.retain(|school| user.schools().contains(school.id()));
    Ok(schools)
}

async fn note_sign_in(uow: &mut dyn UnitOfWork, user: &User, at: Timestamp) -> Result<User, StoreError> {
    let after = user.signed_in(at);
    update(uow, user, &after).await?;
    Ok(after)
}

/// Writes `after` in the place of `before`; if somebody was faster, the whole unit of work is tried again.
pub(super) async fn update(uow: &mut dyn UnitOfWork, before: &User, after: &User) -> Result<(), StoreError> {
    match uow.users().update(before.revision(), after).await? {
        UserUpdate::Updated => Ok(()),
        UserUpdate::Stale | UserUpdate::Unknown | UserUpdate::EmailTaken | UserUpdate::StaffMemberLinked => {
            Err(StoreError::Contended(None))
        }
    }
}

/// True if that initial password does not work any more: it expired, or was revoked. A generated one that was revoked is
/// not there at all.
async fn is_over(
    uow: &mut dyn UnitOfWork,
    password: PasswordState,
    at: Timestamp,
) -> Result<bool, StoreError> {
    match password {
        PasswordState::InitialShared { secret, expires_at } => {
            Ok(expires_at <= at || is_revoked(uow, secret).await?)
        }
        PasswordState::InitialGenerated { expires_at } => Ok(expires_at <= at),
        PasswordState::Unset | PasswordState::Chosen { .. } => Ok(false),
    }
}

/// True if that shared password was revoked, or is not there.
pub(super) async fn is_revoked(
    uow: &mut dyn UnitOfWork,
    shared: crate::SharedPasswordId,
) -> Result<bool, StoreError> {
    let shared = uow.passwords().find_shared(shared).await?;
    Ok(shared.is_none_or(|shared| shared.revoked_at.is_some()))
}
