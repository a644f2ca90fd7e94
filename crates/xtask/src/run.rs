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
    /// The benchmarks measured nothing.
    #[error("the benchmarks wrote no figures; name others, or none")]
    NoFigures,
    /// What a benchmark wrote cannot be read.
    #[error("`{path}` is not what a benchmark writes; remove it and run again")]
    Unreadable {
        /// Where it is.
        path: PathBuf,
    },
    /// A file or a folder could not be read or written.
    #[error("`{path}` cannot be read or written: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// A fuzzer found input that breaks a law.
    #[error("a law is broken:\n{0}")]
    LawBroken(String),
    /// The page has no place for the table.
    #[error("BENCHMARKS.md has lost the two markers that the table is written between; put them back")]
    NoMarkers,
    /// The purity check found something.
    #[error("staffroom-core is not pure:\n{0}")]
    Impure(String),
    /// Code was changed, and no test noticed.
    #[error("no test notices these changes:\n{0}")]
    Mutants(String),
    /// What cargo-mutants lists is not what it used to be.
    #[error("cargo-mutants lists a change that cannot be read: {0}")]
    Listed(String),
    /// The copy that changes are woven into does not build.
    #[error("the woven copy does not build:\n{0}")]
    Unwoven(String),
    /// There is nothing to hold the API against.
    #[error("name the commit to hold the API against, that of a release, say: `cargo xtask semver v0.1.0`")]
    NoCommit,
    /// What the crates show to whoever links them is not as it should be.
    #[error("what the crates show is not as it should be:\n{0}")]
    Api(String),
}

/// What could not be read or written, and why.
pub(crate) fn file_error(path: &Path, source: std::io::Error) -> TaskError {
    TaskError::File { path: path.to_owned(), source }
}

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Where everything goes that is built.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
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

/// Whether a command can be run, and ends well. Nothing of it is seen.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

pub(crate) fn show(command: &Command) -> String {
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
