//! A batch: one bulk create that was carried out.

use crate::{Actor, BatchId, Counts, Digest, GroupId, Report, SchoolId, SharedPasswordId, Timestamp};

/// What a store keeps of a bulk create that was carried out: enough to answer a repeated commit with the first report
/// (R11), and to undo it (R15).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The digest of its plan: tells the same plan from another under the same id.
    pub plan: Digest,
    /// The shared initial password of its users, if it has one.
    pub shared_password: Option<SharedPasswordId>,
    /// What it did.
    pub report: Report,
}

/// What a list of batches shows of one: everything but the rows of its report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct BatchHead {
    /// Its id.
    pub id: BatchId,
    /// When it was carried out.
    pub at: Timestamp,
    /// Who carried it out.
    pub actor: Actor,
    /// The school that its users were given access to.
    pub school: SchoolId,
    /// The group that its users were put into.
    pub group: Option<GroupId>,
    /// How many staff members were asked for, created and refused.
    pub counts: Counts,
}

impl BatchHead {
    /// The head of the batch with that report.
    pub const fn of(report: &Report) -> Self {
        Self {
            id: report.batch(),
            at: report.at(),
            actor: report.actor(),
            school: report.school(),
            group: report.group(),
            counts: report.counts(),
        }
    }
}
