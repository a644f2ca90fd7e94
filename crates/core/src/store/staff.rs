//! The staff members of the network, and the facts about them.

use async_trait::async_trait;

use super::{RowLock, StoreError};
use crate::{Facts, NameKey, SchoolId, Search, SisId, StaffId, StaffMember};

/// What became of a staff member that was to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffWrite {
    /// It is written.
    Written,
    /// Another staff member has its SIS id; or, for an insert, its id.
    Taken,
    /// For an update: there is no staff member with its id.
    Unknown,
}

/// Who is to be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffScope {
    /// Candidates. A store may leave out anybody of whom [`assess`](crate::assess) would say no, never anybody of
    /// whom it would say yes (R2).
    Candidates,
    /// Every staff member.
    Everyone,
}

/// In which order people are handed out when all of them are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ListOrder {
    /// By [`NameKey`], then id.
    #[default]
    ByName,
    /// Whatever is cheapest for the store: the caller puts them in order.
    Any,
}

/// Which staff members a list is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffFilter {
    /// Who is to be listed.
    pub scope: StaffScope,
    /// Only those who work in this school.
    pub works_in: Option<SchoolId>,
    /// Only those whom the search finds, by the rule of [`Search::finds`].
    pub search: Option<Search>,
    /// In which order [`StaffRepository::visit`] hands them out. Pages are always by name.
    pub order: ListOrder,
}

impl StaffFilter {
    /// All candidates of the network.
    pub const fn candidates() -> Self {
        Self { scope: StaffScope::Candidates, works_in: None, search: None, order: ListOrder::ByName }
    }

    /// Every staff member of the network.
    pub const fn everyone() -> Self {
        Self { scope: StaffScope::Everyone, works_in: None, search: None, order: ListOrder::ByName }
    }

    /// Only those who work in `school`.
    #[must_use]
    pub const fn working_in(mut self, school: SchoolId) -> Self {
        self.works_in = Some(school);
        self
    }

    /// Only those whom `search` finds.
    #[must_use]
    pub fn found_by(mut self, search: Option<Search>) -> Self {
        self.search = search;
        self
    }

    /// In whatever order the store finds them.
    #[must_use]
    pub const fn in_any_order(mut self) -> Self {
        self.order = ListOrder::Any;
        self
    }

    /// True if `facts` belong in the list, given that somebody for whom `eligible` holds is a candidate. The one
    /// rule of what a filter means; a store that cannot compute a part of it includes too much, and core drops it.
    pub fn includes(&self, facts: &Facts, eligible: bool) -> bool {
        (self.scope == StaffScope::Everyone || eligible)
            && self.works_in.is_none_or(|school| facts.staff_member.schools().contains(school))
            && self.search.as_ref().is_none_or(|search| search.finds(&facts.staff_member))
    }
}

/// A place in the list of staff members, which is ordered by [`NameKey`], then id. The place itself is before the
/// person it was made from leaves or comes: paging never skips or repeats anybody who stayed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Cursor {
    name: NameKey,
    id: StaffId,
}

impl Cursor {
    /// The place of `member`.
    pub fn at(member: &StaffMember) -> Self {
        Self { name: member.name().sort_key(), id: member.id() }
    }

    /// The name's part of the order.
    pub const fn name(&self) -> &NameKey {
        &self.name
    }

    /// The id's part of the order.
    pub const fn id(&self) -> StaffId {
        self.id
    }
}

/// How many there are, counted as far as the caller wanted to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// This many.
    Exactly(u64),
    /// More than this many.
    MoreThan(u64),
}

/// Is given facts one by one.
pub type FactsSink<'a> = &'a mut (dyn FnMut(Facts) + Send);

/// The staff members of the network.
///
/// Example: [a unit of work](crate::store#an-example).
#[async_trait]
pub trait StaffRepository: Send {
    /// The staff member with that id.
    async fn find(&mut self, id: StaffId) -> Result<Option<StaffMember>, StoreError>;

    /// The ids of the staff members with these SIS ids.
    async fn find_ids(&mut self, sis_ids: &[SisId]) -> Result<Vec<Option<StaffId>>, StoreError>;

    /// Hands every staff member to `sink`, in any order.
    async fn visit_records(&mut self, sink: &mut (dyn FnMut(StaffMember) + Send)) -> Result<(), StoreError>;

    /// Writes new staff members.
    async fn insert(&mut self, members: &[StaffMember]) -> Result<Vec<StaffWrite>, StoreError>;

    /// Overwrites the staff members with these ids. Where one of the call gives up a SIS id that another takes, the other is
    /// `Written` or `Taken`, as it comes.
    async fn update(&mut self, members: &[StaffMember]) -> Result<Vec<StaffWrite>, StoreError>;

    /// The facts about the staff members with these ids; `None` for those whom the network does not have. The email
    /// sharers do not depend on whom was asked about: they are the first [`Facts::MAX_SHARERS`] of the network, by id.
    ///
    /// With [`RowLock::Held`], the records of the staff members asked about are held; not those of the users and
    /// sharers named in the facts. What others do about links and emails meanwhile shows as an outcome when the users
    /// are inserted.
    async fn facts(&mut self, ids: &[StaffId], lock: RowLock) -> Result<Vec<Option<Facts>>, StoreError>;

    /// Hands the facts about everybody in the list to `sink`, in the order that the filter asks for. (One by name will do
    /// for any.)
    async fn visit(&mut self, filter: &StaffFilter, sink: FactsSink<'_>) -> Result<(), StoreError>;

    /// The facts about the first `limit` people in the list, or in what follows `after`. Fewer than `limit` means
    /// that the list ends there.
    async fn page(
        &mut self,
        filter: &StaffFilter,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Vec<Facts>, StoreError>;

    /// How many people are in the list, counted up to `cap`.
    async fn count(&mut self, filter: &StaffFilter, cap: u64) -> Result<Count, StoreError>;
}
