//! Unicode's `NormalizationTest.txt`, of the version whose tables we are built with: all spellings that it lists of one text
//! are one address, or none is an address.

use staffroom_core::Email;
use unicode_normalization::{UNICODE_VERSION, UnicodeNormalization};

use crate::tally::{Tally, of_code_points, unicode};

#[test]
fn what_unicode_normalises_alike_is_one_address() {
    assert_eq!(UNICODE_VERSION, (18, 0, 0), "make the data again with the file of this version");
    let mut tally = Tally::default();
    for line in unicode("normalization.txt").lines() {
        let columns: Vec<String> = line.split(';').take(5).map(of_code_points).collect();
        let [source, composed, decomposed, compatible, apart] = columns.as_slice() else { panic!("{line}") };
        for text in &columns {
            assert_eq!(text.nfkc().collect::<String>(), *compatible, "{line}");
            assert_eq!(text.nfkd().collect::<String>(), *apart, "{line}");
        }
        assert_eq!(source.nfc().collect::<String>(), *composed, "{line}");
        assert_eq!(source.nfd().collect::<String>(), *decomposed, "{line}");
        let emails: Vec<Option<Email>> =
            columns.iter().map(|text| Email::parse(&format!("a{text}b@school.example")).ok()).collect();
        let canonical: Vec<Option<&str>> =
            emails.iter().map(|email| email.as_ref().map(Email::canonical)).collect();
        if canonical.iter().all(Option::is_none) {
            tally.count("none is an address", line);
        } else if canonical.iter().all(|form| *form == canonical[0]) {
            tally.count("all are one address", line);
        } else if canonical
            .iter()
            .flatten()
            .all(|form| Some(*form) == canonical.iter().flatten().next().copied())
        {
            tally.count("those that are addresses are one", line);
        } else {
            tally.count("two addresses", line);
        }
    }
    tally.is("NormalizationTest 18.0", &[("all are one address", 8763), ("none is an address", 256)]);
}
