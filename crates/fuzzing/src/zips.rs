//! Zips of any bytes.

use staffroom_roster::{Limits, read};
use staffroom_testkit::properties::Verdict;

use crate::machine::{folder, unfit};
use crate::{require, rosters};

/// The most bytes that a file in a zip may expand to here.
const MOST: u64 = 1 << 20;

/// The bytes are the zip.
pub(crate) fn laws(bytes: &[u8]) -> Verdict {
    let folder = folder()?;
    let path = folder.path().join("roster.zip");
    std::fs::write(&path, bytes).map_err(|error| unfit(&error))?;
    let mut limits = Limits::default();
    (limits.max_file_bytes, limits.max_expanded_bytes, limits.max_rows) = (MOST, MOST, 1_000);
    let Ok(file) = read(&path, &rosters::options().with_limits(limits)) else { return Ok(()) };
    require!("L1", file.rows_read <= limits.max_rows, "{} lines were read", file.rows_read);
    rosters::sound(&file)
}
