//! A small sorted set of ids, cheap to clone and shared by everyone who has the same one.

use std::fmt;
use std::sync::Arc;

/// A set of ids in ascending order. Cloning shares the memory: the 80,000 users of one batch who may all
/// enter the same school hold one list between them.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IdSet<T>(Arc<[T]>);

impl<T: Copy + Ord> IdSet<T> {
    /// The set with nobody in it.
    pub fn empty() -> Self {
        Self(Arc::default())
    }

    /// The set of exactly one id.
    pub fn only(id: T) -> Self {
        Self(Arc::new([id]))
    }

    /// True if `id` is in the set.
    pub fn contains(&self, id: T) -> bool {
        self.0.binary_search(&id).is_ok()
    }

    /// The ids, ascending.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = T> + '_ {
        self.0.iter().copied()
    }

    /// The ids, ascending, as a slice.
    pub fn as_slice(&self) -> &[T] {
        &self.0
    }

    /// How many ids there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// This set with `id` in it.
    #[must_use]
    pub fn with(&self, id: T) -> Self {
        self.iter().chain([id]).collect()
    }

    /// This set without `id`.
    #[must_use]
    pub fn without(&self, id: T) -> Self {
        self.iter().filter(|other| *other != id).collect()
    }
}

impl<T: Copy + Ord> FromIterator<T> for IdSet<T> {
    fn from_iter<I: IntoIterator<Item = T>>(ids: I) -> Self {
        let mut ids: Vec<T> = ids.into_iter().collect();
        ids.sort_unstable();
        ids.dedup();
        Self(ids.into())
    }
}

impl<T: Copy + Ord> Default for IdSet<T> {
    fn default() -> Self {
        Self::empty()
    }
}

impl<T: fmt::Debug> fmt::Debug for IdSet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter()).finish()
    }
}

#[cfg(feature = "serde")]
impl<T: serde::Serialize> serde::Serialize for IdSet<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter())
    }
}

#[cfg(feature = "serde")]
impl<'de, T: Copy + Ord + serde::Deserialize<'de>> serde::Deserialize<'de> for IdSet<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<T>::deserialize(deserializer).map(|ids| ids.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_sorted_and_has_no_doubles() {
        let set: IdSet<u8> = [3, 1, 3, 2].into_iter().collect();
        assert_eq!(set.as_slice(), [1, 2, 3]);
        assert!(set.contains(2) && !set.contains(4));
        assert_eq!(set.with(0).without(3).as_slice(), [0, 1, 2]);
        assert!(IdSet::<u8>::empty().is_empty());
    }
}
