use async_trait::async_trait;
use sqlx::postgres::PgRow;
use staffroom_core::store::{OpenSession, SessionRepository, StoreError, UnitOfWork};
use staffroom_core::{SchoolId, SessionId, Timestamp, TokenHash, UserId};
use staffroom_store_sql::number;
use staffroom_store_sql::sign_in::digest;

use super::{column, moment};
use crate::error::corrupt;
use crate::unit_of_work::PostgresUnitOfWork;

/// Nothing if the school is not there. Schools are never deleted: that it was there once is enough.
const INSERT: &str = "\
    INSERT INTO sessions (network_id, session_id, user_id, school_id, token_hash, opened_at, expires_at) \
    SELECT $1, $2, $3, school_id, $5, $6, $7 FROM schools WHERE network_id = $1 AND school_id = $4";

/// Selects sessions. Statements are put together when compiling.
macro_rules! select_sessions {
    ($rest:literal) => {
        concat!(
            "SELECT session_id, user_id, school_id, token_hash, opened_at, expires_at \
             FROM sessions WHERE network_id = $1 ",
            $rest
        )
    };
}

const FIND: &str = select_sessions!("AND token_hash = $2");
const BY_USER: &str = select_sessions!("AND user_id = $2 ORDER BY opened_at, session_id");
const ENTER: &str = "UPDATE sessions SET school_id = $3 WHERE network_id = $1 AND session_id = $2";
const END: &str = "DELETE FROM sessions WHERE network_id = $1 AND session_id = $2";
/// In one order for everybody. The array is made once, whatever the planner thinks of the rest.
const END_BY_USER: &str = "\
    DELETE FROM sessions WHERE network_id = $1 AND session_id = ANY(ARRAY( \
        SELECT session_id FROM sessions WHERE network_id = $1 AND user_id = $2 ORDER BY session_id FOR UPDATE))";
/// Whoever has a row in hand has it ended or moved anyway: nobody is waited for, and it comes the next time.
const FORGET_EXPIRED: &str = "\
    DELETE FROM sessions WHERE network_id = $1 AND session_id = ANY(ARRAY( \
        SELECT session_id FROM sessions WHERE network_id = $1 AND expires_at <= $2 \
        ORDER BY expires_at, session_id LIMIT $3 FOR UPDATE SKIP LOCKED))";

#[async_trait]
impl SessionRepository for PostgresUnitOfWork {
    async fn insert(&mut self, session: &OpenSession) -> Result<(), StoreError> {
        self.check_writing_in_network().await?;
        let statement = sqlx::query(INSERT)
            .bind(self.transaction.network_uuid())
            .bind(session.id.as_uuid())
            .bind(session.user.as_uuid())
            .bind(session.school.as_uuid())
            .bind(session.token.as_bytes().as_slice())
            .bind(session.opened_at.as_datetime())
            .bind(session.expires_at.as_datetime());
        let taken = "a session has the id or the token of another";
        if self.transaction.execute_unless_taken(statement, taken).await? == 1 {
            return Ok(());
        }
        Err(self.transaction.misuse("a session is in a school that the network does not have"))
    }

    async fn find(&mut self, token: &TokenHash) -> Result<Option<OpenSession>, StoreError> {
        let statement =
            sqlx::query(FIND).bind(self.transaction.network_uuid()).bind(token.as_bytes().as_slice());
        self.transaction.row(statement).await?.as_ref().map(session).transpose()
    }

    async fn find_by_user(&mut self, user: UserId) -> Result<Vec<OpenSession>, StoreError> {
        let statement = sqlx::query(BY_USER).bind(self.transaction.network_uuid()).bind(user.as_uuid());
        self.transaction.rows(statement).await?.iter().map(session).collect()
    }

    async fn enter(&mut self, id: SessionId, school: SchoolId) -> Result<bool, StoreError> {
        self.check_writing_in_network().await?;
        if self.schools().find(school).await?.is_none() {
            return Err(self.transaction.misuse("a session enters a school that the network does not have"));
        }
        let statement = sqlx::query(ENTER)
            .bind(self.transaction.network_uuid())
            .bind(id.as_uuid())
            .bind(school.as_uuid());
        Ok(self.transaction.execute(statement).await? == 1)
    }

    async fn end(&mut self, id: SessionId) -> Result<bool, StoreError> {
        self.check_writing_in_network().await?;
        let statement = sqlx::query(END).bind(self.transaction.network_uuid()).bind(id.as_uuid());
        Ok(self.transaction.execute(statement).await? == 1)
    }

    async fn end_by_user(&mut self, user: UserId) -> Result<usize, StoreError> {
        self.check_writing_in_network().await?;
        let statement = sqlx::query(END_BY_USER).bind(self.transaction.network_uuid()).bind(user.as_uuid());
        self.transaction.execute_many(statement).await
    }

    async fn forget_expired(&mut self, at: Timestamp, limit: usize) -> Result<usize, StoreError> {
        self.check_writing_in_network().await?;
        let statement = sqlx::query(FORGET_EXPIRED)
            .bind(self.transaction.network_uuid())
            .bind(at.as_datetime())
            .bind(number::rows(limit));
        self.transaction.execute_many(statement).await
    }
}

fn session(row: &PgRow) -> Result<OpenSession, StoreError> {
    let id = SessionId::from_uuid(column(row, 0)?);
    let token = digest(column(row, 3)?).map_err(|error| corrupt(format!("session {id}"), error))?;
    Ok(OpenSession {
        id,
        user: UserId::from_uuid(column(row, 1)?),
        school: SchoolId::from_uuid(column(row, 2)?),
        token: TokenHash::from_bytes(token),
        opened_at: moment(row, 4)?,
        expires_at: moment(row, 5)?,
    })
}
