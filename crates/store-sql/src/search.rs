//! A search as ranges of bytes, which an index over folded texts can serve.

use staffroom_core::Search;

/// No key is longer than this many of the last character there is.
const LONGER_THAN_ANY_KEY: usize = 300;

/// From the first text, up to but not including the second.
pub type Range = (String, String);

/// The texts that start with another, as a range of bytes. Empty if it has a NUL, which is in no text of the database
/// and cannot even be sent to some.
pub fn starting_with(text: &str) -> Range {
    if text.contains('\0') {
        return (String::new(), String::new());
    }
    let mut end = text.to_owned();
    while let Some(last) = end.pop() {
        // The next character there is: the surrogates are none.
        let next = u32::from(last).saturating_add(1);
        if let Some(next) = char::from_u32(if next == 0xD800 { 0xE000 } else { next }) {
            end.push(next);
            return (text.to_owned(), end);
        }
    }
    (text.to_owned(), char::MAX.to_string().repeat(LONGER_THAN_ANY_KEY))
}

/// Where a search looks. May find more than [`Search::finds`], never less (R2).
#[derive(Debug, Default)]
pub struct Ranges {
    /// Of the folded given name, or of the folded family name.
    pub name: Range,
    /// Of the SIS id.
    pub sis_id: Range,
    /// Of the canonical email.
    pub email: Range,
    /// Of both folded names at once: the given name, the family name.
    pub pairs: Vec<(Range, Range)>,
}

impl Ranges {
    /// Where `search` looks.
    pub fn of(search: &Search) -> Self {
        let mut pairs = Vec::new();
        for (whole, start) in search.splits() {
            for (given, family) in [(whole, start), (start, whole)] {
                pairs.push((starting_with(given), starting_with(family)));
            }
        }
        Self {
            name: starting_with(search.folded()),
            sis_id: starting_with(search.typed()),
            email: starting_with(search.lower()),
            pairs,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_holds_what_starts_with_a_text_and_nothing_else() {
        let texts =
            ["", "a", "ab", "ab\u{10FFFF}", "ab\u{D7FF}z", "ac", "b", "\u{D7FF}", "\u{E000}", "\u{10FFFF}x"];
        for start in
            ["", "\0", "a\0", "a", "ab", "\u{D7FF}", "a\u{10FFFF}", "\u{10FFFF}", "\u{10FFFF}\u{10FFFF}"]
        {
            let (from, to) = starting_with(start);
            for text in texts {
                assert_eq!(*text >= *from && *text < *to, text.starts_with(start), "{text:?} {start:?}");
            }
        }
    }
}
