//! Sessions, resets, failures and invitations.

use async_trait::async_trait;
use staffroom_core::store::{
    FailureKey, FailureRepository, Failures, InvitationRepository, OpenSession, Reset, ResetRepository,
    SessionRepository, StoreError,
};
use staffroom_core::{SchoolId, SessionId, Timestamp, TokenHash, UserId};

use crate::tables::Entry;
use crate::unit::LedgerUnit;

impl LedgerUnit {
    fn has_school(&self, id: SchoolId) -> bool {
        self.tables.schools.iter().any(|school| school.id() == id)
    }

    fn note_all(&mut self, entries: Vec<Entry>) -> usize {
        let count = entries.len();
        for entry in entries {
            self.note(entry);
        }
        count
    }
}

#[async_trait]
impl SessionRepository for LedgerUnit {
    async fn insert(&mut self, session: &OpenSession) -> Result<(), StoreError> {
        self.may_write_in_network()?;
        if self.tables.user(session.user).is_none() || !self.has_school(session.school) {
            return self.misuse("a session refers to something that the network does not have");
        }
        let is_taken = |other: &OpenSession| other.id == session.id || other.token == session.token;
        if self.tables.sessions.iter().any(is_taken) {
            return self.misuse("a session was opened twice");
        }
        self.note(Entry::Session(session.clone()));
        Ok(())
    }

    async fn find(&mut self, token: &TokenHash) -> Result<Option<OpenSession>, StoreError> {
        Ok(self.tables.sessions.iter().find(|session| session.token == *token).cloned())
    }

    async fn find_by_user(&mut self, user: UserId) -> Result<Vec<OpenSession>, StoreError> {
        let mut theirs = self.tables.sessions.clone();
        theirs.retain(|session| session.user == user);
        theirs.sort_by_key(|session| (session.opened_at, session.id));
        Ok(theirs)
    }

    async fn enter(&mut self, id: SessionId, school: SchoolId) -> Result<bool, StoreError> {
        self.may_write_in_network()?;
        if !self.has_school(school) {
            self.misuse("a session was to enter a school that the network does not have")?;
        }
        let Some(session) = self.tables.sessions.iter().find(|session| session.id == id).cloned() else {
            return Ok(false);
        };
        self.note(Entry::Session(OpenSession { school, ..session }));
        Ok(true)
    }

    async fn end(&mut self, id: SessionId) -> Result<bool, StoreError> {
        self.may_write_in_network()?;
        let is_there = self.tables.sessions.iter().any(|session| session.id == id);
        if is_there {
            self.note(Entry::SessionEnded(id));
        }
        Ok(is_there)
    }

    async fn end_by_user(&mut self, user: UserId) -> Result<usize, StoreError> {
        self.may_write_in_network()?;
        let theirs = self.tables.sessions.iter().filter(|session| session.user == user);
        let ended = theirs.map(|session| Entry::SessionEnded(session.id)).collect();
        Ok(self.note_all(ended))
    }

    async fn forget_expired(&mut self, at: Timestamp, limit: usize) -> Result<usize, StoreError> {
        self.may_write_in_network()?;
        let expired = self.tables.sessions.iter().filter(|session| session.expires_at <= at).take(limit);
        let ended = expired.map(|session| Entry::SessionEnded(session.id)).collect();
        Ok(self.note_all(ended))
    }
}

#[async_trait]
impl ResetRepository for LedgerUnit {
    async fn put(&mut self, reset: &Reset) -> Result<(), StoreError> {
        self.may_write_in_network()?;
        if self.tables.user(reset.user).is_none() {
            return self.misuse("a reset was issued for a user that the network does not have");
        }
        let is_taken = |other: &Reset| other.token == reset.token && other.user != reset.user;
        if self.tables.resets.iter().any(is_taken) {
            return self.misuse("two resets have one token");
        }
        self.note(Entry::Reset(reset.clone()));
        Ok(())
    }

    async fn find(&mut self, token: &TokenHash) -> Result<Option<Reset>, StoreError> {
        Ok(self.tables.resets.iter().find(|reset| reset.token == *token).cloned())
    }

    async fn find_by_user(&mut self, user: UserId) -> Result<Option<Reset>, StoreError> {
        Ok(self.tables.resets.iter().find(|reset| reset.user == user).cloned())
    }

    async fn take(&mut self, token: &TokenHash) -> Result<Option<Reset>, StoreError> {
        self.may_write_in_network()?;
        let reset = ResetRepository::find(self, token).await?;
        if let Some(reset) = &reset {
            self.note(Entry::ResetRemoved(reset.user));
        }
        Ok(reset)
    }

    async fn remove_by_user(&mut self, user: UserId) -> Result<bool, StoreError> {
        self.may_write_in_network()?;
        let is_there = self.tables.resets.iter().any(|reset| reset.user == user);
        if is_there {
            self.note(Entry::ResetRemoved(user));
        }
        Ok(is_there)
    }

    async fn forget_expired(&mut self, at: Timestamp, limit: usize) -> Result<usize, StoreError> {
        self.may_write_in_network()?;
        let expired = self.tables.resets.iter().filter(|reset| reset.expires_at <= at).take(limit);
        let removed = expired.map(|reset| Entry::ResetRemoved(reset.user)).collect();
        Ok(self.note_all(removed))
    }
}

#[async_trait]
impl FailureRepository for LedgerUnit {
    async fn add(&mut self, key: &FailureKey, at: Timestamp) -> Result<Option<Failures>, StoreError> {
        self.may_write_in_network()?;
        let before = FailureRepository::find(self, key).await?;
        let now = match before {
            None => Failures { count: 1, first_at: at, last_at: at },
            Some(before) => Failures { count: before.count.saturating_add(1), last_at: at, ..before },
        };
        self.note(Entry::Failures(*key, now));
        Ok(before)
    }

    async fn take_back(&mut self, key: &FailureKey) -> Result<(), StoreError> {
        self.may_write_in_network()?;
        match FailureRepository::find(self, key).await? {
            Some(failures) if failures.count > 1 => {
                let fewer = Failures { count: failures.count.saturating_sub(1), ..failures };
                self.note(Entry::Failures(*key, fewer));
            }
            _ => self.note(Entry::FailuresForgotten(*key)),
        }
        Ok(())
    }

    async fn find(&mut self, key: &FailureKey) -> Result<Option<Failures>, StoreError> {
        let row = self.tables.failures.iter().find(|(other, _)| other == key);
        Ok(row.map(|(_, failures)| *failures))
    }

    async fn clear(&mut self, key: &FailureKey) -> Result<(), StoreError> {
        self.may_write_in_network()?;
        self.note(Entry::FailuresForgotten(*key));
        Ok(())
    }

    async fn forget(&mut self, before: Timestamp, limit: usize) -> Result<usize, StoreError> {
        self.may_write_in_network()?;
        let old = self.tables.failures.iter().filter(|(_, failures)| failures.last_at < before).take(limit);
        let forgotten = old.map(|(key, _)| Entry::FailuresForgotten(*key)).collect();
        Ok(self.note_all(forgotten))
    }
}

#[async_trait]
impl InvitationRepository for LedgerUnit {
    async fn claim(
        &mut self,
        users: &[UserId],
        at: Timestamp,
        since: Timestamp,
    ) -> Result<Vec<bool>, StoreError> {
        self.may_write_in_network()?;
        let mut noted = Vec::with_capacity(users.len());
        for (place, user) in users.iter().enumerate() {
            let last = self.tables.invited_at.iter().find(|(other, _)| other == user);
            let is_due = self.tables.user(*user).is_some()
                && !users.iter().take(place).any(|other| other == user)
                && last.is_none_or(|(_, last)| *last < since);
            if is_due {
                self.note(Entry::Invited(*user, at));
            }
            noted.push(is_due);
        }
        Ok(noted)
    }

    async fn release(&mut self, users: &[UserId], at: Timestamp) -> Result<(), StoreError> {
        self.may_write_in_network()?;
        for user in users {
            if self.tables.invited_at.contains(&(*user, at)) {
                self.note(Entry::InvitationReleased(*user));
            }
        }
        Ok(())
    }
}
