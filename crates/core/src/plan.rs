//! The plan: what a bulk create would do, decided in full, before anything is written.

mod builder;
#[cfg(feature = "serde")]
mod document;

use std::fmt;
use std::sync::{Arc, OnceLock};

pub use builder::PlanBuilder;

use crate::digest::Mixer;
use crate::sharers::Sharers;
use crate::{
    Actor, BatchId, Counts, Digest, EmailSharer, Fingerprint, GroupId, InitialPassword, NetworkId, Partial,
    PersonName, Reason, ReasonSet, SchoolId, SharedPasswordId, SisId, StaffEmail, StaffId, StaffKey,
    StaffMember, Timestamp, UserId, ValidDays, WarningSet,
};

/// Whom a row of a plan or report is about.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum Subject {
    /// A staff member, as their record was when the plan was made.
    StaffMember {
        /// Their id.
        id: StaffId,
        /// The id that the SIS uses.
        sis_id: SisId,
        /// Their name.
        name: PersonName,
        /// Their email.
        email: StaffEmail,
    },
    /// Somebody whom the network does not have.
    Unknown(StaffKey),
}

impl Subject {
    /// The staff member of that record.
    pub fn of(member: &StaffMember) -> Self {
        Self::StaffMember {
            id: member.id(),
            sis_id: member.sis_id().clone(),
            name: member.name().clone(),
            email: member.email().clone(),
        }
    }

    /// The same, as somebody whom the network does not have.
    pub(crate) fn as_unknown(&self) -> Self {
        match self {
            Self::StaffMember { id, .. } => Self::Unknown(StaffKey::Id(*id)),
            Self::Unknown(key) => Self::Unknown(key.clone()),
        }
    }

    /// The id, if the store knows them or the request named it.
    pub const fn staff_id(&self) -> Option<StaffId> {
        match self {
            Self::StaffMember { id, .. } | Self::Unknown(StaffKey::Id(id)) => Some(*id),
            Self::Unknown(StaffKey::SisId(_)) => None,
        }
    }

    /// The id that the SIS uses, if the store knows them or the request named it.
    pub const fn sis_id(&self) -> Option<&SisId> {
        match self {
            Self::StaffMember { sis_id, .. } | Self::Unknown(StaffKey::SisId(sis_id)) => Some(sis_id),
            Self::Unknown(StaffKey::Id(_)) => None,
        }
    }

    /// Their name, if the store knows them.
    pub const fn name(&self) -> Option<&PersonName> {
        match self {
            Self::StaffMember { name, .. } => Some(name),
            Self::Unknown(_) => None,
        }
    }

    /// Their email, if the store knows them.
    pub const fn email(&self) -> Option<&StaffEmail> {
        match self {
            Self::StaffMember { email, .. } => Some(email),
            Self::Unknown(_) => None,
        }
    }
}

/// What the plan does about one staff member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum Decision {
    /// Create the user with this id.
    Create(UserId),
    /// Create nobody, for these reasons (at least one).
    Refuse(ReasonSet),
}

/// One staff member of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PlanRow {
    subject: Subject,
    decision: Decision,
    warnings: WarningSet,
    email_sharers: Sharers,
    basis: Option<Fingerprint>,
}

impl PlanRow {
    /// Whom it is about, and who else has their email.
    pub(crate) fn into_people(self) -> (Subject, Sharers) {
        (self.subject, self.email_sharers)
    }

    /// Whom it is about.
    pub const fn subject(&self) -> &Subject {
        &self.subject
    }

    /// What the plan does about them.
    pub const fn decision(&self) -> Decision {
        self.decision
    }

    /// What an administrator should know.
    pub const fn warnings(&self) -> WarningSet {
        self.warnings
    }

    /// Who else has their email.
    pub fn email_sharers(&self) -> &[EmailSharer] {
        &self.email_sharers
    }

    /// A fingerprint of the facts it was decided from; `None` for somebody unknown.
    pub const fn basis(&self) -> Option<Fingerprint> {
        self.basis
    }
}

/// How the users of a plan get in the first time. Names a shared secret, never holds one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum PlannedPassword {
    /// Through "Forgot your password?".
    None,
    /// With the one secret of the batch, which the commit is handed.
    Shared {
        /// What the users will refer to it by.
        secret: SharedPasswordId,
        /// How long it works, from the commit on.
        valid: ValidDays,
    },
    /// With a random password each, made at the commit.
    Generated {
        /// How long it works, from the commit on.
        valid: ValidDays,
    },
}

impl PlannedPassword {
    /// What was asked for.
    pub(crate) const fn asked(self) -> InitialPassword {
        match self {
            Self::None => InitialPassword::None,
            Self::Shared { valid, .. } => InitialPassword::Shared(valid),
            Self::Generated { valid } => InitialPassword::Generated(valid),
        }
    }
}

/// What a bulk create would do: every id and every decision fixed, nothing written.
///
/// Made by a preview, looked over by a person, handed back to be committed; committing it twice has the effect of
/// once (R11). It may be serialised in between. Nothing in it is trusted: the commit checks authority and decides every
/// chosen row again, so a plan altered on the way can do no more than its actor could have asked for.
#[derive(Debug, Clone)]
pub struct Plan {
    head: Head,
    rows: Arc<Vec<PlanRow>>,
    counts: Counts,
    /// Worked out when it is asked for.
    digest: OnceLock<Digest>,
}

/// What a plan says besides its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
struct Head {
    batch: BatchId,
    network: NetworkId,
    actor: Actor,
    school: SchoolId,
    group: Option<GroupId>,
    password: PlannedPassword,
    partial: Partial,
    made_at: Timestamp,
}

impl Plan {
    /// The batch it will become.
    pub const fn batch(&self) -> BatchId {
        self.head.batch
    }

    /// The network it is for.
    pub const fn network(&self) -> NetworkId {
        self.head.network
    }

    /// Who asked for it; only they can commit it.
    pub const fn actor(&self) -> Actor {
        self.head.actor
    }

    /// The school that the new users get access to: the current school when the plan was made (R6).
    pub const fn school(&self) -> SchoolId {
        self.head.school
    }

    /// The group that the new users will belong to.
    pub const fn group(&self) -> Option<GroupId> {
        self.head.group
    }

    /// How the new users get in the first time.
    pub const fn password(&self) -> PlannedPassword {
        self.head.password
    }

    /// Whether a refusal stops the batch.
    pub const fn partial(&self) -> Partial {
        self.head.partial
    }

    /// When it was made.
    pub const fn made_at(&self) -> Timestamp {
        self.head.made_at
    }

    /// One row for every staff member asked for, in the order of the request.
    pub fn rows(&self) -> &[PlanRow] {
        &self.rows
    }

    /// How many were asked for, will be created, and are refused.
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// A digest of the whole plan.
    pub fn digest(&self) -> Digest {
        *self.digest.get_or_init(|| {
            let mut mix = Mixer::new();
            self.head.mix_into(&mut mix);
            for row in self.rows() {
                row.mix_into(&mut mix);
            }
            Digest::from_u128(mix.finish())
        })
    }

    /// Counts what is known to be sound.
    fn seal(head: Head, rows: Vec<PlanRow>) -> Self {
        let created = rows.iter().filter(|row| matches!(row.decision, Decision::Create(_))).count();
        let counts = Counts::new(rows.len(), created);
        Self { head, rows: Arc::new(rows), counts, digest: OnceLock::new() }
    }

    /// Its rows, for somebody who needs the plan no more.
    pub(crate) fn into_rows(self) -> Vec<PlanRow> {
        Arc::unwrap_or_clone(self.rows)
    }
}

/// The digest follows from the rest.
impl PartialEq for Plan {
    fn eq(&self, other: &Self) -> bool {
        self.head == other.head && self.rows == other.rows
    }
}

impl Eq for Plan {}

impl Head {
    fn mix_into(&self, mix: &mut Mixer) {
        mix.id(self.batch.as_uuid());
        mix.id(self.network.as_uuid());
        mix.id(self.school.as_uuid());
        mix.ids(self.group.into_iter().map(GroupId::as_uuid));
        match self.actor {
            Actor::User(id) => mix.id(id.as_uuid()),
            Actor::Operator => mix.number(1),
        }
        match self.password {
            PlannedPassword::None => mix.number(0),
            PlannedPassword::Shared { secret, valid } => {
                mix.id(secret.as_uuid());
                mix.number(u64::from(valid.days()));
            }
            PlannedPassword::Generated { valid } => mix.number(u64::from(valid.days())),
        }
        mix.number(self.partial as u64);
        mix.number(self.made_at.unix_micros().cast_unsigned());
    }
}

impl PlanRow {
    fn mix_into(&self, mix: &mut Mixer) {
        match &self.subject {
            Subject::StaffMember { id, sis_id, name, email } => {
                mix.id(id.as_uuid());
                mix.text(sis_id.as_str());
                mix.text(name.given());
                mix.text(name.family());
                mix.text(email.as_given().unwrap_or_default());
            }
            Subject::Unknown(StaffKey::Id(id)) => mix.id(id.as_uuid()),
            Subject::Unknown(StaffKey::SisId(sis_id)) => mix.text(sis_id.as_str()),
        }
        match self.decision {
            Decision::Create(user) => mix.id(user.as_uuid()),
            Decision::Refuse(reasons) => mix.number(reasons.bits()),
        }
        mix.number(self.warnings.bits());
        mix.ids(self.email_sharers.iter().map(|sharer| sharer.id.as_uuid()));
        mix.number(self.basis.map_or(0, Fingerprint::number));
    }
}

impl fmt::Display for Plan {
    /// The plan in words: one line for the whole, one for each staff member.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { requested, created, refused } = self.counts;
        writeln!(
            f,
            "plan {}: {requested} requested, {created} to create, {refused} refused",
            self.head.batch
        )?;
        for row in self.rows() {
            let who = row.subject.sis_id().map_or("?", SisId::as_str);
            match row.decision {
                Decision::Create(user) => write!(f, "  create {who} as {user}")?,
                Decision::Refuse(reasons) => {
                    write!(f, "  refuse {who}: {}", codes(reasons.iter().map(Reason::code)))?;
                }
            }
            if !row.warnings.is_empty() {
                write!(f, " (warnings: {})", codes(row.warnings.iter().map(crate::Warning::code)))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

fn codes(codes: impl Iterator<Item = &'static str>) -> String {
    codes.collect::<Vec<_>>().join(", ")
}
