//! Carrying out a plan inside one unit of work: the last step before the report, and the only one that writes.

use std::collections::HashMap;

use crate::store::{
    RowLock, SharedPassword, SharedPasswordInsert, StoreError, UnitOfWork, UserInsert, one_each,
};
use crate::{
    Decision, EmailSharer, Facts, IdSet, Outcome, Partial, PasswordHash, PasswordState, Plan, PlanRow,
    PlannedPassword, Progress, Reason, ReasonSet, Report, ReportRow, StaffId, Step, Subject, Timestamp, User,
    UserId, Warning, WarningSet, assess,
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
/// The batch, its audit record and the commit are the caller's.
pub(crate) async fn apply(
    uow: &mut dyn UnitOfWork,
    plan: &Plan,
    basis: Basis,
    hashes: &Hashes,
    at: Timestamp,
    progress: &dyn Progress,
) -> Result<Report, ApplyError> {
    let chosen = places(plan, |decision| matches!(decision, Decision::Create(_)));
    let mut verdicts = match basis {
        Basis::Held => plan.rows().iter().map(Verdict::as_found).collect(),
        Basis::Before => last_words(uow, plan, &chosen).await?,
    };
    if verdicts.iter().any(Verdict::creates) {
        write_shared_password(uow, plan, hashes, at).await?;
    }
    let mut done = 0_usize;
    for chunk in chosen.chunks(CHUNK) {
        write_users(uow, plan, chunk, hashes, at, &mut verdicts).await?;
        done = done.saturating_add(chunk.len());
        progress.report(Step::Create, done, Some(chosen.len()));
    }
    if let (PlannedPassword::Shared { secret, .. }, false) =
        (plan.password(), verdicts.iter().any(Verdict::creates))
    {
        // Every row lost its race after the password was written: nobody refers to it.
        uow.passwords().remove_unused_shared(secret).await?;
    }
    let rows = plan.rows().iter().zip(verdicts);
    let rows = rows.map(|(row, verdict)| verdict.settle(row)).collect();
    Ok(Report::on(plan, at, rows))
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
        look_again(uow, chunk, &mut verdicts).await?;
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
    /// Whom it is about and who shares their email, by the records of now: a report does not repeat what only a plan
    /// says. `None` for somebody whom the network does not have.
    found: Option<(Subject, Vec<EmailSharer>)>,
}

impl Verdict {
    const fn as_planned(row: &PlanRow) -> Self {
        Self { decision: row.decision(), warnings: row.warnings(), found: None }
    }

    /// The verdict of a plan that was drawn up in this very unit of work.
    fn as_found(row: &PlanRow) -> Self {
        let found = match row.subject() {
            subject @ Subject::StaffMember { .. } => Some((subject.clone(), row.email_sharers().to_vec())),
            Subject::Unknown(_) => None,
        };
        Self { found, ..Self::as_planned(row) }
    }

    fn settle(self, row: &PlanRow) -> ReportRow {
        let outcome = match self.decision {
            Decision::Create(user) => Outcome::Created(user),
            Decision::Refuse(reasons) => Outcome::Refused(reasons),
        };
        let (subject, email_sharers) = self.found.unwrap_or_else(|| (row.subject().as_unknown(), Vec::new()));
        ReportRow::new(subject, outcome, self.warnings, email_sharers)
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
    chunk: &[Place],
    verdicts: &mut [Verdict],
) -> Result<(), StoreError> {
    let ids: Vec<StaffId> = chunk.iter().map(|(_, staff)| *staff).collect();
    let facts = one_each(&ids, uow.staff().facts(&ids, RowLock::None).await?)?;
    for ((index, _), facts) in chunk.iter().zip(facts) {
        if let (Some(verdict), Some(facts)) = (verdicts.get_mut(*index), facts) {
            verdict.found = Some((Subject::of(&facts.staff_member), facts.email_sharers));
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
    let found = Some((Subject::of(&facts.staff_member), facts.email_sharers));
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

async fn write_users(
    uow: &mut dyn UnitOfWork,
    plan: &Plan,
    chunk: &[Place],
    hashes: &Hashes,
    at: Timestamp,
    verdicts: &mut [Verdict],
) -> Result<(), ApplyError> {
    let template = Template::new(plan, at);
    let (indices, users): (Vec<usize>, Vec<User>) = chunk
        .iter()
        .filter_map(|(index, staff)| Some((*index, template.user(verdicts.get(*index)?, *staff)?)))
        .unzip();
    let outcomes = one_each(&users, uow.users().insert(&users).await?)?;
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

/// What the users of a batch have in common.
struct Template<'a> {
    plan: &'a Plan,
    at: Timestamp,
    schools: IdSet<crate::SchoolId>,
    groups: IdSet<crate::GroupId>,
    password: PasswordState,
}

impl<'a> Template<'a> {
    fn new(plan: &'a Plan, at: Timestamp) -> Self {
        let password = match plan.password() {
            PlannedPassword::None => PasswordState::Unset,
            PlannedPassword::Shared { secret, valid } => {
                PasswordState::InitialShared { secret, expires_at: at.plus_days(valid.days()) }
            }
            PlannedPassword::Generated { valid } => {
                PasswordState::InitialGenerated { expires_at: at.plus_days(valid.days()) }
            }
        };
        // R6: the school of the plan, and no other.
        Self {
            plan,
            at,
            schools: IdSet::only(plan.school()),
            groups: plan.group().into_iter().collect(),
            password,
        }
    }

    /// The user that `verdict` creates, with the email of the record: mail goes there, however the plan spelt it.
    fn user(&self, verdict: &Verdict, staff: StaffId) -> Option<User> {
        let (Decision::Create(id), Some((subject, _))) = (verdict.decision, &verdict.found) else {
            return None;
        };
        let email = subject.email()?.valid()?.clone();
        let user = User::new(id, email, self.at)
            .linked_to(staff)
            .entering(self.schools.clone())
            .in_groups(self.groups.clone())
            .made_by(self.plan.batch())
            .with_password(self.password);
        Some(user)
    }
}
