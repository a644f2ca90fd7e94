//! A batch: one bulk create that was carried out.

use crate::{Actor, BatchId, Counts, Digest, GroupId, Report, SchoolId, SharedPasswordId, Timestamp, Touch};

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

/// What became since of a row of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum Since {
    /// Nobody was created.
    NotCreated,
    /// The user is there, and nobody has touched it: an undo would remove it.
    Untouched,
    /// The user is there, and an undo would keep it, for these reasons.
    Touched(Vec<Touch>),
    /// The user is gone.
    Removed,
}

/// A batch, and what became of its users since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchView {
    /// The batch.
    pub batch: Batch,
    /// What became of each row of its report, in the order of the report.
    pub since: Vec<Since>,
}

impl BatchView {
    /// How many of its users an undo would remove.
    pub fn untouched(&self) -> usize {
        self.count(|since| *since == Since::Untouched)
    }

    /// How many of its users an undo would keep.
    pub fn touched(&self) -> usize {
        self.count(|since| matches!(since, Since::Touched(_)))
    }

    /// How many of its users are gone.
    pub fn removed(&self) -> usize {
        self.count(|since| *since == Since::Removed)
    }

    fn count(&self, is: impl Fn(&Since) -> bool) -> usize {
        self.since.iter().filter(|since| is(since)).count()
    }
}
