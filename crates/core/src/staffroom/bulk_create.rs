//! A bulk create in one act: decided and carried out in one transaction, with no plan to look over in between.

use std::borrow::Cow;
use std::collections::HashMap;

use super::commit::{CommitError, Identity, Tried};
use super::committed::{Committed, Repeat};
use super::unheard::Unheard;
use super::{Asked, Attempts, Staffroom};
use crate::access::AccessError;
use crate::apply::{Basis, Hashes};
use crate::store::{Mode, RowLock};
use crate::{Attempt, BatchId, BulkCreate, InitialPassword, Report, Secret, Session};

impl Staffroom {
    /// Decides `request` and carries it out, in one transaction (R12): for a caller that has nobody to look a plan over.
    /// The same rules decide, and the report is the same, as if it had been previewed and committed with nothing
    /// happening in between; everybody is looked up once only.
    ///
    /// Example: [the main job](crate#the-main-job).
    ///
    /// The caller makes the id of the batch. The same request under the same id changes nothing and answers with the
    /// first report (R11): after a lost reply or a crash, simply ask again.
    ///
    /// While it works on a list of candidates, nothing is imported into the network, and another such bulk create waits; for
    /// as long as the store lets it wait ([`StoreError::Contended`](crate::store::StoreError::Contended) after that).
    /// With generated passwords it is a preview and a commit: passwords are hashed before a unit of work opens, and for
    /// whom, only a plan can say.
    ///
    /// # Errors
    /// [`CommitError`]; nothing was written then, but for the record of a denial. (After
    /// [`StoreError::CommitUnknown`](crate::store::StoreError::CommitUnknown), everything may have been: ask again.)
    pub async fn bulk_create(
        &self,
        session: &Session,
        request: &BulkCreate,
        batch: BatchId,
    ) -> Result<Committed, CommitError> {
        self.bulk_create_with(session, request, batch, None).await
    }

    /// As [`bulk_create`](Self::bulk_create), with a shared initial password.
    ///
    /// Example: [the main job](crate#the-main-job).
    ///
    /// # Errors
    /// As [`bulk_create`](Self::bulk_create).
    pub async fn bulk_create_with_shared_password(
        &self,
        session: &Session,
        request: &BulkCreate,
        batch: BatchId,
        password: Secret,
    ) -> Result<Committed, CommitError> {
        self.bulk_create_with(session, request, batch, Some(password)).await
    }

    async fn bulk_create_with(
        &self,
        session: &Session,
        request: &BulkCreate,
        batch: BatchId,
        shared: Option<Secret>,
    ) -> Result<Committed, CommitError> {
        let password = request.initial_password();
        let identity = Identity { batch, digest: request.digest(session), password };
        let asked = Asked::creating(request, batch, session);
        let mut attempts = Attempts::new();
        if let Some(before) = self.look_before_hashing(identity, session, &asked, &mut attempts).await? {
            return identity.repeated(session, before);
        }
        let hashes = match (password, shared) {
            (InitialPassword::None, None) => Hashes::default(),
            (InitialPassword::Shared(_), Some(secret)) => {
                let shared = self.hash_shared(session.network(), session.school(), secret).await?;
                Hashes { shared, ..Hashes::default() }
            }
            (InitialPassword::Generated(_), None) => {
                let plan = self.preview_under(session, request, Some(batch)).await?;
                return self.commit_as(identity, session, &plan, None).await;
            }
            (InitialPassword::None | InitialPassword::Generated(_), Some(_))
            | (InitialPassword::Shared(_), None) => return Err(CommitError::PasswordMismatch),
        };
        let mut unheard = Unheard::none();
        loop {
            let tried = self.try_at_once(identity, session, request, &hashes, &mut attempts, &mut unheard);
            match tried.await {
                Ok(Tried::Done(report)) => {
                    return Ok(identity.committed(report, HashMap::new(), Repeat::First));
                }
                Ok(Tried::Before(batch)) => return identity.repeated(session, batch),
                Err(CommitError::Access(AccessError::Store(error))) => attempts.again_after(error)?,
                Err(error) => return Err(attempts.instead_of(error)),
            }
        }
    }

    async fn try_at_once(
        &self,
        identity: Identity,
        session: &Session,
        request: &BulkCreate,
        hashes: &Hashes,
        attempts: &mut Attempts,
        unheard: &mut Unheard<Report>,
    ) -> Result<Tried, CommitError> {
        let mut uow = self.begin(session.network(), Mode::Write, attempts).await?;
        if let Some(batch) = uow.batches().find(identity.batch).await? {
            let ours = unheard.if_written(&mut *uow).await?;
            return Ok(ours.map_or(Tried::Before(batch), Tried::Done));
        }
        let asked = Asked::creating(request, identity.batch, session);
        let (mut uow, _) = self.check(uow, session, &asked, RowLock::Held).await?;
        let plan = self.draw_up(&mut *uow, session, request, RowLock::Held).await?;
        let plan = plan.under(identity.batch).finish(&*self.ids);
        self.carry_out(uow, Cow::Owned(plan), Basis::Held, identity.digest, hashes, unheard)
            .await
            .map(Tried::Done)
    }
}

impl Asked {
    const fn creating(request: &BulkCreate, batch: BatchId, session: &Session) -> Self {
        Self { group: request.group(), batch: Some(batch), ..Self::to(Attempt::Commit, session) }
    }
}
