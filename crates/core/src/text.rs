//! Short texts that people or a SIS typed: cleaned and checked once, then carried as types.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Why a text cannot be what it was meant to be. The message names the fault, never the whole text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// Nothing is left after trimming, or nothing that one could see.
    #[error("is empty")]
    Empty,
    /// More characters than the type holds.
    #[error("has {length} characters; at most {limit} are allowed")]
    TooLong {
        /// How many characters the text has.
        length: usize,
        /// How many it may have.
        limit: usize,
    },
    /// A control character, or one that reorders the text around it (bidirectional overrides and isolates):
    /// both make a report show something else than what is stored.
    #[error("has the forbidden character U+{:04X} at position {position}", *character as u32)]
    Forbidden {
        /// The character.
        character: char,
        /// Its place, counted in characters from 1.
        position: usize,
    },
}

/// True for characters that no name, id or address may carry: see [`TextError::Forbidden`].
fn is_forbidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
}

/// Characters one cannot see, or that move the others about: white space, controls, and what Unicode calls
/// default-ignorable (`DerivedCoreProperties.txt`). With one of them inside, two texts look the same.
pub(crate) fn is_invisible(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control() || c == ' ';
    }
    c.is_control()
        || c.is_whitespace()
        || matches!(
            c,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}'
        )
}

fn check(text: &str, limit: usize) -> Result<(), TextError> {
    if let Some((index, character)) = text.chars().enumerate().find(|(_, c)| is_forbidden(*c)) {
        return Err(TextError::Forbidden { character, position: index.saturating_add(1) });
    }
    if text.chars().all(is_invisible) {
        return Err(TextError::Empty);
    }
    check_length(text, limit)
}

fn check_length(text: &str, limit: usize) -> Result<(), TextError> {
    let length = if text.len() <= limit { text.len() } else { text.chars().count() };
    if length > limit { Err(TextError::TooLong { length, limit }) } else { Ok(()) }
}

/// Trims, turns every run of white space into one space, and composes (NFC).
pub(crate) fn clean_label(input: &str, limit: usize) -> Result<Cow<'_, str>, TextError> {
    let trimmed = trimmed(input);
    if is_plain(trimmed) && !trimmed.is_empty() {
        check_length(trimmed, limit)?;
        return Ok(trimmed.into());
    }
    let composed: String = collapse_whitespace(trimmed).nfc().collect();
    check(&composed, limit)?;
    Ok(composed.into())
}

/// Printable ASCII without a doubled, leading or trailing space: nothing to compose, collapse or forbid.
fn is_plain(text: &str) -> bool {
    let mut before = b' ';
    !text.ends_with(' ')
        && text.bytes().all(|byte| {
            let doubled = byte == b' ' && before == b' ';
            before = byte;
            matches!(byte, b' '..=b'~') && !doubled
        })
}

/// Texts one behind the other, allocated once: they are put together on the stack if they are short, as most are.
pub(crate) fn joined<const N: usize>(parts: [&str; N]) -> Arc<str> {
    joined_in(parts, |_| {}).unwrap_or_else(|| parts.concat().into())
}

/// Short texts one behind the other, with the bytes of them all changed before they are allocated; `None` if they are not
/// short, or no text any more.
pub(crate) fn joined_in<const N: usize>(
    parts: [&str; N],
    change: impl FnOnce(&mut [u8]),
) -> Option<Arc<str>> {
    let mut room = [0; 128];
    let mut length = 0_usize;
    for part in parts {
        let end = length.saturating_add(part.len());
        room.get_mut(length..end)?.copy_from_slice(part.as_bytes());
        length = end;
    }
    let bytes = room.get_mut(..length)?;
    change(bytes);
    std::str::from_utf8(bytes).ok().map(Arc::from)
}

/// `text.trim()`, sooner where there is nothing to trim.
pub(crate) fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [] | [b'!'..=b'~'] | [b'!'..=b'~', .., b'!'..=b'~'] => text,
        _ => text.trim(),
    }
}

fn collapse_whitespace(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Trims only: an id of another system is compared byte for byte and never rewritten.
pub(crate) fn clean_opaque(input: &str, limit: usize) -> Result<&str, TextError> {
    let trimmed = trimmed(input);
    // Most ids: nothing in them can be forbidden or invisible.
    if !trimmed.is_empty() && trimmed.bytes().all(|byte| byte.is_ascii_graphic()) {
        check_length(trimmed, limit)?;
        return Ok(trimmed);
    }
    check(trimmed, limit)?;
    Ok(trimmed)
}

/// The form of a text in which people search and by which lists are ordered: upper and lower case, accents,
/// compatibility forms and runs of white space make no difference. Made in Rust only and compared as bytes,
/// so that every store agrees.
///
/// ```
/// assert_eq!(staffroom_core::fold("  Zoë   MÜLLER"), staffroom_core::fold("zoe muller"));
/// ```
pub fn fold(text: &str) -> String {
    if is_plain(text) {
        return text.to_ascii_lowercase();
    }
    // Upper case first unites what only lower-casing keeps apart: sharp s and ss, the dotless i and i, both sigmas.
    // A compatibility form may hide a capital, hence the second round; nearly always of letters without accents by now.
    let once = fold_once(text);
    if is_plain(&once) { once.to_ascii_lowercase() } else { fold_once(&once) }
}

fn fold_once(text: &str) -> String {
    let decomposed = collapse_whitespace(text)
        .nfkd()
        .filter(|c| !is_combining_mark(*c) && !is_forbidden(*c))
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .collect::<String>();
    collapse_whitespace(&decomposed)
}

macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $clean:ident, $limit:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(try_from = "String"))]
        pub struct $name(Arc<str>);

        impl $name {
            #[doc = concat!("The most characters one may have: ", stringify!($limit), ".")]
            pub const MAX_CHARS: usize = $limit;

            /// Cleans and checks `text`.
            ///
            /// # Errors
            /// [`TextError`] if the text is empty, too long, or has a forbidden character.
            pub fn parse(text: &str) -> Result<Self, TextError> {
                $clean(text, Self::MAX_CHARS).map(|text| Self(text.into()))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The folded form (see [`fold`]).
            pub fn folded(&self) -> String {
                fold(&self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({:?})"), &*self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = TextError;

            fn try_from(text: String) -> Result<Self, TextError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                Self::from(&*text.0)
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
    };
}

text_type! {
    /// The id by which the SIS knows a staff member or a school (`sourcedId` in OneRoster): opaque, compared
    /// byte for byte, unique inside the network.
    SisId, clean_opaque, 255
}
text_type! {
    /// What a network is called.
    NetworkName, clean_label, 200
}
text_type! {
    /// What a school is called. Two schools of a network may share a name; their SIS ids differ.
    SchoolName, clean_label, 200
}
text_type! {
    /// What a permission group is called. Unique inside the network in its folded form.
    GroupName, clean_label, 100
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn labels_are_trimmed_collapsed_and_composed() {
        let name = SchoolName::parse("\u{A0} Ecole\t du  Cafe\u{301} \n").unwrap();
        assert_eq!(name.as_str(), "Ecole du Caf\u{E9}");
    }

    #[test]
    fn faults_are_told_apart() {
        assert_eq!(SisId::parse("  "), Err(TextError::Empty));
        assert_eq!(SchoolName::parse("\u{200B}\u{2060}"), Err(TextError::Empty));
        assert_eq!(SisId::parse("a\0b"), Err(TextError::Forbidden { character: '\0', position: 2 }));
        assert_eq!(
            GroupName::parse("a\u{202E}b"),
            Err(TextError::Forbidden { character: '\u{202E}', position: 2 })
        );
        assert_eq!(SisId::parse(&"é".repeat(256)), Err(TextError::TooLong { length: 256, limit: 255 }));
        assert!(SisId::parse(&"é".repeat(255)).is_ok());
    }

    #[test]
    fn sis_ids_are_kept_byte_for_byte() {
        assert_ne!(SisId::parse("e\u{301}").unwrap(), SisId::parse("\u{E9}").unwrap());
        assert_ne!(SisId::parse("t-1").unwrap(), SisId::parse("T-1").unwrap());
    }

    #[test]
    fn folding_unites_what_people_type_alike() {
        for (left, right) in [
            ("Müller", "muller"),
            ("Straße", "STRASSE"),
            ("İpek", "ipek"),
            ("Işık", "isik"),
            ("ΣΊΣΥΦΟΣ", "σίσυφος"),
            ("Ｊｏｈｎ", "john"),
            ("\u{212A}elvin", "kelvin"),
            ("Anna\u{A0} Maria", "anna maria"),
        ] {
            assert_eq!(fold(left), fold(right), "{left} and {right}");
        }
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in any::<String>()) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn cleaning_twice_changes_nothing(text in any::<String>()) {
            if let Ok(once) = clean_label(&text, 200) {
                prop_assert_eq!(clean_label(&once, 200), Ok(once.clone()));
            }
        }
    }
}
