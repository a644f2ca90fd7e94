//! Words that a password must not be made of.

use staffroom_core::fold;

/// A word with fewer letters is part of too many others.
const LEAST_CHARS: usize = 4;

/// How many words are looked for, and how much of each: what people are called is not that long.
const MOST_WORDS: usize = 64;

/// What is guessed first when many accounts are tried with one password each. To be found among the first guesses they need a
/// number behind them, which `zxcvbn` alone lets pass once there are fifteen characters.
const WELL_KNOWN: &[&str] = &[
    "password passwort motdepasse contrasena geheim secret welcome willkommen bienvenue bienvenido changeme letmein",
    "initial default temporary temp1234 login admin administrator user account school schule ecole escuela teacher",
    "lehrer staff spring summer autumn fall winter fruehling sommer herbst january february march april june july",
    "august september october november december monday tuesday wednesday thursday friday saturday sunday",
    "qwerty qwertz azerty 1234 12345 123456 12345678 iloveyou abcd",
];

/// Words, folded: case and accents make no difference.
#[derive(Debug)]
pub(super) struct Names(Vec<String>);

impl Names {
    /// The words of `texts`, and each text without what separates its words.
    pub(super) fn of(texts: &[&str]) -> Self {
        let mut words: Vec<String> = Vec::new();
        for text in texts {
            let folded = fold(text);
            let parts = folded.split(|c: char| !c.is_alphanumeric());
            let whole: String = folded.chars().filter(|c| c.is_alphanumeric()).collect();
            for word in parts.chain([whole.as_str()]) {
                let long_enough = word.chars().nth(LEAST_CHARS - 1).is_some();
                if long_enough && words.len() < MOST_WORDS && !words.iter().any(|known| known == word) {
                    words.push(word.to_owned());
                }
            }
        }
        Self(words)
    }

    /// Those that are guessed first.
    pub(super) fn well_known() -> Self {
        Self(WELL_KNOWN.iter().flat_map(|line| line.split(' ')).map(str::to_owned).collect())
    }

    /// The words.
    pub(super) fn words(&self) -> Vec<&str> {
        self.0.iter().map(String::as_str).collect()
    }

    /// True if the words are at least half of a folded password, or what they leave of it is next to nothing.
    pub(super) fn make_up(&self, folded: &str) -> bool {
        let covered = self.covered(folded);
        let named = covered.iter().filter(|covered| **covered).count();
        named > 0 && (2 * named >= covered.len() || nothing(&left(folded, &covered)))
    }

    /// True if what the words leave of a folded password is next to nothing.
    pub(super) fn leave_nothing_of(&self, folded: &str) -> bool {
        let covered = self.covered(folded);
        covered.contains(&true) && nothing(&left(folded, &covered))
    }

    /// Which characters are part of one of the words, also with digits for letters.
    fn covered(&self, folded: &str) -> Vec<bool> {
        let text: Vec<char> = folded.chars().collect();
        let mut covered = vec![false; text.len()];
        for one in ['i', 'l'] {
            let read: Vec<char> = text.iter().map(|c| letter(*c, one)).collect();
            for text in [&text, &read] {
                for word in &self.0 {
                    let word: Vec<char> = word.chars().collect();
                    for (at, _) in text.windows(word.len()).enumerate().filter(|(_, window)| *window == word)
                    {
                        covered.iter_mut().skip(at).take(word.len()).for_each(|covered| *covered = true);
                    }
                }
            }
        }
        covered
    }
}

/// The letter that a digit or sign is often typed for.
const fn letter(c: char, one: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' | '|' => one,
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

fn left(folded: &str, covered: &[bool]) -> zeroize::Zeroizing<String> {
    let left = folded.chars().zip(covered).filter(|(_, covered)| !**covered).map(|(c, _)| c);
    zeroize::Zeroizing::new(left.take(super::ESTIMATED_CHARS).collect())
}

/// True if a million guesses find it.
fn nothing(text: &str) -> bool {
    zxcvbn::zxcvbn(text, &[]).guesses() < 1_000_000
}
