//! Programs that cargo installs, and no toolchain brings.

use std::env;
use std::path::{Path, PathBuf};

use crate::run::{TaskError, cargo, run, target};

/// Looks at licences, sources and second versions of what we are built from.
pub(crate) const CARGO_DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2" };
/// Runs the targets of `fuzz/`.
pub(crate) const CARGO_FUZZ: Tool = Tool { name: "cargo-fuzz", version: "0.13.2" };
/// Lists the changes that `cargo xtask mutants` makes.
pub(crate) const CARGO_MUTANTS: Tool = Tool { name: "cargo-mutants", version: "27.1.0" };
/// Says what a change of an API breaks.
pub(crate) const CARGO_SEMVER_CHECKS: Tool = Tool { name: "cargo-semver-checks", version: "0.51.0" };

/// A program, and the release of it that is installed where there is none at all.
#[derive(Debug)]
pub(crate) struct Tool {
    name: &'static str,
    version: &'static str,
}

impl Tool {
    /// Finds it on the path or below the target folder, whatever its release, or installs it there.
    pub(crate) fn find_or_install(&self) -> Result<PathBuf, TaskError> {
        if let Some(found) = self.find() {
            return Ok(found);
        }
        let tools = tools();
        // Quick to build: what takes long in them is what cargo does for them.
        let mut install =
            cargo(&["install", self.name, "--debug", "--locked", "--version", self.version, "--root"]);
        run(install.arg(&tools))?;
        Ok(self.below(&tools))
    }

    /// Finds it on the path or below the target folder.
    pub(crate) fn find(&self) -> Option<PathBuf> {
        let path = env::var_os("PATH").unwrap_or_default();
        let on_the_path = env::split_paths(&path).map(|folder| folder.join(self.name));
        on_the_path.chain([self.below(&tools())]).find(|file| file.is_file())
    }

    fn below(&self, tools: &Path) -> PathBuf {
        tools.join("bin").join(self.name)
    }
}

fn tools() -> PathBuf {
    target().join("tools")
}
