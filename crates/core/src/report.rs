//! The report: one outcome for every staff member asked for.

use std::borrow::Cow;
use std::sync::Arc;

use crate::sharers::Sharers;
use crate::{
    Actor, BatchId, EmailSharer, GroupId, NetworkId, Plan, ReasonSet, SchoolId, Subject, Timestamp, UserId,
    WarningSet,
};

/// How many staff members were asked for, created and refused; they add up (R14).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Counts {
    /// Staff members asked for.
    pub requested: usize,
    /// Of these, those for whom a user is created.
    pub created: usize,
    /// The others.
    pub refused: usize,
}

impl Counts {
    /// That many asked for, and of these that many created: the others were refused.
    pub const fn new(requested: usize, created: usize) -> Self {
        Self { requested, created, refused: requested.saturating_sub(created) }
    }
}

/// What became of one staff member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum Outcome {
    /// This user was created for them.
    Created(UserId),
    /// Nobody was created, for these reasons (at least one).
    Refused(ReasonSet),
}

/// One staff member of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ReportRow {
    subject: Subject,
    outcome: Outcome,
    warnings: WarningSet,
    email_sharers: Sharers,
}

impl ReportRow {
    /// A row, as a store kept it.
    pub fn new(
        subject: Subject,
        outcome: Outcome,
        warnings: WarningSet,
        email_sharers: Vec<EmailSharer>,
    ) -> Self {
        Self::of(subject, outcome, warnings, email_sharers.into())
    }

    pub(crate) const fn of(
        subject: Subject,
        outcome: Outcome,
        warnings: WarningSet,
        email_sharers: Sharers,
    ) -> Self {
        Self { subject, outcome, warnings, email_sharers }
    }

    /// Whom it is about.
    pub const fn subject(&self) -> &Subject {
        &self.subject
    }

    /// What became of them.
    pub const fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// What an administrator should know.
    pub const fn warnings(&self) -> WarningSet {
        self.warnings
    }

    /// Who else has their email.
    pub fn email_sharers(&self) -> &[EmailSharer] {
        &self.email_sharers
    }

    /// The user that was created for them.
    pub const fn user(&self) -> Option<UserId> {
        match self.outcome {
            Outcome::Created(user) => Some(user),
            Outcome::Refused(_) => None,
        }
    }
}

/// What a bulk create did: written once, in the same transaction as the users, and answered again to whoever commits
/// the same plan again.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Report {
    batch: BatchId,
    network: NetworkId,
    actor: Actor,
    school: SchoolId,
    group: Option<GroupId>,
    at: Timestamp,
    counts: Counts,
    #[cfg_attr(feature = "serde", serde(serialize_with = "rows_as_sequence"))]
    rows: Arc<Vec<ReportRow>>,
}

impl Report {
    /// A report, as a store kept it. The counts follow from the rows.
    pub fn new(
        batch: BatchId,
        network: NetworkId,
        actor: Actor,
        school: SchoolId,
        group: Option<GroupId>,
        at: Timestamp,
        rows: Vec<ReportRow>,
    ) -> Self {
        let created = rows.iter().filter(|row| row.user().is_some()).count();
        let counts = Counts::new(rows.len(), created);
        Self { batch, network, actor, school, group, at, counts, rows: Arc::new(rows) }
    }

    /// The report on `plan`, carried out at `at`, with the rows that come of its rows.
    pub(crate) fn on(
        plan: Cow<'_, Plan>,
        at: Timestamp,
        rows: impl FnOnce(Cow<'_, Plan>) -> Vec<ReportRow>,
    ) -> Self {
        let (batch, network, actor) = (plan.batch(), plan.network(), plan.actor());
        let (school, group) = (plan.school(), plan.group());
        Self::new(batch, network, actor, school, group, at, rows(plan))
    }

    /// The batch it is about.
    pub const fn batch(&self) -> BatchId {
        self.batch
    }

    /// The network.
    pub const fn network(&self) -> NetworkId {
        self.network
    }

    /// Who carried it out.
    pub const fn actor(&self) -> Actor {
        self.actor
    }

    /// The school that the new users may enter.
    pub const fn school(&self) -> SchoolId {
        self.school
    }

    /// The group that the new users belong to.
    pub const fn group(&self) -> Option<GroupId> {
        self.group
    }

    /// When it was carried out.
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// How many were asked for, created and refused.
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// One row for every staff member asked for, in the order of the request (R14).
    pub fn rows(&self) -> &[ReportRow] {
        &self.rows
    }

    /// How often each reason was given, in the order of the table.
    pub fn reasons(&self) -> Vec<(crate::Reason, usize)> {
        let given = |reason| {
            let has = |row: &&ReportRow| matches!(row.outcome, Outcome::Refused(reasons) if reasons.contains(reason));
            (reason, self.rows.iter().filter(has).count())
        };
        crate::Reason::TABLE.map(|row| given(row.fires)).into_iter().filter(|(_, times)| *times > 0).collect()
    }
}

#[cfg(feature = "serde")]
fn rows_as_sequence<S: serde::Serializer>(
    rows: &Arc<Vec<ReportRow>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(rows.iter())
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Report {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// The counts are read past: they follow from the rows.
        #[derive(serde::Deserialize)]
        struct Incoming {
            batch: BatchId,
            network: NetworkId,
            actor: Actor,
            school: SchoolId,
            group: Option<GroupId>,
            at: Timestamp,
            rows: Vec<ReportRow>,
        }
        let Incoming { batch, network, actor, school, group, at, rows } =
            Incoming::deserialize(deserializer)?;
        Ok(Self::new(batch, network, actor, school, group, at, rows))
    }
}
