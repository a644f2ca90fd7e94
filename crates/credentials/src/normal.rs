//! The form in which a password is counted, judged and hashed.

use staffroom_core::Secret;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_public_assigned;
use zeroize::Zeroizing;

/// The most characters that a password may have.
pub(crate) const MAX_CHARS: usize = 256;

/// The most bytes that are looked at: what `MAX_CHARS` characters take before they are composed, and more.
const MAX_BYTES: usize = 16 * MAX_CHARS;

/// A password in Unicode's normal form C: however a keyboard spells a letter with its accents, it is the same password.
///
/// Wiped from memory when dropped; has no `Debug`.
pub(crate) struct Normal(Zeroizing<String>);

impl Normal {
    /// The normal form. `None` if the password is longer than any that is accepted.
    pub(crate) fn of(secret: &Secret) -> Option<Self> {
        let given = secret.expose();
        if given.len() > MAX_BYTES {
            return None;
        }
        // Room for the longest that can come of it (Unicode's limit for this form), so that no half of it stays behind in
        // memory that was given back.
        let mut text = Zeroizing::new(String::with_capacity(3 * given.len()));
        text.extend(given.nfc());
        (text.chars().count() <= MAX_CHARS).then_some(Self(text))
    }

    /// The text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// How many characters it has: Unicode code points.
    pub(crate) fn chars(&self) -> usize {
        self.0.chars().count()
    }

    /// True if the normal form is the same in every later version of Unicode, too: no character is yet to be assigned
    /// (UAX #15, section 12.1).
    pub(crate) fn is_stable(&self) -> bool {
        let private = |c| matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{ffffd}' | '\u{100000}'..='\u{10fffd}');
        self.0.chars().all(|c| is_public_assigned(c) || private(c))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    fn of(text: &str) -> Option<String> {
        Normal::of(&Secret::new(text.to_owned())).map(|normal| normal.as_str().to_owned())
    }

    #[test]
    fn one_letter_is_one_character_however_it_is_typed() {
        assert_eq!(of("Mu\u{308}ller"), of("M\u{fc}ller"));
        assert_eq!(of("\u{212b}"), of("A\u{30a}"));
        // Compatibility forms are other passwords: what was typed is kept.
        assert_ne!(of("\u{fb01}"), of("fi"));
        assert_eq!(of("  spaces count  ").as_deref(), Some("  spaces count  "));
    }

    #[test]
    fn the_longest_counts_characters() {
        assert!(of(&"\u{1f511}".repeat(MAX_CHARS)).is_some());
        assert!(of(&"a".repeat(MAX_CHARS + 1)).is_none());
        assert!(of(&"e\u{301}".repeat(MAX_CHARS)).is_some());
        assert!(of(&"a".repeat(10_000_000)).is_none());
    }

    #[test]
    fn only_what_is_not_assigned_is_unstable() {
        let stable = |text: &str| Normal::of(&Secret::new(text.to_owned())).unwrap().is_stable();
        assert!(stable("any \u{1f511} \u{e001} \u{200d} \t\n\u{0} \u{3042} \u{5d0}"));
        assert!(!stable("\u{378}") && !stable("fine but \u{e0fff}"));
    }

    proptest! {
        #[test]
        fn both_spellings_are_one_password(text in "\\PC{0,40}") {
            prop_assert_eq!(of(&text.nfd().collect::<String>()), of(&text));
            prop_assert_eq!(of(&text.nfc().collect::<String>()), of(&text));
        }

        #[test]
        fn no_text_outgrows_its_room(text in "\\PC{0,64}") {
            prop_assert!(text.nfc().collect::<String>().len() <= 3 * text.len());
        }
    }
}
