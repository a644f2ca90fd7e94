//! PostgreSQL for tests: a throwaway server, and databases in it.
//!
//! With the feature `postgres`. [`Server::shared`] is the server of the test process: the one that
//! `STAFFROOM_TEST_DATABASE_URL` names, or else one that is started from the installed binaries in a temporary folder
//! and is gone when the process is, however it ended. A test makes itself a [`Database`] there, which is dropped with
//! its value. If there is neither, the tests fail and say how to get one: a test that skips itself proves nothing.

mod database;
mod error;
mod installed;
mod server;

pub use database::Database;
pub use error::ServerError;
pub use installed::installed;
pub use server::{Server, Setup};

/// The environment variable that names a server to test with, as a role that may create databases and roles.
pub const TEST_DATABASE_URL: &str = "STAFFROOM_TEST_DATABASE_URL";
