//! Words that a password must not be made of.

use staffroom_core::fold;
use zeroize::Zeroizing;

use super::ESTIMATED_CHARS;

/// A word with fewer letters is part of too many others.
const LEAST_CHARS: usize = 4;

/// How many words are looked for: nobody has so many names.
const MOST_WORDS: usize = 64;

/// What is tried first where many accounts are tried with one password each, always with a year, a number or a sign to make up
/// the length: `zxcvbn` alone lets that pass.
const WELL_KNOWN: &[&str] = &[
    "password passwort motdepasse contrasena geheim secret welcome willkommen bienvenue bienvenido changeme letmein",
    "initial default temporary temp1234 login admin administrator user account school schule ecole escuela teacher",
    "lehrer staff spring summer autumn fall winter fruehling sommer herbst january february march april june july",
    "august september october november december monday tuesday wednesday thursday friday saturday sunday",
    "iloveyou 1234 12345 123456 12345678 1234567890 abcd abcdefghijklmnopqrstuvwxyz",
    // Rows of keys.
    "qwerty qwertyuiop asdf asdfghjkl zxcvbnm qwertz qwertzuiop yxcvbnm azerty azertyuiop qsdfghjklm wxcvbn",
    // Passphrases that are printed as examples.
    "correcthorsebatterystaple tr0ub4dor hunter2",
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
        readings(folded).iter().any(|reading| {
            let covered = self.covered(reading);
            let named = covered.iter().filter(|covered| **covered).count();
            named > 0 && (2 * named >= covered.len() || nothing(&left(reading, &covered)))
        })
    }

    /// True if what the words leave of a folded password is next to nothing.
    pub(super) fn leave_nothing_of(&self, folded: &str) -> bool {
        readings(folded).iter().any(|reading| {
            let covered = self.covered(reading);
            covered.contains(&true) && nothing(&left(reading, &covered))
        })
    }

    /// Which characters are part of one of the words.
    fn covered(&self, reading: &Reading) -> Vec<bool> {
        let mut covered = vec![false; reading.len()];
        for word in &self.0 {
            let word: Vec<char> = word.chars().collect();
            for (at, window) in reading.windows(word.len()).enumerate() {
                if window.iter().map(|(read, _)| read).eq(&word) {
                    covered.iter_mut().skip(at).take(word.len()).for_each(|covered| *covered = true);
                }
            }
        }
        covered
    }
}

/// The letters and digits of a password, as they are read, and as they were typed. Signs between and behind words are tried by
/// everybody who tries the words.
type Reading = Zeroizing<Vec<(char, char)>>;

/// As it is, and with digits and signs read as letters: most passwords have none that are, and one reading.
fn readings(folded: &str) -> Vec<Reading> {
    let reading = |read: &dyn Fn(char) -> char| -> Reading {
        Zeroizing::new(
            folded.chars().map(|c| (read(c), c)).filter(|(read, _)| read.is_alphanumeric()).collect(),
        )
    };
    let mut readings = vec![reading(&|c| c), reading(&|c| letter(c, 'i')), reading(&|c| letter(c, 'l'))];
    readings.dedup();
    readings
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

/// What is not covered, as it was typed.
fn left(reading: &Reading, covered: &[bool]) -> Zeroizing<String> {
    let uncovered =
        reading.iter().zip(covered).filter(|(_, covered)| !**covered).map(|((_, typed), _)| *typed);
    Zeroizing::new(uncovered.filter(|c| c.is_alphanumeric()).take(ESTIMATED_CHARS).collect())
}

/// True if a million guesses find it.
///
/// The guesses for its parts are multiplied: `zxcvbn`'s own sum takes it that nobody knows how the parts are put together, and
/// everybody knows how to put a year and a sign behind a word.
fn nothing(text: &str) -> bool {
    let estimated = zxcvbn::zxcvbn(text, &[]);
    let parts = estimated.sequence().iter().filter_map(|part| part.guesses);
    parts.fold(1, u64::saturating_mul) < 1_000_000
}
