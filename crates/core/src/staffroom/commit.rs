//! Committing a plan: once, whole, and with the last word on every row.

use std::borrow::Cow;
use std::collections::HashMap;

use super::about::about_schools;
use super::committed::{Committed, Repeat};
use super::unheard::Unheard;
use super::{Asked, Attempts, PasswordCapability, Staffroom};
use crate::access::AccessError;
use crate::apply::{ApplyError, Basis, Hashes, apply};
use crate::store::{BatchInsert, Mode, RowLock, StoreError, UnitOfWork};
use crate::{
    Attempt, AuditEvent, AuditId, AuditRecord, Batch, BatchId, Decision, Digest, HashingError,
    InitialPassword, NetworkId, PasswordHash, Plan, PlannedPassword, Report, SchoolId, Secret, Session,
    Strength, UserId, WeakPassword,
};

/// Why a plan was not committed. Nothing was written; only after [`StoreError::CommitUnknown`] everything may have been,
/// and committing the same plan again tells.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommitError {
    /// The actor may not, the group will not do any more, or the store failed.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The plan was made by somebody else, or in another network.
    #[error("the plan was made by somebody else; preview again")]
    NotYourPlan,
    /// A different plan was committed under this batch id before.
    #[error("another plan was committed under this batch id; preview again")]
    BatchIdTaken,
    /// The plan names user ids that belong to other users: it was not made by a preview.
    #[error("a user id of the plan is in use; preview again")]
    UserIdTaken,
    /// The plan names a shared password that belongs to another batch: it was not made by a preview.
    #[error("the id of the plan's shared password is in use; preview again")]
    SharedPasswordIdTaken,
    /// The plan wants a shared password, and none was handed in; or the other way round.
    #[error("a shared password goes with a plan that asks for one, and only with such a plan")]
    PasswordMismatch,
    /// The plan wants passwords, and this [`Staffroom`] was not given the capability.
    #[error("this host cannot give initial passwords")]
    NoPasswords,
    /// The shared password does not meet the policy.
    #[error("the shared password will not do: {0}")]
    WeakPassword(#[from] WeakPassword),
    /// Hashing failed.
    #[error(transparent)]
    Hashing(#[from] HashingError),
}

impl From<StoreError> for CommitError {
    fn from(error: StoreError) -> Self {
        Self::Access(AccessError::Store(error))
    }
}

/// The passwords of a batch, hashed and in clear.
#[derive(Debug, Default)]
struct Prepared {
    hashes: Hashes,
    generated: HashMap<UserId, Secret>,
}

/// What a batch is committed as.
#[derive(Debug, Clone, Copy)]
pub(super) struct Identity {
    pub(super) batch: BatchId,
    /// Of the plan; or of the request, if there was no plan to look over.
    pub(super) digest: Digest,
    pub(super) password: InitialPassword,
}

/// How one try at a commit ended.
pub(super) enum Tried {
    Done(Report),
    /// The same batch is there already.
    Before(Batch),
}

impl Staffroom {
    /// Carries `plan` out, in one transaction (R12): a plan without passwords, or with generated ones.
    ///
    /// Example: [the main job](crate#the-main-job).
    ///
    /// Committing the same plan again changes nothing and answers with the first report (R11): after a lost reply, a
    /// crash or a second click, simply commit again.
    ///
    /// The work goes on for as long as the future is polled, and leaves no trace if it is dropped before the end. In
    /// a service, run it in a task of its own, so that a client that goes away does not stop it half-way.
    ///
    /// # Errors
    /// [`CommitError`]; nothing was written then, but for the record of a denial. (After
    /// [`StoreError::CommitUnknown`], everything may have been: commit again.)
    pub async fn commit(&self, session: &Session, plan: &Plan) -> Result<Committed, CommitError> {
        self.commit_as(Identity::of(plan), session, plan, None).await
    }

    /// As [`commit`](Self::commit), for a plan with a shared initial password: hands the password in.
    ///
    /// Example: [the main job](crate#the-main-job).
    ///
    /// # Errors
    /// As [`commit`](Self::commit).
    pub async fn commit_with_shared_password(
        &self,
        session: &Session,
        plan: &Plan,
        password: Secret,
    ) -> Result<Committed, CommitError> {
        self.commit_as(Identity::of(plan), session, plan, Some(password)).await
    }

    pub(super) async fn commit_as(
        &self,
        identity: Identity,
        session: &Session,
        plan: &Plan,
        shared: Option<Secret>,
    ) -> Result<Committed, CommitError> {
        if plan.network() != session.network() || plan.actor() != session.actor() {
            return Err(CommitError::NotYourPlan);
        }
        let mut attempts = Attempts::new();
        let asked = Asked::committing(plan);
        if let Some(before) = self.look_before_hashing(identity, session, &asked, &mut attempts).await? {
            return identity.repeated(session, before);
        }
        let prepared = self.prepare_passwords(plan, shared).await?;
        let mut unheard = Unheard::none();
        loop {
            let hashes = &prepared.hashes;
            match self.try_commit(identity, session, plan, hashes, &mut attempts, &mut unheard).await {
                Ok(Tried::Done(report)) => {
                    return Ok(identity.committed(report, prepared.generated, Repeat::First));
                }
                Ok(Tried::Before(batch)) => return identity.repeated(session, batch),
                Err(CommitError::Access(AccessError::Store(error))) => attempts.again_after(error)?,
                Err(error) => return Err(attempts.instead_of(error)),
            }
        }
    }

    /// Before passwords are hashed, which is dear: has the batch been carried out already, and may the actor at all?
    pub(super) async fn look_before_hashing(
        &self,
        identity: Identity,
        session: &Session,
        asked: &Asked,
        attempts: &mut Attempts,
    ) -> Result<Option<Batch>, CommitError> {
        if identity.password == InitialPassword::None {
            return Ok(None);
        }
        loop {
            match self.try_look(identity.batch, session, asked, attempts).await {
                Err(AccessError::Store(error)) => attempts.again_after(error)?,
                looked => return Ok(looked?),
            }
        }
    }

    async fn try_look(
        &self,
        batch: BatchId,
        session: &Session,
        asked: &Asked,
        attempts: &mut Attempts,
    ) -> Result<Option<Batch>, AccessError> {
        let mut uow = self.begin(session.network(), Mode::Read, attempts).await?;
        if let Some(batch) = uow.batches().find(batch).await? {
            return Ok(Some(batch));
        }
        self.check(uow, session, asked, RowLock::None).await?;
        Ok(None)
    }

    async fn prepare_passwords(&self, plan: &Plan, shared: Option<Secret>) -> Result<Prepared, CommitError> {
        match (plan.password(), shared) {
            (PlannedPassword::None, None) => Ok(Prepared::default()),
            (PlannedPassword::Shared { .. }, Some(secret)) => {
                let shared = self.hash_shared(plan.network(), plan.school(), secret).await?;
                let hashes = Hashes { shared, ..Hashes::default() };
                Ok(Prepared { hashes, ..Prepared::default() })
            }
            (PlannedPassword::Generated { .. }, None) => self.generate_passwords(plan).await,
            (PlannedPassword::None | PlannedPassword::Generated { .. }, Some(_))
            | (PlannedPassword::Shared { .. }, None) => Err(CommitError::PasswordMismatch),
        }
    }

    /// The hash of a password for many, if it will do: it must not be built from the names of the network and the school.
    pub(super) async fn hash_shared(
        &self,
        network: NetworkId,
        school: SchoolId,
        secret: Secret,
    ) -> Result<Option<PasswordHash>, CommitError> {
        let PasswordCapability { passwords, .. } = self.password_capability()?;
        let about = self.names_of(network, school).await?;
        passwords.check(&secret, &about.iter().map(String::as_str).collect::<Vec<_>>())?;
        Ok(passwords.hash(&[secret], Strength::Shared, &*self.progress).await?.into_iter().next())
    }

    /// What the network and the school are called.
    async fn names_of(&self, network: NetworkId, school: SchoolId) -> Result<Vec<String>, StoreError> {
        let mut attempts = Attempts::new();
        loop {
            let tried = async {
                let mut uow = self.begin(network, Mode::Read, &mut attempts).await?;
                about_schools(&mut *uow, std::iter::once(school)).await
            };
            match tried.await {
                Err(error) => attempts.again_after(error)?,
                Ok(names) => return Ok(names),
            }
        }
    }

    async fn generate_passwords(&self, plan: &Plan) -> Result<Prepared, CommitError> {
        let PasswordCapability { passwords, randomness } = self.password_capability()?;
        let users: Vec<UserId> = plan
            .rows()
            .iter()
            .filter_map(|row| match row.decision() {
                Decision::Create(user) => Some(user),
                Decision::Refuse(_) => None,
            })
            .collect();
        let secrets: Vec<Secret> = users.iter().map(|_| passwords.generate(&**randomness)).collect();
        let hashes = passwords.hash(&secrets, Strength::Own, &*self.progress).await?;
        if hashes.len() != secrets.len() {
            return Err(HashingError("not every password was hashed".into()).into());
        }
        let hashes = Hashes { shared: None, generated: users.iter().copied().zip(hashes).collect() };
        Ok(Prepared { hashes, generated: users.into_iter().zip(secrets).collect() })
    }

    fn password_capability(&self) -> Result<&PasswordCapability, CommitError> {
        self.passwords.as_ref().ok_or(CommitError::NoPasswords)
    }

    async fn try_commit(
        &self,
        identity: Identity,
        session: &Session,
        plan: &Plan,
        hashes: &Hashes,
        attempts: &mut Attempts,
        unheard: &mut Unheard<Report>,
    ) -> Result<Tried, CommitError> {
        let mut uow = self.begin(session.network(), Mode::Write, attempts).await?;
        if let Some(batch) = uow.batches().find(plan.batch()).await? {
            // By this very commit, whose reply was lost: its generated passwords have been shown to nobody yet.
            let ours = unheard.if_written(&mut *uow).await?;
            return Ok(ours.map_or(Tried::Before(batch), Tried::Done));
        }
        let (uow, _) = self.check(uow, session, &Asked::committing(plan), RowLock::Held).await?;
        self.carry_out(uow, Cow::Borrowed(plan), Basis::Before, identity.digest, hashes, unheard)
            .await
            .map(Tried::Done)
    }

    /// Writes what is planned, with the batch and its audit record, and commits.
    pub(super) async fn carry_out(
        &self,
        uow: Box<dyn UnitOfWork>,
        plan: Cow<'_, Plan>,
        basis: Basis,
        digest: Digest,
        hashes: &Hashes,
        unheard: &mut Unheard<Report>,
    ) -> Result<Report, CommitError> {
        let mut uow = uow;
        let at = self.clock.now();
        let (password, id) = (plan.password(), plan.batch());
        let report = match apply(&mut *uow, plan, basis, hashes, at, &*self.progress).await {
            Ok(report) => report,
            Err(ApplyError::Store(error)) => return Err(error.into()),
            Err(taken) => {
                // By the same batch, committed twice at once, the ids are its own: the next try finds it.
                let is_there = uow.batches().find(id).await?.is_some();
                return Err(if is_there { StoreError::Contended(None).into() } else { taken.into() });
            }
        };
        let shared_password = match password {
            PlannedPassword::Shared { secret, .. } if report.counts().created > 0 => Some(secret),
            _ => None,
        };
        let batch = Batch { plan: digest, shared_password, report };
        if uow.batches().insert(&batch).await? == BatchInsert::AlreadyThere {
            // The same batch, committed twice at once: the next try finds the other's batch.
            return Err(StoreError::Contended(None).into());
        }
        let record = self.audit_of(&batch.report);
        Ok(unheard.commit(uow, record, batch.report).await?)
    }

    fn audit_of(&self, report: &Report) -> AuditRecord {
        let counts = report.counts();
        AuditRecord {
            id: AuditId::from_uuid(self.ids.next_id()),
            at: report.at(),
            actor: report.actor(),
            school: Some(report.school()),
            group: report.group(),
            batch: Some(report.batch()),
            event: AuditEvent::BulkCreate {
                requested: counts.requested,
                created: counts.created,
                refused: counts.refused,
                reasons: report
                    .reasons()
                    .into_iter()
                    .map(|(reason, times)| (reason.code().to_owned(), times))
                    .collect(),
            },
        }
    }
}

impl From<ApplyError> for CommitError {
    fn from(error: ApplyError) -> Self {
        match error {
            ApplyError::UserIdTaken => Self::UserIdTaken,
            ApplyError::SharedPasswordIdTaken => Self::SharedPasswordIdTaken,
            ApplyError::Store(error) => error.into(),
        }
    }
}

impl Asked {
    const fn committing(plan: &Plan) -> Self {
        Self {
            attempt: Attempt::Commit,
            school: plan.school(),
            group: plan.group(),
            batch: Some(plan.batch()),
            user: None,
        }
    }
}

impl Identity {
    fn of(plan: &Plan) -> Self {
        Self { batch: plan.batch(), digest: plan.digest(), password: plan.password().asked() }
    }

    /// The answer if the batch was carried out before: to whom it was then, and only if it is the same one.
    pub(super) fn repeated(self, session: &Session, before: Batch) -> Result<Committed, CommitError> {
        if before.report.actor() != session.actor() {
            return Err(CommitError::NotYourPlan);
        }
        if before.plan != self.digest {
            return Err(CommitError::BatchIdTaken);
        }
        Ok(self.committed(before.report, HashMap::new(), Repeat::Again))
    }

    /// The answer, with the passwords that were made for it.
    pub(super) const fn committed(
        self,
        report: Report,
        generated: HashMap<UserId, Secret>,
        repeat: Repeat,
    ) -> Committed {
        Committed { report, repeat, password: self.password, generated }
    }
}
