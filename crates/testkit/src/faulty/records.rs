//! Faults in what conflicts among the other records, and what becomes of it.

use staffroom_core::store::{
    BatchInsert, GroupWrite, NetworkInsert, RowLock, SchoolWrite, SharedPasswordInsert, StaffWrite,
    StoreError,
};
use staffroom_core::{School, SisId, StaffId, StaffMember, UserStatus};

use super::fault::Fault;
use super::rebuilt::lower;
use super::unit::{Passage, Step};
use crate::relay::{Answer, Call};

pub(super) async fn before(passage: &mut Passage<'_>, call: Call) -> Result<Step, StoreError> {
    Ok(match (passage.fault, call) {
        (Fault::KeepsNoAudit, Call::AppendAudit(_)) | (Fault::KeepsUnusedShared, Call::RemoveShared(_)) => {
            Step::Answer(Answer::Done)
        }
        (Fault::TakesAuditTwice, Call::AppendAudit(record)) => {
            let mut there = false;
            passage.uow.audit().visit(&mut |other| there |= other.id == record.id).await?;
            if there { Step::Answer(Answer::Done) } else { Step::Pass(Call::AppendAudit(record)) }
        }
        (Fault::KeepsTheFirstHash, Call::SetHashes(rows)) => {
            let mut new = Vec::new();
            for (id, hash) in rows {
                if passage.uow.passwords().find(id).await?.is_none() {
                    new.push((id, hash));
                }
            }
            Step::Pass(Call::SetHashes(new))
        }
        (Fault::HashEditsUsers, Call::SetHashes(rows)) => {
            for (id, _) in &rows {
                if let Some(user) = passage.uow.users().find(*id, RowLock::None).await? {
                    let edited = user.set_status(UserStatus::Enabled);
                    passage.uow.users().update(user.revision(), &edited).await?;
                }
            }
            Step::Pass(Call::SetHashes(rows))
        }
        (Fault::RemovesSharedInUse, Call::RemoveShared(id)) => {
            passage.shared.memory().removed.insert((passage.network, id));
            Step::Pass(Call::RemoveShared(id))
        }
        (Fault::RefusesSharedSchoolNames | Fault::ComparesSisIdsKindly, Call::InsertSchools(rows)) => {
            Step::Answer(Answer::SchoolWrites(insert_schools(passage, rows).await?))
        }
        (Fault::ComparesSisIdsKindly, Call::InsertStaff(rows)) => {
            Step::Answer(Answer::StaffWrites(insert_staff(passage, rows).await?))
        }
        (Fault::FindsOldSisIds, Call::UpdateStaff(rows)) => {
            for row in &rows {
                if let Some(old) = passage.uow.staff().find(row.id()).await? {
                    let key = (passage.network, old.sis_id().clone());
                    passage.shared.memory().sis_ids.insert(key, row.id());
                }
            }
            Step::Pass(Call::UpdateStaff(rows))
        }
        (_, other) => Step::Pass(other),
    })
}

async fn insert_schools(
    passage: &mut Passage<'_>,
    rows: Vec<School>,
) -> Result<Vec<SchoolWrite>, StoreError> {
    let mut outcomes = Vec::new();
    for row in rows {
        let is_taken = |other: &School| match passage.fault {
            Fault::RefusesSharedSchoolNames => other.name().folded() == row.name().folded(),
            _ => lower(other.sis_id()) == lower(row.sis_id()),
        };
        if passage.uow.schools().list().await?.iter().any(is_taken) {
            outcomes.push(SchoolWrite::Taken);
        } else {
            outcomes.extend(passage.uow.schools().insert(&[row]).await?);
        }
    }
    Ok(outcomes)
}

async fn insert_staff(
    passage: &mut Passage<'_>,
    rows: Vec<StaffMember>,
) -> Result<Vec<StaffWrite>, StoreError> {
    let mut outcomes = Vec::new();
    for row in rows {
        if staff_like(passage, row.sis_id()).await?.is_some() {
            outcomes.push(StaffWrite::Taken);
        } else {
            outcomes.extend(passage.uow.staff().insert(&[row]).await?);
        }
    }
    Ok(outcomes)
}

async fn staff_like(passage: &mut Passage<'_>, sis_id: &SisId) -> Result<Option<StaffId>, StoreError> {
    let mut found = None;
    let wanted = lower(sis_id);
    let mut look = |member: StaffMember| {
        if lower(member.sis_id()) == wanted {
            found = Some(member.id());
        }
    };
    passage.uow.staff().visit_records(&mut look).await?;
    Ok(found)
}

pub(super) async fn after(
    passage: &mut Passage<'_>,
    call: &Call,
    answer: Answer,
) -> Result<Answer, StoreError> {
    let answer = match (passage.fault, answer) {
        (Fault::InventsNetworks, Answer::Network(None)) => {
            let name = staffroom_core::NetworkName::parse("Unnamed").ok();
            Answer::Network(name.map(|name| staffroom_core::Network::new(passage.network, name)))
        }
        (Fault::InsertsNetworksAgain, Answer::NetworkInsert(_)) => {
            Answer::NetworkInsert(NetworkInsert::Inserted)
        }
        (Fault::InsertsSharedAgain, Answer::SharedInsert(_)) => {
            Answer::SharedInsert(SharedPasswordInsert::Inserted)
        }
        (Fault::InsertsBatchesAgain, Answer::BatchInsert(_)) => Answer::BatchInsert(BatchInsert::Inserted),
        (Fault::RemovesSharedInUse, Answer::Shared(found)) => {
            let memory = passage.shared.memory();
            Answer::Shared(found.filter(|shared| !memory.removed.contains(&(passage.network, shared.id))))
        }
        (Fault::BatchesGoWithTheirUsers, Answer::Batch(Some(batch))) => {
            let id = batch.report.batch();
            let left = passage.uow.users().find_by_batch(id, RowLock::None).await?;
            let is_left = batch.report.counts().created == 0 || !left.is_empty();
            Answer::Batch(Some(batch).filter(|_| is_left))
        }
        (_, other) => other,
    };
    if let (Fault::DeleteKeepsHashes, Call::FindHash(id), Answer::Hash(None)) = (passage.fault, call, &answer)
    {
        return Ok(Answer::Hash(passage.shared.memory().hashes.get(&(passage.network, *id)).cloned()));
    }
    match (call, answer) {
        (Call::FindStaffIds(questions), Answer::StaffIds(answers)) => {
            Ok(Answer::StaffIds(found(passage, questions, answers).await?))
        }
        (Call::InsertGroup(group), Answer::GroupWrite(GroupWrite::Taken)) => {
            let groups = passage.uow.groups().list().await?;
            let same = groups.iter().any(|other| other.id() == group.id() || other.name() == group.name());
            let accepted = match passage.fault {
                Fault::ComparesGroupNamesAsGiven => !same,
                fault => fault == Fault::AcceptsTakenRecords,
            };
            Ok(Answer::GroupWrite(if accepted { GroupWrite::Written } else { GroupWrite::Taken }))
        }
        (call, answer) => rewritten(passage, call, answer).await,
    }
}

/// The outcomes of several rows, where the fault says that a row is written which is not, or writes one after all.
async fn rewritten(passage: &mut Passage<'_>, call: &Call, answer: Answer) -> Result<Answer, StoreError> {
    let accepts = passage.fault == Fault::AcceptsTakenRecords;
    let hides = passage.fault == Fault::UpdateHidesRefusals;
    let overlooks = passage.fault == Fault::OverlooksConflictsWithinACall;
    let inserts = passage.fault == Fault::UpdateInserts;
    Ok(match (call, answer) {
        (Call::InsertSchools(rows), Answer::SchoolWrites(outcomes)) => {
            let keys: Vec<&SisId> = rows.iter().map(School::sis_id).collect();
            let written = |index| accepts || (overlooks && is_repeated(&keys, index));
            let answers = outcomes.into_iter().enumerate();
            let answers =
                answers.map(|(index, outcome)| if written(index) { SchoolWrite::Written } else { outcome });
            Answer::SchoolWrites(answers.collect())
        }
        (Call::InsertStaff(rows), Answer::StaffWrites(outcomes)) => {
            let keys: Vec<&SisId> = rows.iter().map(StaffMember::sis_id).collect();
            let written = |index| accepts || (overlooks && is_repeated(&keys, index));
            let answers = outcomes.into_iter().enumerate();
            let answers =
                answers.map(|(index, outcome)| if written(index) { StaffWrite::Written } else { outcome });
            Answer::StaffWrites(answers.collect())
        }
        (Call::UpdateSchools(rows), Answer::SchoolWrites(_)) if hides || inserts => {
            for row in rows.iter().filter(|_| inserts) {
                passage.uow.schools().insert(std::slice::from_ref(row)).await?;
            }
            Answer::SchoolWrites(vec![SchoolWrite::Written; rows.len()])
        }
        (Call::UpdateStaff(rows), Answer::StaffWrites(_)) if hides || inserts => {
            for row in rows.iter().filter(|_| inserts) {
                passage.uow.staff().insert(std::slice::from_ref(row)).await?;
            }
            Answer::StaffWrites(vec![StaffWrite::Written; rows.len()])
        }
        (Call::UpdateGroup(row), Answer::GroupWrite(_)) if hides || inserts => {
            if inserts {
                passage.uow.groups().insert(row).await?;
            }
            Answer::GroupWrite(GroupWrite::Written)
        }
        (_, other) => other,
    })
}

fn is_repeated(keys: &[&SisId], index: usize) -> bool {
    keys.get(index).is_some_and(|key| keys.iter().take(index).any(|earlier| earlier == key))
}

async fn found(
    passage: &mut Passage<'_>,
    questions: &[SisId],
    answers: Vec<Option<StaffId>>,
) -> Result<Vec<Option<StaffId>>, StoreError> {
    let mut found = Vec::new();
    for (question, answer) in questions.iter().zip(answers) {
        found.push(match passage.fault {
            Fault::ComparesSisIdsKindly => staff_like(passage, question).await?,
            Fault::FindsOldSisIds => {
                let key = (passage.network, question.clone());
                answer.or_else(|| passage.shared.memory().sis_ids.get(&key).copied())
            }
            _ => answer,
        });
    }
    Ok(found)
}
