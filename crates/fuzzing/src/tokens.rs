//! Tokens, ids, digests and other texts that are looked up or compared, and mean one thing each.

use std::fmt::{Debug, Display};
use std::num::NonZeroUsize;
use std::str::FromStr;
use std::sync::{Arc, OnceLock};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use staffroom_core::{
    BatchId, Digest, Fingerprint, NetworkId, Passwords, Randomness, Secret, SessionId, UserId,
};
use staffroom_credentials::{Argon2Passwords, Settings};
use staffroom_testkit::properties::{Verdict, Violation};

use crate::require;

/// One text; or two, with a NUL between them, of which each may be a token.
pub(crate) fn laws(bytes: &[u8]) -> Verdict {
    let text = &*String::from_utf8_lossy(bytes);
    let (one, other) = text.split_once('\0').unwrap_or((text, ""));
    let hash = |token: &str| Ok::<_, Violation>(passwords()?.token_hash(&Secret::new(token.to_owned())));
    require!("R17", (hash(one)? == hash(other)?) == (one == other), "{one:?} and {other:?} are found alike");
    require!("R17", hash(one)? == hash(one)?, "{one:?} is not found again");

    id::<UserId>(one)?;
    id::<NetworkId>(one)?;
    id::<BatchId>(one)?;
    id::<SessionId>(one)?;
    digits::<Digest>(one, 32, |_| true)?;
    // Zero is no fingerprint.
    digits::<Fingerprint>(one, 16, |digits| digits.contains(|digit| digit != '0'))
}

/// An id is 32 digits of base 16, in one of the few ways in which they are written; printed and read, it is the same.
fn id<T: FromStr + Display + Debug + PartialEq>(text: &str) -> Verdict {
    let Ok(id) = text.parse::<T>() else { return Ok(()) };
    let printed = id.to_string();
    require!("L1", printed.parse::<T>().is_ok_and(|again| again == id), "{text:?} is {id:?}, but not again");
    let small = text.to_ascii_lowercase();
    let bare = small.strip_prefix("urn:uuid:").unwrap_or(&small);
    let bare = bare.strip_prefix('{').and_then(|bare| bare.strip_suffix('}')).unwrap_or(bare);
    let same = bare.replace('-', "").eq_ignore_ascii_case(&printed.replace('-', ""));
    require!("L1", same, "{text:?} is read as {printed}");
    Ok(())
}

/// A text of so many digits of base 16, in a document: no more, no less, and nothing else. `is_one` says which of them stand for
/// something.
fn digits<T: Serialize + DeserializeOwned + Debug>(
    text: &str,
    many: usize,
    is_one: impl Fn(&str) -> bool,
) -> Verdict {
    let Ok(read) = serde_json::from_value::<T>(Value::String(text.to_owned())) else {
        let fine = text.len() == many && text.bytes().all(|byte| byte.is_ascii_hexdigit()) && is_one(text);
        require!("R11", !fine, "{text:?} is not read");
        return Ok(());
    };
    let written = serde_json::to_value(&read).map_err(|error| Violation::of("R11", error.to_string()))?;
    let same = written.as_str().is_some_and(|written| written.eq_ignore_ascii_case(text));
    require!("R11", same, "{text:?} is read as {read:?}");
    Ok(())
}

/// What makes the hashes by which tokens are found. It hashes no password, and so starts no thread.
fn passwords() -> Result<&'static Argon2Passwords, Violation> {
    static PASSWORDS: OnceLock<Result<Argon2Passwords, String>> = OnceLock::new();
    let made = PASSWORDS.get_or_init(|| {
        let settings = Settings::default().with_threads(NonZeroUsize::MIN);
        Argon2Passwords::start(settings, Arc::new(NoChance)).map_err(|error| error.to_string())
    });
    made.as_ref().map_err(|error| Violation::of("the machine", error.clone()))
}

/// Nothing here is left to chance.
#[derive(Debug)]
struct NoChance;

impl Randomness for NoChance {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}
