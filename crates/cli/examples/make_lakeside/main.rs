//! Makes the example network "Lakeside": a believable roster, of any size, always the same for the same seed.
//!
//! ```text
//! cargo run -p staffroom --example make_lakeside -- examples/lakeside
//! cargo run --release -p staffroom --example make_lakeside -- --staff 1000000 /tmp/large
//! ```
//!
//! Writes `oneroster/` (OneRoster 1.2: `manifest.csv`, `orgs.csv`, `users.csv`, `roles.csv`) and `staff.csv`, the same
//! people as one plain CSV file. Everybody is invented, and every address ends in `.example`.

mod files;
mod network;
mod people;
mod random;

use std::path::PathBuf;

use clap::Parser;

/// Makes the example network.
#[derive(Debug, Parser)]
struct Args {
    /// How many staff members it has
    #[arg(long, default_value_t = network::STAFF)]
    staff: u32,
    /// Which network of that size it is
    #[arg(long, default_value_t = network::SEED)]
    seed: u64,
    /// The folder that the files are written to; files of an earlier run are overwritten
    folder: PathBuf,
}

fn main() -> std::io::Result<()> {
    let args = Args::parse();
    network::write(&args.folder, args.staff, args.seed)
}
