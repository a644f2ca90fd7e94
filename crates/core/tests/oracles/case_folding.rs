//! Unicode's `CaseFolding.txt`: a character and what it folds to are one letter of an address, unless we keep them apart.

use staffroom_core::Email;

use crate::tally::{Tally, of_code_points, unicode};

#[test]
fn what_unicode_folds_is_one_address() {
    let mut tally = Tally::default();
    for line in unicode("folding.txt").lines() {
        let fields: Vec<&str> = line.split(';').map(str::trim).collect();
        let [code, status, mapping, ..] = fields.as_slice() else { panic!("{line}") };
        let (one, other) = (of_code_points(code), of_code_points(mapping));
        let [one, other] = [one, other].map(|text| Email::parse(&format!("a{text}b@school.example")));
        let same = match (&one, &other) {
            (Ok(one), Ok(other)) => one.is_same_address(other),
            (one, other) => one.is_err() && other.is_err(),
        };
        tally.count(
            match (*status, same) {
                ("C" | "S", true) => "one letter, one address",
                ("C" | "S", false) => "one letter, two addresses",
                ("F", true) => "several letters, one address",
                ("F", false) => "several letters, two addresses",
                ("T", true) => "Turkic, one address",
                _ => "Turkic, two addresses",
            },
            line,
        );
    }
    tally.is(
        "CaseFolding 15.0",
        &[
            ("Turkic, two addresses", 2),
            ("one letter, one address", 1444),
            ("one letter, two addresses", 10),
            ("several letters, one address", 39),
            ("several letters, two addresses", 65),
        ],
    );
}
