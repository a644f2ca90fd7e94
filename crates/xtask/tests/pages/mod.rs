//! Pages of the documentation, and the tests that they name.

use std::path::PathBuf;

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A file; nothing, which holds nothing, if it is not there.
pub(crate) fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_default()
}

/// Whether a file has a test of that name.
pub(crate) fn has_test(path: &str, test: &str) -> bool {
    read(path).contains(&format!("fn {test}("))
}
