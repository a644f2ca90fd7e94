//! An email as the key of a map.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use super::Email;

/// An email that is equal, ordered and hashed by its canonical form alone, so that a map of them can be asked for one as a
/// text. It shares the memory of the [`Email`] that it was made from.
///
/// ```
/// use std::collections::HashMap;
/// use staffroom_core::{Email, EmailKey};
/// let holders: HashMap<EmailKey, u32> = [(Email::parse("Mary@School.Example")?.key(), 7)].into();
/// assert_eq!(holders.get("mary@school.example"), Some(&7));
/// # Ok::<(), staffroom_core::EmailError>(())
/// ```
#[derive(Debug, Clone)]
pub struct EmailKey(Email);

impl EmailKey {
    pub(super) fn of(email: &Email) -> Self {
        Self(email.clone())
    }

    /// The canonical form.
    pub fn as_str(&self) -> &str {
        self.0.canonical()
    }
}

impl Borrow<str> for EmailKey {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for EmailKey {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for EmailKey {}

impl PartialOrd for EmailKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for EmailKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

/// As the text that it lends ([`Borrow`]).
impl Hash for EmailKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}
