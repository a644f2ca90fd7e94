//! Eligibility: the one rule of who is a candidate (R1, R2), and the warnings beside it.
//!
//! Looking for a particular rule? Each is one line of `decide`; its code and its words stand in
//! [`Reason::TABLE`](crate::Reason::TABLE).

use crate::{Facts, Reason, ReasonSet, SchoolId, StaffEmail, StaffMember, StaffStatus, Warning, WarningSet};

/// The verdict on one staff member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assessment {
    /// Every rule that fails. Empty exactly if they are a candidate.
    pub reasons: ReasonSet,
    /// What an administrator of the current school should know.
    pub warnings: WarningSet,
}

impl Assessment {
    /// True if a user can be created for them now.
    pub const fn is_eligible(self) -> bool {
        self.reasons.is_empty()
    }
}

/// Decides whether a user can be created for the staff member that `facts` are about, by somebody logged into
/// `school`. Pure and total: it depends on nothing else, and every fact gets a verdict with all its reasons.
///
/// Every caller that needs the answer calls this: list, preview, commit, single form and bulk form (R2). A
/// store may leave out staff members of whom it would say no; it never decides.
///
/// ```
/// use staffroom_core::{Facts, IdSet, PersonName, Reason, SchoolId, SisId, StaffEmail, StaffId, StaffMember, StaffStatus, assess};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let school: SchoolId = "0195f6a2-7c1e-7000-8000-000000000002".parse()?;
/// let id: StaffId = "0195f6a2-7c1e-7000-8000-000000000003".parse()?;
/// let name = PersonName::parse("Ben", "Okafor")?;
/// let email = StaffEmail::read("not an address");
/// let ben = StaffMember::new(id, SisId::parse("T-1010")?, name, StaffStatus::Inactive, email, IdSet::only(school));
///
/// // Nobody holds his email, and he has no user; but two rules fail, and both are said.
/// let facts = Facts { staff_member: ben, linked_user: None, email_holder: None, email_sharers: Vec::new() };
/// let reasons: Vec<Reason> = assess(&facts, school).reasons.iter().collect();
/// assert_eq!(reasons, [Reason::Inactive, Reason::InvalidEmail]);
/// # Ok(()) }
/// ```
pub fn assess(facts: &Facts, school: SchoolId) -> Assessment {
    let findings = Findings {
        member: &facts.staff_member,
        is_linked: facts.linked_user.is_some(),
        email_is_held: facts.email_holder.is_some(),
        email_is_shared: !facts.email_sharers.is_empty(),
    };
    decide(findings, school)
}

/// As much of the facts as a verdict needs, with nothing copied: whoever has them about everybody at once
/// ([`Census`](crate::Census)) decides by them, too.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Findings<'a> {
    pub(crate) member: &'a StaffMember,
    pub(crate) is_linked: bool,
    pub(crate) email_is_held: bool,
    pub(crate) email_is_shared: bool,
}

/// The one place that decides (R2).
pub(crate) fn decide(findings: Findings<'_>, school: SchoolId) -> Assessment {
    let Findings { member, is_linked, email_is_held, email_is_shared } = findings;
    let reasons = ReasonSet::empty()
        .with_if(member.status() == StaffStatus::Inactive, Reason::Inactive)
        .with_if(is_linked, Reason::AlreadyLinked)
        .with_if(*member.email() == StaffEmail::Missing, Reason::NoEmail)
        .with_if(matches!(member.email(), StaffEmail::Invalid(_)), Reason::InvalidEmail)
        .with_if(member.email().valid().is_some() && email_is_held, Reason::EmailTaken);
    let warnings = WarningSet::empty()
        .with_if(!member.schools().contains(school), Warning::WorksElsewhere)
        .with_if(email_is_shared, Warning::EmailShared);
    Assessment { reasons, warnings }
}
