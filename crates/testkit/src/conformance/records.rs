//! The records that are never changed: batches and the audit log.

use std::sync::Arc;

use staffroom_core::store::{BatchInsert, Store};
use staffroom_core::{AuditRecord, Batch, BatchId, Digest};

use super::Verdict;
use super::failure::{misuse, same};
use super::samples::{audit_record, batch, batch_id, hostile_audit, hostile_batch};
use super::stage::{audit, read, write};
use crate::fixture::{NETWORK, set_up};

/// A batch is read back equal: digest, actor, moment, and every row of its report in its order, with every reason,
/// warning and sharer.
pub async fn a_batch_is_read_back(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let mut uow = write(&*store).await?;
    for batch in [hostile_batch(), batch(NETWORK, 1)] {
        same("the outcome", uow.batches().insert(&batch).await?, BatchInsert::Inserted)?;
    }
    uow.commit().await?;
    let mut uow = read(&*store).await?;
    for batch in [hostile_batch(), batch(NETWORK, 1)] {
        same("a batch", uow.batches().find(batch.report.batch()).await?, Some(batch))?;
    }
    same("one that is not there", uow.batches().find(batch_id(9)).await?, None)
}

/// A batch that is there already is left unchanged, and the answer says so.
pub async fn a_batch_is_kept_once(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let other = Batch { plan: Digest::from_u128(99), ..batch(NETWORK, 1) };
    let mut uow = write(&*store).await?;
    uow.batches().insert(&batch(NETWORK, 1)).await?;
    same("another at once", uow.batches().insert(&other).await?, BatchInsert::AlreadyThere)?;
    uow.commit().await?;
    let mut uow = write(&*store).await?;
    same("another later", uow.batches().insert(&other).await?, BatchInsert::AlreadyThere)?;
    uow.commit().await?;
    let found = read(&*store).await?.batches().find(batch_id(1)).await?;
    same("the batch", found, Some(batch(NETWORK, 1)))
}

/// A batch with no rows, and one with many thousand, are read back as well.
pub async fn batches_of_any_size_are_read_back(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let sized = |number: u32, size: usize| {
        let one = batch(NETWORK, number);
        let rows: Vec<_> = one.report.rows().iter().cycle().take(size).cloned().collect();
        let report = one.report;
        Batch {
            report: staffroom_core::Report::new(
                report.batch(),
                report.network(),
                report.actor(),
                report.school(),
                report.group(),
                report.at(),
                rows,
            ),
            ..one
        }
    };
    for (number, size) in [(1, 0), (2, 12_000)] {
        let mut uow = write(&*store).await?;
        uow.batches().insert(&sized(number, size)).await?;
        uow.commit().await?;
        let id: BatchId = batch_id(number);
        let found = read(&*store).await?.batches().find(id).await?;
        let rows = found.as_ref().map(|batch| batch.report.rows().len());
        same("the number of rows", rows, Some(size))?;
        same("whether all is as it was", found == Some(sized(number, size)), true)?;
    }
    Ok(())
}

/// Audit records are read back equal: every event, code, count and id, to the microsecond.
pub async fn audit_records_are_read_back(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let mut uow = write(&*store).await?;
    for record in hostile_audit() {
        uow.audit().append(&record).await?;
    }
    uow.commit().await?;
    same("the log", audit(&mut *read(&*store).await?).await?, hostile_audit())
}

/// The audit log is in order of time, then id, whatever the order of writing.
pub async fn the_audit_log_is_in_order(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    for (number, micros) in [(4, 7), (2, 9), (5, -1), (3, 7), (1, 8)] {
        let mut uow = write(&*store).await?;
        uow.audit().append(&audit_record(number, micros)).await?;
        uow.commit().await?;
    }
    let log: Vec<AuditRecord> = audit(&mut *read(&*store).await?).await?;
    let expected = [(5, -1), (3, 7), (4, 7), (1, 8), (2, 9)];
    same("the log", log, expected.map(|(number, micros)| audit_record(number, micros)))
}

/// An audit record is written once: its id must be new, in the same unit of work and in later ones.
pub async fn an_audit_record_is_appended_once(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let mut uow = write(&*store).await?;
    uow.audit().append(&audit_record(1, 1)).await?;
    misuse("the same record at once", uow.audit().append(&audit_record(1, 1)).await)?;
    drop(uow);
    let mut uow = write(&*store).await?;
    uow.audit().append(&audit_record(1, 1)).await?;
    uow.commit().await?;
    let mut uow = write(&*store).await?;
    misuse("another record with its id", uow.audit().append(&audit_record(1, 2)).await)?;
    drop(uow);
    same("the log", audit(&mut *read(&*store).await?).await?, [audit_record(1, 1)])
}
