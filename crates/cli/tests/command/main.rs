//! The command, run as people and programs run it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests: whatever goes wrong in the helpers fails the test that called them"
)]

mod acting;
mod answers;
mod contracts;
mod csv_contract;
mod databases;
mod documents;
mod example_data;
mod imports;
mod interrupts;
mod json_contract;
mod migrations;
mod mistakes;
mod one_file;
mod outages;
mod passwords;
mod pooled;
mod postgres;
mod resolving;
mod rosters;
mod screens;
mod settings;
mod support;
mod ways_in;
mod week;

// The generator of the example network, compared with what is in the repository and used for large rosters.
#[path = "../../examples/make_lakeside/files.rs"]
mod files;
#[path = "../../examples/make_lakeside/network.rs"]
mod network;
#[path = "../../examples/make_lakeside/people.rs"]
mod people;
#[path = "../../examples/make_lakeside/random.rs"]
mod random;
