//! What is asked of the machine, and what it is to blame for.

use std::path::Path;

use staffroom_testkit::properties::Violation;
use tempfile::TempDir;

/// In memory where the machine has a place for it: nobody needs these files to outlive the power.
pub(crate) fn folder() -> Result<TempDir, Violation> {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.map_err(|error| unfit(&error))
}

/// What the machine, and not the code, is to blame for.
pub(crate) fn unfit(error: &dyn std::error::Error) -> Violation {
    Violation::of("the machine", format!("{error:?}"))
}
