//! Email addresses: parsed once, compared by a canonical form that only Rust computes (R3).

mod canonical;
mod key;

use std::fmt;
use std::sync::Arc;

use self::canonical::{Canonical, canonical_form};
pub use self::key::EmailKey;
use crate::text::{TextError, clean_opaque, is_invisible, joined, joined_in, trimmed};

/// Why a text is not an email address that a person can sign in with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EmailError {
    /// Nothing is left after trimming.
    #[error("the address is empty")]
    Empty,
    /// More than 254 bytes, the most that SMTP carries (RFC 5321, section 4.5.3.1.3).
    #[error("the address is longer than 254 bytes")]
    TooLong,
    /// An invisible, control or direction-changing character: two addresses would look the same.
    #[error("the address has the invisible character U+{:04X}", *.0 as u32)]
    Invisible(char),
    /// A quoted local part, as in `"mary ann"@example.org`: legal, but no two systems agree on when such
    /// addresses are the same.
    #[error("addresses with a quoted local part are not supported")]
    Quoted,
    /// Not `local@domain` by RFC 5321 and 6531. Display names and domain literals are not accepted.
    #[error("the address is not of the form name@school.example")]
    Syntax,
    /// The domain is not a valid internationalised domain name with at least two labels (UTS 46).
    #[error("the part after the @ is not a valid domain name")]
    Domain,
}

/// An email address: as it was given, and in the canonical form by which addresses are compared.
///
/// Two addresses are the same address, and collide in a store, exactly if their canonical forms are the same bytes:
/// compare [`canonical`](Self::canonical). (`==` also compares how they were given.) The canonical form is trimmed, its local part normalised (NFKC) and in lower case, its domain in
/// lower-case ASCII (UTS 46). Dots and plus-tags mean what the mail system says they mean: they are kept.
///
/// ```
/// use staffroom_core::Email;
/// let email = Email::parse(" Mary.Ann+home@Bücher.Example ")?;
/// assert_eq!(email.as_given(), "Mary.Ann+home@Bücher.Example");
/// assert_eq!(email.canonical(), "mary.ann+home@xn--bcher-kva.example");
/// assert!(email.is_same_address(&Email::parse("MARY.ANN+HOME@bücher.example")?));
/// # Ok::<(), staffroom_core::EmailError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "String"))]
pub struct Email {
    /// The address as given and, if that is something else, its canonical form right behind it. One text for both: there are
    /// as many emails as there are people, in a plan and a report for all of them.
    texts: Arc<str>,
    /// How many bytes of the text are the address as given.
    given: u8,
    form: Form,
}

/// Where the canonical form of an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// It is the address as given.
    AsGiven,
    /// It stands behind it.
    Behind,
}

impl Email {
    /// The most bytes an address may have, as given and in canonical form.
    pub const MAX_BYTES: usize = 254;

    /// Parses `text`. Pure; the canonical form of a canonical form is itself.
    ///
    /// # Errors
    /// [`EmailError`] says what is wrong.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let given = trimmed(text);
        let (texts, form) = match canonical_form(given)? {
            Canonical::Lowered => (with_lowered(given), Form::Behind),
            Canonical::Other(form) if form != given => (joined([given, &form]), Form::Behind),
            Canonical::AsGiven | Canonical::Other(_) => (given.into(), Form::AsGiven),
        };
        let given = u8::try_from(given.len()).map_err(|_| EmailError::TooLong)?;
        Ok(Self { texts, given, form })
    }

    /// The address as it was given, trimmed. Mail goes here.
    pub fn as_given(&self) -> &str {
        match self.form {
            Form::AsGiven => &self.texts,
            Form::Behind => self.texts.get(..usize::from(self.given)).unwrap_or_default(),
        }
    }

    /// The form that is compared, as bytes. Stores keep it beside the given one and never compute it.
    pub fn canonical(&self) -> &str {
        match self.form {
            Form::AsGiven => &self.texts,
            Form::Behind => self.texts.get(usize::from(self.given)..).unwrap_or_default(),
        }
    }

    /// True if both are one address: their canonical forms are the same bytes.
    pub fn is_same_address(&self, other: &Self) -> bool {
        self.canonical() == other.canonical()
    }

    /// What an index of addresses keeps: this email, compared by its canonical form alone. Shares its memory.
    pub fn key(&self) -> EmailKey {
        EmailKey::of(self)
    }
}

/// The text, and behind it the text in lower case.
fn with_lowered(text: &str) -> Arc<str> {
    let lower = |both: &mut [u8]| {
        if let Some(behind) = both.get_mut(text.len()..) {
            behind.make_ascii_lowercase();
        }
    };
    joined_in([text, text], lower).unwrap_or_else(|| [text, &text.to_ascii_lowercase()].concat().into())
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_given())
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Email({:?})", self.as_given())
    }
}

impl TryFrom<String> for Email {
    type Error = EmailError;

    fn try_from(text: String) -> Result<Self, EmailError> {
        Self::parse(&text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.as_given().to_owned()
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Email {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_given())
    }
}

/// The email on a staff record: none, one that parses, or a text that does not.
///
/// A roster with a bad address is still a roster: the address is a fact about the person, and the rules say
/// what follows from it (`no-email`, `invalid-email`).
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "Option<String>"))]
pub enum StaffEmail {
    /// The record has none.
    Missing,
    /// The record has an address.
    Valid(Email),
    /// The record has a text that is not an address. Kept for display: trimmed, cleared of control
    /// characters, cut at 254 characters.
    Invalid(Arc<str>),
}

impl StaffEmail {
    /// Reads the email column of a record. Total: every text is one of the three.
    pub fn read(text: &str) -> Self {
        let trimmed = trimmed(text);
        if trimmed.chars().all(is_invisible) {
            return Self::Missing;
        }
        match Email::parse(trimmed) {
            Ok(email) => Self::Valid(email),
            Err(_) => Self::Invalid(displayable(trimmed)),
        }
    }

    /// The address, if the record has a valid one.
    pub fn valid(&self) -> Option<&Email> {
        match self {
            Self::Valid(email) => Some(email),
            Self::Missing | Self::Invalid(_) => None,
        }
    }

    /// The text to show: the address as given, the bad text, or nothing.
    pub fn as_given(&self) -> Option<&str> {
        match self {
            Self::Missing => None,
            Self::Valid(email) => Some(email.as_given()),
            Self::Invalid(text) => Some(text),
        }
    }

    /// What is wrong with the text, if it is invalid.
    pub fn fault(&self) -> Option<EmailError> {
        match self {
            Self::Invalid(text) => Email::parse(text).err(),
            Self::Missing | Self::Valid(_) => None,
        }
    }
}

/// A text that is not an address, made fit to be kept and shown, and still not an address afterwards.
fn displayable(text: &str) -> Arc<str> {
    let keep: String = match clean_opaque(text, Email::MAX_BYTES) {
        Ok(clean) => return clean.into(),
        Err(TextError::Empty) => String::new(),
        Err(TextError::TooLong { .. }) => text.chars().take(Email::MAX_BYTES).collect(),
        Err(TextError::Forbidden { .. }) => {
            text.chars()
                .map(|c| {
                    if clean_opaque(c.encode_utf8(&mut [0; 4]), 1).is_ok() || c == ' ' {
                        c
                    } else {
                        '\u{FFFD}'
                    }
                })
                .take(Email::MAX_BYTES)
                .collect()
        }
    };
    // A cut may have left white space at the end, which a second reading would trim.
    let keep = keep.trim_end();
    // Cutting or clearing must not turn a bad text into somebody's address.
    if Email::parse(keep).is_ok() { format!("{keep}\u{2026}").into() } else { keep.into() }
}

impl From<Option<String>> for StaffEmail {
    fn from(text: Option<String>) -> Self {
        text.map_or(Self::Missing, |text| Self::read(&text))
    }
}

impl From<StaffEmail> for Option<String> {
    fn from(email: StaffEmail) -> Self {
        email.as_given().map(str::to_owned)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for StaffEmail {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_given().serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn same_address(left: &str, right: &str) -> bool {
        Email::parse(left).unwrap().is_same_address(&Email::parse(right).unwrap())
    }

    #[test]
    fn a_text_of_an_email_is_as_given() {
        assert_eq!(String::from(Email::parse("Mary@School.Example").unwrap()), "Mary@School.Example");
        for given in [Some("Mary@School.Example"), Some("n/a"), None] {
            let email = StaffEmail::from(given.map(str::to_owned));
            assert_eq!(Option::<String>::from(email).as_deref(), given);
        }
    }

    #[test]
    fn addresses_are_the_same_by_their_canonical_form() {
        let same = [
            ("Mary@School.Example", "mary@school.example"),
            ("\u{212A}im@school.example", "kim@school.example"),
            ("e\u{301}mile@school.example", "\u{C9}mile@school.example"),
            ("ｍａｒｙ@school.example", "mary@school.example"),
            ("ΣΊΣΥΦΟΣ@school.example", "σίσυφος@school.example"),
            ("a@BÜCHER.example", "a@xn--bcher-kva.example"),
            ("a@stra\u{DF}e.example", "a@xn--strae-oqa.example"),
        ];
        for (left, right) in same {
            assert!(same_address(left, right), "{left} and {right}");
        }
        let different = [
            ("mary.ann@school.example", "maryann@school.example"),
            ("mary+1@school.example", "mary@school.example"),
            ("straße@school.example", "strasse@school.example"),
            ("\u{131}rma@school.example", "irma@school.example"),
        ];
        for (left, right) in different {
            assert!(!same_address(left, right), "{left} and {right}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_its_fault() {
        for (text, fault) in [
            ("", EmailError::Empty),
            ("mary", EmailError::Syntax),
            ("mary@", EmailError::Syntax),
            ("@school.example", EmailError::Syntax),
            ("Mary <mary@school.example>", EmailError::Syntax),
            ("mary@[127.0.0.1]", EmailError::Syntax),
            ("mary@@school.example", EmailError::Syntax),
            (".mary@school.example", EmailError::Syntax),
            ("mary..ann@school.example", EmailError::Syntax),
            ("mary ann@school.example", EmailError::Syntax),
            ("\"mary ann\"@school.example", EmailError::Quoted),
            ("mary@school", EmailError::Domain),
            ("mary@-school.example", EmailError::Domain),
            ("mary@school.123", EmailError::Domain),
            ("mary@sch_ool.example", EmailError::Domain),
            ("mary@xn--zz--.example", EmailError::Domain),
            ("ma\u{200B}ry@school.example", EmailError::Invisible('\u{200B}')),
            ("ma\u{202E}ry@school.example", EmailError::Invisible('\u{202E}')),
            ("ma\0ry@school.example", EmailError::Invisible('\0')),
            ("mary\u{FF20}evil.example@school.example", EmailError::Syntax),
        ] {
            assert_eq!(Email::parse(text), Err(fault), "{text:?}");
        }
        let long = format!("{}@school.example", "a".repeat(255));
        assert_eq!(Email::parse(&long), Err(EmailError::TooLong));
        assert_eq!(Email::parse(&format!("{}@school.example", "a".repeat(65))), Err(EmailError::Syntax));
        assert!(Email::parse(&format!("{}@school.example", "a".repeat(64))).is_ok());
    }

    #[test]
    fn a_staff_email_is_one_of_three() {
        assert_eq!(StaffEmail::read(" \u{A0} "), StaffEmail::Missing);
        assert_eq!(StaffEmail::read("\u{200B}"), StaffEmail::Missing);
        assert!(matches!(StaffEmail::read("a@school.example"), StaffEmail::Valid(_)));
        assert_eq!(StaffEmail::read("n/a").as_given(), Some("n/a"));
        assert_eq!(StaffEmail::read("a\0@school.example").as_given(), Some("a\u{FFFD}@school.example"));
    }

    proptest! {
        #[test]
        fn the_canonical_form_is_its_own_canonical_form(text in hostile_address()) {
            if let Ok(email) = Email::parse(&text) {
                let again = Email::parse(email.canonical()).unwrap();
                prop_assert_eq!(again.canonical(), email.canonical());
            }
        }

        #[test]
        fn a_bad_text_never_becomes_an_address_by_being_kept(text in any::<String>()) {
            let email = StaffEmail::read(&text);
            let shown = email.as_given().map(str::to_owned);
            prop_assert_eq!(StaffEmail::from(shown), email);
        }
    }

    fn hostile_address() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            (
                "[a-zA-ZİıKßςΣſﬁ①ｅ\u{301}.+'\"\u{200B}@ -]{1,12}",
                "[a-zA-ZßıK0-9.\u{301}-]{1,12}",
                "[a-z0-9]{1,4}"
            )
                .prop_map(|(local, domain, top)| format!("{local}@{domain}.{top}")),
        ]
    }
}
