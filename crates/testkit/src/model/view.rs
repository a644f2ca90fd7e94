//! What the model and a store are compared by: everything that can be seen, without the ids that each makes for
//! itself.

use staffroom_core::{Actor, GroupId, ReasonSet, SchoolId, WarningSet};

use crate::strategies::EditOutcome;

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// Schools added, updated, unchanged; staff added, updated, unchanged, departed.
    Imported([usize; 7]),
    Edited(EditOutcome),
    UserEdited {
        /// Whether it changed something.
        now: bool,
        /// Whether it took an initial password away.
        revoked: bool,
    },
    Planned(Vec<RowView>),
    Committed {
        rows: Vec<RowView>,
        again: bool,
    },
    /// The users of the batch, with what keeps them; nothing for those that are gone.
    Undone(Vec<(String, Vec<&'static str>)>),
    Listed(Vec<(String, ReasonSet, WarningSet)>),
    Refused(&'static str),
}

/// A row of a plan or report.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RowView {
    pub(super) who: String,
    pub(super) created: bool,
    pub(super) reasons: Vec<&'static str>,
    pub(super) warnings: Vec<&'static str>,
    pub(super) sharers: Vec<String>,
}

/// Everything in a network.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct NetworkView {
    pub(super) schools: Vec<String>,
    pub(super) groups: Vec<String>,
    pub(super) people: Vec<PersonView>,
    pub(super) users: Vec<UserView>,
    /// The plans that were carried out.
    pub(super) batches: Vec<usize>,
    /// The plans whose shared password is kept.
    pub(super) secrets: Vec<usize>,
    pub(super) audit: Vec<String>,
}

/// A staff member, with the verdict on them in the first school.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PersonView {
    pub(super) sis_id: String,
    pub(super) record: String,
    pub(super) schools: Vec<String>,
    pub(super) reasons: Vec<&'static str>,
    pub(super) warnings: Vec<&'static str>,
    pub(super) sharers: Vec<String>,
    /// The addresses of the linked user and of the holder of their email.
    pub(super) users: [Option<String>; 2],
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct UserView {
    pub(super) address: String,
    pub(super) given: String,
    pub(super) linked_to: Option<String>,
    pub(super) schools: Vec<String>,
    pub(super) groups: Vec<GroupId>,
    pub(super) enabled: bool,
    pub(super) password: String,
    pub(super) own_hash: bool,
    pub(super) batch: Option<usize>,
    pub(super) signed_in: bool,
    pub(super) revision: u32,
}

pub(super) fn reason_codes(reasons: ReasonSet) -> Vec<&'static str> {
    reasons.iter().map(staffroom_core::Reason::code).collect()
}

pub(super) fn warning_codes(warnings: WarningSet) -> Vec<&'static str> {
    warnings.iter().map(staffroom_core::Warning::code).collect()
}

/// A record of the audit log in words; `batch` is the number of its plan.
pub(super) fn audit_line(
    actor: Actor,
    school: impl Into<Option<SchoolId>>,
    group: Option<GroupId>,
    batch: Option<usize>,
    event: &str,
) -> String {
    let school = school.into();
    format!("{actor:?} {school:?} {group:?} {batch:?} {event}")
}

/// In order if they have one that both sides keep; sorted otherwise.
pub(super) fn arranged<T: Ord>(mut rows: Vec<T>, ordered: bool) -> Vec<T> {
    if !ordered {
        rows.sort();
    }
    rows
}
