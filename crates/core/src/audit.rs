//! Audit records: what happened, in counts, codes and opaque ids (R16). No emails, names or secrets.

use crate::{Actor, AuditId, BatchId, GroupId, SchoolId, Timestamp};

/// One record of the append-only audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AuditRecord {
    /// Names the record.
    pub id: AuditId,
    /// When it happened.
    pub at: Timestamp,
    /// Who acted.
    pub actor: Actor,
    /// The school it was about.
    pub school: SchoolId,
    /// The group that was to be assigned, if one was.
    pub group: Option<GroupId>,
    /// The batch it was about, if there was one yet.
    pub batch: Option<BatchId>,
    /// What happened.
    pub event: AuditEvent,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case", tag = "event"))]
#[non_exhaustive]
pub enum AuditEvent {
    /// A bulk create was carried out.
    BulkCreate {
        /// How many staff members were asked for.
        requested: usize,
        /// For how many a user was created.
        created: usize,
        /// How many were refused.
        refused: usize,
        /// How often each reason was given, by code, in the order of the table.
        reasons: Vec<(String, usize)>,
    },
    /// A bulk create was undone, as far as nobody had touched its users.
    Undo {
        /// How many users were removed.
        removed: usize,
        /// How many were kept.
        kept: usize,
    },
    /// Somebody tried what they may not.
    Denied {
        /// What they tried.
        attempt: Attempt,
        /// The code of what was missing (see [`Denied::code`](crate::Denied::code)).
        code: String,
    },
}

impl AuditEvent {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BulkCreate { .. } => "bulk-create",
            Self::Undo { .. } => "undo",
            Self::Denied { .. } => "denied",
        }
    }
}

/// What somebody tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Attempt {
    /// To list candidates.
    List,
    /// To preview a bulk create.
    Preview,
    /// To commit a plan.
    Commit,
    /// To undo a batch.
    Undo,
}
