//! A batch: one bulk create that was carried out.

use crate::{Digest, Report, SharedPasswordId};

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
