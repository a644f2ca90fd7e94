//! The methods that sign-in, resets and invitations are made of, turned into calls.

use async_trait::async_trait;
use staffroom_core::store::{
    FailureKey, FailureRepository, Failures, InvitationRepository, OpenSession, Reset, ResetRepository,
    SessionRepository, StoreError,
};
use staffroom_core::{SchoolId, SessionId, Timestamp, TokenHash, UserId};

use super::{Answer, Call, Relay};

#[async_trait]
impl SessionRepository for Relay {
    async fn insert(&mut self, session: &OpenSession) -> Result<(), StoreError> {
        self.ask(Call::InsertSession(session.clone())).await.map(drop)
    }

    async fn find(&mut self, token: &TokenHash) -> Result<Option<OpenSession>, StoreError> {
        ask!(self, Call::FindSession(*token) => Session)
    }

    async fn find_by_user(&mut self, user: UserId) -> Result<Vec<OpenSession>, StoreError> {
        ask!(self, Call::FindSessionsOfUser(user) => Sessions)
    }

    async fn enter(&mut self, id: SessionId, school: SchoolId) -> Result<bool, StoreError> {
        ask!(self, Call::EnterSchool(id, school) => Changed)
    }

    async fn end(&mut self, id: SessionId) -> Result<bool, StoreError> {
        ask!(self, Call::EndSession(id) => Changed)
    }

    async fn end_by_user(&mut self, user: UserId) -> Result<usize, StoreError> {
        ask!(self, Call::EndSessionsOfUser(user) => Number)
    }

    async fn forget_expired(&mut self, at: Timestamp, limit: usize) -> Result<usize, StoreError> {
        ask!(self, Call::ForgetSessions(at, limit) => Number)
    }
}

#[async_trait]
impl ResetRepository for Relay {
    async fn put(&mut self, reset: &Reset) -> Result<(), StoreError> {
        self.ask(Call::PutReset(reset.clone())).await.map(drop)
    }

    async fn find(&mut self, token: &TokenHash) -> Result<Option<Reset>, StoreError> {
        ask!(self, Call::FindReset(*token) => Reset)
    }

    async fn find_by_user(&mut self, user: UserId) -> Result<Option<Reset>, StoreError> {
        ask!(self, Call::FindResetOfUser(user) => Reset)
    }

    async fn take(&mut self, token: &TokenHash) -> Result<Option<Reset>, StoreError> {
        ask!(self, Call::TakeReset(*token) => Reset)
    }

    async fn remove_by_user(&mut self, user: UserId) -> Result<bool, StoreError> {
        ask!(self, Call::RemoveResetOfUser(user) => Changed)
    }

    async fn forget_expired(&mut self, at: Timestamp, limit: usize) -> Result<usize, StoreError> {
        ask!(self, Call::ForgetResets(at, limit) => Number)
    }
}

#[async_trait]
impl FailureRepository for Relay {
    async fn add(&mut self, key: &FailureKey, at: Timestamp) -> Result<Option<Failures>, StoreError> {
        ask!(self, Call::AddFailure(*key, at) => Failures)
    }

    async fn take_back(&mut self, key: &FailureKey) -> Result<(), StoreError> {
        self.ask(Call::TakeFailureBack(*key)).await.map(drop)
    }

    async fn find(&mut self, key: &FailureKey) -> Result<Option<Failures>, StoreError> {
        ask!(self, Call::FindFailures(*key) => Failures)
    }

    async fn clear(&mut self, key: &FailureKey) -> Result<(), StoreError> {
        self.ask(Call::ClearFailures(*key)).await.map(drop)
    }

    async fn forget(&mut self, before: Timestamp, limit: usize) -> Result<usize, StoreError> {
        ask!(self, Call::ForgetFailures(before, limit) => Number)
    }
}

#[async_trait]
impl InvitationRepository for Relay {
    async fn claim(
        &mut self,
        users: &[UserId],
        at: Timestamp,
        since: Timestamp,
    ) -> Result<Vec<bool>, StoreError> {
        ask!(self, Call::ClaimInvitations(users.to_vec(), at, since) => Noted)
    }

    async fn release(&mut self, users: &[UserId], at: Timestamp) -> Result<(), StoreError> {
        self.ask(Call::ReleaseInvitations(users.to_vec(), at)).await.map(drop)
    }
}
