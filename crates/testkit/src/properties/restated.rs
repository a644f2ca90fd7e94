//! Rules said a second time, slowly and in other words, to hold the real ones against. Nothing here is shared with
//! what it checks: no `assess`, no fast path, no library for the syntax of addresses.

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use staffroom_core::{Facts, Reason, SchoolId, StaffEmail, StaffStatus, Warning};
use unicode_normalization::UnicodeNormalization;

/// Why the staff member of `facts` cannot get a user (R1), in the order of the codes.
pub fn reasons(facts: &Facts) -> Vec<Reason> {
    let mut reasons = Vec::new();
    match facts.staff_member.status() {
        StaffStatus::Active => {}
        StaffStatus::Inactive => reasons.push(Reason::Inactive),
    }
    if let Some(_user) = facts.linked_user {
        reasons.push(Reason::AlreadyLinked);
    }
    match (facts.staff_member.email(), facts.email_holder) {
        (StaffEmail::Missing, _) => reasons.push(Reason::NoEmail),
        (StaffEmail::Invalid(_), _) => reasons.push(Reason::InvalidEmail),
        (StaffEmail::Valid(_), Some(_user)) => reasons.push(Reason::EmailTaken),
        (StaffEmail::Valid(_), None) => {}
    }
    reasons
}

/// What somebody logged into `school` should know about them (R5, R6), in the order of the codes.
pub fn warnings(facts: &Facts, school: SchoolId) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if !facts.staff_member.schools().iter().any(|works_in| works_in == school) {
        warnings.push(Warning::WorksElsewhere);
    }
    if let [_, ..] = facts.email_sharers.as_slice() {
        warnings.push(Warning::EmailShared);
    }
    warnings
}

/// The canonical form of an address (R3); `None` if the text is none.
pub fn canonical_email(text: &str) -> Option<String> {
    let text = text.trim_matches(char::is_whitespace);
    if text.len() > 254 || text.chars().any(has_no_place_in_an_address) {
        return None;
    }
    let at = text.rfind('@')?;
    let (local, domain) = (text.get(..at)?, text.get(at.saturating_add(1)..)?);
    let local = to_fixpoint(local);
    if local.len() > 64 || !is_dot_atom(&local) || domain.starts_with('[') {
        return None;
    }
    let domain = a_labels(domain)?;
    let canonical = format!("{local}@{domain}");
    (canonical.len() <= 254).then_some(canonical)
}

/// Lower case and compatibility composition, over and over, until neither changes anything.
fn to_fixpoint(text: &str) -> String {
    let mut text = text.to_owned();
    loop {
        let composed: String = text.nfkd().nfc().collect();
        let lower: String = composed.chars().flat_map(char::to_lowercase).collect();
        let next: String = lower.replace('\u{3C2}', "\u{3C3}").nfkd().nfc().collect();
        if next == text {
            return next;
        }
        text = next;
    }
}

/// RFC 5322, section 3.2.3, with the non-ASCII characters of RFC 6532, section 3.2.
fn is_dot_atom(local: &str) -> bool {
    local.split('.').all(|atom| {
        !atom.is_empty()
            && atom
                .chars()
                .all(|c| !c.is_ascii() || c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c))
    })
}

/// At least two labels, the last of them not a number, each fit for the DNS once it is ASCII, and without a hyphen at
/// either end also as people read it.
fn a_labels(domain: &str) -> Option<String> {
    let ascii = Uts46::new()
        .to_ascii(domain.as_bytes(), AsciiDenyList::EMPTY, Hyphens::Allow, DnsLength::Ignore)
        .ok()?
        .to_ascii_lowercase();
    let (shown, _) = Uts46::new().to_unicode(domain.as_bytes(), AsciiDenyList::EMPTY, Hyphens::Allow);
    if shown.split('.').any(|label| label.starts_with('-') || label.ends_with('-')) {
        return None;
    }
    let labels: Vec<&str> = ascii.split('.').collect();
    let fits = |label: &&str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = labels.last()?;
    (labels.len() >= 2
        && ascii.len() <= 253
        && labels.iter().all(fits)
        && last.bytes().any(|b| !b.is_ascii_digit()))
    .then_some(ascii)
}

/// Controls, spaces other than the plain one, and what one cannot see: the default-ignorable characters of Unicode,
/// the specials, and the mark of damaged text.
fn has_no_place_in_an_address(c: char) -> bool {
    const RANGES: [(u32, u32); 20] = [
        (0x00AD, 0x00AD),
        (0x034F, 0x034F),
        (0x061C, 0x061C),
        (0x115F, 0x1160),
        (0x17B4, 0x17B5),
        (0x180B, 0x180F),
        (0x200B, 0x200F),
        (0x2028, 0x202E),
        (0x2060, 0x206F),
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),
        (0xFEFF, 0xFEFF),
        (0xFFA0, 0xFFA0),
        (0xFFF0, 0xFFFD),
        (0x1_BCA0, 0x1_BCA3),
        (0x1_D173, 0x1_D17A),
        (0xE_0000, 0xE_0FFF),
        (0x0000, 0x001F),
        (0x007F, 0x009F),
        (0x00A0, 0x00A0),
    ];
    let point = u32::from(c);
    RANGES.iter().any(|(first, last)| (*first..=*last).contains(&point)) || (c.is_whitespace() && c != ' ')
}
