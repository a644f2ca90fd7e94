//! Importing a roster: the store's schools and staff become what the roster says. Nothing is ever deleted.

use std::collections::HashMap;

use crate::apply::CHUNK;
use crate::store::{SchoolWrite, StaffWrite, StoreError, UnitOfWork};
use crate::{
    IdSource, ImportError, Progress, Roster, School, SchoolId, SisId, StaffId, StaffMember, StaffStatus, Step,
};

/// What an import changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ImportReport {
    /// Schools that were not there before.
    pub schools_added: usize,
    /// Schools whose name changed.
    pub schools_updated: usize,
    /// Schools that were as the roster says.
    pub schools_unchanged: usize,
    /// Staff members who were not there before.
    pub staff_added: usize,
    /// Staff members whose record changed.
    pub staff_updated: usize,
    /// Staff members who were as the roster says.
    pub staff_unchanged: usize,
    /// Active staff members who are not in the roster: they are inactive now. Their links and users stay.
    pub staff_departed: usize,
}

impl ImportReport {
    /// True if the import changed nothing.
    pub const fn is_unchanged(&self) -> bool {
        self.schools_added == 0
            && self.schools_updated == 0
            && self.staff_added == 0
            && self.staff_updated == 0
            && self.staff_departed == 0
    }
}

/// What to do about a roster that would make many people inactive at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Departures {
    /// Take it at its word.
    #[default]
    Allowed,
    /// Refuse it if [`FEW`](Self::FEW) people or more, and more than a third of the active staff, would become inactive: it
    /// is more likely a part of a roster, or that of another network.
    Guarded,
}

impl Departures {
    /// As many may leave at any time: a third of a small staff is soon reached.
    pub const FEW: usize = 10;

    /// Whether `leaving` of the `active` staff may become inactive.
    pub const fn allow(self, leaving: usize, active: usize) -> bool {
        match self {
            Self::Allowed => true,
            Self::Guarded => leaving < Self::FEW || leaving <= active / 3,
        }
    }
}

/// Writes what differs.
pub(crate) async fn import(
    uow: &mut dyn UnitOfWork,
    roster: &Roster,
    departures: Departures,
    ids: &dyn IdSource,
    progress: &dyn Progress,
) -> Result<ImportReport, ImportError> {
    let mut report = ImportReport::default();
    let schools = import_schools(uow, roster, ids, &mut report).await?;
    import_staff(uow, roster, &schools, departures, ids, progress, &mut report).await?;
    Ok(report)
}

/// Answers with the id of every school of the network, by SIS id.
async fn import_schools(
    uow: &mut dyn UnitOfWork,
    roster: &Roster,
    ids: &dyn IdSource,
    report: &mut ImportReport,
) -> Result<HashMap<SisId, SchoolId>, StoreError> {
    let existing = uow.schools().list().await?;
    let mut by_sis_id: HashMap<SisId, School> =
        existing.into_iter().map(|school| (school.sis_id().clone(), school)).collect();
    let (mut added, mut updated) = (Vec::new(), Vec::new());
    for listed in roster.schools() {
        let known = by_sis_id.get(listed.sis_id());
        if known.is_some_and(|school| school.name() == listed.name()) {
            report.schools_unchanged = report.schools_unchanged.saturating_add(1);
            continue;
        }
        let id = known.map_or_else(|| SchoolId::from_uuid(ids.next_id()), School::id);
        let school = School::new(id, listed.sis_id().clone(), listed.name().clone());
        let list = if known.is_some() { &mut updated } else { &mut added };
        list.push(school.clone());
        by_sis_id.insert(listed.sis_id().clone(), school);
    }
    report.schools_added = added.len();
    report.schools_updated = updated.len();
    let mut writes = Vec::new();
    if !added.is_empty() {
        writes.extend(uow.schools().insert(&added).await?);
    }
    if !updated.is_empty() {
        writes.extend(uow.schools().update(&updated).await?);
    }
    if writes.iter().any(|write| *write != SchoolWrite::Written) {
        return Err(another_import());
    }
    Ok(by_sis_id.into_iter().map(|(sis_id, school)| (sis_id, school.id())).collect())
}

async fn import_staff(
    uow: &mut dyn UnitOfWork,
    roster: &Roster,
    schools: &HashMap<SisId, SchoolId>,
    departures: Departures,
    ids: &dyn IdSource,
    progress: &dyn Progress,
    report: &mut ImportReport,
) -> Result<(), ImportError> {
    let mut unseen: HashMap<&SisId, usize> =
        roster.staff().iter().enumerate().map(|(index, record)| (record.sis_id(), index)).collect();
    let mut changed = Vec::new();
    let (mut active, mut leaving) = (0_usize, 0_usize);
    uow.staff()
        .visit_records(&mut |member| {
            let was_active = member.status() == StaffStatus::Active;
            active = active.saturating_add(usize::from(was_active));
            let record = unseen.remove(member.sis_id()).and_then(|index| roster.staff().get(index));
            match record.map(|record| StaffMember::from_record(member.id(), record, schools)) {
                Some(now) if now == member => {
                    report.staff_unchanged = report.staff_unchanged.saturating_add(1);
                }
                Some(now) => {
                    let leaves = was_active && now.status() == StaffStatus::Inactive;
                    leaving = leaving.saturating_add(usize::from(leaves));
                    report.staff_updated = report.staff_updated.saturating_add(1);
                    changed.push(now);
                }
                None if was_active => {
                    leaving = leaving.saturating_add(1);
                    report.staff_departed = report.staff_departed.saturating_add(1);
                    changed.push(member.with_status(StaffStatus::Inactive));
                }
                None => {}
            }
        })
        .await?;
    if !departures.allow(leaving, active) {
        return Err(ImportError::TooManyDepartures { leaving, active });
    }
    // In the order in which a batch holds them: neither waits for the other half-way.
    changed.sort_unstable_by_key(StaffMember::id);
    let mut new: Vec<usize> = unseen.into_values().collect();
    new.sort_unstable();
    report.staff_added = new.len();
    let total = new.len().saturating_add(changed.len());
    let mut done = 0_usize;
    for chunk in changed.chunks(CHUNK) {
        expect_written(uow.staff().update(chunk).await?)?;
        done = done.saturating_add(chunk.len());
        progress.report(Step::Import, done, Some(total));
    }
    for chunk in new.chunks(CHUNK) {
        let records = chunk.iter().filter_map(|index| roster.staff().get(*index));
        let members: Vec<StaffMember> = records
            .map(|record| StaffMember::from_record(StaffId::from_uuid(ids.next_id()), record, schools))
            .collect();
        expect_written(uow.staff().insert(&members).await?)?;
        done = done.saturating_add(chunk.len());
        progress.report(Step::Import, done, Some(total));
    }
    Ok(())
}

fn expect_written(writes: Vec<StaffWrite>) -> Result<(), StoreError> {
    if writes.into_iter().all(|write| write == StaffWrite::Written) { Ok(()) } else { Err(another_import()) }
}

/// A conflict with a row that was not there a moment ago: another import is running. Trying again will find its rows.
fn another_import() -> StoreError {
    StoreError::Contended(None)
}

#[cfg(test)]
mod tests {
    use super::{Departures, ImportReport};

    #[test]
    fn a_third_may_leave_and_a_few_always() {
        for (leaving, active, allowed) in
            [(0, 0, true), (9, 9, true), (10, 29, false), (10, 30, true), (34, 100, false), (33, 100, true)]
        {
            assert_eq!(Departures::Guarded.allow(leaving, active), allowed, "{leaving} of {active}");
            assert!(Departures::Allowed.allow(leaving, active));
        }
    }

    #[test]
    fn an_import_that_changed_one_thing_is_not_unchanged() {
        let nothing = ImportReport { schools_unchanged: 3, staff_unchanged: 4, ..ImportReport::default() };
        assert!(nothing.is_unchanged());
        for one in [
            ImportReport { schools_added: 1, ..nothing },
            ImportReport { schools_updated: 1, ..nothing },
            ImportReport { staff_added: 1, ..nothing },
            ImportReport { staff_updated: 1, ..nothing },
            ImportReport { staff_departed: 1, ..nothing },
        ] {
            assert!(!one.is_unchanged(), "{one:?}");
        }
    }
}
