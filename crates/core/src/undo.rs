//! Undoing a batch, as far as nobody has touched its users since (R15).

use std::collections::HashMap;

use crate::apply::CHUNK;
use crate::store::{RowLock, StoreError, UnitOfWork, UserDelete, one_each};
use crate::{Batch, BatchId, Progress, Revision, Step, Subject, Timestamp, Touch, UserId};

/// What undoing a batch did: one row for every user that the batch created, in the order of its report. Undoing again
/// says the same, unless somebody was touched in between.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct UndoReport {
    /// The batch.
    pub batch: BatchId,
    /// When it was undone.
    pub at: Timestamp,
    /// One row for every user the batch created.
    pub rows: Vec<UndoRow>,
}

impl UndoReport {
    /// How many users of the batch are gone.
    pub fn removed(&self) -> usize {
        self.rows.iter().filter(|row| row.outcome == UndoOutcome::Removed).count()
    }

    /// How many were kept.
    pub fn kept(&self) -> usize {
        self.rows.len().saturating_sub(self.removed())
    }
}

/// One user of an undone batch.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct UndoRow {
    /// The staff member.
    pub subject: Subject,
    /// The user that the batch created.
    pub user: UserId,
    /// What became of it.
    pub outcome: UndoOutcome,
}

/// What became of a user of an undone batch.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum UndoOutcome {
    /// It is gone, now or since an earlier undo. Its staff member can be a candidate again.
    Removed,
    /// It was left alone, because of what has happened to it since.
    Kept(Vec<Touch>),
}

/// Removes the untouched users of `batch`. Answers with the report, and how many were removed just now.
pub(crate) async fn undo(
    uow: &mut dyn UnitOfWork,
    batch: &Batch,
    at: Timestamp,
    progress: &dyn Progress,
) -> Result<(UndoReport, usize), StoreError> {
    let users = uow.users().find_by_batch(batch.report.batch(), RowLock::Held).await?;
    let mut kept: HashMap<UserId, Vec<Touch>> = HashMap::new();
    let mut removable: Vec<(UserId, Revision)> = Vec::new();
    for user in &users {
        match user.touches() {
            touches if touches.is_empty() => removable.push((user.id(), user.revision())),
            touches => drop(kept.insert(user.id(), touches)),
        }
    }
    let mut removed = 0_usize;
    for chunk in removable.chunks(CHUNK) {
        for ((user, _), outcome) in chunk.iter().zip(one_each(chunk, uow.users().delete(chunk).await?)?) {
            match outcome {
                UserDelete::Deleted => removed = removed.saturating_add(1),
                UserDelete::Stale => drop(kept.insert(*user, vec![Touch::Edited])),
                UserDelete::Unknown => {}
            }
        }
        progress.report(Step::Undo, removed, Some(removable.len()));
    }
    if let Some(shared) = batch.shared_password {
        uow.passwords().remove_unused_shared(shared).await?;
    }
    Ok((report(batch, at, &mut kept), removed))
}

fn report(batch: &Batch, at: Timestamp, kept: &mut HashMap<UserId, Vec<Touch>>) -> UndoReport {
    let rows = batch.report.rows().iter().filter_map(|row| {
        let user = row.user()?;
        let outcome = kept.remove(&user).map_or(UndoOutcome::Removed, UndoOutcome::Kept);
        Some(UndoRow { subject: row.subject().clone(), user, outcome })
    });
    UndoReport { batch: batch.report.batch(), at, rows: rows.collect() }
}
