//! Which passwords will do.

mod names;

use staffroom_core::{Secret, WeakPassword, fold};
use zeroize::Zeroizing;
use zxcvbn::Score;
use zxcvbn::matching::patterns::MatchPattern;

use crate::normal::{MAX_CHARS, Normal};
use names::Names;

/// How many characters are estimated. The estimate takes time that grows faster than the length, and a strong beginning is enough.
const ESTIMATED_CHARS: usize = 40;

/// Which passwords will do: long ones that others would not think of.
///
/// - At least [`least_chars`](Self::least_chars) characters, at most [`MAX_CHARS`](Self::MAX_CHARS). Characters are Unicode code
///   points in normal form C; any that Unicode has will do, spaces too. None is required.
/// - Nothing common: what `zxcvbn` finds guessable (a score below 3 of 4: common passwords, words, names, dates, rows of keys,
///   repetitions), and well-known beginnings with a number or a sign behind them.
/// - Nothing that is for the most part made of the words it must not be made of: the person's name and email, the school, the network.
///
/// ```
/// use staffroom_core::Secret;
/// use staffroom_credentials::Policy;
///
/// let check = |text: &str| Policy::default().check(&Secret::new(text.to_owned()), &["Anna Müller", "Lakeside"]);
/// assert!(check("meadow lantern oboe").is_ok());
/// assert!(check("Tr0ub4dor&3").is_err());
/// assert!(check("anna-mueller-lakeside").is_err());
/// assert!(check("Password12345678!").is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    least_chars: usize,
}

impl Default for Policy {
    /// At least 15 characters: what NIST SP 800-63B asks for where the password is the only factor.
    fn default() -> Self {
        Self { least_chars: 15 }
    }
}

impl Policy {
    /// The fewest characters that a policy may ask for.
    pub const FLOOR_CHARS: usize = 8;

    /// The most characters that a policy may ask for: what everybody should be allowed to use, nobody needs to.
    pub const CEILING_CHARS: usize = 64;

    /// The most characters that a password may have.
    pub const MAX_CHARS: usize = MAX_CHARS;

    /// At least that many characters.
    ///
    /// Fewer than 15 will do only where the password is one factor of two.
    ///
    /// # Errors
    /// [`PolicyError`] below [`FLOOR_CHARS`](Self::FLOOR_CHARS) or above [`CEILING_CHARS`](Self::CEILING_CHARS).
    pub const fn new(least_chars: usize) -> Result<Self, PolicyError> {
        if least_chars < Self::FLOOR_CHARS || least_chars > Self::CEILING_CHARS {
            return Err(PolicyError { least_chars });
        }
        Ok(Self { least_chars })
    }

    /// The fewest characters that will do.
    pub const fn least_chars(&self) -> usize {
        self.least_chars
    }

    /// Judges a password. `about` are the texts that it must not be made of, as they are: names, emails.
    ///
    /// Takes a millisecond or so, and up to a tenth of a second for a text that was made to be slow. Parts of the password are
    /// copied while it is judged, and `zxcvbn` does not wipe its copies.
    ///
    /// # Errors
    /// [`WeakPassword`] with what to do instead. It does not repeat the password, nor any of `about`.
    pub fn check(&self, secret: &Secret, about: &[&str]) -> Result<(), WeakPassword> {
        let Some(normal) = Normal::of(secret) else {
            return weak(format!("use at most {MAX_CHARS} characters"));
        };
        if normal.chars() < self.least_chars {
            return weak(format!(
                "use at least {} characters: a few words that have nothing to do with each other are easy to remember",
                self.least_chars
            ));
        }
        if !normal.is_stable() {
            return weak(
                "use other characters: one of these is not in Unicode yet, and could become another password",
            );
        }
        let names = Names::of(about);
        let folded = Zeroizing::new(fold(normal.as_str()));
        if names.make_up(&folded) {
            return weak(
                "do not build it from names, emails or the school: use words that have nothing to do with you",
            );
        }
        if Names::well_known().leave_nothing_of(&folded) {
            return weak(
                "common words and rows of keys are among the first guesses, with numbers and signs too: use a few words that have nothing to do with each other",
            );
        }
        let condensed: Zeroizing<String> =
            Zeroizing::new(folded.chars().filter(|c| c.is_alphanumeric()).collect());
        if repeats(&folded, self.least_chars) || repeats(&condensed, self.least_chars) {
            return weak(REPEATING);
        }
        match estimate(normal.as_str(), &names) {
            None => Ok(()),
            Some(advice) => weak(advice),
        }
    }
}

const REPEATING: &str = "repeating something does not make it harder to guess: use more different words";

/// True if a text is a beginning of fewer than `least` characters over and over, twice or more.
fn repeats(text: &str, least: usize) -> bool {
    let chars: Zeroizing<Vec<char>> = Zeroizing::new(text.chars().collect());
    let twice = least.min(chars.len() / 2 + 1);
    (1..twice).any(|period| chars.iter().skip(period).zip(chars.iter()).all(|(one, other)| one == other))
}

fn weak(advice: impl Into<String>) -> Result<(), WeakPassword> {
    Err(WeakPassword { advice: advice.into() })
}

/// What is wrong with a password that is easily guessed: as it is, or without the signs between its words. (With a space between
/// them, `zxcvbn` does not see that two words are the same.)
fn estimate(text: &str, names: &Names) -> Option<&'static str> {
    let beginning: Zeroizing<String> = Zeroizing::new(text.chars().take(ESTIMATED_CHARS).collect());
    let condensed: Zeroizing<String> =
        Zeroizing::new(beginning.chars().filter(|c| c.is_alphanumeric()).collect());
    let mostly_letters = 2 * condensed.len() > beginning.len();
    fault(&beginning, names).or_else(|| mostly_letters.then(|| fault(&condensed, names)).flatten())
}

fn fault(text: &str, names: &Names) -> Option<&'static str> {
    let estimated = zxcvbn::zxcvbn(text, &names.words());
    if estimated.score() >= Score::Three {
        return None;
    }
    let longest = estimated.sequence().iter().max_by_key(|part| part.token.len());
    Some(match longest.map(|part| &part.pattern) {
        Some(MatchPattern::Repeat(_)) => REPEATING,
        Some(MatchPattern::Spatial(_)) => "rows of keys are easy to guess: use a few words instead",
        Some(MatchPattern::Sequence(_)) => {
            "sequences of letters or digits are easy to guess: use a few words instead"
        }
        Some(MatchPattern::Date(_) | MatchPattern::Regex(_)) => {
            "dates are easy to guess: use a few words instead"
        }
        Some(MatchPattern::Dictionary(_)) => {
            "this is one of the first guesses: use a few words that have nothing to do with each other"
        }
        Some(MatchPattern::BruteForce) | None => {
            "this is easy to guess: add a word or two that have nothing to do with it"
        }
    })
}

/// A policy that asks for too little or too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a policy asks for {least} to {most} characters at least, not {least_chars}", least = Policy::FLOOR_CHARS, most = Policy::CEILING_CHARS)]
pub struct PolicyError {
    /// How many were asked for.
    pub least_chars: usize,
}
