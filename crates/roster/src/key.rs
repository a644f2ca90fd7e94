//! SIS ids as keys that are found by a plain text, without making an id first.

use std::borrow::Borrow;
use std::hash::{Hash, Hasher};

use staffroom_core::SisId;

/// A SIS id in a map. Hashes and compares as its text.
#[derive(PartialEq, Eq)]
pub(crate) struct Key(pub(crate) SisId);

impl Borrow<str> for Key {
    fn borrow(&self) -> &str {
        self.0.as_str()
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.as_str().hash(state);
    }
}
