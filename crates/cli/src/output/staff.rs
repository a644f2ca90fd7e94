//! Staff members with the verdict on them, as the verbs about them print them.

use serde::Serialize;
use staffroom_core::{
    Explained, ReasonSet, Resolution, SchoolId, SeenUser, Sighted, StaffId, StaffStatus, UserId, WarningSet,
};

use super::records::{Record, Row};
use super::rows::{Status, proposal};
use crate::network::Network;

/// A staff member as `docs/json.md` has them.
#[derive(Debug, Serialize)]
pub(crate) struct StaffRow {
    pub(crate) staff_id: StaffId,
    pub(crate) sis_id: String,
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    pub(crate) active: bool,
    pub(crate) schools: Vec<String>,
    school_ids: Vec<SchoolId>,
    pub(crate) status: Status,
    pub(crate) reasons: ReasonSet,
    pub(crate) warnings: WarningSet,
    pub(crate) shares_email_with: Vec<String>,
    /// The user that is linked to them, as far as it is the actor's to see.
    pub(crate) user_id: Option<UserId>,
    pub(crate) user_email: Option<String>,
    /// Who holds their email, as far as it is the actor's to see.
    pub(crate) holder_id: Option<UserId>,
    pub(crate) holder_email: Option<String>,
    /// What could be done, and to which user.
    pub(crate) resolution: Option<&'static str>,
    pub(crate) resolution_user: Option<String>,
}

impl StaffRow {
    pub(crate) fn new(network: &Network, explained: &Explained) -> Self {
        let member = &explained.staff_member;
        let school = |id| network.school_name(id).map_or_else(|| id.to_string(), str::to_owned);
        let (user, holder) = (seen(&explained.linked_user), seen(&explained.email_holder));
        let email = |user: Option<&SeenUser>| user.map(|seen| seen.user.email().to_string());
        let resolution_user = explained.resolution.and_then(|resolution| {
            [user, holder].into_iter().flatten().find(|seen| seen.user.id() == resolution.user())
        });
        Self {
            staff_id: member.id(),
            sis_id: member.sis_id().to_string(),
            name: member.name().to_string(),
            email: member.email().as_given().map(str::to_owned),
            active: member.status() == StaffStatus::Active,
            schools: member.schools().iter().map(school).collect(),
            school_ids: member.schools().iter().collect(),
            status: if explained.assessment.is_eligible() { Status::Candidate } else { Status::Ineligible },
            reasons: explained.assessment.reasons,
            warnings: explained.assessment.warnings,
            shares_email_with: explained
                .email_sharers
                .iter()
                .map(|sharer| sharer.sis_id.to_string())
                .collect(),
            user_id: user.map(|seen| seen.user.id()),
            user_email: email(user),
            holder_id: holder.map(|seen| seen.user.id()),
            holder_email: email(holder),
            resolution: explained.resolution.map(Resolution::code),
            resolution_user: email(resolution_user),
        }
    }

    /// What could be typed to resolve what is in the way.
    pub(crate) fn proposal(&self, school: &str) -> Option<String> {
        proposal(self.resolution?, self.resolution_user.as_deref()?, &self.sis_id, school)
    }
}

/// The user, if it is the actor's to see.
pub(crate) fn seen(sighted: &Sighted) -> Option<&SeenUser> {
    match sighted {
        Sighted::Seen(seen) => Some(seen),
        _ => None,
    }
}

impl Record for StaffRow {
    const COLUMNS: &'static [&'static str] = &[
        "staff_id",
        "sis_id",
        "name",
        "email",
        "active",
        "schools",
        "school_ids",
        "status",
        "reasons",
        "warnings",
        "shares_email_with",
        "user_id",
        "user_email",
        "holder_id",
        "holder_email",
        "resolution",
        "resolution_user",
    ];
}

impl Row for StaffRow {
    const LIST: &'static str = "staff";
    const HEADER: &'static [&'static str] = &["SIS id", "Name", "Email", "Schools", "Account"];

    fn cells(&self) -> Vec<String> {
        let codes: Vec<&str> = self.reasons.iter().map(staffroom_core::Reason::code).collect();
        let account = match (&self.user_email, self.status, self.active) {
            (Some(user), _, _) if self.email.as_deref() == Some(user.as_str()) => "yes".to_owned(),
            (Some(user), _, _) => format!("yes: {user}"),
            (None, Status::Candidate, _) => "candidate".to_owned(),
            (None, Status::Ineligible, _) => format!("no: {}", codes.join(", ")),
        };
        vec![
            self.sis_id.clone(),
            self.name.clone(),
            self.email.clone().unwrap_or_default(),
            self.schools.join(", "),
            account,
        ]
    }
}
