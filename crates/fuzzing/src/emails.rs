//! Email addresses (R3).

use staffroom_testkit::properties::{self, Verdict};

/// Everything that holds of a text that is, or nearly is, an address.
pub(crate) fn laws(bytes: &[u8]) -> Verdict {
    let text = &*String::from_utf8_lossy(bytes);
    properties::a_canonical_email_is_its_own_canonical_form(text)?;
    properties::a_canonical_email_agrees_with_the_slow_rule(text)?;
    properties::spelling_does_not_matter(text)?;
    properties::a_kept_email_is_read_back(text)
}
