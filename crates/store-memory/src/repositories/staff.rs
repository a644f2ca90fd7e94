use async_trait::async_trait;
use staffroom_core::store::{
    Count, Cursor, FactsSink, ListOrder, RowLock, StaffFilter, StaffRepository, StaffScope, StaffWrite,
    StoreError,
};
use staffroom_core::{Facts, SisId, StaffId, StaffMember};

use crate::records::Records;
use crate::unit_of_work::MemoryUnitOfWork;

#[async_trait]
impl StaffRepository for MemoryUnitOfWork {
    async fn find(&mut self, id: StaffId) -> Result<Option<StaffMember>, StoreError> {
        Ok(self.read().staff().get(&id).cloned())
    }

    async fn find_ids(&mut self, sis_ids: &[SisId]) -> Result<Vec<Option<StaffId>>, StoreError> {
        Ok(sis_ids.iter().map(|sis_id| self.read().staff_id_of(sis_id)).collect())
    }

    async fn visit_records(&mut self, sink: &mut (dyn FnMut(StaffMember) + Send)) -> Result<(), StoreError> {
        self.read().staff().values().cloned().for_each(sink);
        Ok(())
    }

    async fn insert(&mut self, members: &[StaffMember]) -> Result<Vec<StaffWrite>, StoreError> {
        self.check_schools(members)?;
        let records = self.write_in_network()?;
        Ok(members.iter().map(|member| insert(records, member)).collect())
    }

    async fn update(&mut self, members: &[StaffMember]) -> Result<Vec<StaffWrite>, StoreError> {
        self.check_schools(members)?;
        let records = self.write_in_network()?;
        Ok(members.iter().map(|member| update(records, member)).collect())
    }

    async fn facts(&mut self, ids: &[StaffId], lock: RowLock) -> Result<Vec<Option<Facts>>, StoreError> {
        self.may_hold(lock)?;
        let records = self.read();
        Ok(ids.iter().map(|id| records.staff().get(id).map(|member| records.facts(member))).collect())
    }

    async fn visit(&mut self, filter: &StaffFilter, sink: FactsSink<'_>) -> Result<(), StoreError> {
        let records = self.read();
        let visit = |member: &StaffMember| sink(records.facts(member));
        match filter.order {
            ListOrder::ByName => listed(records, filter, None).for_each(visit),
            ListOrder::Any => listed_in_any_order(records, filter).for_each(visit),
        }
        Ok(())
    }

    async fn page(
        &mut self,
        filter: &StaffFilter,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Vec<Facts>, StoreError> {
        let records = self.read();
        Ok(listed(records, filter, after).take(limit).map(|member| records.facts(member)).collect())
    }

    async fn count(&mut self, filter: &StaffFilter, cap: u64) -> Result<Count, StoreError> {
        let counted = listed_in_any_order(self.read(), filter).count();
        let counted = u64::try_from(counted).unwrap_or(u64::MAX);
        Ok(if counted > cap { Count::MoreThan(cap) } else { Count::Exactly(counted) })
    }
}

impl MemoryUnitOfWork {
    fn check_schools(&mut self, members: &[StaffMember]) -> Result<(), StoreError> {
        let known = |id| self.read().schools().contains_key(&id);
        if members.iter().flat_map(|member| member.schools().iter()).all(known) {
            Ok(())
        } else {
            Err(self.misuse("a staff member works in a school that the network does not have"))
        }
    }
}

fn insert(records: &mut Records, member: &StaffMember) -> StaffWrite {
    if records.staff().contains_key(&member.id()) || another_has_sis_id(records, member) {
        return StaffWrite::Taken;
    }
    records.put_staff_member(member);
    StaffWrite::Written
}

fn update(records: &mut Records, member: &StaffMember) -> StaffWrite {
    if !records.staff().contains_key(&member.id()) {
        return StaffWrite::Unknown;
    }
    if another_has_sis_id(records, member) {
        return StaffWrite::Taken;
    }
    records.put_staff_member(member);
    StaffWrite::Written
}

fn another_has_sis_id(records: &Records, member: &StaffMember) -> bool {
    records.staff_id_of(member.sis_id()).is_some_and(|other| other != member.id())
}

/// Those in the list who follow `after`, in its order.
fn listed<'a>(
    records: &'a Records,
    filter: &'a StaffFilter,
    after: Option<&Cursor>,
) -> impl Iterator<Item = &'a StaffMember> {
    let found = records.staff_in_order(after).filter(|(place, member)| {
        filter.search.as_ref().is_none_or(|search| search.finds_by(place.name(), member))
    });
    found.map(|(_, member)| member).filter(|member| belongs(records, filter, member))
}

/// The same people, who are quicker to walk through so.
fn listed_in_any_order<'a>(
    records: &'a Records,
    filter: &'a StaffFilter,
) -> impl Iterator<Item = &'a StaffMember> {
    let found = |member: &&StaffMember| filter.search.as_ref().is_none_or(|search| search.finds(member));
    records.staff().values().filter(|member| belongs(records, filter, member)).filter(found)
}

/// Whether `member` is in the list of those who are not searched for.
fn belongs(records: &Records, filter: &StaffFilter, member: &StaffMember) -> bool {
    (filter.scope == StaffScope::Everyone || records.may_be_candidate(member))
        && filter.works_in.is_none_or(|school| member.schools().contains(school))
}
