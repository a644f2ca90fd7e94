//! A plan as a document: version 1. Reading one checks what the builder would have made true.

use std::collections::HashSet;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{Decision, Head, Plan, PlanRow, PlannedPassword, Subject};
use crate::{Actor, BatchId, GroupId, NetworkId, Partial, SchoolId, Timestamp};

/// The version of the document this release writes, and the only one it reads.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Outgoing<'a> {
    version: u32,
    #[serde(flatten)]
    head: &'a Head,
    rows: &'a [PlanRow],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Incoming {
    version: u32,
    batch: BatchId,
    network: NetworkId,
    actor: Actor,
    school: SchoolId,
    group: Option<GroupId>,
    password: PlannedPassword,
    partial: Partial,
    made_at: Timestamp,
    rows: Vec<PlanRow>,
}

/// Why a document is not a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Unsound {
    #[error("the plan is of version {0}; this release reads version {VERSION}")]
    Version(u32),
    #[error("the plan creates a user for somebody without a valid email")]
    NoEmail,
    #[error("the plan refuses somebody without a reason")]
    NoReason,
    #[error("the plan has a staff member twice")]
    StaffTwice,
    #[error("the plan has a user id twice")]
    UserTwice,
    #[error("the plan creates two users with one email")]
    EmailTwice,
    #[error("the plan creates some although it must create all or nobody")]
    Partly,
}

impl Serialize for Plan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Outgoing { version: VERSION, head: &self.head, rows: &self.rows }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Plan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Incoming { version, batch, network, actor, school, group, password, partial, made_at, rows } =
            Incoming::deserialize(deserializer)?;
        if version != VERSION {
            return Err(D::Error::custom(Unsound::Version(version)));
        }
        check(partial, &rows).map_err(D::Error::custom)?;
        Ok(Self::seal(Head { batch, network, actor, school, group, password, partial, made_at }, rows))
    }
}

fn check(partial: Partial, rows: &[PlanRow]) -> Result<(), Unsound> {
    let (mut staff, mut users, mut emails) = (HashSet::new(), HashSet::new(), HashSet::new());
    let mut refused = false;
    for row in rows {
        if let Some(id) = row.subject.staff_id()
            && !staff.insert(id)
        {
            return Err(Unsound::StaffTwice);
        }
        match row.decision {
            Decision::Refuse(reasons) if reasons.is_empty() => return Err(Unsound::NoReason),
            Decision::Refuse(_) => refused = true,
            Decision::Create(user) => {
                let Subject::StaffMember { email, .. } = &row.subject else {
                    return Err(Unsound::NoEmail);
                };
                let email = email.valid().ok_or(Unsound::NoEmail)?;
                if !users.insert(user) {
                    return Err(Unsound::UserTwice);
                }
                if !emails.insert(email.canonical()) {
                    return Err(Unsound::EmailTwice);
                }
            }
        }
    }
    if partial == Partial::Forbidden && refused && !users.is_empty() { Err(Unsound::Partly) } else { Ok(()) }
}
