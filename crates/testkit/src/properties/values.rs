//! What holds of single values, whatever text or instant they are made from (R3).

use chrono::{DateTime, Utc};
use staffroom_core::{Email, PersonName, SchoolName, SisId, StaffEmail, Timestamp, fold};

use super::restated;
use super::violation::require;
use super::{Verdict, Violation};

/// The canonical form of a canonical form is itself.
pub fn a_canonical_email_is_its_own_canonical_form(text: &str) -> Verdict {
    let Ok(email) = Email::parse(text) else { return Ok(()) };
    let again = Email::parse(email.canonical())
        .map_err(|error| Violation::of("R3", format!("{:?} is no address: {error}", email.canonical())))?;
    require!(
        "R3",
        again.canonical() == email.canonical() && again.is_same_address(&email),
        "{:?} becomes {:?}",
        email.canonical(),
        again.canonical()
    );
    Ok(())
}

/// The canonical form is what the slow restatement of the rule says, and what is no address to one is none to the
/// other.
pub fn a_canonical_email_agrees_with_the_slow_rule(text: &str) -> Verdict {
    let fast = Email::parse(text).ok();
    let fast = fast.as_ref().map(Email::canonical);
    let slow = restated::canonical_email(text);
    require!("R3", fast == slow.as_deref(), "{text:?}: {fast:?}, and slowly {slow:?}");
    Ok(())
}

/// Case, width, composition and white space around an address make no difference to which address it is.
pub fn spelling_does_not_matter(text: &str) -> Verdict {
    let Ok(email) = Email::parse(text) else { return Ok(()) };
    let spellings =
        [format!("\u{A0} {text}\t"), email.canonical().to_uppercase(), email.canonical().to_owned()];
    // Only spellings that Unicode itself takes back: some capitals have no single small letter, and upper-casing
    // sharp s spells it differently.
    for spelling in spellings {
        if restated::canonical_email(&spelling).as_deref() != Some(email.canonical()) {
            continue;
        }
        let same = Email::parse(&spelling).is_ok_and(|other| other.is_same_address(&email));
        require!("R3", same, "{spelling:?} is not {text:?}");
    }
    Ok(())
}

/// What a record keeps of an email column, read again, is the same: a bad text stays a bad text, and a store or a
/// document changes nothing.
pub fn a_kept_email_is_read_back(text: &str) -> Verdict {
    let kept = StaffEmail::read(text);
    let again = StaffEmail::from(kept.as_given().map(str::to_owned));
    require!("R3", again == kept, "{kept:?} becomes {again:?}");
    require!(
        "R3",
        kept.as_given().is_none_or(|text| text.chars().count() <= 255 && !text.chars().any(char::is_control)),
        "{kept:?} is not fit to be shown"
    );
    require!(
        "R3",
        matches!(kept, StaffEmail::Valid(_)) == Email::parse(text).is_ok(),
        "{text:?} is an address, or is not, depending on who reads it"
    );
    Ok(())
}

/// Names and ids that were cleaned once stay as they are.
pub fn a_kept_name_is_read_back(given: &str, family: &str) -> Verdict {
    if let Ok(name) = PersonName::parse(given, family) {
        let again = PersonName::parse(name.given(), name.family());
        require!("L1", again.as_ref() == Ok(&name), "{name:?} becomes {again:?}");
    }
    if let Ok(name) = SchoolName::parse(given) {
        let again = SchoolName::parse(name.as_str());
        require!("L1", again.as_ref() == Ok(&name), "{name:?} becomes {again:?}");
    }
    if let Ok(id) = SisId::parse(family) {
        let again = SisId::parse(id.as_str());
        require!("L1", again.as_ref() == Ok(&id), "{id:?} becomes {again:?}");
    }
    Ok(())
}

/// The folded form of a folded text is itself, so that stores that keep it agree with searches that make it.
pub fn folding_twice_changes_nothing(text: &str) -> Verdict {
    let once = fold(text);
    require!("L3", fold(&once) == once, "{once:?} becomes {:?}", fold(&once));
    Ok(())
}

/// A moment survives a store that keeps microseconds, and a document.
pub fn a_moment_survives_a_store(instant: DateTime<Utc>) -> Verdict {
    let moment = Timestamp::new(instant);
    let kept = Timestamp::from_unix_micros(moment.unix_micros());
    require!("L3", kept == Some(moment), "{moment:?} becomes {kept:?}");
    let document = serde_json::to_string(&moment).map_err(|error| Violation::of("L3", error.to_string()))?;
    let read = serde_json::from_str::<Timestamp>(&document);
    require!("L3", read.as_ref().ok() == Some(&moment), "{document} becomes {read:?}");
    Ok(())
}
