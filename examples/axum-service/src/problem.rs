//! How an error is told: a status, and `{"error": {"code": ..., "message": ...}}`. Programs go by the code.

use std::error::Error;

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use staffroom_core::store::StoreError;
use staffroom_core::{AccessError, CommitError, SessionError, UndoError};

/// An error, as whoever made the request is told it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl Problem {
    /// A problem.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// One that is not the caller's fault. They are told nothing of it; the log is told the messages of the error and
    /// its causes. (Not its `Debug`: that of a database may repeat what is in a row.)
    pub fn ours(error: &(dyn Error + 'static)) -> Self {
        let mut told = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            told = format!("{told}: {error}");
            cause = error.source();
        }
        tracing::error!("{told}");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "something is wrong on our side; it is in the log",
        )
    }

    fn later(code: &'static str, message: &str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, message)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = Json(json!({"error": {"code": self.code, "message": self.message}}));
        let mut response = (self.status, body).into_response();
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Contended(_) => {
                Self::later("busy", "others are changing the same records; try again")
            }
            StoreError::Unavailable(_) => {
                Self::later("no-database", "the database cannot be reached; try again")
            }
            StoreError::CommitUnknown(_) => Self::later(
                "outcome-unknown",
                "it may have been done or not; send the same request again to know",
            ),
            error => Self::ours(&error),
        }
    }
}

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::Denied(denied) => {
                Self::new(StatusCode::FORBIDDEN, denied.code(), denied.to_string())
            }
            AccessError::UnknownGroup(_) => Self::unfit("unknown-group", &error),
            AccessError::InactiveGroup(_) => Self::unfit("inactive-group", &error),
            AccessError::Store(error) => error.into(),
            error => Self::ours(&error),
        }
    }
}

impl From<SessionError> for Problem {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Store(error) => error.into(),
            error => Self::ours(&error),
        }
    }
}

impl From<CommitError> for Problem {
    fn from(error: CommitError) -> Self {
        let again = |code| Self::new(StatusCode::CONFLICT, code, error.to_string());
        match error {
            CommitError::Access(error) => error.into(),
            CommitError::NotYourPlan => again("not-your-plan"),
            CommitError::BatchIdTaken | CommitError::UserIdTaken | CommitError::SharedPasswordIdTaken => {
                again("preview-again")
            }
            CommitError::PasswordMismatch | CommitError::NoPasswords => Self::unfit("no-passwords", &error),
            error => Self::ours(&error),
        }
    }
}

impl From<UndoError> for Problem {
    fn from(error: UndoError) -> Self {
        match error {
            UndoError::UnknownBatch(_) => {
                Self::new(StatusCode::NOT_FOUND, "unknown-batch", error.to_string())
            }
            UndoError::Access(error) => error.into(),
            error => Self::ours(&error),
        }
    }
}

impl Problem {
    fn unfit(code: &'static str, error: &dyn Error) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, error.to_string())
    }
}

/// What axum could not read.
macro_rules! from_rejections {
    ($($rejection:ty),+) => {$(
        impl From<$rejection> for Problem {
            fn from(rejection: $rejection) -> Self {
                Self::new(rejection.status(), "bad-request", rejection.body_text())
            }
        }
    )+};
}
from_rejections!(JsonRejection, PathRejection, QueryRejection);
