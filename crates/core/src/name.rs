//! The name of a person.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::text::{TextError, clean_label, fold, joined};

/// A person's given and family name. Either may be empty, for people who have only one; not both.
///
/// ```
/// use staffroom_core::PersonName;
/// let name = PersonName::parse(" Mary  Ann ", "O'Brien").unwrap();
/// assert_eq!(name.to_string(), "Mary Ann O'Brien");
/// assert_eq!(PersonName::parse("Suharto", "").unwrap().to_string(), "Suharto");
/// assert!(PersonName::parse(" ", "").is_err());
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "NameParts<String>"))]
pub struct PersonName {
    /// The given name, [`BETWEEN`], the family name. One text for both: there are as many names as there are people, in
    /// a plan and a report for all of them.
    parts: Arc<str>,
}

/// No part of a name has this character, which is a control.
const BETWEEN: char = '\0';

impl PersonName {
    /// The most characters that either part may have.
    pub const MAX_CHARS: usize = 200;

    /// Cleans and checks both parts.
    ///
    /// # Errors
    /// [`TextError`] if both are empty, or either is too long or has a forbidden character.
    pub fn parse(given: &str, family: &str) -> Result<Self, TextError> {
        match (part(given)?, part(family)?) {
            (None, None) => Err(TextError::Empty),
            (given, family) => {
                let (given, family) = (given.unwrap_or_default(), family.unwrap_or_default());
                Ok(Self { parts: joined([&given, BETWEEN.encode_utf8(&mut [0]), &family]) })
            }
        }
    }

    fn parts(&self) -> (&str, &str) {
        self.parts.split_once(BETWEEN).unwrap_or_default()
    }

    /// The given name; empty for people who have only a family name.
    pub fn given(&self) -> &str {
        self.parts().0
    }

    /// The family name; empty for people who have only a given name.
    pub fn family(&self) -> &str {
        self.parts().1
    }

    /// The key by which lists are ordered: folded family name, then folded given name.
    pub fn sort_key(&self) -> NameKey {
        let (given, family) = self.parts();
        NameKey { family: NameKey::part(family), given: NameKey::part(given) }
    }
}

fn part(text: &str) -> Result<Option<Cow<'_, str>>, TextError> {
    match clean_label(text, PersonName::MAX_CHARS) {
        Ok(text) => Ok(Some(text)),
        Err(TextError::Empty) => Ok(None),
        Err(error) => Err(error),
    }
}

impl fmt::Display for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parts() {
            ("", one) | (one, "") => f.pad(one),
            (given, family) => f.pad(&format!("{given} {family}")),
        }
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (given, family) = self.parts();
        write!(f, "PersonName({given:?}, {family:?})")
    }
}

/// Folded family name, then folded given name: orders lists of people, as bytes, alike in every store.
///
/// Both have at most [`MAX_BYTES`](Self::MAX_BYTES): a name can fold to many times its length, and a database has only so
/// much room for a key in its index.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct NameKey {
    family: String,
    given: String,
}

impl NameKey {
    /// How many bytes of a folded name count.
    pub const MAX_BYTES: usize = 1_000;

    /// A name as it counts in a key, and in a search for one.
    pub(crate) fn part(text: &str) -> String {
        let mut folded = fold(text);
        folded.truncate(folded.floor_char_boundary(Self::MAX_BYTES));
        folded
    }

    /// The folded family name.
    pub fn family(&self) -> &str {
        &self.family
    }

    /// The folded given name.
    pub fn given(&self) -> &str {
        &self.given
    }
}

#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
struct NameParts<T> {
    given: T,
    family: T,
}

#[cfg(feature = "serde")]
impl TryFrom<NameParts<String>> for PersonName {
    type Error = TextError;

    fn try_from(parts: NameParts<String>) -> Result<Self, TextError> {
        Self::parse(&parts.given, &parts.family)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for PersonName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (given, family) = self.parts();
        NameParts { given, family }.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_order_by_family_name_without_regard_to_case_or_accents() {
        let mut names = [("Zoë", "adams"), ("Anna", "Ångström"), ("Ana", "Adams")]
            .map(|(given, family)| PersonName::parse(given, family).unwrap());
        names.sort_by_key(PersonName::sort_key);
        assert_eq!(names.map(|n| n.to_string()), ["Ana Adams", "Zoë adams", "Anna Ångström"]);
    }
}
