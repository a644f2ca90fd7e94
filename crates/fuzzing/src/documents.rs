//! Documents: what a host keeps, sends to a browser and gets back.

use std::collections::HashSet;
use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use staffroom_core::store::{AuditCursor, BatchCursor, Cursor};
use staffroom_core::{
    Actor, AuditRecord, BatchHead, Decision, Digest, Email, FollowUp, Group, ImportReport, Network, Partial,
    PermissionSet, PersonName, Plan, Report, School, StaffEmail, StaffKey, StaffMember, Subject, Timestamp,
    UndoReport, User, UserCursor, UserEdit, ValidDays,
};
use staffroom_testkit::properties::{Verdict, Violation};

use crate::require;

/// A plan (R11).
pub(crate) fn plan(bytes: &[u8]) -> Verdict {
    let Ok(plan) = serde_json::from_slice::<Plan>(bytes) else { return Ok(()) };
    let document = survives(&plan)?;
    let read: Plan = read(&document)?;
    require!("R11", read.digest() == plan.digest(), "the digest of {document} changes");
    require!("R11", document.get("version") == Some(&json!(1)), "{document} has no version");
    for (field, value) in [("version", json!(2)), ("force", json!(true))] {
        let mut other = document.clone();
        if let Some(fields) = other.as_object_mut() {
            fields.insert(field.to_owned(), value);
        }
        require!("R11", serde_json::from_value::<Plan>(other.clone()).is_err(), "{other} is read as a plan");
    }
    makes_sense(&plan)
}

/// What holds of every plan, however it came about.
fn makes_sense(plan: &Plan) -> Verdict {
    let (mut staff, mut users, mut emails) = (HashSet::new(), HashSet::new(), HashSet::new());
    let mut refused = 0;
    for row in plan.rows() {
        if let Some(id) = row.subject().staff_id() {
            require!("R14", staff.insert(id), "{id} is there twice");
        }
        match (row.decision(), row.subject()) {
            (Decision::Create(user), Subject::StaffMember { email: StaffEmail::Valid(email), .. }) => {
                require!("R12", users.insert(user), "{user} is there twice");
                require!("R5", emails.insert(email.canonical()), "two users get {email}");
            }
            (Decision::Create(_), subject) => {
                return Err(Violation::of("R1", format!("a user for {subject:?}")));
            }
            (Decision::Refuse(reasons), subject) => {
                require!("R1", !reasons.is_empty(), "{subject:?} is refused without a reason");
                refused += 1;
            }
        }
    }
    let counts = plan.counts();
    let sums = counts.requested == plan.rows().len()
        && counts.created == users.len()
        && counts.refused == refused
        && counts.requested == counts.created + counts.refused;
    require!("R14", sums, "{counts:?}");
    let whole = plan.partial() == Partial::Allowed || users.is_empty() || refused == 0;
    require!("R13", whole, "some are created although it must be all or nobody");
    Ok(())
}

/// Answers (R14, R15, R16).
pub(crate) fn report(bytes: &[u8]) -> Verdict {
    if let Ok(report) = serde_json::from_slice::<Report>(bytes) {
        survives(&report)?;
        let (counts, rows) = (report.counts(), report.rows());
        let created = rows.iter().filter(|row| row.user().is_some()).count();
        let sums = counts.requested == rows.len()
            && counts.created == created
            && counts.requested == counts.created + counts.refused;
        require!("R14", sums, "{counts:?} of {rows:?}");
    }
    if_it_is::<UndoReport>(bytes)?;
    if_it_is::<AuditRecord>(bytes)?;
    if_it_is::<ImportReport>(bytes)?;
    if_it_is::<BatchHead>(bytes)?;
    if_it_is::<FollowUp>(bytes)
}

/// Parts of requests, and records.
pub(crate) fn body(bytes: &[u8]) -> Verdict {
    if_it_is::<StaffKey>(bytes)?;
    if_it_is::<Vec<StaffKey>>(bytes)?;
    if_it_is::<Partial>(bytes)?;
    if_it_is::<ValidDays>(bytes)?;
    if_it_is::<Actor>(bytes)?;
    if_it_is::<UserEdit>(bytes)?;
    if_it_is::<Cursor>(bytes)?;
    if_it_is::<UserCursor>(bytes)?;
    if_it_is::<AuditCursor>(bytes)?;
    if_it_is::<BatchCursor>(bytes)?;
    if_it_is::<PermissionSet>(bytes)?;
    if_it_is::<Timestamp>(bytes)?;
    if_it_is::<Digest>(bytes)?;
    if_it_is::<Email>(bytes)?;
    if_it_is::<StaffEmail>(bytes)?;
    if_it_is::<PersonName>(bytes)?;
    if_it_is::<Network>(bytes)?;
    if_it_is::<School>(bytes)?;
    if_it_is::<Group>(bytes)?;
    if_it_is::<StaffMember>(bytes)?;
    if_it_is::<User>(bytes)
}

fn if_it_is<T: Serialize + DeserializeOwned + PartialEq + Debug>(bytes: &[u8]) -> Verdict {
    match serde_json::from_slice::<T>(bytes) {
        Ok(thing) => survives(&thing).map(drop),
        Err(_) => Ok(()),
    }
}

/// Written and read, it is the same, and written the same again. Answers with the document.
fn survives<T: Serialize + DeserializeOwned + PartialEq + Debug>(thing: &T) -> Result<Value, Violation> {
    let document = written(thing)?;
    let again: T = read(&document)?;
    require!("R11", again == *thing, "{thing:?} becomes {again:?}");
    let twice = written(&again)?;
    require!("R11", twice == document, "{document} becomes {twice}");
    Ok(document)
}

fn written(thing: &impl Serialize) -> Result<Value, Violation> {
    serde_json::to_value(thing).map_err(|error| Violation::of("R11", error.to_string()))
}

fn read<T: DeserializeOwned>(document: &Value) -> Result<T, Violation> {
    // As text, as it travels.
    serde_json::from_str(&document.to_string())
        .map_err(|error| Violation::of("R11", format!("{document} is not read back: {error}")))
}
