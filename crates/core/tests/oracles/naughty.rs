//! The Big List of Naughty Strings, as the crate `naughty-strings` has it, everywhere where people type something.

use naughty_strings::BLNS;
use staffroom_core::{Email, GroupName, PersonName, Search, SisId, StaffEmail};

use crate::tally::Tally;

#[test]
fn naughty_strings_are_cleaned_or_refused() {
    let mut tally = Tally::default();
    for text in BLNS.iter().copied() {
        let kept = StaffEmail::read(text);
        assert_eq!(StaffEmail::from(kept.as_given().map(str::to_owned)), kept, "{text:?}");
        tally.count(
            match kept {
                StaffEmail::Missing => "no email",
                StaffEmail::Valid(_) => "an email",
                StaffEmail::Invalid(_) => "not an email",
            },
            text,
        );
        // In a name: kept as a clean text that stays as it is, or refused with the fault.
        if let Ok(name) = PersonName::parse(text, "") {
            assert_eq!(PersonName::parse(name.given(), name.family()).as_ref(), Ok(&name), "{text:?}");
            assert!(!name.to_string().chars().any(char::is_control), "{text:?}");
            assert_eq!(name.sort_key(), PersonName::parse(name.given(), name.family()).unwrap().sort_key());
        }
        if let Ok(id) = SisId::parse(text) {
            assert_eq!(id.as_str(), text.trim());
        }
        if let Ok(name) = GroupName::parse(text) {
            assert_eq!(GroupName::parse(name.as_str()).as_ref(), Ok(&name), "{text:?}");
        }
        assert!(Search::new(text).is_none_or(|search| !search.folded().is_empty()), "{text:?}");
        // Before the @ and behind it: what is accepted has one canonical form.
        for address in [format!("{text}@school.example"), format!("mary@{text}.example")] {
            let Ok(email) = Email::parse(&address) else {
                tally.count("in an address: refused", address);
                continue;
            };
            let again = Email::parse(email.canonical()).unwrap();
            assert_eq!(again.canonical(), email.canonical(), "{address:?}");
            tally.count("in an address: accepted", address);
        }
    }
    tally.is(
        "naughty-strings",
        &[
            ("in an address: accepted", 201),
            ("in an address: refused", 829),
            ("no email", 6),
            ("not an email", 509),
        ],
    );
}
