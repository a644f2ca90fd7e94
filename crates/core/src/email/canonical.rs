//! The canonical form of an address: a path for plain ASCII, and one for everything else.
//!
//! The two must agree wherever both apply; a property at the foot of this file holds them together.

use std::borrow::Cow;

use email_address::{EmailAddress, Options};
use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use unicode_normalization::UnicodeNormalization;

use super::{Email, EmailError};
use crate::text::is_invisible;

/// The most bytes a local part may have (RFC 5321, section 4.5.3.1.1).
const MAX_LOCAL_BYTES: usize = 64;
/// The most bytes a label of a domain may have (RFC 1035, section 2.3.4).
const MAX_LABEL_BYTES: usize = 63;

/// `given` is trimmed already. Borrowed if it is its own canonical form.
pub(super) fn canonical_form(given: &str) -> Result<Cow<'_, str>, EmailError> {
    if given.is_empty() {
        return Err(EmailError::Empty);
    }
    if given.len() > Email::MAX_BYTES {
        return Err(EmailError::TooLong);
    }
    match plain(given) {
        Plain::Canonical => Ok(Cow::Borrowed(given)),
        Plain::Capitals => Ok(Cow::Owned(given.to_ascii_lowercase())),
        Plain::No => general(given).map(Cow::Owned),
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

/// One pass over the bytes, nothing allocated. Says yes only to what the general path accepts too.
fn plain(text: &str) -> Plain {
    let bytes = text.as_bytes();
    let Some(at) = bytes.iter().position(|byte| *byte == b'@') else {
        return Plain::No;
    };
    let (local, domain) = bytes.split_at(at);
    let Some((_, domain)) = domain.split_first() else {
        return Plain::No;
    };
    if local.len() > MAX_LOCAL_BYTES || !is_dot_atom(local) || !is_host_name(domain) {
        return Plain::No;
    }
    if bytes.iter().any(u8::is_ascii_uppercase) { Plain::Capitals } else { Plain::Canonical }
}

/// Runs of the characters RFC 5322 allows in an atom, joined by single dots.
fn is_dot_atom(local: &[u8]) -> bool {
    let mut after_dot = true;
    for byte in local {
        match byte {
            b'.' if after_dot => return false,
            b'.' => after_dot = true,
            byte if is_atom_byte(*byte) => after_dot = false,
            _ => return false,
        }
    }
    !after_dot
}

fn is_atom_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

/// At least two labels of letters, digits and inner hyphens; none an A-label; the last not all digits.
fn is_host_name(domain: &[u8]) -> bool {
    let mut labels = 0_usize;
    let mut last_is_number = true;
    for label in domain.split(|byte| *byte == b'.') {
        labels = labels.saturating_add(1);
        let edges = label.first().zip(label.last());
        let Some((first, last)) = edges else { return false };
        if *first == b'-' || *last == b'-' || label.len() > MAX_LABEL_BYTES {
            return false;
        }
        if !label.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-') {
            return false;
        }
        if label.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case(b"xn--")) {
            return false;
        }
        last_is_number = label.iter().all(u8::is_ascii_digit);
    }
    labels >= 2 && !last_is_number
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
    let local = canonical_local(local);
    if local.contains('@') || domain.starts_with('[') || domain.is_empty() || !is_addr_spec(&local) {
        return Err(EmailError::Syntax);
    }
    if local.len() > MAX_LOCAL_BYTES {
        return Err(EmailError::Syntax);
    }
    let domain = canonical_domain(domain)?;
    let canonical = format!("{local}@{domain}");
    if canonical.len() > Email::MAX_BYTES { Err(EmailError::TooLong) } else { Ok(canonical) }
}

/// The syntax check is the library's; a stand-in domain keeps the two halves' faults apart.
fn is_addr_spec(local: &str) -> bool {
    let options = Options::default().without_display_text().without_domain_literal().with_required_tld();
    !local.starts_with('"')
        && EmailAddress::parse_with_options(&format!("{local}@a.example"), options).is_ok()
}

/// NFKC and lower case, until nothing changes: lower-casing can undo a composition and the other way round.
fn canonical_local(local: &str) -> String {
    let mut now = lower(local);
    for _ in 0..4 {
        let next = lower(&now);
        if next == now {
            break;
        }
        now = next;
    }
    now
}

/// Character by character, so that a letter's case never depends on its neighbours: the two small sigmas share
/// one capital and are one letter here.
fn lower(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c }).nfkc().collect()
}

fn canonical_domain(domain: &str) -> Result<String, EmailError> {
    let ascii = Uts46::new()
        .to_ascii(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Verify)
        .map_err(|_| EmailError::Domain)?;
    let (_, top) = ascii.rsplit_once('.').ok_or(EmailError::Domain)?;
    if top.bytes().all(|byte| byte.is_ascii_digit()) {
        Err(EmailError::Domain)
    } else {
        Ok(ascii.into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn the_fast_path_agrees_with_the_general_one(
            text in "[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~@\" -]{0,20}@[a-zA-Z0-9._-]{0,20}",
        ) {
            let text = text.trim();
            match plain(text) {
                Plain::No => {}
                Plain::Canonical => prop_assert_eq!(general(text), Ok(text.to_owned())),
                Plain::Capitals => prop_assert_eq!(general(text), Ok(text.to_ascii_lowercase())),
            }
        }

        #[test]
        fn ordinary_addresses_take_the_fast_path(text in "[a-z]{1,8}[.][a-z0-9-]{1,8}@[a-z]{1,8}[.][a-z]{2,5}") {
            prop_assert!(matches!(plain(&text), Plain::Canonical));
        }
    }
}
