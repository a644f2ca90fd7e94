//! Generated passwords: four made-up words of five letters, like `vamok-sufid-benat-zogur`.
//!
//! Each word is consonant, vowel, consonant, vowel, consonant, so that it can be read out. All letters are small, and neither
//! `l`, which looks like 1, nor `c`, `q`, `x` and `y`, which are heard as others, are among them; there are no digits. Keyboards of
//! most countries have these letters and the hyphen without a modifier.

use staffroom_core::{Randomness, Secret};

use crate::Policy;

const ONSETS: &[u8; 16] = b"bdfghjkmnprstvwz";
const VOWELS: &[u8; 5] = b"aeiou";
const ENDINGS: &[u8; 12] = b"bdfgkmnprstz";

/// How many words can be spelt.
const SPELT: u32 = 16 * 5 * 16 * 5 * 12;

/// The letters of a word.
const WORD_LEN: usize = 5;

/// The fewest words: 64 bits and a little.
const WORDS: usize = 4;

/// Beginnings of words that nobody wants to hand to a colleague. No such list is ever complete.
const RUDE: &[&[u8]] = &[
    b"fag", b"fut", b"fuk", b"gas", b"god", b"hor", b"hur", b"jap", b"kak", b"kik", b"nag", b"naz", b"neg",
    b"nig", b"pak", b"ped", b"pen", b"pet", b"pis", b"put", b"rap", b"sat", b"sem", b"seg", b"tit", b"vag",
    b"wan", b"wog",
];

type Word = [u8; WORD_LEN];

/// A password that `policy` accepts, with at least 64 bits of entropy.
pub(crate) fn password(randomness: &dyn Randomness, policy: Policy) -> Secret {
    // Four words are 23 characters, with the hyphens between them. A policy may want more.
    let count = WORDS.max((policy.least_chars() + 1).div_ceil(WORD_LEN + 1));
    let mut words: Vec<Word> = Vec::with_capacity(count);
    while words.len() < count {
        // The same word twice is less than two words.
        if let Some(word) = word(below(randomness, SPELT)).filter(|word| !words.contains(word)) {
            words.push(word);
        }
    }
    let mut text = String::with_capacity(count * (WORD_LEN + 1));
    for (number, word) in words.iter().enumerate() {
        if number > 0 {
            text.push('-');
        }
        text.extend(word.iter().copied().map(char::from));
    }
    zeroize::Zeroize::zeroize(&mut words);
    Secret::new(text)
}

/// The word of that number, unless it is one to leave out.
fn word(number: u32) -> Option<Word> {
    let mut rest = usize::try_from(number).ok()?;
    let mut letter = |letters: &[u8]| {
        let letter = letters.get(rest % letters.len()).copied();
        rest /= letters.len();
        letter
    };
    let word = [letter(ONSETS)?, letter(VOWELS)?, letter(ONSETS)?, letter(VOWELS)?, letter(ENDINGS)?];
    (!RUDE.iter().any(|rude| word.starts_with(rude))).then_some(word)
}

/// A number below `bound`, each as likely as any other.
fn below(randomness: &dyn Randomness, bound: u32) -> u32 {
    // The numbers from here on would make the small ones likelier.
    let fair = u32::MAX - u32::MAX % bound;
    loop {
        let mut bytes = [0; 4];
        randomness.fill(&mut bytes);
        let number = u32::from_le_bytes(bytes);
        if number < fair {
            return number % bound;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use staffroom_system::SystemRandomness;

    use super::*;

    /// Randomness that a test chose.
    #[derive(Debug)]
    struct Chosen(std::sync::Mutex<Vec<u32>>);

    impl Randomness for Chosen {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.copy_from_slice(&self.0.lock().unwrap().remove(0).to_le_bytes());
        }
    }

    #[test]
    fn there_are_enough_words_for_sixty_four_bits() {
        let words: BTreeSet<Word> = (0..SPELT).filter_map(word).collect();
        assert_eq!(words.len(), (0..SPELT).filter_map(word).count(), "no word has two numbers");
        // No word comes twice in a password.
        let passwords: u128 = (0..WORDS).map(|taken| words.len() as u128 - taken as u128).product();
        assert!(passwords >= 1 << 64, "{passwords}");
    }

    #[test]
    fn nothing_in_them_is_taken_for_something_else() {
        for _ in 0..1_000 {
            let secret = password(&SystemRandomness, Policy::default());
            let text = secret.expose();
            assert_eq!(text.len(), 23);
            assert!(!text.contains(|c: char| !c.is_ascii_lowercase() && c != '-'));
            assert!(!text.contains(['l', 'c', 'q', 'x', 'y']));
        }
    }

    #[test]
    fn they_are_as_long_as_the_policy_asks_and_no_word_longer() {
        for least in Policy::FLOOR_CHARS..=Policy::CEILING_CHARS {
            let secret = password(&SystemRandomness, Policy::new(least).unwrap());
            let (len, least) = (secret.expose().len(), least.max(23));
            assert!((least..=least + WORD_LEN).contains(&len), "{len} for {least}");
        }
    }

    #[test]
    fn every_number_is_as_likely() {
        // 2^32 is 55,924 times SPELT and some more: those are drawn again.
        let edge = u32::MAX - u32::MAX % SPELT;
        let drawn = Chosen(vec![u32::MAX, edge, edge - 1, SPELT, 0].into());
        assert_eq!(below(&drawn, SPELT), SPELT - 1);
        assert_eq!((below(&drawn, SPELT), below(&drawn, SPELT)), (0, 0));
    }

    #[test]
    fn no_word_comes_twice() {
        let drawn = Chosen(vec![7, 7, 8, 7, 9, 8, 10].into());
        let secret = password(&drawn, Policy::default());
        let words: BTreeSet<&str> = secret.expose().split('-').collect();
        assert_eq!(words.len(), 4);
    }
}
