//! Counting cases by what they say, and the data that they come from.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

/// Cases by class.
#[derive(Debug, Default)]
pub(crate) struct Tally(BTreeMap<&'static str, Vec<String>>);

impl Tally {
    /// Counts a case.
    pub(crate) fn count(&mut self, class: &'static str, case: impl Into<String>) {
        self.0.entry(class).or_default().push(case.into());
    }

    /// Holds the classes to be these, with so many cases each.
    #[track_caller]
    pub(crate) fn is(&self, oracle: &str, expected: &[(&str, usize)]) {
        let found: Vec<(&str, usize)> = self.0.iter().map(|(class, cases)| (*class, cases.len())).collect();
        let cases: usize = found.iter().map(|(_, many)| many).sum();
        println!("{oracle}: {cases} cases: {found:?}");
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        let some: BTreeMap<_, Vec<_>> =
            self.0.iter().map(|(class, cases)| (class, cases.iter().take(8).collect())).collect();
        assert_eq!(found, expected, "{oracle}: {some:#?}");
    }
}

/// A file of `unicode.zip`: its lines without comments.
pub(crate) fn unicode(name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(include_bytes!("unicode.zip"))).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// A text of code points in base 16, with spaces between them.
pub(crate) fn of_code_points(text: &str) -> String {
    text.split_whitespace()
        .map(|point| char::from_u32(u32::from_str_radix(point, 16).unwrap()).unwrap())
        .collect()
}
