//! What there is to print: the answer to a bulk create, planned or done, and a person in a list, in the shape that every
//! form of output shares. As JSON they are the contract of `docs/json.md`.

use serde::{Serialize, Serializer};
use staffroom_core::{
    Assessed, Assessment, BatchId, Counts, Decision, EmailSharer, Explained, Group, GroupId, InitialPassword,
    NetworkId, NetworkName, Outcome, Plan, PlanRow, Reason, ReasonSet, Report, ReportRow, Resolution, School,
    SchoolId, SisId, StaffEmail, StaffId, StaffMember, Subject, Timestamp, UserId, Warning, WarningSet,
};

use super::staff::seen;

/// The version of `docs/json.md` that this release keeps.
pub(crate) const VERSION: u32 = 1;

/// What a bulk create did, or would do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer<'a> {
    pub(crate) network: (NetworkId, &'a NetworkName),
    pub(crate) school: &'a School,
    pub(crate) group: Option<&'a Group>,
    /// Where the people are, to stand after "nobody": "in Lakeside".
    pub(crate) place: &'a str,
    pub(crate) initial: Initially,
    pub(crate) rows: Rows<'a>,
}

/// How the new users get in the first time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Initially {
    pub(crate) password: InitialPassword,
    /// When it stops working, once there is one.
    pub(crate) expires_at: Option<Timestamp>,
}

impl Initially {
    /// The code of the kind, as it is typed.
    pub(crate) const fn code(self) -> &'static str {
        match self.password {
            InitialPassword::None => "none",
            InitialPassword::Shared(_) => "shared",
            InitialPassword::Generated(_) => "generated",
        }
    }
}

/// Planned, or done.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Rows<'a> {
    Planned(&'a Plan),
    Done(&'a Report),
    /// There was nobody to do anything for, and so nothing was done.
    Nobody,
}

impl<'a> Answer<'a> {
    pub(crate) const fn is_dry_run(&self) -> bool {
        matches!(self.rows, Rows::Planned(_))
    }

    pub(crate) const fn counts(&self) -> Counts {
        match self.rows {
            Rows::Planned(plan) => plan.counts(),
            Rows::Done(report) => report.counts(),
            Rows::Nobody => Counts::new(0, 0),
        }
    }

    /// One row for everybody asked for, in the order of the request.
    pub(crate) fn rows(&self) -> Box<dyn Iterator<Item = OutcomeRow<'a>> + 'a> {
        match self.rows {
            Rows::Planned(plan) => Box::new(plan.rows().iter().map(OutcomeRow::planned)),
            Rows::Done(report) => Box::new(report.rows().iter().map(OutcomeRow::done)),
            Rows::Nobody => Box::new(std::iter::empty()),
        }
    }

    /// The batch that was carried out, and when.
    const fn carried_out(&self) -> Option<(BatchId, Timestamp)> {
        match self.rows {
            Rows::Planned(_) | Rows::Nobody => None,
            Rows::Done(report) => Some((report.batch(), report.at())),
        }
    }
}

/// The document of `bulk-create --format json`.
#[derive(Serialize)]
pub(crate) struct BulkCreateDocument<'a> {
    version: u32,
    batch: Option<BatchId>,
    at: Option<Timestamp>,
    network: &'a str,
    network_id: NetworkId,
    school: &'a str,
    school_id: SchoolId,
    school_sis_id: &'a str,
    group: Option<&'a str>,
    group_id: Option<GroupId>,
    initial_password: &'static str,
    password_expires_at: Option<Timestamp>,
    dry_run: bool,
    requested: usize,
    created: usize,
    refused: usize,
    #[serde(serialize_with = "outcomes")]
    outcomes: Answer<'a>,
}

impl<'a> From<Answer<'a>> for BulkCreateDocument<'a> {
    fn from(answer: Answer<'a>) -> Self {
        let counts = answer.counts();
        let carried_out = answer.carried_out();
        Self {
            version: VERSION,
            batch: carried_out.map(|(batch, _)| batch),
            at: carried_out.map(|(_, at)| at),
            network: answer.network.1.as_str(),
            network_id: answer.network.0,
            school: answer.school.name().as_str(),
            school_id: answer.school.id(),
            school_sis_id: answer.school.sis_id().as_str(),
            group: answer.group.map(|group| group.name().as_str()),
            group_id: answer.group.map(Group::id),
            initial_password: answer.initial.code(),
            password_expires_at: answer.initial.expires_at,
            dry_run: answer.is_dry_run(),
            requested: counts.requested,
            created: counts.created,
            refused: counts.refused,
            outcomes: answer,
        }
    }
}

fn outcomes<S: Serializer>(answer: &Answer<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(answer.rows())
}

/// Who a row is about. All `None`, except for the id that was asked for, if the network does not have them.
#[derive(Debug, Serialize)]
pub(crate) struct Person<'a> {
    pub(crate) staff_id: Option<StaffId>,
    pub(crate) sis_id: Option<&'a str>,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<&'a str>,
}

/// Why, and what to look at.
#[derive(Debug, Serialize)]
pub(crate) struct Findings<'a> {
    pub(crate) reasons: ReasonSet,
    pub(crate) warnings: WarningSet,
    /// The SIS ids of the others with the same email: the first [`Facts::MAX_SHARERS`](staffroom_core::Facts::MAX_SHARERS).
    #[serde(rename = "shares_email_with", skip_serializing_if = "Vec::is_empty")]
    pub(crate) sharers: Vec<&'a str>,
}

/// What became of one staff member.
#[derive(Debug, Serialize)]
pub(crate) struct OutcomeRow<'a> {
    #[serde(flatten)]
    pub(crate) person: Person<'a>,
    pub(crate) outcome: OutcomeWord,
    pub(crate) user_id: Option<UserId>,
    #[serde(flatten)]
    pub(crate) findings: Findings<'a>,
}

/// Created or refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum OutcomeWord {
    Created,
    Refused,
}

impl OutcomeWord {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Refused => "refused",
        }
    }
}

/// Somebody in a list.
#[derive(Debug, Serialize)]
pub(crate) struct CandidateRow<'a> {
    #[serde(flatten)]
    pub(crate) person: Person<'a>,
    pub(crate) status: Status,
    #[serde(flatten)]
    pub(crate) findings: Findings<'a>,
    /// What could be done about a user in the way, and who that is: where it was asked for, and is the actor's to see.
    pub(crate) resolution: Option<&'static str>,
    pub(crate) resolution_user: Option<String>,
}

impl CandidateRow<'_> {
    /// What could be typed to resolve what is in the way.
    pub(crate) fn proposal(&self, school: &str) -> Option<String> {
        proposal(self.resolution?, self.resolution_user.as_deref()?, self.person.sis_id?, school)
    }
}

/// What could be typed to carry a resolution out, in `school`.
pub(crate) fn proposal(resolution: &str, user: &str, sis_id: &str, school: &str) -> Option<String> {
    match resolution {
        "link" => Some(format!("staffroom users link {} --staff {}", typed(user), typed(sis_id))),
        "grant-access" => Some(format!("staffroom users grant {} --school {}", typed(user), typed(school))),
        _ => None,
    }
}

/// `text` as it is typed at a shell.
fn typed(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "@._+-".contains(c);
    if text.chars().all(is_plain) && !text.starts_with('-') {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

/// A candidate or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Status {
    Candidate,
    Ineligible,
}

impl Status {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Candidate => "candidate",
            Self::Ineligible => "ineligible",
        }
    }
}

impl<'a> OutcomeRow<'a> {
    /// The user id of a plan is not one that exists: it is left out.
    fn planned(row: &'a PlanRow) -> Self {
        let (outcome, reasons) = match row.decision() {
            Decision::Create(_) => (OutcomeWord::Created, ReasonSet::empty()),
            Decision::Refuse(reasons) => (OutcomeWord::Refused, reasons),
        };
        Self {
            person: Person::of_subject(row.subject()),
            outcome,
            user_id: None,
            findings: Findings::new(reasons, row.warnings(), row.email_sharers()),
        }
    }

    pub(crate) fn done(row: &'a ReportRow) -> Self {
        let (outcome, user_id, reasons) = match row.outcome() {
            Outcome::Created(user) => (OutcomeWord::Created, Some(user), ReasonSet::empty()),
            Outcome::Refused(reasons) => (OutcomeWord::Refused, None, reasons),
        };
        Self {
            person: Person::of_subject(row.subject()),
            outcome,
            user_id,
            findings: Findings::new(reasons, row.warnings(), row.email_sharers()),
        }
    }
}

impl<'a> From<&'a Assessed> for CandidateRow<'a> {
    fn from(assessed: &'a Assessed) -> Self {
        Self::of(&assessed.facts.staff_member, assessed.assessment, &assessed.facts.email_sharers)
    }
}

impl<'a> From<&'a Explained> for CandidateRow<'a> {
    fn from(explained: &'a Explained) -> Self {
        let resolution_user = explained.resolution.and_then(|resolution| {
            let sighted = [&explained.linked_user, &explained.email_holder];
            let user = sighted.into_iter().filter_map(seen).find(|seen| seen.user.id() == resolution.user());
            user.map(|seen| seen.user.email().to_string())
        });
        Self {
            resolution: explained.resolution.map(Resolution::code),
            resolution_user,
            ..Self::of(&explained.staff_member, explained.assessment, &explained.email_sharers)
        }
    }
}

impl<'a> CandidateRow<'a> {
    fn of(member: &'a StaffMember, assessment: Assessment, sharers: &'a [EmailSharer]) -> Self {
        let status = if assessment.is_eligible() { Status::Candidate } else { Status::Ineligible };
        Self {
            person: Person {
                staff_id: Some(member.id()),
                sis_id: Some(member.sis_id().as_str()),
                name: Some(member.name().to_string()),
                email: member.email().as_given(),
            },
            status,
            findings: Findings::new(assessment.reasons, assessment.warnings, sharers),
            resolution: None,
            resolution_user: None,
        }
    }
}

impl<'a> Person<'a> {
    fn of_subject(subject: &'a Subject) -> Self {
        Self {
            staff_id: match subject {
                Subject::StaffMember { id, .. } => Some(*id),
                Subject::Unknown(_) => None,
            },
            sis_id: subject.sis_id().map(SisId::as_str),
            name: subject.name().map(ToString::to_string),
            email: subject.email().and_then(StaffEmail::as_given),
        }
    }
}

impl<'a> Findings<'a> {
    fn new(reasons: ReasonSet, warnings: WarningSet, sharers: &'a [EmailSharer]) -> Self {
        let sharers = sharers.iter().map(|sharer| sharer.sis_id.as_str()).collect();
        Self { reasons, warnings, sharers }
    }

    /// What people are shown: the reasons, or else the warnings, which matter only if there is an account.
    pub(crate) const fn shown(&self) -> Shown {
        if self.reasons.is_empty() {
            Shown { reasons: ReasonSet::empty(), warnings: self.warnings }
        } else {
            Shown { reasons: self.reasons, warnings: WarningSet::empty() }
        }
    }
}

/// The codes that people are shown about somebody.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown {
    pub(crate) reasons: ReasonSet,
    pub(crate) warnings: WarningSet,
}

impl Shown {
    pub(crate) fn codes(self) -> impl Iterator<Item = &'static str> {
        self.reasons.iter().map(Reason::code).chain(self.warnings.iter().map(Warning::code))
    }
}
