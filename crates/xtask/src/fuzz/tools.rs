//! The nightly toolchain, and cargo-fuzz.

use std::path::PathBuf;
use std::process::Command;

use crate::run::{TaskError, output_of, root, succeeds, target};
use crate::tools::CARGO_FUZZ;

/// What fuzzing takes.
pub(super) struct Tools {
    cargo_fuzz: PathBuf,
    /// Where everything goes that is built or found.
    target: PathBuf,
    /// What the compiler builds for.
    host: String,
}

impl Tools {
    /// Finds the toolchain, and finds or installs cargo-fuzz.
    pub(super) fn find_or_install() -> Result<Self, TaskError> {
        if !has_nightly() {
            return Err(TaskError::NoNightly);
        }
        let cargo_fuzz = CARGO_FUZZ.find_or_install()?;
        let about = output_of(nightly("rustc").arg("-vV"))?;
        let host = about.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default().to_owned();
        Ok(Self { cargo_fuzz, target: target().join("fuzz"), host })
    }

    /// cargo-fuzz, over `fuzz/`.
    pub(super) fn cargo_fuzz(&self) -> Command {
        let mut command = nightly(&self.cargo_fuzz.display().to_string());
        command.current_dir(root().join("fuzz")).env("CARGO_TARGET_DIR", &self.target);
        command
    }

    /// Where the programs are.
    pub(super) fn programs(&self, quick: bool) -> PathBuf {
        self.target.join(&self.host).join(if quick { "debug" } else { "release" })
    }

    /// A folder for what is found by `target` and kept from run to run.
    pub(super) fn kept(&self, what: &str, target: &str) -> PathBuf {
        self.target.join(what).join(target)
    }
}

/// Whether there is a nightly toolchain.
pub(super) fn has_nightly() -> bool {
    succeeds(nightly("cargo").arg("--version"))
}

/// A program of the nightly toolchain. We were started by the cargo of another one, which must not be taken for it.
fn nightly(program: &str) -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", "nightly", program]).env_remove("CARGO").env_remove("RUSTUP_TOOLCHAIN");
    command
}
