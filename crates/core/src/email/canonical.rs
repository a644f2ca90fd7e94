//! The canonical form of an address: a path for plain ASCII, and one for everything else.
//!
//! The two must agree wherever both apply; a property at the foot of this file holds them together, and another holds
//! what counts as an address against a library's parser.

use std::borrow::Cow;

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

use super::{Email, EmailError};
use crate::text::is_invisible;

/// The most bytes a local part may have (RFC 5321, section 4.5.3.1.1).
const MAX_LOCAL_BYTES: usize = 64;
/// The most bytes a label of a domain may have (RFC 1035, section 2.3.4).
const MAX_LABEL_BYTES: usize = 63;

/// How the canonical form of an address relates to the address.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Canonical {
    /// It is the address.
    AsGiven,
    /// It is the address with its ASCII capitals put into lower case.
    Lowered,
    /// It is this.
    Other(String),
}

/// `given` is trimmed already. For most addresses nothing is allocated.
pub(super) fn canonical_form(given: &str) -> Result<Canonical, EmailError> {
    if given.is_empty() {
        return Err(EmailError::Empty);
    }
    if given.len() > Email::MAX_BYTES {
        return Err(EmailError::TooLong);
    }
    match plain(given.as_bytes()) {
        Plain::Canonical => Ok(Canonical::AsGiven),
        Plain::Capitals => Ok(Canonical::Lowered),
        Plain::No => general(given).map(Canonical::Other),
    }
}

/// What the fast path says of a text.
enum Plain {
    /// A plain address in lower case: its own canonical form.
    Canonical,
    /// A plain address with capitals.
    Capitals,
    /// Not plain, or not an address: the general path decides.
    No,
}

/// Nothing allocated, every byte looked at once. Says yes only to what the general path accepts too.
fn plain(text: &[u8]) -> Plain {
    let Some((local, [b'@', domain @ ..])) = leading_dot_atom(text) else { return Plain::No };
    match host_name(domain) {
        Some(domain) if local & NOT_ASCII == 0 => {
            if (local | domain) & CAPITAL == 0 {
                Plain::Canonical
            } else {
                Plain::Capitals
            }
        }
        _ => Plain::No,
    }
}

/// A character of an atom (RFC 5322, section 3.2.3; RFC 6531, section 3.3, for what is not ASCII).
const ATOM: u8 = 1;
/// A letter or digit of a host name.
const HOST: u8 = 2;
const DIGIT: u8 = 4;
const CAPITAL: u8 = 8;
const NOT_ASCII: u8 = 16;

/// What each byte can be.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0_u8;
    loop {
        #[expect(clippy::indexing_slicing, reason = "a byte is less than 256")]
        let class = &mut classes[byte as usize];
        *class = match byte {
            b'a'..=b'z' => ATOM | HOST,
            b'A'..=b'Z' => ATOM | HOST | CAPITAL,
            b'0'..=b'9' => ATOM | HOST | DIGIT,
            b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'/' | b'=' | b'?' | b'^'..=b'`' | b'{'..=b'~' => ATOM,
            128.. => ATOM | NOT_ASCII,
            _ => 0,
        };
        if byte == u8::MAX {
            break classes;
        }
        byte += 1;
    }
};

fn class_of(byte: u8) -> u8 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or_default()
}

/// Runs of the characters of an atom, joined by single dots, at the beginning of `text`. Answers with everything their bytes
/// can be, and what comes after them; `None` if there are none, or too many.
fn leading_dot_atom(text: &[u8]) -> Option<(u8, &[u8])> {
    let (mut seen, mut after_dot, mut length) = (0, true, 0_usize);
    for byte in text {
        match class_of(*byte) {
            class if class & ATOM != 0 => {
                seen |= class;
                after_dot = false;
            }
            _ if *byte == b'.' && !after_dot => after_dot = true,
            _ => break,
        }
        length += 1;
    }
    let rest = text.get(length..)?;
    (!after_dot && length <= MAX_LOCAL_BYTES).then_some((seen, rest))
}

/// At least two labels of letters, digits and inner hyphens; none an A-label; the last not all digits. Answers with
/// everything its bytes can be.
fn host_name(domain: &[u8]) -> Option<u8> {
    let (mut seen, mut dots) = (0, 0_usize);
    let (mut length, mut all, mut before) = (0_usize, HOST | DIGIT, b'.');
    for byte in domain {
        let class = class_of(*byte);
        if class & HOST != 0 {
            seen |= class;
            all &= class;
            length += 1;
        } else if *byte == b'-' && length > 0 && !(length == 3 && before == b'-') {
            // Two hyphens in the third and fourth place mark an A-label, or something that is yet to come.
            all = 0;
            length += 1;
        } else if *byte == b'.' && before != b'-' && before != b'.' && length <= MAX_LABEL_BYTES {
            dots += 1;
            (length, all) = (0, HOST | DIGIT);
        } else {
            return None;
        }
        before = *byte;
    }
    let ends_well = before != b'-' && before != b'.' && length <= MAX_LABEL_BYTES && all & DIGIT == 0;
    (dots > 0 && ends_well).then_some(seen)
}

/// Every address there is.
fn general(given: &str) -> Result<String, EmailError> {
    if let Some(invisible) = given.chars().find(|c| *c != ' ' && is_invisible(*c)) {
        return Err(EmailError::Invisible(invisible));
    }
    if given.starts_with('"') {
        return Err(EmailError::Quoted);
    }
    let (local, domain) = given.rsplit_once('@').ok_or(EmailError::Syntax)?;
    let mut canonical = canonical_local(local);
    // Normalising can bring forth a second @, a space, or dots side by side; U+FFFD stands for what was lost before.
    if domain.is_empty()
        || canonical.contains('\u{FFFD}')
        || domain.starts_with('[')
        || !is_dot_atom(&canonical)
    {
        return Err(EmailError::Syntax);
    }
    canonical.push('@');
    canonical.push_str(&canonical_domain(domain)?);
    if canonical.len() > Email::MAX_BYTES { Err(EmailError::TooLong) } else { Ok(canonical) }
}

fn is_dot_atom(local: &str) -> bool {
    leading_dot_atom(local.as_bytes()).is_some_and(|(_, rest)| rest.is_empty())
}

/// NFKC, lower case, and NFKC again: lower-casing can undo a composition. A second pass would change nothing, which a test at
/// the foot of this file holds for every character.
fn canonical_local(local: &str) -> String {
    if local.is_ascii() {
        return local.to_ascii_lowercase();
    }
    if is_nfkc_quick(local.chars()) == IsNormalized::Yes {
        // With room for what comes behind it, as a rule.
        let mut small = String::with_capacity(Email::MAX_BYTES);
        small.extend(small_letters(local.chars()));
        if is_nfkc_quick(small.chars()) == IsNormalized::Yes {
            return small;
        }
    }
    lower(local).collect()
}

fn lower(text: &str) -> impl Iterator<Item = char> {
    small_letters(text.nfkc()).nfkc()
}

/// Character by character, so that a letter's case never depends on its neighbours: the two small sigmas share
/// one capital and are one letter here.
fn small_letters(letters: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    letters.flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c })
}

fn canonical_domain(domain: &str) -> Result<Cow<'_, str>, EmailError> {
    if let Some(classes) = host_name(domain.as_bytes()) {
        return Ok(if classes & CAPITAL == 0 { domain.into() } else { domain.to_ascii_lowercase().into() });
    }
    let ascii = Uts46::new()
        .to_ascii(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Verify)
        .map_err(|_| EmailError::Domain)?;
    let (_, top) = ascii.rsplit_once('.').ok_or(EmailError::Domain)?;
    if top.bytes().all(|byte| byte.is_ascii_digit()) { Err(EmailError::Domain) } else { Ok(ascii) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use email_address::{EmailAddress, Options};
    use proptest::prelude::*;

    /// The canonical form, restated: every step is taken every time, and libraries say what is an address.
    fn restated(text: &str) -> Option<String> {
        let (local, domain) = text.rsplit_once('@')?;
        let mut local = local.to_owned();
        for _ in 0..5 {
            let composed: String = local.nfkc().collect();
            let small: String = composed.chars().flat_map(char::to_lowercase).collect();
            local = small.replace('ς', "σ").nfkc().collect();
        }
        let syntax = Options::default().without_display_text().without_domain_literal();
        // Any character beyond ASCII may stand in an atom (RFC 6531, section 3.3); the library knows only some of them.
        let shape: String = local.chars().map(|c| if c.is_ascii() { c } else { 'x' }).collect();
        EmailAddress::parse_with_options(&format!("{shape}@a.example"), syntax).ok()?;
        let domain = Uts46::new()
            .to_ascii(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Verify)
            .ok()?;
        let (_, top) = domain.rsplit_once('.')?;
        let sound = !local.starts_with('"')
            && local.len() <= 64
            && !local.contains('\u{FFFD}')
            && !text.chars().any(|c| c != ' ' && is_invisible(c))
            && !top.chars().all(|c| c.is_ascii_digit());
        let canonical = format!("{local}@{domain}");
        (sound && text.len() <= 254 && canonical.len() <= 254).then_some(canonical)
    }

    /// Why one pass is enough for a local part: nothing that it makes of any character would change in a second one. What lower
    /// case makes is lower case, decomposed or not; and what it composes to is, too.
    #[test]
    fn a_second_pass_would_change_nothing() {
        let small = |text: &str| small_letters(text.chars()).collect::<String>();
        let is_small = |text: &str| small(text) == text;
        let mut composites = 0;
        // The other planes have no characters, or private ones.
        for c in (0..0x40000).chain(0xE_0000..0xE_1000).filter_map(char::from_u32) {
            let alone = c.to_string();
            let once: String = lower(&alone).collect();
            assert!(lower(&once).eq(once.chars()), "{c:?} becomes {once:?}");
            if is_nfkc_quick(std::iter::once(c)) == IsNormalized::No {
                continue;
            }
            let apart: String = small(&alone).nfkd().collect();
            assert!(is_small(&apart), "{c:?} in lower case is made of {apart:?}");
            // The parts of a composite, when all of them are lower case.
            let parts: String = alone.nfd().collect();
            if parts != alone && is_small(&parts) {
                composites += usize::from(c.is_lowercase());
                assert!(is_small(&alone), "{parts:?} compose to {c:?}");
            }
        }
        assert!(composites > 300, "{composites}");
    }

    fn canonical(text: &str) -> Option<String> {
        canonical_form(text).ok().map(|form| match form {
            Canonical::AsGiven => text.to_owned(),
            Canonical::Lowered => text.to_ascii_lowercase(),
            Canonical::Other(form) => form,
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn plain_texts_agree_with_the_restatement(
            text in "[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~@\" -]{0,20}@[a-zA-Z0-9._-]{0,20}",
        ) {
            prop_assert_eq!(canonical(text.trim()), restated(text.trim()));
        }

        #[test]
        fn addresses_agree_with_the_restatement(
            text in "[a-zA-Z0-9.+-]{1,66}@([a-zA-Z0-9-]{1,64}[.]){1,3}[a-zA-Z0-9]{1,3}",
        ) {
            prop_assert_eq!(canonical(&text), restated(&text));
        }

        #[test]
        fn texts_of_all_scripts_agree_with_the_restatement(
            text in "[a-zA-ZİıKßςΣſﬁ①ｅ．＠\u{301}\u{130}\u{345}.+'\"\u{200B} \\PC]{1,9}@[a-zßıK0-9.。\u{301}\\PC-]{1,9}[.](é|com|12)",
        ) {
            prop_assert_eq!(canonical(text.trim()), restated(text.trim()));
        }

        #[test]
        fn ordinary_addresses_take_the_fast_path(text in "[a-z]{1,8}[.][a-z0-9]{1,8}@[a-z]{1,8}[.][a-z]{2,5}") {
            prop_assert!(matches!(plain(text.as_bytes()), Plain::Canonical));
        }
    }
}
