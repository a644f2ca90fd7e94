//! Previewing a bulk create: from a request to a plan. Reads; writes nothing.

use super::{Asked, Attempts, Staffroom};
use crate::access::AccessError;
use crate::apply::CHUNK;
use crate::store::{RowLock, StaffFilter, StoreError, UnitOfWork};
use crate::{Attempt, BulkCreate, Plan, PlanBuilder, Selection, Session, SisId, StaffId, StaffKey, Step};

impl Staffroom {
    /// Decides what `request` would do, in the current school of `session`, without doing it.
    ///
    /// # Errors
    /// [`AccessError`] if the actor may not, the group will not do, or the store failed.
    pub async fn preview(&self, session: &Session, request: &BulkCreate) -> Result<Plan, AccessError> {
        let asked = Asked { group: request.group(), ..Asked::to(Attempt::Preview, session) };
        let mut attempts = Attempts::new();
        loop {
            match self.try_preview(session, request, &asked, &mut attempts).await {
                Err(AccessError::Store(error)) => attempts.again_after(error)?,
                done => return done,
            }
        }
    }

    async fn try_preview(
        &self,
        session: &Session,
        request: &BulkCreate,
        asked: &Asked,
        attempts: &mut Attempts,
    ) -> Result<Plan, AccessError> {
        let (mut uow, _) = self.reading(session, asked, attempts).await?;
        let mut plan = PlanBuilder::new(session, request, self.clock.now());
        match request.selection() {
            Selection::AllCandidates => {
                self.add_candidates(&mut *uow, &mut plan, &StaffFilter::candidates()).await?;
            }
            Selection::CandidatesHere => {
                let filter = StaffFilter::candidates().working_in(session.school());
                self.add_candidates(&mut *uow, &mut plan, &filter).await?;
            }
            Selection::These(keys) => self.add_these(&mut *uow, &mut plan, keys).await?,
        }
        Ok(plan.finish(&*self.ids))
    }

    async fn add_candidates(
        &self,
        uow: &mut dyn UnitOfWork,
        plan: &mut PlanBuilder,
        filter: &StaffFilter,
    ) -> Result<(), StoreError> {
        let progress = &*self.progress;
        let mut seen = 0_usize;
        let mut add = |facts| {
            if filter.includes(&facts, true) {
                plan.add_candidate(facts);
            }
            seen = seen.saturating_add(1);
            if seen.is_multiple_of(CHUNK) {
                progress.report(Step::Assess, seen, None);
            }
        };
        uow.staff().visit(filter, &mut add).await?;
        progress.report(Step::Assess, seen, Some(seen));
        Ok(())
    }

    async fn add_these(
        &self,
        uow: &mut dyn UnitOfWork,
        plan: &mut PlanBuilder,
        keys: &[StaffKey],
    ) -> Result<(), StoreError> {
        for chunk in keys.chunks(CHUNK) {
            let ids = resolve(uow, chunk).await?;
            let known: Vec<StaffId> = ids.iter().flatten().copied().collect();
            let mut facts = uow.staff().facts(&known, RowLock::None).await?.into_iter();
            for (key, id) in chunk.iter().zip(ids) {
                match id.and_then(|_| facts.next()).flatten() {
                    Some(facts) => plan.add(facts),
                    None => plan.add_unknown(key.clone()),
                }
            }
            self.progress.report(Step::Assess, plan.len(), Some(keys.len()));
        }
        Ok(())
    }
}

/// The id behind each key, as far as the network knows it.
pub(super) async fn resolve(
    uow: &mut dyn UnitOfWork,
    keys: &[StaffKey],
) -> Result<Vec<Option<StaffId>>, StoreError> {
    let sis_ids: Vec<SisId> = keys
        .iter()
        .filter_map(|key| match key {
            StaffKey::SisId(sis_id) => Some(sis_id.clone()),
            StaffKey::Id(_) => None,
        })
        .collect();
    let mut found = uow.staff().find_ids(&sis_ids).await?.into_iter();
    let id = |key: &StaffKey| match key {
        StaffKey::Id(id) => Some(*id),
        StaffKey::SisId(_) => found.next().flatten(),
    };
    Ok(keys.iter().map(id).collect())
}
