//! The entries of a ledger, and the tables that they are replayed into.

use staffroom_core::store::{FailureKey, Failures, OpenSession, Reset, SharedPassword};
use staffroom_core::{
    AuditRecord, Batch, Email, EmailSharer, Facts, Group, Network, PasswordHash, PasswordState, School,
    SessionId, SharedPasswordId, StaffId, StaffMember, Timestamp, User, UserId,
};

/// One change. A record that has an id replaces the one with that id.
#[derive(Debug, Clone)]
pub(crate) enum Entry {
    Network(Network),
    School(School),
    Group(Group),
    StaffMember(StaffMember),
    User(User),
    UserDeleted(UserId),
    Hash(UserId, PasswordHash),
    HashForgotten(UserId),
    Shared(SharedPassword),
    SharedForgotten(SharedPasswordId),
    Session(OpenSession),
    SessionEnded(SessionId),
    Reset(Reset),
    ResetRemoved(UserId),
    Failures(FailureKey, Failures),
    FailuresForgotten(FailureKey),
    Invited(UserId, Timestamp),
    InvitationReleased(UserId),
    Batch(Batch),
    Audit(AuditRecord),
}

/// One network, as its ledger says.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    pub(crate) network: Option<Network>,
    pub(crate) schools: Vec<School>,
    pub(crate) groups: Vec<Group>,
    pub(crate) staff: Vec<StaffMember>,
    pub(crate) users: Vec<User>,
    pub(crate) hashes: Vec<(UserId, PasswordHash)>,
    pub(crate) shared: Vec<SharedPassword>,
    pub(crate) sessions: Vec<OpenSession>,
    pub(crate) resets: Vec<Reset>,
    pub(crate) failures: Vec<(FailureKey, Failures)>,
    pub(crate) invited_at: Vec<(UserId, Timestamp)>,
    pub(crate) batches: Vec<Batch>,
    pub(crate) audit: Vec<AuditRecord>,
}

impl Tables {
    pub(crate) fn apply(&mut self, entry: Entry) {
        match entry {
            Entry::Network(row) => self.network = Some(row),
            Entry::School(row) => put(&mut self.schools, row, School::id),
            Entry::Group(row) => put(&mut self.groups, row, Group::id),
            Entry::StaffMember(row) => put(&mut self.staff, row, StaffMember::id),
            Entry::User(row) => put(&mut self.users, row, User::id),
            Entry::UserDeleted(id) => {
                self.users.retain(|user| user.id() != id);
                self.hashes.retain(|(user, _)| *user != id);
                self.sessions.retain(|session| session.user != id);
                self.resets.retain(|reset| reset.user != id);
                self.invited_at.retain(|(user, _)| *user != id);
            }
            Entry::Hash(user, hash) => put(&mut self.hashes, (user, hash), |row| row.0),
            Entry::HashForgotten(id) => self.hashes.retain(|(user, _)| *user != id),
            Entry::Shared(row) => put(&mut self.shared, row, |row| row.id),
            Entry::SharedForgotten(id) => self.shared.retain(|shared| shared.id != id),
            Entry::Session(row) => put(&mut self.sessions, row, |row| row.id),
            Entry::SessionEnded(id) => self.sessions.retain(|session| session.id != id),
            Entry::Reset(row) => put(&mut self.resets, row, |row| row.user),
            Entry::ResetRemoved(id) => self.resets.retain(|reset| reset.user != id),
            Entry::Failures(key, failures) => put(&mut self.failures, (key, failures), |row| row.0),
            Entry::FailuresForgotten(key) => self.failures.retain(|(other, _)| *other != key),
            Entry::Invited(user, at) => put(&mut self.invited_at, (user, at), |row| row.0),
            Entry::InvitationReleased(id) => self.invited_at.retain(|(user, _)| *user != id),
            Entry::Batch(row) => self.batches.push(row),
            Entry::Audit(row) => self.audit.push(row),
        }
    }

    pub(crate) fn staff_member(&self, id: StaffId) -> Option<&StaffMember> {
        self.staff.iter().find(|member| member.id() == id)
    }

    pub(crate) fn user(&self, id: UserId) -> Option<&User> {
        self.users.iter().find(|user| user.id() == id)
    }

    pub(crate) fn holder_of(&self, email: &Email) -> Option<&User> {
        self.users.iter().find(|user| user.email().is_same_address(email))
    }

    pub(crate) fn user_linked_to(&self, member: StaffId) -> Option<&User> {
        self.users.iter().find(|user| user.staff_member() == Some(member))
    }

    pub(crate) fn is_in_use(&self, shared: SharedPasswordId) -> bool {
        self.users.iter().any(|user| secret_of(user) == Some(shared))
    }

    /// Everything the rules look at, about `member`.
    pub(crate) fn facts(&self, member: &StaffMember) -> Facts {
        let mut facts = Facts {
            staff_member: member.clone(),
            linked_user: self.user_linked_to(member.id()).map(User::id),
            email_holder: None,
            email_sharers: Vec::new(),
        };
        if let Some(email) = member.email().valid() {
            let shares = |other: &&StaffMember| {
                let theirs = other.email().valid();
                other.id() != member.id() && theirs.is_some_and(|theirs| theirs.is_same_address(email))
            };
            facts.email_holder = self.holder_of(email).map(User::id);
            facts.email_sharers = self.staff.iter().filter(shares).map(EmailSharer::from).collect();
            facts.email_sharers.sort_by_key(|sharer| sharer.id);
            facts.email_sharers.truncate(Facts::MAX_SHARERS);
        }
        facts
    }
}

/// The shared password that a user refers to.
pub(crate) const fn secret_of(user: &User) -> Option<SharedPasswordId> {
    match user.password() {
        PasswordState::InitialShared { secret, .. } => Some(secret),
        _ => None,
    }
}

fn put<T, Id: PartialEq>(rows: &mut Vec<T>, row: T, id: impl Fn(&T) -> Id) {
    match rows.iter_mut().find(|other| id(other) == id(&row)) {
        Some(other) => *other = row,
        None => rows.push(row),
    }
}
