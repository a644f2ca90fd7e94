//! Listing candidates, and everybody with the verdict on each.

use super::{Asked, Attempts, Staffroom};
use crate::access::AccessError;
use crate::store::{Count, Cursor, FactsSink, ListOrder, StaffFilter, StaffScope};
use crate::{Assessment, Attempt, Facts, SchoolId, Search, Session, assess};

/// Who is to be listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Who {
    /// Candidates.
    #[default]
    Candidates,
    /// Every staff member, with the reasons why they are not one.
    Everyone,
}

/// Where they are to work.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Where {
    /// Anywhere in the network.
    #[default]
    Anywhere,
    /// In the current school.
    Here,
}

/// Which staff members are to be listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// Who.
    pub who: Who,
    /// Where.
    pub place: Where,
    /// Only those whom the search finds.
    pub search: Option<Search>,
}

impl ListQuery {
    pub(super) fn filter(&self, school: SchoolId) -> StaffFilter {
        let scope = match self.who {
            Who::Candidates => StaffScope::Candidates,
            Who::Everyone => StaffScope::Everyone,
        };
        let works_in = match self.place {
            Where::Anywhere => None,
            Where::Here => Some(school),
        };
        StaffFilter { scope, works_in, search: self.search.clone(), order: ListOrder::ByName }
    }
}

/// A staff member and the verdict on them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessed {
    /// What the verdict rests on.
    pub facts: Facts,
    /// The verdict.
    pub assessment: Assessment,
}

/// A part of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListPage {
    /// The people, ordered by family name, given name, id.
    pub rows: Vec<Assessed>,
    /// Where the next page begins; `None` if there is none.
    pub next: Option<Cursor>,
}

impl Staffroom {
    /// The people of `query`, at most `limit`, from the start or from where the page before ended.
    ///
    /// Example: [the main job](crate#the-main-job).
    ///
    /// # Errors
    /// [`AccessError`] if the actor may not create users in bulk here, or the store failed.
    pub async fn list(
        &self,
        session: &Session,
        query: &ListQuery,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<ListPage, AccessError> {
        let mut attempts = Attempts::new();
        loop {
            match self.try_list(session, query, after, limit, &mut attempts).await {
                Err(AccessError::Store(error)) => attempts.again_after(error)?,
                done => return done,
            }
        }
    }

    async fn try_list(
        &self,
        session: &Session,
        query: &ListQuery,
        after: Option<&Cursor>,
        limit: usize,
        attempts: &mut Attempts,
    ) -> Result<ListPage, AccessError> {
        let (mut uow, _) = self.reading(session, &Asked::to(Attempt::List, session), attempts).await?;
        let filter = query.filter(session.school());
        let mut rows = Vec::new();
        let mut after = after.cloned();
        // A store may include too much: what core leaves out is made up from the next page.
        loop {
            let facts = uow.staff().page(&filter, after.as_ref(), limit).await?;
            let list_ends = facts.len() < limit;
            for facts in facts {
                if rows.len() >= limit {
                    return Ok(ListPage { rows, next: after });
                }
                after = Some(Cursor::at(&facts.staff_member));
                rows.extend(judge(&filter, session, facts));
            }
            if list_ends {
                return Ok(ListPage { rows, next: None });
            }
            if rows.len() >= limit {
                return Ok(ListPage { rows, next: after });
            }
        }
    }

    /// Hands everybody of `query` to `sink`, in the order of the list.
    ///
    /// Example: [the main job](crate#the-main-job).
    ///
    /// # Errors
    /// As [`list`](Self::list). If the store fails in the middle, `sink` has been given the beginning of the list.
    pub async fn list_all(
        &self,
        session: &Session,
        query: &ListQuery,
        sink: &mut (dyn FnMut(Assessed) + Send),
    ) -> Result<(), AccessError> {
        let filter = query.filter(session.school());
        let mut attempts = Attempts::new();
        loop {
            let mut handed_out = false;
            let mut each = |facts| {
                if let Some(assessed) = judge(&filter, session, facts) {
                    handed_out = true;
                    sink(assessed);
                }
            };
            match self.try_list_all(session, &filter, &mut each, &mut attempts).await {
                Err(AccessError::Store(error)) if !handed_out => attempts.again_after(error)?,
                done => return done,
            }
        }
    }

    async fn try_list_all(
        &self,
        session: &Session,
        filter: &StaffFilter,
        each: FactsSink<'_>,
        attempts: &mut Attempts,
    ) -> Result<(), AccessError> {
        let (mut uow, _) = self.reading(session, &Asked::to(Attempt::List, session), attempts).await?;
        Ok(uow.staff().visit(filter, each).await?)
    }

    /// How many people `query` is about, counted up to `cap`. A hint for a page: the store counts what its
    /// pre-filter lets through.
    ///
    /// Example: [the main job](crate#the-main-job).
    ///
    /// # Errors
    /// As [`list`](Self::list).
    pub async fn count(&self, session: &Session, query: &ListQuery, cap: u64) -> Result<Count, AccessError> {
        let filter = query.filter(session.school());
        let mut attempts = Attempts::new();
        loop {
            match self.try_count(session, &filter, cap, &mut attempts).await {
                Err(AccessError::Store(error)) => attempts.again_after(error)?,
                done => return done,
            }
        }
    }

    async fn try_count(
        &self,
        session: &Session,
        filter: &StaffFilter,
        cap: u64,
        attempts: &mut Attempts,
    ) -> Result<Count, AccessError> {
        let (mut uow, _) = self.reading(session, &Asked::to(Attempt::List, session), attempts).await?;
        Ok(uow.staff().count(filter, cap).await?)
    }
}

/// The last word on who is in a list (R2).
pub(super) fn judge(filter: &StaffFilter, session: &Session, facts: Facts) -> Option<Assessed> {
    let assessment = assess(&facts, session.school());
    filter.includes(&facts, assessment.is_eligible()).then_some(Assessed { facts, assessment })
}
