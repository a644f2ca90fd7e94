//! What a host can set.

use std::num::NonZeroU32;
use std::time::Duration;

/// How the store uses its file. The defaults fit most hosts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    patience: Duration,
    connections: NonZeroU32,
    cache_mb: u32,
    few: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { patience: Duration::from_secs(30), connections: CONNECTIONS, cache_mb: 64, few: 10_000 }
    }
}

/// Enough for pages of lists beside a batch; each takes a thread while it is open.
const CONNECTIONS: NonZeroU32 = NonZeroU32::MIN.saturating_add(7);

impl Settings {
    /// How long a unit of work waits for others to be done with the file before it answers that it is contended;
    /// half a minute unless said. A large batch keeps other writers waiting for as long as it takes.
    #[must_use]
    pub const fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// How many units of work may be open at once, one of them for writing; eight unless said. Further ones wait.
    #[must_use]
    pub const fn with_connections(mut self, connections: NonZeroU32) -> Self {
        self.connections = connections;
        self
    }

    /// How much of the file each connection may keep in memory, in megabytes (2^20 bytes); 64 unless said. What a large
    /// batch changes beyond that goes to the log before its commit, and again if it is changed again.
    #[must_use]
    pub const fn with_cache(mut self, megabytes: u32) -> Self {
        self.cache_mb = megabytes;
        self
    }

    /// Up to how many people a search finds, or work in a school, they are looked up one by one for a list and put in
    /// order then; if there are more, the whole list is walked in its order until enough are found. 10,000 unless said.
    #[must_use]
    pub const fn with_look_up_limit(mut self, people: u32) -> Self {
        self.few = people;
        self
    }

    pub(crate) const fn few(&self) -> u32 {
        self.few
    }

    pub(crate) const fn patience(&self) -> Duration {
        self.patience
    }

    pub(crate) const fn connections(&self) -> u32 {
        self.connections.get()
    }

    /// As SQLite takes it: negative numbers are units of 1024 bytes.
    pub(crate) fn cache_size(&self) -> String {
        format!("-{}", u64::from(self.cache_mb).saturating_mul(1_024))
    }
}
