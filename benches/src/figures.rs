//! What the programs measured, for `cargo xtask bench`: a line of JSON each, in a file that it names.

use std::fs::OpenOptions;
use std::io::Write;

use crate::Failure;
use crate::sheet::Times;

/// The variable with the name of the file. Where it is not set, nothing is written.
pub const VARIABLE: &str = "STAFFROOM_BENCH_FIGURES";

/// Writes down what was measured of `what`: the medians of the library and of its `peer`, and the ratio that is aimed at, if
/// one is.
///
/// # Errors
/// If the file cannot be written to.
pub fn note(
    what: &str,
    ours: &Times,
    peer: &str,
    theirs: &Times,
    at_most: Option<f64>,
) -> Result<(), Failure> {
    let Some(path) = std::env::var_os(VARIABLE) else {
        return Ok(());
    };
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    let aim = at_most.map_or("null".to_owned(), |ratio| ratio.to_string());
    // `{:?}` quotes a text of ours, which is plain ASCII, as JSON does.
    writeln!(
        file,
        "{{\"what\":{what:?},\"ours\":{},\"spread\":{},\"peer\":{peer:?},\"theirs\":{},\"at_most\":{aim}}}",
        ours.median().as_secs_f64(),
        ours.spread(),
        theirs.median().as_secs_f64(),
    )?;
    Ok(())
}
