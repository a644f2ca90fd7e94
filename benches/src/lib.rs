//! What the benchmarks of the stores share: a server with durable defaults, a large network, peers, and medians.

pub mod copies;
pub mod django;
pub mod figures;
pub mod memory;
pub mod network;
mod python;
pub mod roster_files;
pub mod server;
pub mod sheet;
pub mod sizes;
pub mod statement;
pub mod tables;

/// Whatever ends a benchmark before its time.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
