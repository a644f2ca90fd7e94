//! Emails held against what the project did not write: Unicode's own tests, IDNA's, a list of naughty strings, and another
//! validator of addresses. Each says how many cases there are, with how many of them we agree, and of every other one why
//! not. `oracles/make.py` makes the data; decision record 0032 has the table of differences.

#![allow(clippy::print_stdout, reason = "a test says how many cases it saw")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "data that cannot be read fails the test"
)]

#[path = "oracles/case_folding.rs"]
mod case_folding;
#[path = "oracles/email_validator.rs"]
mod email_validator;
#[path = "oracles/idna.rs"]
mod idna;
#[path = "oracles/naughty.rs"]
mod naughty;
#[path = "oracles/normalization.rs"]
mod normalization;
#[path = "oracles/tally.rs"]
mod tally;
