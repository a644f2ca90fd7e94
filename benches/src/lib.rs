//! What the benchmarks of the stores share: a server with durable defaults, a large network, peers, and medians.

pub mod copies;
pub mod django;
pub mod network;
pub mod server;
pub mod sheet;
pub mod tables;

/// Whatever ends a benchmark before its time.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
