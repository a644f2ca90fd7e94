//! The reference store of Staffroom: everything in memory, obvious before fast, right under concurrency.
//!
//! A writing unit of work has its network to itself: the next one waits until it has committed or was dropped. It
//! works on a copy of the network's records, made at its first write; committing puts the copy in their place, and
//! dropping it leaves no trace. Reading units of work see the records as they were when they began, and never wait.
//!
//! Its futures need no runtime: they finish under any executor, a bare `block_on` included. One task must not hold
//! two writing units of work of one network: the second would wait for the first for ever.
//!
//! ```
//! use staffroom_core::{NetworkId, store::{Mode, Store}};
//! use staffroom_store_memory::MemoryStore;
//!
//! # futures_lite::future::block_on(async {
//! let store = MemoryStore::new();
//! let network: NetworkId = "67e55044-10b1-426f-9247-bb680e5fe0c8".parse().unwrap();
//! let mut uow = store.begin(network, Mode::Read).await?;
//! assert!(uow.network().find().await?.is_none());
//! # Ok::<(), staffroom_core::store::StoreError>(()) }).unwrap();
//! ```

mod records;
mod repositories;
mod store;
mod sync;
mod unit_of_work;

pub use store::MemoryStore;
