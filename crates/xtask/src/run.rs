//! Running other programs, and saying so.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Why a task failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum TaskError {
    /// There is no such task.
    #[error("there is no task `{0}`; `cargo xtask` lists them")]
    Unknown(String),
    /// An argument of a task makes no sense.
    #[error("`{0}` is no argument of this task; `cargo xtask` lists them")]
    Argument(String),
    /// A program could not be started.
    #[error("`{command}` could not be started: {source}")]
    Start {
        /// What was to be run.
        command: String,
        /// Why it did not.
        #[source]
        source: std::io::Error,
    },
    /// A program ended with an error of its own.
    #[error("`{0}` failed; its output is above")]
    Failed(String),
    /// There is no PostgreSQL to test with, and we may not install one.
    #[error(
        "the tests need PostgreSQL, and none was found. Install its server (on Debian: `apt-get install postgresql \
         pgbouncer`), or set STAFFROOM_TEST_DATABASE_URL to the URL of one and of a role that may create databases and \
         roles"
    )]
    NoServer,
    /// There is no nightly toolchain to fuzz with.
    #[error(
        "fuzzing takes a nightly toolchain, and none was found: `rustup toolchain install nightly` installs it"
    )]
    NoNightly,
    /// A folder could not be made or read.
    #[error("{} cannot be used: {source}", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// A fuzzer found input that breaks a law.
    #[error("a law is broken:\n{0}")]
    LawBroken(String),
    /// The purity check found something.
    #[error("staffroom-core is not pure:\n{0}")]
    Impure(String),
    /// Code was changed, and no test noticed.
    #[error("no test notices these changes:\n{0}")]
    Mutants(String),
    /// What the crates show to whoever links them is not as it should be.
    #[error("what the crates show is not as it should be:\n{0}")]
    Api(String),
}

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// `cargo` with these arguments, in the root of the workspace.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    command
}

/// Runs a command, its output going where ours goes.
pub(crate) fn run(command: &mut Command) -> Result<(), TaskError> {
    let shown = show(command);
    complain(&format!("\n$ {shown}"));
    let status = command.status().map_err(|source| TaskError::Start { command: shown.clone(), source })?;
    if status.success() { Ok(()) } else { Err(TaskError::Failed(shown)) }
}

/// Runs a command and answers with what it printed.
pub(crate) fn output_of(command: &mut Command) -> Result<String, TaskError> {
    let shown = show(command);
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|source| TaskError::Start { command: shown.clone(), source })?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(TaskError::Failed(shown))
    }
}

fn show(command: &Command) -> String {
    let arguments = command.get_args().map(|argument| argument.to_string_lossy());
    let program = Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy();
    std::iter::once(program).chain(arguments).collect::<Vec<_>>().join(" ")
}

/// Prints to standard output. Nobody listening is no error.
pub(crate) fn say(text: &str) {
    drop(writeln!(std::io::stdout(), "{text}"));
}

/// Prints to standard error. Nobody listening is no error.
pub(crate) fn complain(text: &str) {
    drop(writeln!(std::io::stderr(), "{text}"));
}
