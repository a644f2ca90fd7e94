//! The compiler that is needed: one, said by every package.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{name, packages};
use crate::run::{cargo, output_of};

/// The oldest compiler that the workspace is for.
const OLDEST: &str = env!("CARGO_PKG_RUST_VERSION");

/// Packages that say none, or another one.
pub(super) fn faults(metadata: &Value) -> BTreeSet<String> {
    let wrong = packages(metadata).filter(|package| package["rust_version"].as_str() != Some(OLDEST));
    wrong
        .map(|package| format!("  `{}` does not say `rust-version.workspace = true`", name(package)))
        .collect()
}

/// How well it is checked here. Clippy's `incompatible_msrv`, which is one of those we deny, knows the standard library's
/// age in any case; only that very compiler knows the rest.
pub(super) fn said() -> String {
    let version = output_of(&mut cargo(&["--version"])).unwrap_or_default();
    let version = version.split_whitespace().nth(1).unwrap_or_default();
    if version.starts_with(OLDEST) {
        format!("every package is for Rust {OLDEST} or later, and this is {version}")
    } else {
        format!("every package is for Rust {OLDEST} or later; this is {version}, so only the lint checks it")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_that_says_another_version_is_a_fault() {
        let metadata = serde_json::json!({ "packages": [
            { "name": "right", "rust_version": OLDEST },
            { "name": "older", "rust_version": "1.70" },
            { "name": "silent", "rust_version": null },
        ]});
        assert_eq!(faults(&metadata).len(), 2);
    }
}
