//! Faults in lists that are read a page at a time: users, batches, the audit log.

use staffroom_core::store::{AuditCursor, BatchCursor, StoreError};
use staffroom_core::{AuditId, BatchId};
use uuid::Uuid;

use super::fault::Fault;
use super::unit::{Passage, Step};
use crate::relay::{Answer, Call};

#[expect(clippy::unused_async, reason = "as the other faults, which do ask the store")]
pub(super) async fn before(passage: &mut Passage<'_>, call: Call) -> Result<Step, StoreError> {
    let one_more = |limit: usize| limit.saturating_add(1);
    Ok(Step::Pass(match (passage.fault, call) {
        (Fault::IgnoresTheStart, Call::PageOfUsers(_, limit)) => Call::PageOfUsers(String::new(), limit),
        (Fault::PagesUsersAfterTheStart, Call::PageOfUsers(from, limit)) => {
            Call::PageOfUsers(format!("{from}\u{1}"), limit)
        }
        (Fault::PagesAreTooLong, Call::PageOfUsers(from, limit)) => Call::PageOfUsers(from, one_more(limit)),
        (Fault::IgnoresTheCursor, Call::PageOfBatches(_, limit)) => Call::PageOfBatches(None, limit),
        (Fault::IgnoresTheCursor, Call::PageOfAudit(_, limit)) => Call::PageOfAudit(None, limit),
        (Fault::MomentsArePlaces, Call::PageOfBatches(Some(after), limit)) => {
            Call::PageOfBatches(Some(BatchCursor::new(after.at(), BatchId::from_uuid(Uuid::nil()))), limit)
        }
        (Fault::MomentsArePlaces, Call::PageOfAudit(Some(after), limit)) => {
            Call::PageOfAudit(Some(AuditCursor::new(after.at(), AuditId::from_uuid(Uuid::nil()))), limit)
        }
        (_, other) => other,
    }))
}

pub(super) fn after(fault: Fault, call: &Call, answer: Answer) -> Answer {
    match (fault, call, answer) {
        (Fault::PagesUsersAsGiven, Call::PageOfUsers(..), Answer::Users(mut users)) => {
            users.sort_by(|one, other| one.email().as_given().cmp(other.email().as_given()));
            Answer::Users(users)
        }
        (Fault::PagesFromTheOldest, Call::PageOfBatches(..), Answer::Batches(mut heads)) => {
            heads.sort_by_key(BatchCursor::of);
            Answer::Batches(heads)
        }
        (Fault::PagesFromTheOldest, Call::PageOfAudit(..), Answer::Audit(mut records)) => {
            records.sort_by_key(AuditCursor::of);
            Answer::Audit(records)
        }
        (_, _, answer) => answer,
    }
}
