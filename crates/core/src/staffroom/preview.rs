//! Previewing a bulk create: from a request to a plan. Reads; writes nothing.

use std::collections::HashMap;

use super::{Asked, Attempts, Staffroom};
use crate::access::AccessError;
use crate::apply::{ASKED_AT_ONCE, CHUNK};
use crate::store::{RowLock, StaffFilter, StoreError, UnitOfWork};
use crate::{
    Attempt, BatchId, BulkCreate, Facts, Plan, PlanBuilder, Selection, Session, SisId, StaffId, StaffKey,
    Step,
};

impl Staffroom {
    /// Decides what `request` would do, in the current school of `session`, without doing it.
    ///
    /// Example: [the main job](crate#the-main-job).
    ///
    /// # Errors
    /// [`AccessError`] if the actor may not, the group will not do, or the store failed.
    pub async fn preview(&self, session: &Session, request: &BulkCreate) -> Result<Plan, AccessError> {
        self.preview_under(session, request, None).await
    }

    /// As [`preview`](Self::preview), for a batch whose id may be settled already.
    pub(super) async fn preview_under(
        &self,
        session: &Session,
        request: &BulkCreate,
        batch: Option<BatchId>,
    ) -> Result<Plan, AccessError> {
        let asked = Asked { group: request.group(), batch, ..Asked::to(Attempt::Preview, session) };
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
        let plan = self.draw_up(&mut *uow, session, request, RowLock::None).await?;
        let plan = asked.batch.into_iter().fold(plan, PlanBuilder::under);
        Ok(plan.finish(&*self.ids))
    }

    /// The facts about everybody whom `request` selects, as a plan to be finished. With [`RowLock::Held`] their records
    /// stay as they are until the unit of work ends: those of a list by its turn, without which nobody imports.
    pub(super) async fn draw_up(
        &self,
        uow: &mut dyn UnitOfWork,
        session: &Session,
        request: &BulkCreate,
        lock: RowLock,
    ) -> Result<PlanBuilder, StoreError> {
        let mut plan = PlanBuilder::new(session, request, self.clock.now());
        let candidates = StaffFilter::candidates().in_any_order();
        match request.selection() {
            Selection::AllCandidates => self.add_candidates(uow, &mut plan, &candidates, lock).await?,
            Selection::CandidatesHere => {
                let here = candidates.working_in(session.school());
                self.add_candidates(uow, &mut plan, &here, lock).await?;
            }
            Selection::These(keys) => self.add_these(uow, &mut plan, keys, lock).await?,
        }
        Ok(plan)
    }

    async fn add_candidates(
        &self,
        uow: &mut dyn UnitOfWork,
        plan: &mut PlanBuilder,
        filter: &StaffFilter,
        lock: RowLock,
    ) -> Result<(), StoreError> {
        if lock == RowLock::Held {
            uow.network().take_turn().await?;
        }
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
        lock: RowLock,
    ) -> Result<(), StoreError> {
        // Once only: a SIS id means the same person to the end.
        let ids = resolve_all(uow, keys).await?;
        let mut held = HashMap::new();
        if lock == RowLock::Held {
            held = hold(uow, ids.iter().flatten().copied().collect()).await?;
        }
        for (keys_of, ids) in keys.chunks(CHUNK).zip(ids.chunks(CHUNK)) {
            let known: Vec<StaffId> = ids.iter().flatten().copied().collect();
            let facts = match lock {
                RowLock::None => uow.staff().facts(&known, lock).await?,
                RowLock::Held => known.iter().map(|id| held.get(id).cloned()).collect(),
            };
            let mut facts = facts.into_iter();
            for (key, id) in keys_of.iter().zip(ids) {
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

/// The facts about these people, held: in the order of their ids, as everybody does who holds many.
async fn hold(
    uow: &mut dyn UnitOfWork,
    mut ids: Vec<StaffId>,
) -> Result<HashMap<StaffId, Facts>, StoreError> {
    ids.sort_unstable();
    ids.dedup();
    let mut held = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(ASKED_AT_ONCE) {
        let facts = uow.staff().facts(chunk, RowLock::Held).await?;
        held.extend(facts.into_iter().flatten().map(|facts| (facts.staff_member.id(), facts)));
    }
    Ok(held)
}

async fn resolve_all(
    uow: &mut dyn UnitOfWork,
    keys: &[StaffKey],
) -> Result<Vec<Option<StaffId>>, StoreError> {
    let mut ids = Vec::with_capacity(keys.len());
    for chunk in keys.chunks(CHUNK) {
        ids.extend(resolve(uow, chunk).await?);
    }
    Ok(ids)
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
