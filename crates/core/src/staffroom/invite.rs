//! Inviting users who have never signed in: an act of its own, long after their accounts were created (R10).

use std::collections::HashMap;
use std::sync::Arc;

use super::act_on_user::UserActError;
use super::reset::ToSend;
use super::sign_in::is_revoked;
use super::users::staff_members;
use super::{Asked, Attempts, Staffroom, was_written};
use crate::access::AccessError;
use crate::handoff::initial_until;
use crate::store::{Mode, StoreError, UnitOfWork, one_each};
use crate::{
    Attempt, AuditEvent, BatchId, InvitedWayIn, Letter, Mailer, PasswordState, Session, SharedPasswordId,
    StaffId, Step, Timestamp, User, UserId, UserQuery, UserStatus,
};

/// How many users are claimed in one transaction, before their mails are sent.
const MAILS: usize = 100;

/// Who is to be invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invite {
    /// These users.
    Users(Vec<UserId>),
    /// Those whom a batch created.
    Batch(BatchId),
    /// Every user whom the actor may see, who is enabled and has never signed in.
    AllNeverSignedIn,
}

/// What became of the invitation of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Invited {
    /// It was sent.
    Sent,
    /// They were invited less than a day ago.
    AlreadyInvited,
    /// They have signed in, or set a password: they know how.
    SignedIn,
    /// They are disabled.
    Disabled,
    /// They may enter no school.
    NoAccess,
    /// The network has no such user, or the actor may not see them: the answer is the same.
    Unknown,
    /// The mail could not be sent. They can be invited again at once.
    NotSent,
}

impl Invited {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::AlreadyInvited => "already-invited",
            Self::SignedIn => "signed-in",
            Self::Disabled => "disabled",
            Self::NoAccess => "no-access",
            Self::Unknown => "unknown",
            Self::NotSent => "not-sent",
        }
    }
}

/// One user who was to be invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct InviteRow {
    /// The user.
    pub user: UserId,
    /// What became of it.
    pub outcome: Invited,
}

/// What became of everybody who was to be invited.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct InviteReport {
    /// One row for each, in the order of the request: of a batch that of its report, of all that of their emails.
    pub rows: Vec<InviteRow>,
}

impl InviteReport {
    /// How many were sent.
    pub fn sent(&self) -> usize {
        self.rows.iter().filter(|row| row.outcome == Invited::Sent).count()
    }
}

/// Somebody whose invitation is noted, and what it says.
struct Claimed {
    place: usize,
    to: ToSend,
    letter: Letter,
}

impl Staffroom {
    /// Sends users who have never signed in a mail that says how they do: with the initial password they were given, while it
    /// works, or through "Forgot your password?". No mail holds a password or a token. Each user is invited at most once in 24
    /// hours, whoever asks. Takes `users.manage` in the current school.
    ///
    /// Example: [signing in](crate::Staffroom#signing-in).
    ///
    /// So many users at a time: they are noted as invited in one transaction, then their mails are sent, then a second
    /// transaction writes the audit record, and takes back the notes of those whose mail could not be sent. If it ends in between,
    /// some are noted who were sent none, and can be invited the next day.
    ///
    /// # Errors
    /// [`UserActError`]. What was sent before is sent.
    pub async fn invite(&self, session: &Session, invite: &Invite) -> Result<InviteReport, UserActError> {
        let mailer = self.mailer.as_ref().ok_or(UserActError::NoMail)?;
        let users = self.to_invite(session, invite).await?;
        let mut rows = Vec::with_capacity(users.len());
        for some in users.chunks(MAILS) {
            rows.extend(self.invite_some(session, mailer, some).await?);
            self.progress.report(Step::Invite, rows.len(), Some(users.len()));
        }
        Ok(InviteReport { rows })
    }

    /// Who is meant.
    async fn to_invite(&self, session: &Session, invite: &Invite) -> Result<Vec<UserId>, UserActError> {
        let mut attempts = Attempts::new();
        loop {
            match self.try_to_invite(session, invite, &mut attempts).await {
                Err(UserActError::Access(AccessError::Store(error))) => attempts.again_after(error)?,
                done => return done,
            }
        }
    }

    async fn try_to_invite(
        &self,
        session: &Session,
        invite: &Invite,
        attempts: &mut Attempts,
    ) -> Result<Vec<UserId>, UserActError> {
        let asked = Asked::to(Attempt::Invite, session);
        match invite {
            Invite::Users(users) => {
                self.reading(session, &asked, attempts).await?;
                Ok(users.clone())
            }
            Invite::Batch(id) => {
                let asked = Asked { batch: Some(*id), ..asked };
                let found = self.seen_batch(session, *id, &asked, attempts).await?;
                let (_, batch) = found.ok_or(UserActError::UnknownBatch(*id))?;
                Ok(batch.report.rows().iter().filter_map(crate::ReportRow::user).collect())
            }
            Invite::AllNeverSignedIn => {
                let mut users = Vec::new();
                let mut each = |seen: crate::SeenUser| {
                    if judge(&seen.user).is_none() {
                        users.push(seen.user.id());
                    }
                };
                self.visit_users(session, &asked, &UserQuery::default(), &mut each, attempts).await?;
                Ok(users)
            }
        }
    }

    async fn invite_some(
        &self,
        session: &Session,
        mailer: &Arc<dyn Mailer>,
        users: &[UserId],
    ) -> Result<Vec<InviteRow>, UserActError> {
        let at = self.clock.now();
        let mut attempts = Attempts::new();
        let (mut outcomes, claimed) = loop {
            match self.try_claim(session, users, at, &mut attempts).await {
                Err(UserActError::Access(AccessError::Store(error))) => attempts.again_after(error)?,
                Err(error) => return Err(attempts.instead_of(error)),
                Ok(claimed) => break claimed,
            }
        };
        let mut unsent = Vec::new();
        for Claimed { place, to, letter } in claimed {
            let user = to.user.id();
            let sent = mailer.send(&to.mail(letter)).await;
            if sent.is_err() {
                unsent.push(user);
            }
            if let Some(outcome) = outcomes.get_mut(place) {
                *outcome = if sent.is_ok() { Invited::Sent } else { Invited::NotSent };
            }
        }
        let sent = outcomes.iter().filter(|outcome| **outcome == Invited::Sent).count();
        let event = AuditEvent::Invited { sent, left_out: outcomes.len().saturating_sub(sent) };
        let record = Asked::to(Attempt::Invite, session).done(self, session, event);
        let mut attempts = Attempts::new();
        while let Err(error) = self.try_note_sent(session, &record, &unsent, at, &mut attempts).await {
            attempts.again_after(error)?;
        }
        let rows = users.iter().zip(outcomes).map(|(user, outcome)| InviteRow { user: *user, outcome });
        Ok(rows.collect())
    }

    /// Notes those of `users` who can be invited as invited, and says what becomes of the others.
    async fn try_claim(
        &self,
        session: &Session,
        users: &[UserId],
        at: Timestamp,
        attempts: &mut Attempts,
    ) -> Result<(Vec<Invited>, Vec<Claimed>), UserActError> {
        let is_unsure = attempts.is_unsure();
        let asked = Asked::to(Attempt::Invite, session);
        let (mut uow, standing) = self.writing(session, &asked, attempts).await?;
        let found = one_each(users, uow.users().find_each(users).await?)?;
        let mut outcomes = Vec::with_capacity(users.len());
        let mut due = Vec::new();
        for (place, user) in found.into_iter().enumerate() {
            let user = user.filter(|user| standing.sight.sees(user));
            let outcome = user.as_ref().map_or(Some(Invited::Unknown), judge);
            if let (None, Some(user)) = (outcome, user) {
                due.push((place, user));
            }
            // Of those who are due, the claim tells.
            outcomes.push(outcome.unwrap_or(Invited::AlreadyInvited));
        }
        let ids: Vec<UserId> = due.iter().map(|(_, user)| user.id()).collect();
        if is_unsure {
            // What the try before may have noted is ours, and nobody was sent anything yet. Its end is waited for by a claim.
            uow.invitations().claim(&ids, at, at.minus_days(1)).await?;
            uow.invitations().release(&ids, at).await?;
        }
        let noted = one_each(&ids, uow.invitations().claim(&ids, at, at.minus_days(1)).await?)?;
        let due = due.into_iter().zip(noted).filter_map(|(due, noted)| noted.then_some(due)).collect();
        let claimed = letters(&mut *uow, session, due, at).await?;
        uow.commit().await?;
        Ok((outcomes, claimed))
    }

    async fn try_note_sent(
        &self,
        session: &Session,
        record: &crate::AuditRecord,
        unsent: &[UserId],
        at: Timestamp,
        attempts: &mut Attempts,
    ) -> Result<(), StoreError> {
        let is_unsure = attempts.is_unsure();
        let mut uow = self.begin(session.network(), Mode::Write, attempts).await?;
        if is_unsure && was_written(&mut *uow, record).await? {
            return Ok(());
        }
        uow.invitations().release(unsent, at).await?;
        uow.audit().append(record).await?;
        uow.commit().await
    }
}

/// Why `user` is not invited, if not because they were lately.
fn judge(user: &User) -> Option<Invited> {
    if user.status() == UserStatus::Disabled {
        Some(Invited::Disabled)
    } else if user.last_sign_in_at().is_some() || matches!(user.password(), PasswordState::Chosen { .. }) {
        Some(Invited::SignedIn)
    } else if user.schools().is_empty() {
        Some(Invited::NoAccess)
    } else {
        None
    }
}

/// What is written to those who are `due`: `uow` is asked for all that it takes, so that nothing is missing once they are noted.
async fn letters(
    uow: &mut dyn UnitOfWork,
    session: &Session,
    due: Vec<(usize, User)>,
    at: Timestamp,
) -> Result<Vec<Claimed>, StoreError> {
    let Some(network) = uow.network().find().await? else { return Ok(Vec::new()) };
    let schools = uow.schools().list().await?;
    let linked: Vec<StaffId> = due.iter().filter_map(|(_, user)| user.staff_member()).collect();
    let members = staff_members(uow, &linked).await?;
    let mut revoked: HashMap<SharedPasswordId, bool> = HashMap::new();
    let mut claimed = Vec::with_capacity(due.len());
    for (place, user) in due {
        let is_over = match user.password() {
            PasswordState::InitialShared { secret, .. } => match revoked.get(&secret) {
                Some(is_over) => *is_over,
                None => *revoked.entry(secret).or_insert(is_revoked(uow, secret).await?),
            },
            _ => false,
        };
        let way_in = match initial_until(user.password(), is_over, at) {
            Some(expires_at) => InvitedWayIn::InitialPassword { expires_at },
            None => InvitedWayIn::ForgotPassword,
        };
        let mut theirs = schools.iter().filter(|school| user.schools().contains(school.id()));
        let here = theirs.clone().find(|school| school.id() == session.school());
        let Some(school) = here.or_else(|| theirs.next()).map(|school| school.name().clone()) else {
            continue;
        };
        let name = user.staff_member().and_then(|id| members.get(&id)).map(|member| member.name().clone());
        let to = ToSend { user, name, network: network.name().clone() };
        claimed.push(Claimed { place, to, letter: Letter::Invitation { school, way_in } });
    }
    Ok(claimed)
}
