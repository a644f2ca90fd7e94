//! Carrying out a plan inside one unit of work: the last step before the report, and the only one that writes.

mod draft;

use std::borrow::Cow;
use std::collections::HashMap;

use self::draft::{Draft, Template, meanwhile};
use crate::sharers::Sharers;
use crate::store::{
    RowLock, SharedPassword, SharedPasswordInsert, StoreError, UnitOfWork, UserInsert, one_each,
};
use crate::{
    Decision, Facts, Outcome, Partial, PasswordHash, Plan, PlanRow, PlannedPassword, Progress, Reason,
    ReasonSet, Report, ReportRow, StaffId, Step, Subject, Timestamp, UserId, Warning, WarningSet, assess,
};

/// How many rows go to the store at a time: enough to make a round trip worth it, few enough to bound memory.
pub(crate) const CHUNK: usize = 5_000;
/// How many people a commit asks about at a time. More than it writes at a time: a store that is asked about many of a
/// network's people at once reads its tables once.
pub(crate) const ASKED_AT_ONCE: usize = 50_000;

/// Why a plan was not carried out. Whatever it wrote is gone with the unit of work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApplyError {
    /// A user id of the plan belongs to another user.
    #[error("a user id of the plan is in use")]
    UserIdTaken,
    /// The id of the plan's shared password belongs to another secret.
    #[error("the id of the plan's shared password is in use")]
    SharedPasswordIdTaken,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What the decisions of a plan rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Basis {
    /// Facts that were read some time ago, in another unit of work; and the plan itself may have been altered since.
    Before,
    /// Facts that this unit of work has read, and holds: there is nothing to decide again.
    Held,
}

/// The hashes that go with a plan, made before the unit of work began (L6).
#[derive(Debug, Default)]
pub(crate) struct Hashes {
    pub(crate) shared: Option<PasswordHash>,
    pub(crate) generated: HashMap<UserId, PasswordHash>,
}

/// Decides every chosen row again by the facts of now, unless those are what it was decided by; writes the users that are
/// left, and says what became of each.
/// The batch, its audit record and the commit are the caller's. A plan that is handed over is taken apart.
pub(crate) async fn apply(
    uow: &mut dyn UnitOfWork,
    planned: Cow<'_, Plan>,
    basis: Basis,
    hashes: &Hashes,
    at: Timestamp,
    progress: &dyn Progress,
) -> Result<Report, ApplyError> {
    let plan = &*planned;
    let chosen = places(plan, |decision| matches!(decision, Decision::Create(_)));
    let mut verdicts = match basis {
        Basis::Held => plan.rows().iter().map(Verdict::as_found).collect(),
        Basis::Before => last_words(uow, plan, &chosen).await?,
    };
    if verdicts.iter().any(Verdict::creates) {
        write_shared_password(uow, plan, hashes, at).await?;
    }
    let template = Template::new(plan, at);
    let mut chunks = chosen.chunks(CHUNK).map(|chunk| Draft::of(chunk, &template));
    let mut next = chunks.next();
    let mut done = 0_usize;
    while let Some(mut draft) = next.take() {
        draft.finish(&verdicts);
        next = chunks.next();
        write_users(uow, plan, draft, next.as_mut(), hashes, &mut verdicts).await?;
        done = done.saturating_add(CHUNK).min(chosen.len());
        progress.report(Step::Create, done, Some(chosen.len()));
    }
    if let (PlannedPassword::Shared { secret, .. }, false) =
        (plan.password(), verdicts.iter().any(Verdict::creates))
    {
        // Every row lost its race after the password was written: nobody refers to it.
        uow.passwords().remove_unused_shared(secret).await?;
    }
    drop(chosen);
    Ok(Report::on(planned, at, |plan| match plan {
        Cow::Borrowed(plan) => settle(plan.rows().iter().cloned(), verdicts),
        Cow::Owned(plan) => settle(plan.into_rows().into_iter(), verdicts),
    }))
}

fn settle(rows: impl Iterator<Item = PlanRow>, verdicts: Vec<Verdict>) -> Vec<ReportRow> {
    rows.zip(verdicts).map(|(row, verdict)| verdict.settle(row)).collect()
}

/// R13: the last word on each row is that of the facts inside the transaction.
async fn last_words(
    uow: &mut dyn UnitOfWork,
    plan: &Plan,
    chosen: &[Place],
) -> Result<Vec<Verdict>, StoreError> {
    let mut verdicts: Vec<Verdict> = plan.rows().iter().map(Verdict::as_planned).collect();
    let refused = places(plan, |decision| matches!(decision, Decision::Refuse(_)));
    for chunk in refused.chunks(ASKED_AT_ONCE) {
        look_again(uow, plan, chunk, &mut verdicts).await?;
    }
    for chunk in chosen.chunks(ASKED_AT_ONCE) {
        decide_again(uow, plan, chunk, &mut verdicts).await?;
    }
    if plan.partial() == Partial::Forbidden {
        all_or_nothing(&mut verdicts);
    }
    Ok(verdicts)
}

/// What is to become of a row.
#[derive(Debug)]
struct Verdict {
    decision: Decision,
    warnings: WarningSet,
    found: Found,
}

/// Whom a row is about and who shares their email, by the records of now: a report does not repeat what only a plan says.
#[derive(Debug)]
enum Found {
    /// Somebody whom the network does not have.
    Nobody,
    /// As the plan has it: as a rule, so that the verdicts on everybody are small.
    AsPlanned,
    /// Otherwise than the plan has it.
    Now(Box<(Subject, Sharers)>),
}

impl Found {
    fn of(facts: Facts, row: &PlanRow) -> Self {
        let (subject, sharers) = (Subject::of(&facts.staff_member), Sharers::from(facts.email_sharers));
        if subject == *row.subject() && *sharers == *row.email_sharers() {
            return Self::AsPlanned;
        }
        Self::Now(Box::new((subject, sharers)))
    }
}

impl Verdict {
    const fn as_planned(row: &PlanRow) -> Self {
        Self { decision: row.decision(), warnings: row.warnings(), found: Found::Nobody }
    }

    /// The verdict of a plan that was drawn up in this very unit of work.
    fn as_found(row: &PlanRow) -> Self {
        let found = match row.subject() {
            Subject::StaffMember { .. } => Found::AsPlanned,
            Subject::Unknown(_) => Found::Nobody,
        };
        Self { found, ..Self::as_planned(row) }
    }

    fn settle(self, row: PlanRow) -> ReportRow {
        let outcome = match self.decision {
            Decision::Create(user) => Outcome::Created(user),
            Decision::Refuse(reasons) => Outcome::Refused(reasons),
        };
        let (subject, email_sharers) = match self.found {
            Found::Nobody => (row.subject().as_unknown(), Sharers::NONE),
            Found::AsPlanned => row.into_people(),
            Found::Now(found) => *found,
        };
        ReportRow::of(subject, outcome, self.warnings, email_sharers)
    }

    const fn creates(&self) -> bool {
        matches!(self.decision, Decision::Create(_))
    }

    fn refuse(&mut self, reason: Reason) {
        self.decision = Decision::Refuse(ReasonSet::only(reason));
    }
}

/// A row of the plan: where it stands, and whom it is about.
type Place = (usize, StaffId);

/// The rows about staff members of which the plan decided so, by staff id: two batches that lock the same rows lock
/// them in the same order.
fn places(plan: &Plan, wanted: impl Fn(Decision) -> bool) -> Vec<Place> {
    let rows = plan.rows().iter().enumerate().filter(|(_, row)| wanted(row.decision()));
    let mut places: Vec<Place> = rows
        .filter_map(|(index, row)| match row.subject() {
            Subject::StaffMember { id, .. } => Some((index, *id)),
            Subject::Unknown(_) => None,
        })
        .collect();
    places.sort_unstable_by_key(|(_, staff)| *staff);
    places
}

/// Whom the refused rows are about, by the records of now. Refused they stay.
async fn look_again(
    uow: &mut dyn UnitOfWork,
    plan: &Plan,
    chunk: &[Place],
    verdicts: &mut [Verdict],
) -> Result<(), StoreError> {
    let ids: Vec<StaffId> = chunk.iter().map(|(_, staff)| *staff).collect();
    let facts = one_each(&ids, uow.staff().facts(&ids, RowLock::None).await?)?;
    for ((index, _), facts) in chunk.iter().zip(facts) {
        if let (Some(row), Some(verdict), Some(facts)) =
            (plan.rows().get(*index), verdicts.get_mut(*index), facts)
        {
            verdict.found = Found::of(facts, row);
        }
    }
    Ok(())
}

/// Decides chosen rows by facts that are held.
async fn decide_again(
    uow: &mut dyn UnitOfWork,
    plan: &Plan,
    chunk: &[Place],
    verdicts: &mut [Verdict],
) -> Result<(), StoreError> {
    let ids: Vec<StaffId> = chunk.iter().map(|(_, staff)| *staff).collect();
    let facts = one_each(&ids, uow.staff().facts(&ids, RowLock::Held).await?)?;
    for ((index, _), facts) in chunk.iter().zip(facts) {
        if let (Some(row), Some(verdict)) = (plan.rows().get(*index), verdicts.get_mut(*index)) {
            *verdict = last_word(plan, row, facts);
        }
    }
    Ok(())
}

/// The verdict on a chosen row, by the facts of now. The email must still be the one the administrator saw: a user for
/// another address than the one previewed is not what they asked for.
fn last_word(plan: &Plan, row: &PlanRow, facts: Option<Facts>) -> Verdict {
    let Some(facts) = facts else {
        return Verdict {
            decision: Decision::Refuse(ReasonSet::only(Reason::Unknown)),
            ..Verdict::as_planned(row)
        };
    };
    let now = assess(&facts, plan.school());
    let warnings =
        now.warnings.with_if(row.basis() != Some(facts.fingerprint()), Warning::ChangedSincePreview);
    let planned = row.subject().email().and_then(crate::StaffEmail::valid);
    let decision = match (planned, facts.staff_member.email().valid()) {
        _ if !now.is_eligible() => Decision::Refuse(now.reasons),
        (Some(planned), Some(current)) if planned.is_same_address(current) => row.decision(),
        _ => Decision::Refuse(ReasonSet::only(Reason::EmailChanged)),
    };
    let found = Found::of(facts, row);
    Verdict { decision, warnings, found }
}

fn all_or_nothing(verdicts: &mut [Verdict]) {
    if !verdicts.iter().all(Verdict::creates) {
        for verdict in verdicts.iter_mut().filter(|verdict| verdict.creates()) {
            verdict.refuse(Reason::AllOrNothing);
        }
    }
}

async fn write_shared_password(
    uow: &mut dyn UnitOfWork,
    plan: &Plan,
    hashes: &Hashes,
    at: Timestamp,
) -> Result<(), ApplyError> {
    if let (PlannedPassword::Shared { secret, valid }, Some(hash)) = (plan.password(), &hashes.shared) {
        let expires_at = at.plus_days(valid.days());
        let shared = SharedPassword { id: secret, hash: hash.clone(), expires_at, revoked_at: None };
        // The users of this batch must not come to share the password of another.
        if uow.passwords().insert_shared(&shared).await? == SharedPasswordInsert::AlreadyThere {
            return Err(ApplyError::SharedPasswordIdTaken);
        }
    }
    Ok(())
}

/// Writes the users of a draft; makes those of the next one while the store is at work.
async fn write_users(
    uow: &mut dyn UnitOfWork,
    plan: &Plan,
    draft: Draft<'_>,
    mut next: Option<&mut Draft<'_>>,
    hashes: &Hashes,
    verdicts: &mut [Verdict],
) -> Result<(), ApplyError> {
    let Draft { indices, users, .. } = draft;
    let outcomes = {
        let verdicts = &*verdicts;
        let go_on = || next.as_mut().is_some_and(|next| next.go_on(verdicts));
        meanwhile(uow.users().insert(&users), go_on).await?
    };
    let outcomes = one_each(&users, outcomes)?;
    let mut own_hashes = Vec::new();
    for ((index, user), outcome) in indices.into_iter().zip(&users).zip(outcomes) {
        let Some(verdict) = verdicts.get_mut(index) else {
            continue;
        };
        match outcome {
            UserInsert::Inserted => {
                own_hashes.extend(hashes.generated.get(&user.id()).map(|hash| (user.id(), hash.clone())));
            }
            UserInsert::IdTaken => return Err(ApplyError::UserIdTaken),
            // A conflict after the row was decided: somebody else's commit came between. With all or nothing, the
            // whole unit of work starts again and finds it among the facts.
            _ if plan.partial() == Partial::Forbidden => return Err(StoreError::Contended(None).into()),
            UserInsert::EmailTaken => verdict.refuse(Reason::EmailTaken),
            UserInsert::StaffMemberLinked => verdict.refuse(Reason::AlreadyLinked),
        }
    }
    if !own_hashes.is_empty() {
        uow.passwords().set(&own_hashes).await?;
    }
    Ok(())
}
