//! The password policy (R9).

use staffroom_core::{Secret, WeakPassword, fold};
use staffroom_credentials::Policy;
use staffroom_testkit::properties::Verdict;
use unicode_normalization::UnicodeNormalization;

use crate::require;

/// The longest text that is judged here, in bytes: enough for more characters than a password may have.
const MOST: usize = 600;

/// A password, and after a line break each a text that it must not be made of.
pub(crate) fn laws(bytes: &[u8]) -> Verdict {
    let text = &*String::from_utf8_lossy(bytes.get(..MOST).unwrap_or(bytes));
    let mut lines = text.split('\n');
    let password = lines.next().unwrap_or_default();
    let about: Vec<&str> = lines.take(4).collect();
    let policy = Policy::default();
    let verdict = check(policy, password, &about);
    let normal: String = password.nfc().collect();
    let chars = normal.chars().count();
    if verdict.is_ok() {
        let fits = (policy.least_chars()..=Policy::MAX_CHARS).contains(&chars);
        require!("R9", fits, "{chars} characters will do");
        let made_of = about.iter().any(|text| fold(text) == fold(&normal));
        require!("R9", !made_of, "{password:?} is one of {about:?}");
    }
    if let Err(WeakPassword { advice }) = &verdict {
        let repeated = chars > 3 && chars < policy.least_chars() && advice.contains(password);
        require!("R9", !advice.is_empty() && !repeated, "{password:?}: {advice:?}");
        // Words of advice are words: only what is no part of any of them shows.
        let shown = password.len() > 60 && advice.contains(password);
        require!("R9", !shown, "{password:?}: {advice:?}");
    }
    let decomposed: String = password.nfd().collect();
    // An estimate takes longer than all the rest, and most passwords are typed in one way only.
    if decomposed != password {
        let other = check(policy, &decomposed, &about);
        require!("R9", other == verdict, "{password:?} is judged by how it is typed: {verdict:?}, {other:?}");
    }
    Ok(())
}

fn check(policy: Policy, password: &str, about: &[&str]) -> Result<(), WeakPassword> {
    policy.check(&Secret::new(password.to_owned()), about)
}
