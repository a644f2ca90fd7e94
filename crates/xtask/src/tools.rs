//! Programs that cargo installs, and no toolchain brings.

use std::env;
use std::path::PathBuf;

use crate::run::{TaskError, cargo, run, target};

/// Runs the targets of `fuzz/`.
pub(crate) const CARGO_FUZZ: Tool = Tool { name: "cargo-fuzz", version: "0.13.2" };
/// Lists the changes that `cargo xtask mutants` makes.
pub(crate) const CARGO_MUTANTS: Tool = Tool { name: "cargo-mutants", version: "27.1.0" };

/// A program, and the release of it that is installed where there is none.
#[derive(Debug)]
pub(crate) struct Tool {
    name: &'static str,
    version: &'static str,
}

impl Tool {
    /// Finds it on the path or below the target folder, or installs it there.
    pub(crate) fn find_or_install(&self) -> Result<PathBuf, TaskError> {
        let tools = target().join("tools");
        let installed = tools.join("bin").join(self.name);
        if let Some(found) = self.on_the_path() {
            return Ok(found);
        }
        if installed.is_file() {
            return Ok(installed);
        }
        // Quick to build: they call cargo, and that does the work.
        let mut install =
            cargo(&["install", self.name, "--debug", "--locked", "--version", self.version, "--root"]);
        run(install.arg(&tools))?;
        Ok(installed)
    }

    fn on_the_path(&self) -> Option<PathBuf> {
        let path = env::var_os("PATH")?;
        env::split_paths(&path).map(|folder| folder.join(self.name)).find(|file| file.is_file())
    }
}
