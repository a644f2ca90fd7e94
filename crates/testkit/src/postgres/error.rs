use std::path::PathBuf;

use super::TEST_DATABASE_URL;

/// Why there is no PostgreSQL to test with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServerError {
    /// Neither named nor installed.
    #[error(
        "these tests need PostgreSQL, and none was found. Either install its server (on Debian: `apt-get install \
         postgresql`; the tests start a throwaway one of their own), or put its `initdb` on the PATH, or set \
         {TEST_DATABASE_URL} to the URL of a server and a role that may create databases and roles"
    )]
    Missing,
    /// PostgreSQL refuses root, and there is nobody else to run it as.
    #[error(
        "PostgreSQL does not run as root, and /etc/passwd has neither `postgres` nor `nobody`: run the tests as another user"
    )]
    NobodyToRunIt,
    /// A program of PostgreSQL did not do its work.
    #[error("`{program}` failed: {output}")]
    Program {
        /// The program.
        program: String,
        /// What it printed.
        output: String,
    },
    /// The server did not answer in time.
    #[error("the throwaway PostgreSQL in {} did not answer: {log}", directory.display())]
    Silent {
        /// Where it was started.
        directory: PathBuf,
        /// The end of its log.
        log: String,
    },
    /// A file or a process could not be made.
    #[error("a throwaway PostgreSQL could not be made: {0}")]
    Io(#[from] std::io::Error),
    /// The server refused a statement.
    #[error("the server to test with refused: {0}")]
    Database(#[from] sqlx::Error),
}
