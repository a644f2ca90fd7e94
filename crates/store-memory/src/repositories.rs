//! The repositories, one file each, named like the traits in core.

mod audit;
mod batches;
mod failures;
mod groups;
mod invitations;
mod network;
mod passwords;
mod resets;
mod schools;
mod sessions;
mod staff;
mod users;

use std::collections::BTreeMap;

/// The keys of the first `limit` rows for which `is_meant` holds.
fn first<K: Copy + Ord, V>(limit: usize, rows: &BTreeMap<K, V>, is_meant: impl Fn(&V) -> bool) -> Vec<K> {
    rows.iter().filter(|(_, row)| is_meant(row)).map(|(key, _)| *key).take(limit).collect()
}
