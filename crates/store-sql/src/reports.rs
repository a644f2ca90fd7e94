//! The rows of a report as they are kept: JSON, in the LZ4 frame format. A report on a million people is some 60 MB
//! then, written and read in parts.

use std::io::{self, Write};

use lz4_flex::frame::{FrameDecoder, FrameEncoder};
use staffroom_core::ReportRow;

/// How many rows go into a part: as many as a batch writes at a time.
pub const ROWS_IN_A_PART: usize = 5_000;

/// `rows` as one part.
///
/// # Errors
/// None in practice: a row is always JSON, and memory is always written to.
pub fn write(rows: &[ReportRow]) -> io::Result<Vec<u8>> {
    // The encoder is dear to write to in small pieces, and a part fits into memory twice.
    let json = serde_json::to_vec(rows)?;
    let mut encoder = FrameEncoder::new(Vec::new());
    encoder.write_all(&json)?;
    Ok(encoder.finish()?)
}

/// The rows in `part`.
///
/// # Errors
/// If it is not what [`write()`] made.
pub fn read(part: &[u8]) -> io::Result<Vec<ReportRow>> {
    Ok(serde_json::from_reader(io::BufReader::new(FrameDecoder::new(part)))?)
}
