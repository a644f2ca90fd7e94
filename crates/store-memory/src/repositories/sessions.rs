use async_trait::async_trait;
use staffroom_core::store::{OpenSession, SessionRepository, StoreError};
use staffroom_core::{SchoolId, SessionId, Timestamp, TokenHash, UserId};

use super::first;
use crate::unit_of_work::MemoryUnitOfWork;

#[async_trait]
impl SessionRepository for MemoryUnitOfWork {
    async fn insert(&mut self, session: &OpenSession) -> Result<(), StoreError> {
        let records = self.read();
        if !records.users().contains_key(&session.user) || !records.schools().contains_key(&session.school) {
            return Err(self.misuse("a session refers to something that the network does not have"));
        }
        if records.sessions.values().any(|other| other.id == session.id || other.token == session.token) {
            return Err(self.misuse("a session was opened twice"));
        }
        self.write_in_network()?.sessions.insert(session.id, session.clone());
        Ok(())
    }

    async fn find(&mut self, token: &TokenHash) -> Result<Option<OpenSession>, StoreError> {
        Ok(self.read().sessions.values().find(|session| session.token == *token).cloned())
    }

    async fn find_by_user(&mut self, user: UserId) -> Result<Vec<OpenSession>, StoreError> {
        let theirs = self.read().sessions.values().filter(|session| session.user == user);
        let mut theirs: Vec<OpenSession> = theirs.cloned().collect();
        theirs.sort_by_key(|session| (session.opened_at, session.id));
        Ok(theirs)
    }

    async fn enter(&mut self, id: SessionId, school: SchoolId) -> Result<bool, StoreError> {
        if !self.read().schools().contains_key(&school) {
            return Err(self.misuse("a session was to enter a school that the network does not have"));
        }
        let session = self.write_in_network()?.sessions.get_mut(&id);
        Ok(session.map(|session| session.school = school).is_some())
    }

    async fn end(&mut self, id: SessionId) -> Result<bool, StoreError> {
        Ok(self.write_in_network()?.sessions.remove(&id).is_some())
    }

    async fn end_by_user(&mut self, user: UserId) -> Result<usize, StoreError> {
        let sessions = &mut self.write_in_network()?.sessions;
        let before = sessions.len();
        sessions.retain(|_, session| session.user != user);
        Ok(before.saturating_sub(sessions.len()))
    }

    async fn forget_expired(&mut self, at: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let sessions = &mut self.write_in_network()?.sessions;
        let expired = first(limit, sessions, |session| session.expires_at <= at);
        for id in &expired {
            sessions.remove(id);
        }
        Ok(expired.len())
    }
}
