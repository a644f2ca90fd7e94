//! Finding people by the start of a name, an email or a SIS id.

use crate::{NameKey, StaffMember};

/// A search text, folded once.
///
/// It finds the staff members whose family name, given name, email or SIS id starts with it; and, if it has
/// several words, those whose one name begins with the first words, whole, and whose other name starts with the rest.
/// Case and accents make no difference, except in the SIS id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    typed: String,
    folded: String,
    lower: String,
}

/// No name, email or SIS id starts with a longer text.
const MAX_CHARS: usize = 1_000;
/// In how many ways a text is read as two names.
const MAX_SPLITS: usize = 8;

impl Search {
    /// A search for `text`; `None` if there is nothing to search for. Only its first 1,000 characters count.
    pub fn new(text: &str) -> Option<Self> {
        let end = text.char_indices().nth(MAX_CHARS).map_or(text.len(), |(end, _)| end);
        let typed = text.get(..end).unwrap_or_default().trim();
        let folded = NameKey::part(&typed.replace(',', " "));
        if folded.is_empty() {
            return None;
        }
        Some(Self { typed: typed.to_owned(), folded, lower: typed.to_lowercase() })
    }

    /// The text as typed, trimmed: the start of a SIS id.
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// The folded text: the start of a folded given or family name.
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// The text in lower case: the start of a canonical email.
    pub fn lower(&self) -> &str {
        &self.lower
    }

    /// The ways to read the folded text as whole words of one name and the start of the other: at most eight.
    pub fn splits(&self) -> impl Iterator<Item = (&str, &str)> {
        self.folded.match_indices(' ').take(MAX_SPLITS).map(|(at, _)| {
            let (whole, start) = self.folded.split_at(at);
            (whole, start.trim_start())
        })
    }

    /// True if the search finds `member`. The one rule: a store may find more, never less.
    pub fn finds(&self, member: &StaffMember) -> bool {
        self.finds_by(&member.name().sort_key(), member)
    }

    /// As [`finds`](Self::finds), for a store that keeps the key of the member's name
    /// ([`sort_key`](crate::PersonName::sort_key)): to make it is most of the work.
    pub fn finds_by(&self, key: &NameKey, member: &StaffMember) -> bool {
        let (given, family) = (key.given(), key.family());
        let whole_and_start = |(whole, start): (&str, &str)| {
            (begins_with_words(given, whole) && family.starts_with(start))
                || (begins_with_words(family, whole) && given.starts_with(start))
        };
        family.starts_with(&self.folded)
            || given.starts_with(&self.folded)
            || member.sis_id().as_str().starts_with(&self.typed)
            || member.email().valid().is_some_and(|email| email.canonical().starts_with(&self.lower))
            || self.splits().any(whole_and_start)
    }
}

fn begins_with_words(name: &str, words: &str) -> bool {
    name.strip_prefix(words).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{IdSet, PersonName, SisId, StaffEmail, StaffId, StaffStatus};
    use uuid::Uuid;

    fn finds(text: &str) -> bool {
        let member = StaffMember::new(
            StaffId::from_uuid(Uuid::nil()),
            SisId::parse("T-1009").unwrap(),
            PersonName::parse("Anna Maria", "Müller Straße").unwrap(),
            StaffStatus::Active,
            StaffEmail::read("Anna.Mueller@School.Example"),
            IdSet::empty(),
        );
        Search::new(text).unwrap().finds(&member)
    }

    #[test]
    fn a_long_text_costs_no_more_than_a_short_one() {
        let search = Search::new(&"q ".repeat(100_000)).unwrap();
        assert_eq!(search.splits().count(), MAX_SPLITS);
        assert!(search.folded().len() <= MAX_CHARS);
    }

    #[test]
    fn a_name_that_folds_to_many_bytes_is_found() {
        // Each of these letters folds to eighteen.
        let long = "\u{FDFA}".repeat(PersonName::MAX_CHARS);
        let name = PersonName::parse(&long, &long).unwrap();
        assert!(name.sort_key().family().len() <= NameKey::MAX_BYTES);
        let (id, sis_id) = (StaffId::from_uuid(Uuid::nil()), SisId::parse("T-1").unwrap());
        let member =
            StaffMember::new(id, sis_id, name, StaffStatus::Active, StaffEmail::Missing, IdSet::empty());
        assert!(Search::new(&long).unwrap().finds(&member));
        assert!(Search::new(&format!("{long} {long}")).unwrap().finds(&member));
    }

    #[test]
    fn names_emails_and_ids_are_found_by_their_start() {
        for text in [
            "mül",
            "MULLER",
            "anna",
            "Anna M",
            "müller strasse anna",
            "Müller Straße, Anna",
            "anna maria mü",
            "anna.mue",
            "ANNA.MUELLER@SCHOOL",
            "T-10",
            "anna müller",
        ] {
            assert!(finds(text), "{text}");
        }
        for text in ["maria", "strasse", "t-10", "009", "@school", "ann müller", "anna maria x", "ben anna"]
        {
            assert!(!finds(text), "{text}");
        }
        assert_eq!(Search::new(" , "), None);
    }

    #[test]
    fn each_column_is_looked_up_by_the_text_in_its_own_form() {
        let search = Search::new(" Müller, A ").unwrap();
        assert_eq!((search.typed(), search.folded(), search.lower()), ("Müller, A", "muller a", "müller, a"));
    }
}
