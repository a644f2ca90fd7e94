//! What a change must pass.

use crate::run::{TaskError, cargo, run};
use crate::{api, fuzz, needs, purity};

/// Every test of the workspace, documentation examples included. Further arguments go to `cargo test`.
pub(crate) fn test(arguments: &[&str]) -> Result<(), TaskError> {
    needs::find_or_install()?;
    run(cargo(&["test", "--workspace", "--locked"]).args(arguments))
}

/// Everything, cheapest first.
pub(crate) fn all() -> Result<(), TaskError> {
    run(&mut cargo(&["fmt", "--all", "--check"]))?;
    purity::check()?;
    run(&mut cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "--deny", "warnings"]))?;
    run(cargo(&["doc", "--workspace", "--no-deps", "--locked"]).env("RUSTDOCFLAGS", "--deny warnings"))?;
    api::check()?;
    test(&[])?;
    fuzz::briefly()
}
