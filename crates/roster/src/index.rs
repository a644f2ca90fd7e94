//! Ids that are looked up: in a list that holds them already, or in a set of nothing else.

use std::hash::BuildHasher;

use foldhash::quality::RandomState;
use hashbrown::HashTable;

/// An index over a list of things with ids: eight bytes for each, whatever the ids.
#[derive(Default)]
pub(crate) struct IdIndex {
    table: HashTable<Entry>,
    hasher: RandomState,
}

/// Half of the hash, so that neither growing nor a near miss has to look at an id, and the place in the list.
struct Entry {
    hash: u32,
    place: u32,
}

/// The hash of an id, computed once for looking up and adding.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IdHash(u32);

impl IdIndex {
    /// The hash of `id` in this index.
    pub(crate) fn hash(&self, id: &str) -> IdHash {
        let hash = self.hasher.hash_one(id);
        IdHash((hash >> 32) as u32)
    }

    /// The place of `id`, if it is here. `id_at` gives the id at a place.
    pub(crate) fn find<'a>(
        &self,
        hash: IdHash,
        id: &str,
        id_at: impl Fn(usize) -> Option<&'a str>,
    ) -> Option<usize> {
        let is_same = |entry: &Entry| entry.hash == hash.0 && id_at(entry.place as usize) == Some(id);
        self.table.find(spread(hash.0), is_same).map(|entry| entry.place as usize)
    }

    /// Adds an id that is not here yet and stands at `place`; false if there are more than 2^32.
    pub(crate) fn insert(&mut self, hash: IdHash, place: usize) -> bool {
        let Ok(place) = u32::try_from(place) else {
            return false;
        };
        self.table.insert_unique(spread(hash.0), Entry { hash: hash.0, place }, |entry| spread(entry.hash));
        true
    }
}

/// The table takes the group from the low bits and the tag from the high ones: both must differ.
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// A set of ids of people of whom nothing else is kept: one text, and eight bytes of index for each.
#[derive(Default)]
pub(crate) struct IdSet {
    index: IdIndex,
    text: String,
    ends: Vec<usize>,
}

impl IdSet {
    /// Adds `id`, if it is not here yet.
    pub(crate) fn add(&mut self, id: &str) {
        let hash = self.index.hash(id);
        if !self.holds(hash, id) && self.index.insert(hash, self.ends.len()) {
            self.text.push_str(id);
            self.ends.push(self.text.len());
        }
    }

    /// True if `id` is here.
    pub(crate) fn contains(&self, id: &str) -> bool {
        !self.ends.is_empty() && self.holds(self.index.hash(id), id)
    }

    fn holds(&self, hash: IdHash, id: &str) -> bool {
        self.index.find(hash, id, |place| self.at(place)).is_some()
    }

    fn at(&self, place: usize) -> Option<&str> {
        let start = place.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.text.get(start..*self.ends.get(place)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    #[test]
    fn two_ids_with_one_hash_are_two() {
        let mut index = IdIndex::default();
        let ids = ["a", "b", "c"];
        let hash = index.hash("a");
        assert!(index.insert(hash, 0) && index.insert(hash, 1));
        let find = |id| index.find(hash, id, |place| ids.get(place).copied());
        assert_eq!((find("a"), find("b"), find("c")), (Some(0), Some(1), None));
    }

    proptest! {
        #[test]
        fn an_id_set_holds_what_was_added(added in prop::collection::vec("[aé]{0,3}", 0..40), asked in "[aé]{0,3}") {
            let mut set = IdSet::default();
            for id in &added {
                set.add(id);
            }
            let oracle: HashSet<_> = added.iter().collect();
            prop_assert_eq!(set.contains(&asked), oracle.contains(&asked));
            prop_assert_eq!(set.ends.len(), oracle.len());
            prop_assert!(added.iter().all(|id| set.contains(id)));
        }
    }
}
